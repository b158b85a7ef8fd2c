"""Renewals of contracts, and the notices that speak of the next season"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "renewals"
NOTICES = ("renewal_due", "renewal_asked", "renewal_ended")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "asked_by",
            sa.Enum(
                "seller",
                "buyer",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("harvest_id", sa.Integer(), nullable=True),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(),
        *(_key(f"{name}_id", f"{name}s") for name in ("contract", "harvest")),
        *(_key(f"{name}_id", f"{name}s") for name in ("offer", "proposal")),
        _key("asked_by_user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
        sa.UniqueConstraint("proposal_id", name=op.f(f"uq_{TABLE}_proposal_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_contract_id"), TABLE, ["contract_id"])
    op.create_index(
        "uq_renewals_open",
        TABLE,
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _tell(lambda known: [*known, *(one for one in NOTICES if one not in known)])


def downgrade() -> None:
    for table in ("notices", "letters"):
        rows = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.in_(NOTICES)))
    _tell(lambda known: [one for one in known if one not in NOTICES])
    op.drop_table(TABLE)


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "who_asks_gives_a_post": (
            "(asked_by = 'seller' AND harvest_id IS NOT NULL)"
            " OR (asked_by = 'buyer' AND offer_id IS NOT NULL)"
        ),
        "a_proposal_joins_two_posts": (
            "proposal_id IS NULL OR (harvest_id IS NOT NULL AND offer_id IS NOT NULL)"
        ),
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
        for name, rule in rules.items()
    ]


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{TABLE}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


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
