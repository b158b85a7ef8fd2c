"""Lots held by treatments that were written down late, and what is told of lots"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

TOLD = ("lot_sent", "lot_held")


def upgrade() -> None:
    for table in ("notices", "letters"):
        _set_kinds(table, [*_kinds(table), *TOLD])
    op.create_table(
        "spray_holds",
        sa.Column("spray_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lots.id"], name=op.f("fk_spray_holds_lot_id_lots")
        ),
        sa.ForeignKeyConstraint(
            ["spray_id"], ["sprays.id"], name=op.f("fk_spray_holds_spray_id_sprays")
        ),
        sa.PrimaryKeyConstraint("spray_id", "lot_id", name=op.f("pk_spray_holds")),
    )
    op.create_index(
        op.f("ix_spray_holds_lot_id"), "spray_holds", ["lot_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("spray_holds")
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(TOLD)))
        _set_kinds(table, [one for one in _kinds(table) if one not in TOLD])


def _kinds(table: str) -> list[str]:
    """The kinds that the table knows now, whatever other branches added."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    name = f"ck_{table}_noticekind"
    text = next(one["sqltext"] for one in checks if one["name"] == name)
    return re.findall(r"'([a-z_]+)'", text)


def _set_kinds(table: str, kinds: list[str]) -> None:
    name = f"ck_{table}_noticekind"
    listed = ", ".join(f"'{one}'" for one in dict.fromkeys(kinds))
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))
