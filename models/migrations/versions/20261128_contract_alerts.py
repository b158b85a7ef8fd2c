"""Early warnings of contracts, what people did, and what falls free of a contract"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LINES = "contract_lines"
WITHIN = "0 <= released_kg AND 0 <= refused_kg AND released_kg + refused_kg <= kg"
ALERTS, STEPS = "contract_alerts", "contract_alert_steps"
CODES = (
    "delivery_silent",
    "delivery_blocked",
    "delivery_late",
    "harvest_short",
    "quality_low",
    "price_below",
    "price_above",
    "day_waiting",
    "note_waiting",
    "inspection_waiting",
    "claim_waiting",
    "entry_waiting",
    "payment_overdue",
    "paper_lapsing",
)


def upgrade() -> None:
    _create_alerts()
    _create_steps()
    _let_lines_give_back()


def _let_lines_give_back() -> None:
    nothing = sa.Column("refused_kg", sa.BigInteger(), nullable=True)
    with op.batch_alter_table(LINES, schema=None) as batch_op:
        batch_op.add_column(nothing)
    lines = sa.table(LINES, sa.column("refused_kg"))
    op.execute(sa.update(lines).values(refused_kg=0))
    with op.batch_alter_table(LINES, schema=None) as batch_op:
        batch_op.alter_column(
            "refused_kg", existing_type=sa.BigInteger(), nullable=False
        )
        batch_op.create_check_constraint(
            op.f("ck_contract_lines_given_back_within_promised"), WITHIN
        )


def _word(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=32
    )


def _create_alerts() -> None:
    op.create_table(
        ALERTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("code", _word("alertcode", *CODES), nullable=False),
        sa.Column("severity", _word("severity", "E", "W", "I"), nullable=False),
        sa.Column(
            "stage",
            _word("alertstage", "new", "known", "acted", "escalated"),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("concerns", sa.JSON(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "opened_at <= closed_at",
            name=op.f("ck_contract_alerts_closed_after_opened"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contracts.id"],
            name=op.f("fk_contract_alerts_contract_id_contracts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_alerts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contract_alerts_public_id")),
    )
    op.create_index(op.f("ix_contract_alerts_contract_id"), ALERTS, ["contract_id"])
    op.create_index(
        "ix_contract_alerts_closed_at_severity", ALERTS, ["closed_at", "severity"]
    )
    op.create_index(
        "uq_contract_alerts_open",
        ALERTS,
        ["contract_id", "code"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _create_steps() -> None:
    rules = {
        "follows_its_predecessor": "previous = position - 1",
        "only_the_first_has_none": "(position = 0) = (previous IS NULL)",
        "a_deed_says_what": "step = 'acknowledged' OR text <> ''",
    }
    op.create_table(
        STEPS,
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True),
        sa.Column(
            "step",
            _word("alertstep", "acknowledged", "acted", "escalated"),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=False),
        sa.Column("by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{STEPS}_{name}"))
            for name, rule in rules.items()
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], [f"{ALERTS}.id"], name=op.f(f"fk_{STEPS}_alert_id_{ALERTS}")
        ),
        sa.ForeignKeyConstraint(
            ["alert_id", "previous"],
            [f"{STEPS}.alert_id", f"{STEPS}.position"],
            name=op.f(f"fk_{STEPS}_alert_id_{STEPS}"),
        ),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["users.id"], name=op.f(f"fk_{STEPS}_by_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["by_organisation_id"],
            ["organisations.id"],
            name=op.f(f"fk_{STEPS}_by_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("alert_id", "position", name=op.f(f"pk_{STEPS}")),
    )


def downgrade() -> None:
    """What was given back to a tranche alone counts as promised again."""
    op.execute(
        "UPDATE tranches SET promised_kg = promised_kg + (SELECT coalesce(sum("
        "refused_kg), 0) FROM contract_lines WHERE tranche_id = tranches.id)"
    )
    with op.batch_alter_table(LINES, schema=None) as batch_op:
        batch_op.drop_constraint(
            op.f("ck_contract_lines_given_back_within_promised"), type_="check"
        )
        batch_op.drop_column("refused_kg")
    op.drop_table(STEPS)
    op.drop_table(ALERTS)
