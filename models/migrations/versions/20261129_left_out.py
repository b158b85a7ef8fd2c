"""How many posts a run left to be matched by themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("match_runs", "match_shards"):
        column = sa.Column("left_out", sa.Integer(), nullable=False, server_default="0")
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("left_out", server_default=None)


def downgrade() -> None:
    for table in ("match_shards", "match_runs"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("left_out")
