"""Registers taken over from files, and the notices about them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0062"
branch_labels = None
depends_on = None

IMPORTS, RECORDS = "register_imports", "imported_records"
NOTICES = (
    "register_waiting",
    "register_applied",
    "register_returned",
    "register_undone",
)


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _user(column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{IMPORTS}_{column}_users")
    return sa.ForeignKeyConstraint([column], ["users.id"], name=name)


def upgrade() -> None:
    op.create_table(
        IMPORTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "register",
            _words("register", "organisations", "codes", "certificates", "chains"),
            nullable=False,
        ),
        sa.Column(
            "state",
            _words("importstate", "draft", "proposed", "applied", "undone", "dropped"),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=64), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> made_by_id",
            name=op.f(f"ck_{IMPORTS}_four_eyes"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('applied', 'undone') OR decided_by_id IS NOT NULL",
            name=op.f(f"ck_{IMPORTS}_applied_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'undone' OR (undone_by_id IS NOT NULL AND reason <> '')",
            name=op.f(f"ck_{IMPORTS}_undone_with_its_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{IMPORTS}_organisation_id_organisations"),
        ),
        *(_user(column) for column in ("made_by_id", "decided_by_id", "undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{IMPORTS}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{IMPORTS}_public_id")),
    )
    op.create_index(op.f(f"ix_{IMPORTS}_organisation_id"), IMPORTS, ["organisation_id"])
    op.create_table(
        RECORDS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            [f"{IMPORTS}.id"],
            name=op.f(f"fk_{RECORDS}_import_id_{IMPORTS}"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RECORDS}")),
    )
    op.create_index(op.f(f"ix_{RECORDS}_import_id"), RECORDS, ["import_id"])
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    op.drop_table(RECORDS)
    op.drop_table(IMPORTS)


def _tell(change) -> None:  # type: ignore[no-untyped-def]
    """Widen or narrow the kinds of notices from those that the table knows now."""
    for table in ("notices", "letters"):
        name = f"ck_{table}_noticekind"
        checks = sa.inspect(op.get_bind()).get_check_constraints(table)
        text = next(one["sqltext"] for one in checks if one["name"] == name)
        kinds = change(re.findall(r"'([a-z_]+)'", text))
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(name), type_="check")
            batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))
