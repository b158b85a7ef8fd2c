"""Notices of force majeure, what they touch, and the kinds of words that tell them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NOTICES, LINES = "majeure_notices", "majeure_lines"
KINDS = (
    *("flood", "drought", "hail", "frost", "pest", "epidemic", "order"),
    *("road_cut", "other"),
)
STATES = (
    *("notified", "acknowledged", "contested", "unanswered", "confirmed"),
    *("declined", "withdrawn"),
)
TOLD = (
    *("majeure_given", "majeure_answered", "majeure_contested", "majeure_decided"),
    "contract_fulfilled",
)
# (table, column, name of the check) -> words that it knows from now on.
WIDENED = {
    ("notices", "kind", "noticekind"): TOLD,
    ("letters", "kind", "noticekind"): TOLD,
    ("contract_alerts", "code", "alertcode"): ("delivery_hindered",),
    ("record_facts", "kind", "factkind"): ("majeure",),
    ("photos", "about", "photoof"): ("majeure",),
}
CHECKS = {
    "numbered_from_one": "number > 0",
    "says_what": "text <> '' AND measures <> ''",
    "learned_before_given": "learned_at <= given_at",
    "a_no_says_why": "state <> 'contested' OR answer <> ''",
    "answered_when_said": (
        "(state <> 'notified' OR answered_at IS NULL)"
        " AND (state NOT IN ('acknowledged', 'contested')"
        " OR answered_at IS NOT NULL)"
    ),
    "decided_when_said": (
        "(state IN ('confirmed', 'declined')) = (decided_at IS NOT NULL)"
    ),
    "decided_why": "decided_at IS NULL OR decision <> ''",
    "confirmed_by_whom": "state <> 'confirmed' OR authority <> ''",
}
CHECKS_OF_LINES = {
    "not_negative": "lost_kg >= 0 AND postponed_kg >= 0",
    "touches_something": "lost_kg + postponed_kg > 0",
    "later_has_its_day": "(postponed_kg > 0) = (postponed_to IS NOT NULL)",
}
OF_PHOTO = "(about = 'majeure') = (majeure_id IS NOT NULL)"


def upgrade() -> None:
    _create_notices()
    _create_lines()
    for place, added in WIDENED.items():
        _reword(*place, lambda known, added=added: [*known, *_new(added, known)])
    with op.batch_alter_table("photos") as batch_op:
        batch_op.add_column(sa.Column("majeure_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f(f"fk_photos_majeure_id_{NOTICES}"), NOTICES, ["majeure_id"], ["id"]
        )
        unique = op.f("uq_photos_majeure_id_digest")
        batch_op.create_unique_constraint(unique, ["majeure_id", "digest"])
        check = op.f("ck_photos_of_its_majeure")
        batch_op.create_check_constraint(check, sa.text(OF_PHOTO))
    with op.batch_alter_table("account_entries") as batch_op:
        batch_op.add_column(sa.Column("line", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_account_entries_contract_id_contract_lines"),
            "contract_lines",
            ["contract_id", "line"],
            ["contract_id", "number"],
        )
        check = op.f("ck_account_entries_a_penalty_names_its_delivery")
        rule = sa.text("line IS NULL OR kind = 'penalty'")
        batch_op.create_check_constraint(check, rule)


def downgrade() -> None:
    with op.batch_alter_table("account_entries") as batch_op:
        check = op.f("ck_account_entries_a_penalty_names_its_delivery")
        batch_op.drop_constraint(check, type_="check")
        key = op.f("fk_account_entries_contract_id_contract_lines")
        batch_op.drop_constraint(key, type_="foreignkey")
        batch_op.drop_column("line")
    for (table, column, name), added in reversed(WIDENED.items()):
        rows = sa.table(table, sa.column(column))
        op.execute(sa.delete(rows).where(rows.c[column].in_(added)))
        _reword(
            table,
            column,
            name,
            lambda known, added=added: [one for one in known if one not in added],
        )
    with op.batch_alter_table("photos") as batch_op:
        batch_op.drop_constraint(op.f("ck_photos_of_its_majeure"), type_="check")
        batch_op.drop_constraint(op.f("uq_photos_majeure_id_digest"), type_="unique")
        key = op.f(f"fk_photos_majeure_id_{NOTICES}")
        batch_op.drop_constraint(key, type_="foreignkey")
        batch_op.drop_column("majeure_id")
    op.drop_table(LINES)
    op.drop_table(NOTICES)


def _create_notices() -> None:
    users = ("given_by_id", "answered_by_id", "decided_by_id")
    op.create_table(
        NOTICES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", _word("majeurestate", *STATES), nullable=False),
        sa.Column("kind", _word("majeurekind", *KINDS), nullable=False),
        sa.Column("given_by", _word("side", "seller", "buyer"), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        *_moments("learned_at", "given_at", "answer_by", nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        *_texts("text", "measures", "answer", "decision"),
        sa.Column("authority", sa.String(length=200), nullable=False),
        *_moments("answered_at", "decided_at", nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        *_checks(NOTICES, CHECKS),
        _key(NOTICES, "contract_id", "contracts"),
        *(_key(NOTICES, column, "users") for column in users),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NOTICES}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{NOTICES}_public_id")),
        _unique("contract_id", "number"),
        _unique("id", "contract_id"),
    )
    op.create_index(f"ix_{NOTICES}_state_answer_by", NOTICES, ["state", "answer_by"])


def _create_lines() -> None:
    op.create_table(
        LINES,
        *(
            sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)
            for name in ("notice_id", "line", "contract_id")
        ),
        sa.Column("lost_kg", sa.BigInteger(), nullable=False),
        sa.Column("postponed_kg", sa.BigInteger(), nullable=False),
        sa.Column("postponed_to", sa.Date(), nullable=True),
        *_checks(LINES, CHECKS_OF_LINES),
        sa.ForeignKeyConstraint(
            ["notice_id", "contract_id"],
            [f"{NOTICES}.id", f"{NOTICES}.contract_id"],
            name=op.f(f"fk_{LINES}_notice_id_{NOTICES}"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id", "line"],
            ["contract_lines.contract_id", "contract_lines.number"],
            name=op.f(f"fk_{LINES}_contract_id_contract_lines"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "line", name=op.f(f"pk_{LINES}")),
    )
    op.create_index(f"ix_{LINES}_contract_id", LINES, ["contract_id"])


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _moments(*names: str, nullable: bool) -> list[sa.Column[object]]:
    kind = sa.DateTime(timezone=True)
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
        for name, rule in rules.items()
    ]


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _unique(*columns: str) -> sa.UniqueConstraint:
    name = op.f(f"uq_{NOTICES}_{'_'.join(columns)}")
    return sa.UniqueConstraint(*columns, name=name)


def _new(added: tuple[str, ...], known: list[str]) -> list[str]:
    return [one for one in added if one not in known]


def _reword(table: str, column: str, kind: str, change) -> None:  # type: ignore[no-untyped-def]
    """Widen or narrow the words of a column from those that the table knows now."""
    name = f"ck_{table}_{kind}"
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    text = next(one["sqltext"] for one in checks if one["name"] == name)
    listed = ", ".join(f"'{one}'" for one in change(re.findall(r"'([a-z_]+)'", text)))
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        rule = sa.text(f"{column} IN ({listed})")
        batch_op.create_check_constraint(op.f(name), rule)
