"""A paper is in the register once, however the letters of its number were typed"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0095"
branch_labels = None
depends_on = None

# Each table with what its numbers are unique within, and what makes its key.
TABLES = {
    "certificates": ("scheme", ("number", "issuer")),
    "growing_area_codes": ("market", ("code",)),
    "packing_house_codes": ("market", ("code",)),
}


def upgrade() -> None:
    for table, (within, parts) in TABLES.items():
        column = sa.Column("register_key", sa.Text(), nullable=False, server_default="")
        op.add_column(table, column)
        _fill(table, within, parts)
        if op.get_bind().dialect.name != "sqlite":
            op.alter_column(table, "register_key", server_default=None)
        op.create_index(_name(table), table, [within, "register_key"], unique=True)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(_name(table), table)
        op.drop_column(table, "register_key")


def _name(table: str) -> str:
    return f"uq_{table}_{TABLES[table][0]}_register_key"


def _fill(table: str, within: str, parts: tuple[str, ...]) -> None:
    """The key of every row; one that is in the register already keeps its own letters.

    Two rows that now read the same stay two: which of them is the mistake only an
    officer can say. The later one has the row's number after its key.
    """
    columns = [sa.column(name) for name in ("id", "register_key", within, *parts)]
    rows, bind = sa.table(table, *columns), op.get_bind()
    seen: set[tuple[str, str]] = set()
    for row in bind.execute(sa.select(*columns).order_by(rows.c.id)).mappings():
        key = "|".join(_folded(row[part]) for part in parts)
        if (row[within], key) in seen:
            key = f"{key}#{row['id']}"
        seen.add((row[within], key))
        change = rows.update().where(rows.c.id == row["id"])
        bind.execute(change.values(register_key=key))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
