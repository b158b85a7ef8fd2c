"""Statements of account as issued papers, and an index to find a closing by digest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issued_statements",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_issued_statements_counted_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_issued_statements_contract_id_contracts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_issued_statements_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_issued_statements_user_id_users")
        ),
        sa.PrimaryKeyConstraint(
            "contract_id", "number", name=op.f("pk_issued_statements")
        ),
    )
    for table in ("issued_statements", "closing_confirmations"):
        op.create_index(op.f(f"ix_{table}_digest"), table, ["digest"])


def downgrade() -> None:
    op.drop_index(op.f("ix_closing_confirmations_digest"), "closing_confirmations")
    op.drop_table("issued_statements")
