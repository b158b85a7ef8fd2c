"""Monitoring of chains: post-checks, samples, what was found, history and its evidence"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

TOLD = (
    "check_planned",
    "check_done",
    "check_overdue",
    "sample_told",
    "finding_opened",
    "finding_answered",
    "finding_judged",
    "finding_overdue",
    "chain_stopped",
    "chain_dormant",
)


def upgrade() -> None:
    for table in ("notices", "letters"):
        _set_kinds(table, [*_kinds(table), *TOLD])
    op.create_table(
        "chain_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "everybody",
                "lead",
                "officers",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_chain_events_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f("fk_chain_events_chain_id_chains")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_chain_events_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_events")),
    )
    op.create_index("ix_chain_events_chain_id_at", "chain_events", ["chain_id", "at"])

    op.create_table(
        "chain_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "application/pdf",
                name="mediatype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(data) <= 4194304", name=op.f("ck_chain_files_data_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f("fk_chain_files_chain_id_chains")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["chain_events.id"],
            name=op.f("fk_chain_files_event_id_chain_events"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_files")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f("uq_chain_files_chain_id_number")
        ),
        sa.UniqueConstraint(
            "event_id", "digest", name=op.f("uq_chain_files_event_id_digest")
        ),
    )
    op.create_table(
        "post_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "done",
                "cancelled",
                name="checkstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_on IS NOT NULL)",
            name=op.f("ck_post_checks_done_if_so"),
        ),
        sa.CheckConstraint(
            "(done_on IS NULL) = (done_by_id IS NULL)",
            name=op.f("ck_post_checks_done_by_somebody"),
        ),
        sa.CheckConstraint(
            "(done_on IS NULL) = (passed IS NULL)",
            name=op.f("ck_post_checks_has_a_result"),
        ),
        sa.CheckConstraint(
            "next_due_on > done_on", name=op.f("ck_post_checks_next_after_it")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f("fk_post_checks_chain_id_chains")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["users.id"], name=op.f("fk_post_checks_done_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"],
            ["chain_facts.id"],
            name=op.f("fk_post_checks_fact_id_chain_facts"),
        ),
        sa.ForeignKeyConstraint(
            ["planned_by_id"],
            ["users.id"],
            name=op.f("fk_post_checks_planned_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_checks")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f("uq_post_checks_chain_id_number")
        ),
    )
    op.create_table(
        "sample_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "taken",
                "analysed",
                "spoilt",
                name="samplestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(length=200), nullable=False),
        sa.Column("laboratory", sa.String(length=200), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("analysed_on", sa.Date(), nullable=True),
        sa.Column("analysed_by_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'analysed') = (analysed_on IS NOT NULL)",
            name=op.f("ck_sample_tests_analysed_if_so"),
        ),
        sa.CheckConstraint(
            "(analysed_on IS NULL) = (passed IS NULL)",
            name=op.f("ck_sample_tests_has_a_result"),
        ),
        sa.CheckConstraint(
            "analysed_on >= taken_on", name=op.f("ck_sample_tests_analysed_after_taken")
        ),
        sa.ForeignKeyConstraint(
            ["analysed_by_id"],
            ["users.id"],
            name=op.f("fk_sample_tests_analysed_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f("fk_sample_tests_chain_id_chains")
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"],
            ["chain_facts.id"],
            name=op.f("fk_sample_tests_fact_id_chain_facts"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_sample_tests_product_id_products"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"],
            ["users.id"],
            name=op.f("fk_sample_tests_taken_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_tests")),
        sa.UniqueConstraint(
            "chain_id", "code", name=op.f("uq_sample_tests_chain_id_code")
        ),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f("uq_sample_tests_chain_id_number")
        ),
    )
    op.create_table(
        "nonconformities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "closed",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "minor",
                "serious",
                name="findingseverity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column(
            "point",
            sa.Enum(
                "papers",
                "records",
                "inputs",
                "hygiene",
                "labels",
                "shelves",
                "contracts",
                name="checkpoint",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_by_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)",
            name=op.f("ck_nonconformities_closed_if_so"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_nonconformities_says_what")),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (closed_by_id IS NULL)",
            name=op.f("ck_nonconformities_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "check_id IS NULL OR sample_id IS NULL",
            name=op.f("ck_nonconformities_found_by_one_thing"),
        ),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_by_id <> found_by_id",
            name=op.f("ck_nonconformities_four_eyes"),
        ),
        sa.CheckConstraint(
            "due_on >= found_on", name=op.f("ck_nonconformities_due_after_found")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chains.id"], name=op.f("fk_nonconformities_chain_id_chains")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["post_checks.id"],
            name=op.f("fk_nonconformities_check_id_post_checks"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["users.id"],
            name=op.f("fk_nonconformities_closed_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["fact_id"],
            ["chain_facts.id"],
            name=op.f("fk_nonconformities_fact_id_chain_facts"),
        ),
        sa.ForeignKeyConstraint(
            ["found_by_id"],
            ["users.id"],
            name=op.f("fk_nonconformities_found_by_id_users"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["sample_tests.id"],
            name=op.f("fk_nonconformities_sample_id_sample_tests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonconformities")),
        sa.UniqueConstraint(
            "chain_id", "number", name=op.f("uq_nonconformities_chain_id_number")
        ),
    )
    op.create_index(
        "ix_nonconformities_state_due_on", "nonconformities", ["state", "due_on"]
    )

    op.create_table(
        "sample_results",
        sa.Column("sample_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parameter", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("most", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "passed = (value <= most)",
            name=op.f("ck_sample_results_passed_within_the_limit"),
        ),
        sa.CheckConstraint(
            "value >= 0 AND most >= 0", name=op.f("ck_sample_results_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["sample_tests.id"],
            name=op.f("fk_sample_results_sample_id_sample_tests"),
        ),
        sa.PrimaryKeyConstraint("sample_id", "number", name=op.f("pk_sample_results")),
    )


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(TOLD)))
        _set_kinds(table, [one for one in _kinds(table) if one not in TOLD])
    op.drop_table("sample_results")
    op.drop_table("nonconformities")
    op.drop_table("sample_tests")
    op.drop_table("post_checks")
    op.drop_table("chain_files")
    op.drop_table("chain_events")


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
