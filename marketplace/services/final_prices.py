"""Contracts whose goods have come and whose final price is not known yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import NoteState, Outcome
from marketplace.services.days import day_of
from marketplace.services.delivery_notes import list_notes
from marketplace.services.fulfilment import all_delivered
from marketplace.services.statement_prices import Prices
from marketplace.services.statements import findings_of, statement_of
from models.contracts import Contract
from models.price_quotes import PriceMarket

WAITING = (ContractState.IN_FORCE, ContractState.EXPIRED)


def lacks_price_alone(session: Session, contract: Contract, *, today: date) -> bool:
    """Whether all came and what is known of it is paid, but a price is not final.

    So it may stand in force, or past its last day: no side can do anything then.
    """
    if contract.state not in WAITING or not contract.delivered_kg:
        return False
    if not all_delivered(session, contract, today=today):
        return False
    statement = statement_of(session, contract, today=today)
    known = not statement.provisional and not statement.totals.unpriced_kg
    return not known and statement.balance_vnd == 0


def awaited_quotes(
    session: Session, contract: Contract
) -> list[tuple[PriceMarket, date]]:
    """The markets and days whose quotes accepted goods wait for, by day."""
    found = sorted(set(_awaited(session, contract)), key=lambda pair: pair[::-1])
    return [(session.get_one(PriceMarket, one), day) for one, day in found]


def _awaited(session: Session, contract: Contract) -> Iterator[tuple[int, date]]:
    prices, findings = Prices(session, contract, "vi"), findings_of(session, contract)
    for note in list_notes(session, contract):
        found = findings.get(note.id)
        if note.state is not NoteState.CONFIRMED or not found:
            continue
        for part in found[-1].parts:
            awaited = prices.of(note).awaited(part.grade, day_of(note.delivered_at))
            if part.outcome is Outcome.ACCEPTED and awaited is not None:
                yield awaited
