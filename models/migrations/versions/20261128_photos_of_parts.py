"""Photos of one part of an inspection"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    with op.batch_alter_table("photos") as table:
        table.drop_constraint(op.f("ck_photos_part_of_an_inspection"), type_="check")
        table.drop_constraint(
            op.f("fk_photos_inspection_id_inspection_parts"), type_="foreignkey"
        )
        table.drop_column("part")
