"""When an officer last looked at what had changed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLE = "board_looks"
KEYS = {"user_id": "users", "organisation_id": "organisations"}


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(key, sa.Integer(), nullable=False) for key in KEYS),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [key], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{key}_{other}")
            )
            for key, other in KEYS.items()
        ),
        sa.PrimaryKeyConstraint(*KEYS, name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
