"""Member households of a cooperative, and their shares of its loads"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_households_has_a_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_households_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["admin_units.id"],
            name=op.f("fk_households_unit_id_admin_units"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.UniqueConstraint("public_id", name=op.f("uq_households_public_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "name_folded",
            "code",
            name=op.f("uq_households_organisation_id_name_folded_code"),
        ),
    )
    op.create_index(
        "uq_households_code",
        "households",
        ["organisation_id", "code"],
        unique=True,
        sqlite_where=sa.text("code <> ''"),
        postgresql_where=sa.text("code <> ''"),
    )
    op.create_table(
        "note_shares",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kg > 0", name=op.f("ck_note_shares_kilograms_positive")),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["delivery_notes.id"],
            name=op.f("fk_note_shares_note_id_delivery_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_note_shares_household_id_households"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f("fk_note_shares_by_user_id_users")
        ),
        sa.PrimaryKeyConstraint("note_id", "household_id", name=op.f("pk_note_shares")),
    )
    op.create_index(
        op.f("ix_note_shares_household_id"), "note_shares", ["household_id"]
    )
    op.create_table(
        "retained_shares",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("per_mille", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "per_mille BETWEEN 0 AND 1000",
            name=op.f("ck_retained_shares_per_mille_in_band"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_retained_shares_contract_id_contracts"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"],
            ["users.id"],
            name=op.f("fk_retained_shares_by_user_id_users"),
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_retained_shares")),
    )


def downgrade() -> None:
    op.drop_table("retained_shares")
    op.drop_table("note_shares")
    op.drop_table("households")
