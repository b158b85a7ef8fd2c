"""Photos on delivery notes, inspections and claims"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photo_files",
        sa.Column("contract_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(data) <= 600000", name=op.f("ck_photo_files_data_bounded")
        ),
        sa.CheckConstraint(
            "length(small) <= 60000", name=op.f("ck_photo_files_small_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_photo_files_contract_id_contracts"),
        ),
        sa.PrimaryKeyConstraint("contract_id", "digest", name=op.f("pk_photo_files")),
    )
    op.create_table("photos", *_columns(), *_constraints())
    op.create_index(op.f("ix_photos_contract_id"), "photos", ["contract_id"])


def _columns() -> list[sa.Column[object]]:
    about = sa.Enum(
        "note",
        "inspection",
        "claim",
        name="photoof",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("about", about, nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_later", sa.Boolean(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    ]


def _constraints() -> list[sa.Constraint]:
    named = {"note": "delivery_notes", "inspection": "inspections", "claim": "claims"}
    others = {
        "contract_id": "contracts",
        "by_user_id": "users",
        "by_organisation_id": "organisations",
        **{f"{word}_id": table for word, table in named.items()},
    }
    return [
        sa.CheckConstraint(
            "width > 0 AND height > 0", name=op.f("ck_photos_has_a_size")
        ),
        *(
            sa.CheckConstraint(
                f"(about = '{word}') = ({word}_id IS NOT NULL)",
                name=op.f(f"ck_photos_of_its_{word}"),
            )
            for word in named
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_photos_{column}_{table}")
            )
            for column, table in others.items()
        ),
        sa.ForeignKeyConstraint(
            ["contract_id", "digest"],
            ["photo_files.contract_id", "photo_files.digest"],
            name=op.f("fk_photos_contract_id_photo_files"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("public_id", name=op.f("uq_photos_public_id")),
        *(
            sa.UniqueConstraint(
                f"{word}_id", "digest", name=op.f(f"uq_photos_{word}_id_digest")
            )
            for word in named
        ),
    ]


def downgrade() -> None:
    op.drop_table("photos")
    op.drop_table("photo_files")
