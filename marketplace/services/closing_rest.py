"""A rest so small that both sides may let it go by closing the contract.

Late interest grows by some đồng a day while the last payment is under way, and no
side sends money for it. The most that may be let go is a rule of the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.settlement import Statement
from marketplace.domain.words import ContractState
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import planned_deliveries
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


@dataclass(frozen=True)
class Left:
    """What keeps a contract from its end: kilograms to come, and đồng open.

    `most_vnd` is how much may be let go, where late interest is all that is open.
    """

    kg: int
    vnd: int
    most_vnd: int | None = None


def left_of(session: Session, contract: Contract, *, today: date) -> Left:
    """What is still to be handed over and to be paid under a contract."""
    statement = statement_of(session, contract, today=today)
    planned = planned_deliveries(session, contract)
    done = all_delivered(session, contract, today=today)
    known = without_notes(contract, planned)
    kg = sum(max(0, one.to_come_kg - known[one.line.number]) for one in planned)
    totals = statement.totals
    interest_alone = 0 < totals.interest_open_vnd == totals.open_vnd
    most = int(rule(session, RULE, today)["most_vnd"]) if interest_alone else None
    return Left(0 if done else kg, totals.open_vnd, most)


def only_a_rest_is_left(session: Session, contract: Contract, *, today: date) -> bool:
    """Whether a contract in force is delivered and lacks nothing but such a rest."""
    if contract.state is not ContractState.IN_FORCE or not contract.delivered_kg:
        return False
    if not all_delivered(session, contract, today=today):
        return False
    return waived_vnd(session, statement_of(session, contract, today=today)) > 0
