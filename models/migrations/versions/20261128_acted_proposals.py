"""Proposals that somebody has acted on are found without those that wait"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0085"
branch_labels = None
depends_on = None

NAME = "ix_proposals_state"


def upgrade() -> None:
    acted = sa.text("state <> 'proposed'")
    op.create_index(
        NAME, "proposals", ["state"], postgresql_where=acted, sqlite_where=acted
    )


def downgrade() -> None:
    op.drop_index(NAME, "proposals")
