"""Long imports that a worker takes over, and imports that two officers undo"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

IMPORTS = "register_imports"
STATES = ("draft", "proposed", "applied", "undone", "dropped")
ASKED = "undo_asked"
WORKS = ("trial", "writing", "undoing")
TOLD = ("register_tried", "register_failed", "register_undo_asked", "register_kept")
CHECKS = {
    "undo_asked_by_somebody": "state <> 'undo_asked'"
    " OR (undo_asked_by_id IS NOT NULL AND reason <> '')",
    # Imports that were undone before have nobody who asked.
    "undone_by_two": "undone_by_id IS NULL OR undo_asked_by_id IS NULL"
    " OR undone_by_id <> undo_asked_by_id",
    "work_of_somebody": "(work IS NULL) = (work_by_id IS NULL)",
}


def upgrade() -> None:
    _tell(lambda known: [*known, *(one for one in TOLD if one not in known)])
    work = sa.Enum(
        *WORKS, name="importwork", native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table(IMPORTS) as batch_op:
        # Nothing was counted or in trouble before.
        for name, kind, none in (
            ("faults", sa.Integer(), "0"),
            ("trouble", sa.JSON(), "{}"),
        ):
            column = sa.Column(name, kind, nullable=False, server_default=none)
            batch_op.add_column(column)
        batch_op.add_column(sa.Column("work", work, nullable=True))
        for name in ("undo_asked_at", "written_at"):
            moment = sa.DateTime(timezone=True)
            batch_op.add_column(sa.Column(name, moment, nullable=True))
        for name in ("work_by_id", "undo_asked_by_id"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                op.f(f"fk_{IMPORTS}_{name}_users"), "users", [name], ["id"]
            )
        for name, text in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_{IMPORTS}_{name}"), text)
        _set_states(batch_op, (*STATES, ASKED))
    with op.batch_alter_table(IMPORTS) as batch_op:
        for name in ("faults", "trouble"):
            batch_op.alter_column(name, server_default=None)
    # Nothing has moved an import since it was applied.
    columns = (sa.column(name) for name in ("state", "written_at", "updated_at"))
    rows = sa.table(IMPORTS, *columns)
    applied = sa.update(rows).where(rows.c.state == "applied")
    op.execute(applied.values(written_at=rows.c.updated_at))


def downgrade() -> None:
    # Without the step in between an import stays as it was before anybody asked.
    rows = sa.table(IMPORTS, sa.column("state"))
    op.execute(sa.update(rows).where(rows.c.state == ASKED).values(state="applied"))
    with op.batch_alter_table(IMPORTS) as batch_op:
        for name in (*CHECKS, "importwork"):
            batch_op.drop_constraint(op.f(f"ck_{IMPORTS}_{name}"), type_="check")
        for name in ("work_by_id", "undo_asked_by_id"):
            batch_op.drop_constraint(
                op.f(f"fk_{IMPORTS}_{name}_users"), type_="foreignkey"
            )
        for name in (
            *("faults", "trouble", "work", "work_by_id"),
            *("undo_asked_at", "undo_asked_by_id", "written_at"),
        ):
            batch_op.drop_column(name)
        _set_states(batch_op, STATES)
    for table in ("notices", "letters"):
        told = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(told).where(told.c.kind.in_(TOLD)))
    _tell(lambda known: [one for one in known if one not in TOLD])


def _set_states(batch_op, states) -> None:  # type: ignore[no-untyped-def]
    name = op.f(f"ck_{IMPORTS}_importstate")
    listed = ", ".join(f"'{one}'" for one in states)
    batch_op.drop_constraint(name, type_="check")
    batch_op.create_check_constraint(name, sa.text(f"state IN ({listed})"))


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
