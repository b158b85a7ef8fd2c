"""The day on which a force majeure event ended, as its side told the other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "majeure_notices"
CHECKS = {
    "ended_after_it_began": "ended_on >= began_on",
    "ended_when_told": "(ended_on IS NULL) = (ended_told_at IS NULL)",
    "ended_told_by_somebody": "(ended_on IS NULL) = (ended_told_by_id IS NULL)",
}


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        moment = sa.DateTime(timezone=True)
        batch_op.add_column(sa.Column("ended_told_at", moment, nullable=True))
        batch_op.add_column(sa.Column("ended_told_by_id", sa.Integer(), nullable=True))
        key = op.f(f"fk_{TABLE}_ended_told_by_id_users")
        batch_op.create_foreign_key(key, "users", ["ended_told_by_id"], ["id"])
        for name, rule in CHECKS.items():
            check = op.f(f"ck_{TABLE}_{name}")
            batch_op.create_check_constraint(check, sa.text(rule))


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
        key = op.f(f"fk_{TABLE}_ended_told_by_id_users")
        batch_op.drop_constraint(key, type_="foreignkey")
        for column in ("ended_told_by_id", "ended_told_at", "ended_on"):
            batch_op.drop_column(column)
