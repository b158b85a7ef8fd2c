"""How many posts a run left to be matched by themselves, and named prices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

INDEX = "ix_price_changes_whose"
RULES = {
    "ck_price_changes_one_post_a_row": "(harvest_id IS NULL) <> (offer_id IS NULL)",
    "ck_price_changes_side_of_its_post": "(side = 'seller') = (harvest_id IS NOT NULL)",
    "ck_price_changes_price_not_negative": "price_vnd >= 0",
    "ck_price_changes_side": "side IN ('seller', 'buyer')",
}


def upgrade() -> None:
    for table in ("match_runs", "match_shards"):
        column = sa.Column("left_out", sa.Integer(), nullable=False, server_default="0")
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(column)
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("left_out", server_default=None)
    _create_price_changes()


def _create_price_changes() -> None:
    whose = ("organisation", "product", "harvest", "offer")
    op.create_table(
        "price_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("harvest_id", sa.Integer()),
        sa.Column("offer_id", sa.Integer()),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("novel", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}s.id"]) for one in whose),
        *(sa.CheckConstraint(text, name=op.f(name)) for name, text in RULES.items()),
        sa.PrimaryKeyConstraint("id", name="pk_price_changes"),
    )
    op.create_index(INDEX, "price_changes", ["organisation_id", "product_id", "at"])


def downgrade() -> None:
    op.drop_index(INDEX, "price_changes")
    op.drop_table("price_changes")
    for table in ("match_shards", "match_runs"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("left_out")
