"""A confirmed call-off becomes a delivery; the contract's sum stays what it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.words import Side
from marketplace.services.deliveries import Planned, planned_delivery
from models.call_offs import CallOff
from models.contracts import ContractLine
from models.deliveries import DeliverySaid


def make_delivery(session: Session, call: CallOff, kg: int, *, now: datetime) -> int:
    """Split the kilograms off the frame's delivery; returns the number of the new one.

    Where all of it is called, nothing would be left: then that delivery itself is
    set on the day. The caller holds the contract's lock and has checked the sum.
    """
    contract = call.frame.contract
    planned = planned_delivery(session, contract, call.frame.line)
    source = planned.line
    session.refresh(source)
    if source.kg == kg:
        _set_day(session, planned, call, now)
        return source.number
    number = max(line.number for line in contract.lines) + 1
    contract.lines.append(
        ContractLine(
            number=number,
            tranche_id=source.tranche_id,
            kg=kg,
            deliver_from=call.first_day,
            deliver_to=call.last_day,
            called_from=source.number,
            version=source.version,
            season=source.season,
        )
    )
    session.flush()  # the source shrinks only where this line stands for it
    source.kg -= kg
    session.flush()  # what is read next sums the lines
    return number


def _set_day(session: Session, planned: Planned, call: CallOff, now: datetime) -> None:
    """In the words that the two sides use for another day."""
    said: list[tuple[DeliveryWord, Side]] = []
    asked_by = planned.delivery.proposed_by
    if asked_by is not None:
        other = Side.BUYER if asked_by is Side.SELLER else Side.SELLER
        said.append((DeliveryWord.DECLINE_DAY, other))
    if planned.delivery.day != call.first_day:
        said.append((DeliveryWord.PROPOSE_DAY, Side.BUYER))
        said.append((DeliveryWord.ACCEPT_DAY, Side.SELLER))
    for position, (word, side) in enumerate(said, len(planned.words)):
        session.add(
            DeliverySaid(
                contract_id=planned.line.contract_id,
                line=planned.line.number,
                position=position,
                previous=position - 1 if position else None,
                word=word,
                side=side,
                day=call.first_day if word is DeliveryWord.PROPOSE_DAY else None,
                by_user_id=call.posted_by_id if side is Side.BUYER else None,
                at=now,
            )
        )
        session.flush()  # each word names the one before it
