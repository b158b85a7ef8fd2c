"""Monitoring cases of chains, and the kinds of words that tell them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TOLD = (
    "case_opened",
    "case_answered",
    "case_to_decide",
    "case_decided",
    "case_overdue",
)


def upgrade() -> None:
    for table in ("notices", "letters"):
        _set_kinds(table, [*_kinds(table), *TOLD])
    op.create_table(
        "monitoring_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "active",
                "addressed",
                "declined",
                "closed",
                "dropped",
                name="casestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "alert",
                "sample",
                "expiry",
                "check",
                "report",
                "plan",
                name="caseground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "minor",
                "serious",
                name="caseseverity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("concluded_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(concluded_by_id IS NULL) = (conclusion = '')",
            name=op.f("ck_monitoring_cases_concluded_in_words"),
        ),
        sa.CheckConstraint(
            "(state <> 'addressed' OR severity IS NOT NULL) AND (state <> 'declined' OR severity IS NULL)",
            name=op.f("ck_monitoring_cases_addressed_where_something_is_wrong"),
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)",
            name=op.f("ck_monitoring_cases_closed_if_so"),
        ),
        sa.CheckConstraint(
            "(state IN ('addressed', 'declined', 'closed')) = (decided_on IS NOT NULL)",
            name=op.f("ck_monitoring_cases_decided_if_so"),
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'dropped')) = (active_on IS NULL)",
            name=op.f("ck_monitoring_cases_active_if_so"),
        ),
        sa.CheckConstraint(
            "about <> '' AND question <> ''", name=op.f("ck_monitoring_cases_says_what")
        ),
        sa.CheckConstraint(
            "(active_on IS NULL) = (answer_by IS NULL)",
            name=op.f("ck_monitoring_cases_asked_until_a_day"),
        ),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_monitoring_cases_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR concluded_by_id IS NOT NULL",
            name=op.f("ck_monitoring_cases_concluded_before_decided"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> concluded_by_id",
            name=op.f("ck_monitoring_cases_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["chains.id"],
            name=op.f("fk_monitoring_cases_chain_id_chains"),
        ),
        sa.ForeignKeyConstraint(
            ["concluded_by_id"],
            ["users.id"],
            name=op.f("fk_monitoring_cases_concluded_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_monitoring_cases_decided_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["nonconformities.id"],
            name=op.f("fk_monitoring_cases_finding_id_nonconformities"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["users.id"],
            name=op.f("fk_monitoring_cases_opened_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_cases")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f("uq_monitoring_cases_chain_id_number")
        ),
    )
    op.create_index(
        "ix_monitoring_cases_state_answer_by",
        "monitoring_cases",
        ["state", "answer_by"],
    )


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(TOLD)))
        _set_kinds(table, [one for one in _kinds(table) if one not in TOLD])
    op.drop_table("monitoring_cases")


def _kinds(table: str) -> list[str]:
    """The kinds that the table knows now, whatever other branches added."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    name = f"ck_{table}_noticekind"
    text = next(one["sqltext"] for one in checks if one["name"] == name)
    return re.findall(r"'([a-z_]+)'", text)


def _set_kinds(table: str, kinds: list[str]) -> None:
    name = f"ck_{table}_noticekind"
    listed = ", ".join(f"'{one}'" for one in dict.fromkeys(kinds))
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), sa.text(f"kind IN ({listed})"))
