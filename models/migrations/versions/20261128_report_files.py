"""As what a report left the market: a spreadsheet or a paper"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLE = "report_exports"
FILES = ("xlsx", "pdf")


def upgrade() -> None:
    kind = sa.Enum(
        *FILES, name="filekind", native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table(TABLE) as batch_op:
        # Whatever was taken before was a spreadsheet.
        column = sa.Column("file", kind, nullable=False, server_default="xlsx")
        batch_op.add_column(column)
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.alter_column("file", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.drop_constraint(op.f("ck_report_exports_filekind"), type_="check")
        batch_op.drop_column("file")
