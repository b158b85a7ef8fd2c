"""Secret addresses of delivery calendars"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "calendar_addresses"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_checks(),
        *_keys(),
    )


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "version_positive": "version > 0",
        "only_the_first_has_none": "(version = 1) = (previous IS NULL)",
        "follows_its_predecessor": "previous = version - 1",
        "begins_with_an_address": "version > 1 OR token_digest IS NOT NULL",
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
        for name, rule in rules.items()
    ]


def _keys() -> list[sa.Constraint]:
    owner = ["user_id", "organisation_id"]
    return [
        sa.ForeignKeyConstraint(
            [*owner, "previous"],
            [f"{TABLE}.{name}" for name in (*owner, "version")],
            name=op.f(f"fk_{TABLE}_previous"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{TABLE}_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f(f"fk_{TABLE}_user_id_users")
        ),
        sa.PrimaryKeyConstraint(*owner, "version", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("token_digest", name=op.f(f"uq_{TABLE}_token_digest")),
    ]


def downgrade() -> None:
    op.drop_table(TABLE)
