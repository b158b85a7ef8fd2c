"""Standing agreements with weekly call-offs, and the deliveries made of them"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FRAMES, CALLS, LINES = "call_off_frames", "call_offs", "contract_lines"
FROM_LINE = "fk_contract_lines_contract_id_contract_lines"
OPEN_FRAME = sa.text("state IN ('proposed', 'agreed')")
LIVE_CALL = sa.text("state IN ('posted', 'confirmed')")
NOTICES = (
    "calloff_frame_proposed",
    "calloff_frame_answered",
    "calloff_end_asked",
    "calloff_frame_ended",
    "calloff_posted",
    "calloff_confirmed",
    "calloff_closed",
)


def upgrade() -> None:
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.add_column(sa.Column("called_from", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f(FROM_LINE),
            LINES,
            ["contract_id", "called_from"],
            ["contract_id", "number"],
        )
    _create_frames()
    _create_calls()
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    op.drop_table(CALLS)
    op.drop_table(FRAMES)
    with op.batch_alter_table(LINES) as batch_op:
        batch_op.drop_constraint(op.f(FROM_LINE), type_="foreignkey")
        batch_op.drop_column("called_from")


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


def _create_frames() -> None:
    states = ("proposed", "agreed", "declined", "withdrawn", "ended")
    op.create_table(
        FRAMES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("state", _word("framestate", *states), nullable=False),
        sa.Column("least_kg", sa.BigInteger(), nullable=False),
        sa.Column("most_kg", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("first_week", sa.Date(), nullable=False),
        sa.Column("last_week", sa.Date(), nullable=False),
        sa.Column("proposed_by", _word("side", "seller", "buyer"), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_asked_by", _word("end_asked_by", "seller", "buyer")),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(
            FRAMES,
            band_in_order="0 < least_kg AND least_kg <= most_kg",
            lead_in_band="lead_days BETWEEN 1 AND 30",
            silence_before_delivery=(
                "1 <= answer_hours AND answer_hours <= lead_days * 24"
            ),
            weeks_in_order="first_week <= last_week",
            answered_or_open="(state = 'proposed') = (answered_at IS NULL)",
            ended_on_a_day="(state = 'ended') = (ended_at IS NOT NULL)",
            asked_while_agreed="end_asked_by IS NULL OR state = 'agreed'",
        ),
        _key(FRAMES, "contract_id", "contracts"),
        _key(FRAMES, "proposed_by_id", "users"),
        _key(FRAMES, "answered_by_id", "users"),
        sa.ForeignKeyConstraint(
            ["contract_id", "line"],
            [f"{LINES}.contract_id", f"{LINES}.number"],
            name=op.f("fk_call_off_frames_contract_id_contract_lines"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_off_frames")),
    )
    op.create_index(op.f("ix_call_off_frames_contract_id"), FRAMES, ["contract_id"])
    op.create_index(
        "uq_call_off_frames_open",
        FRAMES,
        ["contract_id"],
        unique=True,
        sqlite_where=OPEN_FRAME,
        postgresql_where=OPEN_FRAME,
    )


def _create_calls() -> None:
    states = ("posted", "confirmed", "declined", "withdrawn", "lapsed")
    op.create_table(
        CALLS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("kg", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", _word("calloffstate", *states), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("confirmed_kg", sa.BigInteger(), nullable=True),
        sa.Column("delivery_line", sa.Integer(), nullable=True),
        *_checks(
            CALLS,
            kilograms_positive="kg > 0",
            days_in_order="week <= first_day AND first_day <= last_day",
            confirmed_within_called="confirmed_kg BETWEEN 1 AND kg",
            a_delivery_when_confirmed=(
                "(state = 'confirmed') = (confirmed_kg IS NOT NULL)"
                " AND (state = 'confirmed') = (delivery_line IS NOT NULL)"
            ),
            answered_or_open="(state = 'posted') = (answered_at IS NULL)",
        ),
        _key(CALLS, "frame_id", FRAMES),
        _key(CALLS, "posted_by_id", "users"),
        _key(CALLS, "answered_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_offs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_offs_public_id")),
    )
    op.create_index("ix_call_offs_state_answer_by", CALLS, ["state", "answer_by"])
    op.create_index(
        "uq_call_offs_week",
        CALLS,
        ["frame_id", "week"],
        unique=True,
        sqlite_where=LIVE_CALL,
        postgresql_where=LIVE_CALL,
    )
