"""Refunds: what was paid too much goes back to the buyer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = ("payment", "deposit", "input", "penalty")
MONEY = ("payment", "deposit")
ONLY_THE_SELLER = "ck_account_entries_the_seller_refunds"


def upgrade() -> None:
    _set_rules((*KINDS, "refund"), (*MONEY, "refund"))
    with op.batch_alter_table("account_entries") as batch_op:
        rule = sa.text("kind <> 'refund' OR owed_by = 'seller'")
        batch_op.create_check_constraint(op.f(ONLY_THE_SELLER), rule)


def downgrade() -> None:
    with op.batch_alter_table("account_entries") as batch_op:
        batch_op.drop_constraint(op.f(ONLY_THE_SELLER), type_="check")
    _set_rules(KINDS, MONEY)


def _set_rules(kinds: tuple[str, ...], money: tuple[str, ...]) -> None:
    rules = {
        "entrykind": f"kind IN ({_listed(kinds)})",
        "money_has_its_method": f"(kind IN ({_listed(money)})) = (method IS NOT NULL)",
    }
    with op.batch_alter_table("account_entries") as batch_op:
        for name, rule in rules.items():
            known = op.f(f"ck_account_entries_{name}")
            batch_op.drop_constraint(known, type_="check")
            batch_op.create_check_constraint(known, sa.text(rule))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
