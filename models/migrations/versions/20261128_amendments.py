"""Amendments of contracts, and plans that they change"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINES, AMENDMENTS = "contract_lines", "amendments"
OPEN = sa.text("state = 'proposed'")
STATES = ("proposed", "signed", "refused", "withdrawn", "lapsed")
REASONS = (
    "agreement",
    "changed_circumstances",
    "force_majeure",
    "change_of_law",
    "correction",
)
WORDS_BEFORE = (
    "ready", "blocked", "propose_day", "accept_day", "decline_day", "cancel",
)  # fmt: skip
KINDS_ADDED = (
    "amendment_to_sign", "amendment_closed", "contract_amended",
)  # fmt: skip
RULES = {
    "follows_what_it_amends": "base_version < version",
    "numbered_from_one": "number > 0",
    "says_why": "reason_text <> ''",
    "closed_when_answered": "(state = 'proposed') = (closed_at IS NULL)",
    "a_refusal_says_why": "(state = 'refused') = (answer <> '')",
}


def upgrade() -> None:
    _create_amendments()
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(
            sa.Column("season", sa.String(64), nullable=False, server_default="")
        )
        batch_op.drop_constraint(
            op.f("ck_contract_lines_kilograms_positive"), type_="check"
        )
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.alter_column("version", server_default=None)
        batch_op.alter_column("season", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_contract_lines_kilograms_not_negative"), "kg >= 0"
        )
    _set_words("delivery_words", "word", "deliveryword", (*WORDS_BEFORE, "amend"))
    _change_kinds(added=True)


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _create_amendments() -> None:
    op.create_table(
        AMENDMENTS,
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("state", _word("amendmentstate", *STATES), nullable=False),
        sa.Column("reason", _word("amendmentreason", *REASONS), nullable=False),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("price_from", sa.Date(), nullable=False),
        sa.Column("proposed_by", _word("side", "seller", "buyer"), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{AMENDMENTS}_{name}"))
            for name, rule in RULES.items()
        ),
        sa.ForeignKeyConstraint(
            ["contract_id", "version"],
            ["contract_versions.contract_id", "contract_versions.version"],
            name=op.f("fk_amendments_contract_id_contract_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_amendments_contract_id_contracts"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["users.id"],
            name=op.f("fk_amendments_proposed_by_id_users"),
        ),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_amendments")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_amendments_contract_id_number")
        ),
    )
    op.create_index(
        "uq_amendments_open",
        AMENDMENTS,
        ["contract_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_amendments_state_answer_by", AMENDMENTS, ["state", "answer_by"])


def _set_words(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    with op.batch_alter_table(table) as batch_op:
        check = op.f(f"ck_{table}_{name}")
        batch_op.drop_constraint(check, type_="check")
        listed = ", ".join(f"'{value}'" for value in values)
        batch_op.create_check_constraint(check, sa.text(f"{column} IN ({listed})"))


def _change_kinds(*, added: bool) -> None:
    """The kinds of notices there are, with ours or without."""
    for table in ("notices", "letters"):
        kinds = [kind for kind in _kinds(table) if kind not in KINDS_ADDED]
        _set_words(
            table, "kind", "noticekind", (*kinds, *(KINDS_ADDED if added else ()))
        )


def _kinds(table: str) -> list[str]:
    """What the check allows by now: other migrations add kinds of their own."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    (check,) = (one for one in checks if one["name"] == f"ck_{table}_noticekind")
    return str(check["sqltext"]).split("'")[1::2]


def downgrade() -> None:
    _change_kinds(added=False)
    _set_words("delivery_words", "word", "deliveryword", WORDS_BEFORE)
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.drop_constraint(
            op.f("ck_contract_lines_kilograms_not_negative"), type_="check"
        )
        batch_op.drop_column("version")
        batch_op.drop_column("season")
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_contract_lines_kilograms_positive"), "kg > 0"
        )
    op.drop_table(AMENDMENTS)
