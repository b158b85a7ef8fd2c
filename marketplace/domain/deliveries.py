"""What the two sides say of one planned delivery before its day.

The record is the list of words, oldest first; the state is folded from it, so
that no stored state can contradict what was said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from marketplace.domain.words import Side


class DeliveryWord(StrEnum):
    """What can be said of a delivery."""

    READY = "ready"
    BLOCKED = "blocked"
    PROPOSE_DAY = "propose_day"
    ACCEPT_DAY = "accept_day"
    DECLINE_DAY = "decline_day"
    CANCEL = "cancel"
    AMEND = "amend"


class DeliveryState(StrEnum):
    """How a delivery stands; an open proposal of a day lies beside it."""

    PLANNED = "planned"
    READY = "ready"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class Obstacle(StrEnum):
    """Why a word cannot be said now."""

    CANCELLED = "cancelled"
    SAID_ALREADY = "said_already"
    WRONG_SIDE = "wrong_side"
    PROPOSAL_OPEN = "proposal_open"
    NO_PROPOSAL = "no_proposal"
    NO_DAY = "no_day"
    SAME_DAY = "same_day"
    DAY_PAST = "day_past"
    DAY_OUTSIDE_TERM = "day_outside_term"


@dataclass(frozen=True)
class Said:
    """One word; without a side it is the contract's own end that speaks."""

    word: DeliveryWord
    side: Side | None = None
    day: date | None = None


@dataclass(frozen=True)
class Delivery:
    """Where the words have led; `proposed_by` and `proposed_day` come together."""

    day: date
    state: DeliveryState = DeliveryState.PLANNED
    proposed_by: Side | None = None
    proposed_day: date | None = None


def obstacle_to(
    delivery: Delivery, said: Said, *, today: date, last_day: date
) -> Obstacle | None:
    """What stands in the way of this word, if anything.

    `last_day` is the last one of the contract's term; both ends are allowed.
    """
    if delivery.state is DeliveryState.CANCELLED:
        return Obstacle.CANCELLED
    match said.word:
        case DeliveryWord.CANCEL | DeliveryWord.AMEND:
            return Obstacle.WRONG_SIDE if said.side else None
        case DeliveryWord.READY | DeliveryWord.BLOCKED:
            return _to_announcing(delivery, said)
        case DeliveryWord.PROPOSE_DAY:
            return _to_proposing(delivery, said, today, last_day)
        case DeliveryWord.ACCEPT_DAY | DeliveryWord.DECLINE_DAY:
            return _to_answering(delivery, said, today)


def _to_announcing(delivery: Delivery, said: Said) -> Obstacle | None:
    if said.side is not Side.SELLER:
        return Obstacle.WRONG_SIDE
    same = delivery.state.value == said.word.value
    return Obstacle.SAID_ALREADY if same else None


def _to_proposing(
    delivery: Delivery, said: Said, today: date, last_day: date
) -> Obstacle | None:
    if said.side is None:
        return Obstacle.WRONG_SIDE
    if delivery.proposed_by is not None:
        return Obstacle.PROPOSAL_OPEN
    if said.day is None:
        return Obstacle.NO_DAY
    if said.day == delivery.day:
        return Obstacle.SAME_DAY
    if said.day < today:
        return Obstacle.DAY_PAST
    return Obstacle.DAY_OUTSIDE_TERM if said.day > last_day else None


def _to_answering(delivery: Delivery, said: Said, today: date) -> Obstacle | None:
    if delivery.proposed_by is None or delivery.proposed_day is None:
        return Obstacle.NO_PROPOSAL
    if said.side is None or said.side is delivery.proposed_by:
        return Obstacle.WRONG_SIDE
    late = said.word is DeliveryWord.ACCEPT_DAY and delivery.proposed_day < today
    return Obstacle.DAY_PAST if late else None


def after(delivery: Delivery, said: Said) -> Delivery:
    """The delivery once this was said; the caller has asked `obstacle_to`."""
    match said.word:
        case DeliveryWord.READY | DeliveryWord.BLOCKED:
            return replace(delivery, state=DeliveryState(said.word.value))
        case DeliveryWord.PROPOSE_DAY:
            return replace(delivery, proposed_by=said.side, proposed_day=said.day)
        case DeliveryWord.ACCEPT_DAY:
            # Ready or blocked was said of the old day and says nothing of the new.
            return Delivery(day=delivery.proposed_day or delivery.day)
        case DeliveryWord.DECLINE_DAY:
            return replace(delivery, proposed_by=None, proposed_day=None)
        case DeliveryWord.CANCEL:
            return Delivery(day=delivery.day, state=DeliveryState.CANCELLED)
        case DeliveryWord.AMEND:
            return Delivery(day=delivery.day)


def fold_words(first_day: date, record: Iterable[Said]) -> Delivery:
    """Where a record leads, from the first day of the delivery's window.

    What was said before an amendment was said of a plan that is no more.
    """
    delivery = Delivery(day=first_day)
    for said in record:
        delivery = after(delivery, said)
        if said.word is DeliveryWord.AMEND:
            delivery = Delivery(day=first_day)
    return delivery
