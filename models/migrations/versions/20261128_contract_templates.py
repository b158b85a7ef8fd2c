"""Templates of contracts as rows, and the version a contract is worded by

The templates themselves come with the reference data (`reference load`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEMPLATES, CLAUSES, EVENTS = "contract_templates", "template_clauses", "template_events"
CHECKS = {
    "version_positive": "version > 0",
    "only_the_first_is_no_copy": "(version = 1) = (based_on IS NULL)",
    "copies_an_older_one": "based_on < version",
    "only_the_first_is_given": "(version = 1) = (written_by_id IS NULL)",
    "proposed_with_day_and_reason": (
        "state NOT IN ('proposed', 'approved')"
        " OR (valid_from IS NOT NULL AND reason <> '' AND source <> '')"
    ),
    "approved_at_once": "(state = 'approved') = (approved_at IS NOT NULL)",
    "sealed_when_approved": "(state = 'approved') = (digest IS NOT NULL)",
    "approved_by_somebody": (
        "version = 1 OR (approved_at IS NULL) = (approved_by_id IS NULL)"
    ),
    "four_eyes": "approved_by_id <> written_by_id",
    "linkageform": "linkage_form IN ('F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7')",
    "templatestate": "state IN ('draft', 'proposed', 'approved', 'dropped')",
}


def upgrade() -> None:
    _create_templates()
    _create_clauses()
    _create_events()
    with op.batch_alter_table("contract_versions") as batch_op:
        batch_op.add_column(sa.Column("template_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_contract_versions_template_id_contract_templates"),
            TEMPLATES,
            ["template_id"],
            ["id"],
        )
        batch_op.create_index(op.f("ix_contract_versions_template_id"), ["template_id"])


def _create_templates() -> None:
    op.create_table(
        TEMPLATES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("linkage_form", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        *_checks(TEMPLATES, CHECKS),
        sa.ForeignKeyConstraint(
            ["linkage_form", "based_on"],
            [f"{TEMPLATES}.linkage_form", f"{TEMPLATES}.version"],
            name=op.f(f"fk_{TEMPLATES}_based_on"),
        ),
        _user(TEMPLATES, "written_by_id"),
        _user(TEMPLATES, "approved_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TEMPLATES}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TEMPLATES}_public_id")),
        sa.UniqueConstraint(
            "linkage_form", "version", name=op.f(f"uq_{TEMPLATES}_linkage_form_version")
        ),
    )
    _once("first_day", ["linkage_form", "valid_from"], "state = 'approved'")
    _once("in_the_making", ["linkage_form"], "state IN ('draft', 'proposed')")


def _once(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"uq_{TEMPLATES}_{name}",
        TEMPLATES,
        columns,
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _create_clauses() -> None:
    needs = "need IN ('mandatory', 'optional', 'if_stage', 'if_safe_supply')"
    rules = {
        "only_optional_left_out": "need = 'optional' OR included",
        "worded_in_both": "legal_vi <> '' AND legal_en <> ''",
        "clauseneed": needs,
    }
    op.create_table(
        CLAUSES,
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("plain_vi", sa.Text(), nullable=False),
        sa.Column("legal_vi", sa.Text(), nullable=False),
        sa.Column("plain_en", sa.Text(), nullable=False),
        sa.Column("legal_en", sa.Text(), nullable=False),
        *_checks(CLAUSES, rules),
        _template(CLAUSES),
        sa.PrimaryKeyConstraint("template_id", "key", name=op.f(f"pk_{CLAUSES}")),
    )


def _create_events() -> None:
    steps = ("seeded", "copied", "saved", "proposed", "returned", "approved", "dropped")
    listed = ", ".join(f"'{step}'" for step in steps)
    rules = {
        "only_the_first_has_none": "(position = 0) = (previous IS NULL)",
        "follows_its_predecessor": "previous = position - 1",
        "templatestep": f"step IN ({listed})",
    }
    op.create_table(
        EVENTS,
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *_checks(EVENTS, rules),
        sa.ForeignKeyConstraint(
            ["template_id", "previous"],
            [f"{EVENTS}.template_id", f"{EVENTS}.position"],
            name=op.f(f"fk_{EVENTS}_previous"),
        ),
        _template(EVENTS),
        _user(EVENTS, "by_user_id"),
        sa.PrimaryKeyConstraint("template_id", "position", name=op.f(f"pk_{EVENTS}")),
    )


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
        for name, rule in rules.items()
    ]


def _user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["users.id"], name=op.f(f"fk_{table}_{column}_users")
    )


def _template(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["template_id"],
        [f"{TEMPLATES}.id"],
        name=op.f(f"fk_{table}_template_id_{TEMPLATES}"),
    )


def downgrade() -> None:
    with op.batch_alter_table("contract_versions") as batch_op:
        batch_op.drop_index(op.f("ix_contract_versions_template_id"))
        batch_op.drop_constraint(
            op.f("fk_contract_versions_template_id_contract_templates"),
            type_="foreignkey",
        )
        batch_op.drop_column("template_id")
    for table in (EVENTS, CLAUSES, TEMPLATES):
        op.drop_table(table)
