"""Closings of contracts, confirmed by both sides"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closing_confirmations",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "seller",
                "buyer",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_closing_confirmations_contract_id_contracts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_closing_confirmations_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_closing_confirmations_user_id_users"),
        ),
        sa.PrimaryKeyConstraint(
            "contract_id", "side", "digest", name=op.f("pk_closing_confirmations")
        ),
    )


def downgrade() -> None:
    op.drop_table("closing_confirmations")
