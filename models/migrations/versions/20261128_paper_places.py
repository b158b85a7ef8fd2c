"""Further gardens and facilities in the scope of a certificate"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_paper_places"
down_revision = "0024_paper_files"
branch_labels = None
depends_on = None

TABLE = "certificate_places"
TARGETS = {
    "certificate_id": "certificates",
    "area_id": "growing_areas",
    "facility_id": "facilities",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer()),
        sa.Column("facility_id", sa.Integer()),
        sa.CheckConstraint(
            "(area_id IS NULL) <> (facility_id IS NULL)",
            name=op.f(f"ck_{TABLE}_garden_or_facility"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{TABLE}_{column}_{target}")
            )
            for column, target in TARGETS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        *(
            sa.UniqueConstraint(
                "certificate_id",
                column,
                name=op.f(f"uq_{TABLE}_certificate_id_{column}"),
            )
            for column in ("area_id", "facility_id")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_certificate_id"), TABLE, ["certificate_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
