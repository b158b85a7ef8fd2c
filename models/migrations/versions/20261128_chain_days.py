"""What a day of a chain is counted by, what was known then, and who evaluated it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "chain_intervals"
CHECKS = {
    "counts_by_its_state": "counts = (state IN ('active', 'at_risk'))",
    "runs_only_when_confirmed": (
        "confirmed OR state NOT IN ('active', 'at_risk', 'suspended')"
    ),
}
WORDS = {
    "chainkind": ("product_development", "safe_supply"),
    "linkageform": ("F1", "F2", "F3", "F4", "F5", "F6", "F7"),
    "organisationkind": (
        "cooperative",
        "coop_union",
        "coop_group",
        "farm_household",
        "farm",
        "household_business",
        "enterprise",
        "retailer",
        "exporter",
        "processor",
        "authority",
    ),
}
KEYS = {"group_id": "product_groups", "unit_id": "admin_units"}
# What is counted was until now looked up beside the interval.
FILL = """
    UPDATE chain_intervals SET why = '', built_only = :no,
    since = CASE WHEN state IN ('at_risk', 'suspended') THEN valid_from END,
    confirmed = state IN ('active', 'at_risk', 'suspended') OR EXISTS (
        SELECT 1 FROM recognitions r WHERE r.chain_id = chain_intervals.chain_id
        AND r.decided_at IS NOT NULL AND r.issued_on <= chain_intervals.valid_from),
    kind = (SELECT c.kind FROM chains c WHERE c.id = chain_intervals.chain_id),
    group_id = (SELECT c.group_id FROM chains c WHERE c.id = chain_intervals.chain_id),
    unit_id = (SELECT c.unit_id FROM chains c WHERE c.id = chain_intervals.chain_id),
    lead_kind = (SELECT o.kind FROM chains c JOIN organisations o ON o.id = c.lead_id
        WHERE c.id = chain_intervals.chain_id)
"""
COUNTING = sa.text("counts")


def _words(name: str) -> sa.Enum:
    return sa.Enum(
        *WORDS[name], name=name, native_enum=False, create_constraint=True, length=32
    )


def _columns() -> list[sa.Column]:
    return [
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=64), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("built_only", sa.Boolean(), nullable=True),
        sa.Column("kind", _words("chainkind"), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("lead_kind", _words("organisationkind"), nullable=True),
        sa.Column("form", _words("linkageform"), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("chains") as batch_op:
        batch_op.add_column(sa.Column("next_change_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("dormant_since", sa.Date(), nullable=True))
        batch_op.create_index(op.f("ix_chains_next_change_on"), ["next_change_on"])
    with op.batch_alter_table("chain_facts") as batch_op:
        batch_op.add_column(sa.Column("recorded_on", sa.Date(), nullable=True))
    with op.batch_alter_table(TABLE) as batch_op:
        for column in _columns():
            batch_op.add_column(column)
    op.get_bind().execute(sa.text(FILL), {"no": False})
    _forbid()
    _add_inputs()
    _add_runs()


def _forbid() -> None:
    always = ("why", "confirmed", "built_only", "kind", *KEYS, "lead_kind")
    with op.batch_alter_table(TABLE) as batch_op:
        for name in always:
            batch_op.alter_column(name, nullable=False)
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), sa.text(rule))
        for name, other in KEYS.items():
            key = op.f(f"fk_{TABLE}_{name}_{other}")
            batch_op.create_foreign_key(key, other, [name], ["id"])
        batch_op.create_index(
            "ix_chain_intervals_counting",
            ["kind", "unit_id", "valid_from", "valid_to"],
            sqlite_where=COUNTING,
            postgresql_where=COUNTING,
        )


def _add_inputs() -> None:
    name = "chain_inputs"
    op.create_table(
        name,
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f(f"fk_{name}_chain_id_chains")
        ),
        sa.PrimaryKeyConstraint("chain_id", "known_from", name=op.f(f"pk_{name}")),
    )


def _add_runs() -> None:
    name = "chain_runs"
    moment = sa.DateTime(timezone=True)
    numbers = ("chains", "failed", "shards", "shards_done")
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("full", sa.Boolean(), nullable=False),
        *(sa.Column(number, sa.Integer(), nullable=False) for number in numbers),
        sa.CheckConstraint(
            "shards_done <= shards", name=op.f(f"ck_{name}_shards_done_within_shards")
        ),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (shards_done = shards)",
            name=op.f(f"ck_{name}_finished_if_and_only_if_all_are_done"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_day"), name, ["day"])


def downgrade() -> None:
    op.drop_table("chain_runs")
    op.drop_table("chain_inputs")
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.drop_index("ix_chain_intervals_counting")
        for name, other in KEYS.items():
            key = op.f(f"fk_{TABLE}_{name}_{other}")
            batch_op.drop_constraint(key, type_="foreignkey")
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
        for name in WORDS:
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
        for column in _columns():
            batch_op.drop_column(column.name)
    with op.batch_alter_table("chain_facts") as batch_op:
        batch_op.drop_column("recorded_on")
    with op.batch_alter_table("chains") as batch_op:
        batch_op.drop_index(op.f("ix_chains_next_change_on"))
        batch_op.drop_column("dormant_since")
        batch_op.drop_column("next_change_on")
