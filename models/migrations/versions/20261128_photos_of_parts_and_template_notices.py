"""Photos of one part of an inspection, and notices about contract templates"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOTICES = ("template_waiting", "template_approved", "template_returned")


def upgrade() -> None:
    with op.batch_alter_table("photos") as table:
        table.add_column(sa.Column("part", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_photos_inspection_id_inspection_parts"),
            "inspection_parts",
            ["inspection_id", "part"],
            ["inspection_id", "number"],
        )
        table.create_check_constraint(
            op.f("ck_photos_part_of_an_inspection"),
            "part IS NULL OR about = 'inspection'",
        )
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    with op.batch_alter_table("photos") as table:
        table.drop_constraint(op.f("ck_photos_part_of_an_inspection"), type_="check")
        table.drop_constraint(
            op.f("fk_photos_inspection_id_inspection_parts"), type_="foreignkey"
        )
        table.drop_column("part")


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
