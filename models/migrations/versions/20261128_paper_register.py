"""Codes of packing houses; history, suspensions and reminders of every paper"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0023_papers"
down_revision = "0022"
branch_labels = None
depends_on = None

CODES, EVENTS = "packing_house_codes", "paper_events"
STOPS, REMINDERS = "paper_stops", "paper_reminders"
OLD = ("certificates", "growing_area_codes")
STATES = ("pending", "active", "suspended", "revoked", "expired", "returned")
MARKETS = ("domestic", "US", "CN", "AU", "NZ")
KINDS = (
    *("submitted", "changed", "returned", "refused", "verified", "suspended"),
    *("resumed", "revoked", "supervised", "reminded", "file_added", "file_replaced"),
)
TOLD = ("paper_decided",)
# (table, column, name of the check) -> words that it knows from now on.
WIDENED = {
    ("certificates", "state", "paperstate"): ("returned",),
    ("growing_area_codes", "state", "paperstate"): ("returned",),
    ("notices", "kind", "noticekind"): TOLD,
    ("letters", "kind", "noticekind"): TOLD,
}
PAPERS = {
    "certificate_id": "certificates",
    "area_code_id": "growing_area_codes",
    "packing_code_id": CODES,
}
ONE_PAPER = (
    " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in PAPERS)
    + " = 1"
)
FOUR_EYES = "verified_by_id <> submitted_by_id"


# Rules that say more from now on; `reference load` brings them as they are now.
RULES = (
    *("certificate.VIETGAP", "certificate.GLOBALGAP", "certificate.ORGANIC_TCVN"),
    *("certificate.FOOD_SAFETY", "certificate.SAFETY_COMMITMENT"),
    *("certificate.OCOP", "certificate.HACCP", "certificate.ISO22000", "CE-09"),
)


def upgrade() -> None:
    rules = sa.table("rules", sa.column("code"))
    op.execute(sa.delete(rules).where(rules.c.code.in_(RULES)))
    for table in OLD:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("submitted_by_id", sa.Integer()))
            if table == "certificates":
                batch_op.add_column(sa.Column("supervised_on", sa.Date()))
            key = op.f(f"fk_{table}_submitted_by_id_users")
            batch_op.create_foreign_key(key, "users", ["submitted_by_id"], ["id"])
            check = op.f(f"ck_{table}_four_eyes")
            batch_op.create_check_constraint(check, sa.text(FOUR_EYES))
    for place, added in WIDENED.items():
        _reword(*place, lambda known, added=added: [*known, *_new(added, known)])
    _create_codes()
    _create_events()
    _create_stops()
    _create_reminders()


def downgrade() -> None:
    for table in (REMINDERS, STOPS, EVENTS, CODES):
        op.drop_table(table)
    for (table, column, name), added in reversed(WIDENED.items()):
        rows = sa.table(table, sa.column(column))
        gone = rows.c[column].in_(added)
        if table in OLD:  # what was returned waits again
            op.execute(sa.update(rows).where(gone).values({column: "pending"}))
        else:
            op.execute(sa.delete(rows).where(gone))
        _reword(
            table,
            column,
            name,
            lambda known, added=added: [one for one in known if one not in added],
        )
    for table in OLD:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_four_eyes"), type_="check")
            key = op.f(f"fk_{table}_submitted_by_id_users")
            batch_op.drop_constraint(key, type_="foreignkey")
            batch_op.drop_column("submitted_by_id")
            if table == "certificates":
                batch_op.drop_column("supervised_on")


def _create_codes() -> None:
    op.create_table(
        CODES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("facility_id", sa.Integer(), nullable=False),
        sa.Column("market", _word("market", *MARKETS), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("state", _word("paperstate", *STATES), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("supervised_on", sa.Date()),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("verified_by_id", sa.Integer()),
        sa.Column("submitted_by_id", sa.Integer()),
        sa.Column("ended_on", sa.Date()),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        _check(CODES, "valid_interval", "valid_to IS NULL OR valid_from < valid_to"),
        _check(
            CODES,
            "verified_by_somebody",
            "(verified_at IS NULL) = (verified_by_id IS NULL)",
        ),
        _check(CODES, "four_eyes", FOUR_EYES),
        _key(CODES, "facility_id", "facilities"),
        _key(CODES, "verified_by_id", "users"),
        _key(CODES, "submitted_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CODES}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{CODES}_public_id")),
        sa.UniqueConstraint("market", "code", name=op.f(f"uq_{CODES}_market_code")),
    )
    op.create_index(op.f(f"ix_{CODES}_facility_id"), CODES, ["facility_id"])


def _create_events() -> None:
    op.create_table(
        EVENTS,
        *_of_paper(),
        sa.Column("kind", _word("papereventkind", *KINDS), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("by_user_id", sa.Integer()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _check(
            EVENTS,
            "a_no_says_why",
            "kind NOT IN ('returned', 'refused', 'suspended', 'revoked')"
            " OR reason <> ''",
        ),
        _check(EVENTS, "by_somebody", "by_user_id IS NOT NULL OR kind = 'reminded'"),
        _key(EVENTS, "by_user_id", "users"),
        *_constraints(EVENTS),
    )
    _index_papers(EVENTS)


def _create_stops() -> None:
    op.create_table(
        STOPS,
        *_of_paper(),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _check(STOPS, "valid_interval", "first_day < until"),
        *_constraints(STOPS),
    )
    _index_papers(STOPS)


def _create_reminders() -> None:
    op.create_table(
        REMINDERS,
        *_of_paper(),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("left_days", sa.Integer(), nullable=False),
        sa.Column("stakes", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        _check(REMINDERS, "not_too_early", "left_days BETWEEN 0 AND days"),
        *_constraints(REMINDERS),
    )
    for column in PAPERS:
        kept = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"uq_{REMINDERS}_{column}",
            REMINDERS,
            [column, "last_day", "days"],
            unique=True,
            sqlite_where=kept,
            postgresql_where=kept,
        )


def _of_paper() -> list[sa.Column[int]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in PAPERS),
    ]


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        _check(table, "of_one_paper", ONE_PAPER),
        *(_key(table, column, target) for column, target in PAPERS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _index_papers(table: str) -> None:
    for column in PAPERS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


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
