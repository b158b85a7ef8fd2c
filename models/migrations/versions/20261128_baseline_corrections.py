"""Corrections of published numbers hold once a second officer has approved them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

TABLE, STATED = "baseline_corrections", "stated_numbers"
OLD = ("only_targets_approved", "kind = 'target' OR approved_by_id IS NULL")
NEW = (
    "only_targets_and_corrections_approved",
    "kind = 'target' OR replaces_id IS NOT NULL OR approved_by_id IS NULL",
)
CHECKS = {
    "numbered_from_one": "number > 0",
    "has_its_source": "value <> '' AND source <> ''",
    "says_why": "reason <> ''",
    "approved_if_and_only_if_dated": (
        "(approved_by_id IS NULL) = (approved_at IS NULL)"
    ),
    "four_eyes": "approved_by_id IS NULL OR approved_by_id <> entered_by_id",
}
KEYS = {
    "baseline_id": "declared_baselines",
    "organisation_id": "organisations",
    "entered_by_id": "users",
    "approved_by_id": "users",
}


def upgrade() -> None:
    _replace(OLD, NEW)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("baseline_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
        sa.UniqueConstraint(
            "baseline_id", "number", name=op.f(f"uq_{TABLE}_baseline_id_number")
        ),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
    rows = sa.table(
        STATED, sa.column("kind"), sa.column("approved_by_id"), sa.column("approved_at")
    )
    op.execute(
        sa.update(rows)
        .where(rows.c.kind == "baseline")
        .values(approved_by_id=None, approved_at=None)
    )
    _replace(NEW, OLD)


def _replace(old: tuple[str, str], new: tuple[str, str]) -> None:
    with op.batch_alter_table(STATED) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{STATED}_{old[0]}"), type_="check")
        name, rule = op.f(f"ck_{STATED}_{new[0]}"), sa.text(new[1])
        batch_op.create_check_constraint(name, rule)
