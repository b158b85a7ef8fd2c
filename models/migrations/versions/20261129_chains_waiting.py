"""Chains that wait for a decision are counted without those that do not"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

NAME = "ix_chains_submitted"


def upgrade() -> None:
    waiting = sa.text("state = 'submitted'")
    op.create_index(
        NAME, "chains", ["unit_id"], postgresql_where=waiting, sqlite_where=waiting
    )


def downgrade() -> None:
    op.drop_index(NAME, "chains")
