"""What the countable work of the fault tests leaves behind."""

from __future__ import annotations

import sqlalchemy as sa

KIND = "test.effect"
POISON = "test.poison"

effects = sa.Table(
    "test_effects",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    # Not unique: a doubled effect must show as one.
    sa.Column("key", sa.String(64), nullable=False),
)
