"""A report may be about boxes of an item whose lot nobody knows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

ITEM = "fk_box_reports_item_id_trade_items"
CHECK = "ck_box_reports_a_lot_or_an_item"


def upgrade() -> None:
    with op.batch_alter_table("box_reports") as batch_op:
        batch_op.alter_column("lot_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("told_code", sa.String(20), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(op.f(ITEM), "trade_items", ["item_id"], ["id"])
        one = "(lot_id IS NULL) <> (item_id IS NULL)"
        batch_op.create_check_constraint(op.f(CHECK), one)
    with op.batch_alter_table("box_reports") as batch_op:
        batch_op.alter_column("told_code", server_default=None)
    op.create_index("ix_box_reports_item", "box_reports", ["item_id"])


def downgrade() -> None:
    op.execute("DELETE FROM box_reports WHERE lot_id IS NULL")
    op.drop_index("ix_box_reports_item", table_name="box_reports")
    with op.batch_alter_table("box_reports") as batch_op:
        batch_op.drop_constraint(op.f(CHECK), type_="check")
        batch_op.drop_constraint(op.f(ITEM), type_="foreignkey")
        batch_op.drop_column("told_code")
        batch_op.drop_column("item_id")
        batch_op.alter_column("lot_id", existing_type=sa.Integer(), nullable=False)
