"""Papers of recognitions and confirmations of chains, frozen when they were decided"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recognition_papers",
        sa.Column("recognition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognitions.id"],
            name=op.f("fk_recognition_papers_recognition_id_recognitions"),
        ),
        sa.PrimaryKeyConstraint("recognition_id", name=op.f("pk_recognition_papers")),
        sa.UniqueConstraint("digest", name=op.f("uq_recognition_papers_digest")),
    )


def downgrade() -> None:
    op.drop_table("recognition_papers")
