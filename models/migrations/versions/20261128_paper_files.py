"""Copies of papers and their bytes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_paper_files"
down_revision = "0023_papers"
branch_labels = None
depends_on = None

BLOBS, FILES = "paper_blobs", "paper_files"
PAPERS = {
    "certificate_id": "certificates",
    "area_code_id": "growing_area_codes",
    "packing_code_id": "packing_house_codes",
}
ONE_PAPER = (
    " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in PAPERS)
    + " = 1"
)
CHECKS = {
    "of_one_paper": ONE_PAPER,
    "not_by_itself": "replaced_by_id <> id",
    "replaced_at_a_moment": "(replaced_by_id IS NULL) = (replaced_at IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        BLOBS,
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary()),
        _check(BLOBS, "data_bounded", "length(data) <= 5242880"),
        _check(BLOBS, "small_bounded", "length(small) <= 60000"),
        _key(BLOBS, "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f(f"pk_{BLOBS}")),
    )
    op.create_table(FILES, *_columns(), *_constraints())
    for column in PAPERS:
        op.create_index(op.f(f"ix_{FILES}_{column}"), FILES, [column])


def downgrade() -> None:
    op.drop_table(FILES)
    op.drop_table(BLOBS)


def _columns() -> list[sa.Column[object]]:
    kind = sa.Enum(
        *("pdf", "jpeg"),
        name="filekind",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in PAPERS),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Integer()),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
    ]


def _constraints() -> list[sa.Constraint]:
    others = {
        **PAPERS,
        "organisation_id": "organisations",
        "by_user_id": "users",
        "replaced_by_id": FILES,
    }
    return [
        *(_check(FILES, name, rule) for name, rule in CHECKS.items()),
        *(_key(FILES, column, target) for column, target in others.items()),
        sa.ForeignKeyConstraint(
            ["organisation_id", "digest"],
            [f"{BLOBS}.organisation_id", f"{BLOBS}.digest"],
            name=op.f(f"fk_{FILES}_organisation_id_{BLOBS}"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FILES}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{FILES}_public_id")),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
