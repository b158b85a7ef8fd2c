"""A lot knows how many of its kilograms gardens and suppliers account for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None

CHECK = "ck_lots_weighed_within_made"


def upgrade() -> None:
    op.add_column("lots", sa.Column("weighed_kg", sa.BigInteger(), nullable=True))
    op.execute("UPDATE lots SET weighed_kg = made_kg")
    with op.batch_alter_table("lots") as batch_op:
        batch_op.alter_column(
            "weighed_kg", existing_type=sa.BigInteger(), nullable=False
        )
        within = "weighed_kg >= 0 AND weighed_kg <= made_kg"
        batch_op.create_check_constraint(op.f(CHECK), within)


def downgrade() -> None:
    with op.batch_alter_table("lots") as batch_op:
        batch_op.drop_constraint(op.f(CHECK), type_="check")
        batch_op.drop_column("weighed_kg")
