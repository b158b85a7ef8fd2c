"""Numbers of chains are kept by day, and papers that ended are found by index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None

KINDS = ("safe_supply", "product_development")
NUMBERS = (
    "cumulative",
    "stopped",
    "active",
    "at_risk",
    "suspended",
    "waiting",
    "built_only",
    "between_seasons",
)
ENDED = "ix_certificates_ended_on"
# What was counted before is summed by the first turn of `chains.sum`.
ALL_WAIT = (
    "INSERT INTO chain_changes (day) SELECT min(valid_from) FROM chain_intervals"
    " HAVING min(valid_from) IS NOT NULL"
)


def upgrade() -> None:
    day = sa.Column("day", sa.Date(), nullable=False)
    op.create_table(
        "chain_sum_days", day, sa.PrimaryKeyConstraint("day", name="pk_chain_sum_days")
    )
    _create_sums()
    op.create_table(
        "chain_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chain_changes"),
    )
    op.create_index("ix_chain_changes_day", "chain_changes", ["day"])
    op.execute(sa.text(ALL_WAIT))
    ended = sa.text("ended_on IS NOT NULL")
    op.create_index(
        ENDED,
        "certificates",
        ["ended_on"],
        postgresql_where=ended,
        sqlite_where=ended,
    )


def _create_sums() -> None:
    key = ("day", "unit_id", "kind", "group_id")
    kind = sa.Enum(
        *KINDS, name="chainkind", native_enum=False, create_constraint=True, length=32
    )
    told = {"day": "chain_sum_days.day", "unit_id": "admin_units.id"}
    told["group_id"] = "product_groups.id"
    op.create_table(
        "chain_sums",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.PrimaryKeyConstraint(*key, name="pk_chain_sums"),
        sa.CheckConstraint(
            "0 <= stopped AND stopped <= cumulative",
            name=op.f("ck_chain_sums_stopped_of_the_confirmed"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], [of], name=f"fk_chain_sums_{name}_{of.split('.')[0]}"
            )
            for name, of in told.items()
        ),
    )


def downgrade() -> None:
    op.drop_index(ENDED, "certificates")
    for table in ("chain_changes", "chain_sums", "chain_sum_days"):
        op.drop_table(table)
