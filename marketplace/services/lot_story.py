"""A lot as its page tells it: what happened, one step back, one step forward.

Everybody sees what passed through their own hands: an organisation its own events
and what reached or left it, an officer all events of a lot in scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.lots import events_of, may_see, wrong_events_of
from models.lot_events import LotEvent, LotPart
from models.lots import Lot


@dataclass(frozen=True)
class Step:
    """An event of a lot, with the kilograms of this lot in it."""

    event: LotEvent
    kg: int
    role: PartRole


@dataclass(frozen=True)
class Balance:
    """Kilograms of a lot through one organisation's hands; in = out + here."""

    came_kg: int
    used_kg: int
    sent_kg: int
    sold_kg: int
    destroyed_kg: int

    @property
    def here_kg(self) -> int:
        gone = self.used_kg + self.sent_kg + self.sold_kg + self.destroyed_kg
        return self.came_kg - gone


@dataclass(frozen=True)
class Story:
    """All that a page of a lot tells."""

    steps: Sequence[Step]
    wrong: Sequence[LotEvent]
    parents: Sequence[LotPart]
    children: Sequence[LotPart]
    balance: Balance


def tell_story(session: Session, who: Actor, lot: Lot) -> Story:
    """What the actor may know of a lot, in the order it happened."""
    events = [one for one in events_of(session, [lot.id]) if _shown(who, one)]
    steps = [
        Step(event, part.kg, part.role)
        for event in events
        for part in event.parts
        if part.lot_id == lot.id
    ]
    return Story(
        steps=steps,
        wrong=[one for one in wrong_events_of(session, lot) if _shown(who, one)],
        parents=_others(steps, PartRole.OUTPUT, PartRole.INPUT),
        children=_others(steps, PartRole.INPUT, PartRole.OUTPUT),
        balance=_balance(one for one in steps if _own(who, one.event)),
    )


def _own(who: Actor, event: LotEvent) -> bool:
    return event.organisation_id == who.organisation_id


def _shown(who: Actor, event: LotEvent) -> bool:
    if who.is_officer or _own(who, event):
        return True
    if event.to_organisation_id == who.organisation_id:
        return True
    sent = event.answers
    return sent is not None and sent.organisation_id == who.organisation_id


def _others(steps: Iterable[Step], here: PartRole, there: PartRole) -> list[LotPart]:
    """The other lots of the steps that made this one, or were made of it."""
    return [
        part
        for step in steps
        if step.event.step in TRANSFORMATIONS and step.role is here
        for part in step.event.parts
        if part.role is there
    ]


def _balance(steps: Iterable[Step]) -> Balance:
    own = list(steps)

    def left(*kinds: LotStep) -> int:
        return sum(
            one.kg
            for one in own
            if one.role is PartRole.INPUT and one.event.step in kinds
        )

    return Balance(
        came_kg=sum(one.kg for one in own if one.role is PartRole.OUTPUT),
        used_kg=left(*TRANSFORMATIONS),
        sent_kg=left(LotStep.SHIP),
        sold_kg=left(LotStep.SELL),
        destroyed_kg=left(LotStep.DESTROY),
    )


def access_event(session: Session, who: Actor, public_id: str) -> LotEvent:
    """An event that the actor may know of, wrong ones too; NotFound for others."""
    event = session.scalars(
        select(LotEvent).where(LotEvent.public_id == public_id)
    ).first()
    if event is None or not _shown(who, event):
        raise NotFound
    if who.is_officer and not any(may_see(session, who, p.lot) for p in event.parts):
        raise NotFound
    return event
