"""Reports that a worker writes, and the notice that one is ready"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

TABLE = "report_orders"
READY = "report_ready"
KEYS = {"organisation_id": "organisations", "user_id": "users"}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("form", _words("reportform", *"abcde"), nullable=True),
        sa.Column("file", _words("filekind", "xlsx", "pdf"), nullable=False),
        *(
            sa.Column(name, sa.String(length=64), nullable=False)
            for name in ("period", "area", "against", "lang")
        ),
        *(sa.Column(key, sa.Integer(), nullable=False) for key in KEYS),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (name = '')", name=op.f(f"ck_{TABLE}_named_when_done")
        ),
        sa.CheckConstraint(
            "data IS NULL OR done_at IS NOT NULL",
            name=op.f(f"ck_{TABLE}_done_when_kept"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [key], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{key}_{other}")
            )
            for key, other in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_user_id"), TABLE, ["user_id"])
    _tell(lambda known: [*known, *({READY} - {*known})])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind == READY))
    _tell(lambda known: [one for one in known if one != READY])
    op.drop_table(TABLE)


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


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )
