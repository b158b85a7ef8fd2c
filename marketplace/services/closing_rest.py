"""A rest so small that both sides may let it go by closing the contract.

Late interest grows by some đồng a day while the last payment is under way, and no
side sends money for it. The most that may be let go is a rule of the house.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.settlement import Statement
from marketplace.domain.words import ContractState
from marketplace.services.fulfilment import all_delivered
from marketplace.services.rules import rule
from marketplace.services.statements import statement_of
from models.contracts import Contract

RULE = "closing.waiver"


def waived_vnd(session: Session, statement: Statement) -> int:
    """What both let go by confirming a closing of that day; nought where it is more.

    Only what the buyer owes: a credit is the buyer's own money and goes back.
    """
    most = int(rule(session, RULE, statement.today)["most_vnd"])
    known = not statement.provisional and not statement.totals.unpriced_kg
    rest = statement.balance_vnd
    return rest if known and 0 < rest <= most else 0


def only_a_rest_is_left(session: Session, contract: Contract, *, today: date) -> bool:
    """Whether a contract in force is delivered and lacks nothing but such a rest."""
    if contract.state is not ContractState.IN_FORCE or not contract.delivered_kg:
        return False
    if not all_delivered(session, contract, today=today):
        return False
    return waived_vnd(session, statement_of(session, contract, today=today)) > 0
