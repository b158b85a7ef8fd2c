"""Facts of how organisations keep their word, what is contested, what was decided"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FACTS, CONTESTS, DECISIONS = "record_facts", "record_contests", "record_decisions"
KINDS = (
    "contract",
    "fulfilment",
    "on_time",
    "quality",
    "claim",
    "payment",
    "answer",
)
ENDS = ("kept", "lapsed", "broken", "broken_by_other", "ended_early", "unclear")
NOTICES = ("record_contested", "record_decided")


def upgrade() -> None:
    _create_facts()
    _create_contests()
    _create_decisions()
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    for table in (DECISIONS, CONTESTS, FACTS):
        op.drop_table(table)


def _tell(change) -> None:  # type: ignore[no-untyped-def]
    """Widen or narrow the kinds of notices from those that the table knows now."""
    for table in ("notices", "letters"):
        name = f"ck_{table}_noticekind"
        checks = sa.inspect(op.get_bind()).get_check_constraints(table)
        text = next(one["sqltext"] for one in checks if one["name"] == name)
        kinds = change(re.findall(r"'([a-z_]+)'", text))
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(name), type_="check")
            batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
        for name, rule in rules.items()
    ]


def _create_facts() -> None:
    op.create_table(
        FACTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("kind", _word("factkind", *KINDS), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("contract_end", _word("contractend", *ENDS), nullable=True),
        *_checks(
            FACTS,
            good_within_total="0 <= good AND good <= total",
            days_late_not_negative="days_late >= 0",
            a_contract_says_how_it_ended=(
                "(kind = 'contract') = (contract_end IS NOT NULL)"
            ),
        ),
        _key(FACTS, "organisation_id", "organisations"),
        _key(FACTS, "contract_id", "contracts"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FACTS}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{FACTS}_public_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "key",
            name=op.f(f"uq_{FACTS}_organisation_id_kind_key"),
        ),
    )
    op.create_index(op.f(f"ix_{FACTS}_contract_id"), FACTS, ["contract_id"])
    op.create_index(
        f"ix_{FACTS}_organisation_id_day", FACTS, ["organisation_id", "day"]
    )


def _create_contests() -> None:
    op.create_table(
        CONTESTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(CONTESTS, says_why="reason <> ''"),
        _key(CONTESTS, "fact_id", FACTS),
        _key(CONTESTS, "raised_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CONTESTS}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{CONTESTS}_public_id")),
        sa.UniqueConstraint("fact_id", name=op.f(f"uq_{CONTESTS}_fact_id")),
    )


def _create_decisions() -> None:
    op.create_table(
        DECISIONS,
        sa.Column("contest_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(DECISIONS, says_why="reason <> ''"),
        _key(DECISIONS, "contest_id", CONTESTS),
        _key(DECISIONS, "decided_by_id", "users"),
        sa.PrimaryKeyConstraint("contest_id", name=op.f(f"pk_{DECISIONS}")),
    )
