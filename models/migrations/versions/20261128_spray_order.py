"""Whether a garden was sprayed before or after it was picked on the same day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sprays", sa.Column("after_picking", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sprays") as table:
        table.drop_column("after_picking")
