"""Changes of verified papers that wait, and how papers were before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

CHANGES, VERSIONS = "paper_changes", "paper_versions"
PAPERS = {
    "certificate_id": "certificates",
    "area_code_id": "growing_area_codes",
    "packing_code_id": "packing_house_codes",
}
ONE_PAPER = (
    " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in PAPERS)
    + " = 1"
)
STATES = ("pending", "active", "suspended", "revoked", "expired", "returned")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _keys(table: str, *users: str) -> list[sa.ForeignKeyConstraint]:
    keys = [_key(table, column, target) for column, target in PAPERS.items()]
    return keys + [_key(table, column, "users") for column in users]


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def _changes() -> None:
    states = sa.Enum(
        *STATES, name="paperstate", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        CHANGES,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in PAPERS),
        sa.Column("state", states, nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _check(CHANGES, "of_one_paper", ONE_PAPER),
        _check(
            CHANGES,
            "decided_once",
            "(state = 'active') = (decided_at IS NOT NULL)",
        ),
        _check(
            CHANGES,
            "decided_by_somebody",
            "(decided_at IS NULL) = (decided_by_id IS NULL)",
        ),
        _check(CHANGES, "four_eyes", "decided_by_id <> submitted_by_id"),
        *_keys(CHANGES, "submitted_by_id", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CHANGES}")),
    )
    for column in PAPERS:
        kept = sa.text(f"{column} IS NOT NULL AND state IN ('pending', 'returned')")
        op.create_index(
            f"uq_{CHANGES}_{column}",
            CHANGES,
            [column],
            unique=True,
            sqlite_where=kept,
            postgresql_where=kept,
        )


def upgrade() -> None:
    _changes()
    op.create_table(
        VERSIONS,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=True) for column in PAPERS),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by_id", sa.Integer(), nullable=False),
        _check(VERSIONS, "of_one_paper", ONE_PAPER),
        _check(VERSIONS, "valid_interval", "first_day < until"),
        *_keys(VERSIONS, "verified_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSIONS}")),
    )
    for column in PAPERS:
        op.create_index(op.f(f"ix_{VERSIONS}_{column}"), VERSIONS, [column])


def downgrade() -> None:
    op.drop_table(VERSIONS)
    op.drop_table(CHANGES)
