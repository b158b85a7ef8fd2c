"""Chains that may have stopped: what the night proposes and two officers decide"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

TABLE = "dormancy_proposals"
CHECKS = {
    "quiet_before": "quiet_from < proposed_on",
    "looked_at_in_words": "(looked_by_id IS NULL) = (opinion = '')",
    "decided_by_somebody": (
        "(decided_on IS NULL) = (decided_by_id IS NULL)"
        " AND (decided_on IS NULL) = (stopped IS NULL)"
    ),
    "looked_at_before_decided": "decided_by_id IS NULL OR looked_by_id IS NOT NULL",
    "four_eyes": "decided_by_id IS NULL OR decided_by_id <> looked_by_id",
    "ends_undecided": "ended_on IS NULL OR decided_on IS NULL",
    "undone_in_words": (
        "(undone_on IS NULL) = (undone_by_id IS NULL)"
        " AND (undone_on IS NULL) = (undone_why = '')"
    ),
    "undone_once_decided": "undone_on IS NULL OR decided_on IS NOT NULL",
}
KEYS = {
    "chain_id": "chains",
    "looked_by_id": "users",
    "decided_by_id": "users",
    "undone_by_id": "users",
}
OPEN = sa.text("decided_on IS NULL AND ended_on IS NULL")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(key, sa.Integer(), nullable=key != "chain_id")
            for key in ("chain_id", "looked_by_id", "decided_by_id", "undone_by_id")
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("quiet_from", sa.Date(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("undone_on", sa.Date(), nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
            for name, rule in CHECKS.items()
        ),
        *(
            sa.ForeignKeyConstraint(
                [key], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{key}_{other}")
            )
            for key, other in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f(f"uq_{TABLE}_chain_id_number")
        ),
    )
    where = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    op.create_index(f"uq_{TABLE}_open", TABLE, ["chain_id"], unique=True, **where)
    # The next night proposes anew what this column marked.
    with op.batch_alter_table("chains") as batch_op:
        batch_op.drop_column("dormant_since")


def downgrade() -> None:
    with op.batch_alter_table("chains") as batch_op:
        batch_op.add_column(sa.Column("dormant_since", sa.Date(), nullable=True))
    op.drop_table(TABLE)
