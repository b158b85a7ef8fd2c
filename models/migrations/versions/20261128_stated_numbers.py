"""Targets and published numbers that officers state beside the counts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLE = "stated_numbers"
KINDS = ("target", "baseline")
METRICS = (
    *("product_development", "safe_supply", "safe_supply_confirmed"),
    *("safe_supply_stopped", "cooperatives", "members", "vietgap_cooperatives"),
    *("vietgap_area", "export_codes", "export_code_area", "ocop_products"),
)
CHECKS = {
    "number_not_negative": "number >= 0",
    "of_one_area": "(area_group_id IS NULL) <> (unit_id IS NULL)",
    "has_its_source": "source <> ''",
    "a_correction_says_why": "(replaces_id IS NULL) = (reason = '')",
    "withdraws_something": "NOT withdrawn OR replaces_id IS NOT NULL",
    "approved_if_and_only_if_dated": (
        "(approved_by_id IS NULL) = (approved_at IS NULL)"
    ),
    "four_eyes": "approved_by_id IS NULL OR approved_by_id <> entered_by_id",
    "only_targets_approved": "kind = 'target' OR approved_by_id IS NULL",
    "target_of_period": "(kind = 'target') = (period <> '')",
}
KEYS = {
    "group_id": "product_groups",
    "area_group_id": "area_groups",
    "unit_id": "admin_units",
    "replaces_id": "stated_numbers",
    "organisation_id": "organisations",
    "entered_by_id": "users",
    "approved_by_id": "users",
}
NEEDED = frozenset({"organisation_id", "entered_by_id"})


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", _words("statedkind", KINDS), nullable=False),
        sa.Column("metric", _words("boardmetric", METRICS), nullable=False),
        *(sa.Column(key, sa.Integer(), nullable=key not in NEEDED) for key in KEYS),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Numeric(14, 2), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
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
        sa.UniqueConstraint("replaces_id", name=op.f(f"uq_{TABLE}_replaces_id")),
    )
    for key in ("area_group_id", "unit_id"):
        op.create_index(op.f(f"ix_{TABLE}_{key}"), TABLE, [key])


def downgrade() -> None:
    op.drop_table(TABLE)


def _words(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )
