"""In which boundaries a report tells its places, and what it was compared with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

VIEWS = ("today", "as_then", "former")
EXPORTS, ORDERS = "report_exports", "report_orders"


def upgrade() -> None:
    for table in (EXPORTS, ORDERS):
        with op.batch_alter_table(table) as batch_op:
            # Every file until now told them in today's.
            batch_op.add_column(_communes(server_default="today"))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("communes", server_default=None)
    with op.batch_alter_table(EXPORTS) as batch_op:
        batch_op.add_column(
            sa.Column("against", sa.String(64), nullable=False, server_default="")
        )
    with op.batch_alter_table(EXPORTS) as batch_op:
        batch_op.alter_column("against", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(EXPORTS) as batch_op:
        batch_op.drop_column("against")
    for table in (ORDERS, EXPORTS):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_communes"), type_="check")
            batch_op.drop_column("communes")


def _communes(server_default: str) -> sa.Column:
    kind = sa.Enum(
        *VIEWS, name="communes", native_enum=False, create_constraint=True, length=32
    )
    return sa.Column("communes", kind, nullable=False, server_default=server_default)
