"""Which events of the lot graph an organisation may be told, and how they are found.

Three ways lead to them, each along an index: those it told, those whose goods it gets,
and those by which others made what it handles. No event lies on two of them. The third
is a walk through the graph: it starts from the few events that a page may hold, or
else from all that is handled.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.words_trace import OBSERVATIONS, PartRole
from marketplace.services.epcis_stories import MAKING
from models.bulk import among
from models.epcis import EpcisEvent
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding, LotLink

MOST_LOTS = 5_000
MOST_SINGLE = 8_000
"""So many goods of events that may be meant are looked up; of more, all that is
handled is gathered first."""


class Scope:
    """What one organisation may be told of the lot graph."""

    def __init__(self, session: Session, organisation_id: int) -> None:
        self.session, self.mine = session, organisation_id
        self._known: list[int] | None = None

    def ways(self) -> list[Select[Any]]:
        """Its own events, and those of others that bring it goods."""
        own = LotEvent.organisation_id == self.mine
        gets = LotEvent.to_organisation_id == self.mine
        return [self._events(own), self._events(gets, ~own)]

    def others(self, narrow: Collection[ColumnElement[bool]] = ()) -> Select[Any]:
        """Events of others by which was made what it handles.

        `narrow` is what the events are asked for by; they are told by it faster.
        """
        return self._events(*self._foreign(), self._made(narrow), *narrow)

    def readable(self, lot_ids: Collection[int]) -> set[int]:
        """Which of these lots it handled, or handled something that was made of."""
        start = select(Lot.id.label("first"), Lot.id.label("id"))
        walk = start.where(among(self.session, Lot.id, lot_ids)).cte(
            "onward", recursive=True
        )
        onward = select(walk.c.first, LotLink.child_id).where(
            LotLink.parent_id == walk.c.id
        )
        walk = walk.union(onward)
        mine = or_(
            LotEvent.organisation_id == self.mine,
            LotEvent.to_organisation_id == self.mine,
        )
        told = exists().where(
            LotPart.lot_id == walk.c.id, LotEvent.id == LotPart.event_id, mine
        )
        return set(self.session.scalars(select(walk.c.first).where(told).distinct()))

    def _events(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """Events of the graph; those that came as documents are told as they came."""
        captured = exists().where(
            EpcisEvent.organisation_id == self.mine,
            EpcisEvent.lot_event_id == LotEvent.id,
            or_(EpcisEvent.declares_error, LotEvent.wrong_at.is_(None)),
        )
        return select(LotEvent).where(*conditions, ~captured.correlate(LotEvent))

    def _foreign(self) -> tuple[ColumnElement[bool], ...]:
        return (
            LotEvent.organisation_id != self.mine,
            LotEvent.to_organisation_id.is_distinct_from(self.mine),
            LotEvent.step.in_(MAKING),
        )

    def _made(self, narrow: Collection[ColumnElement[bool]]) -> ColumnElement[bool]:
        """Others made a lot by the event that is handled here, or saw theirs."""
        part, lot, event = aliased(LotPart), aliased(Lot), aliased(LotEvent)
        seen = event.step.in_(OBSERVATIONS)
        told = (
            select(part.event_id)
            .join(lot, lot.id == part.lot_id)
            .join(event, event.id == part.event_id)
            .where(
                self._handled(part.lot_id, narrow),
                or_(
                    and_(seen, lot.organisation_id == event.organisation_id),
                    and_(~seen, part.role == PartRole.OUTPUT),
                ),
            )
        )
        return LotEvent.id.in_(told)

    def _handled(
        self, lot_id: Any, narrow: Collection[ColumnElement[bool]]
    ) -> ColumnElement[bool]:
        if narrow:
            wanted = select(LotPart.lot_id).join(LotPart.event)
            wanted = wanted.where(*self._foreign(), *narrow).limit(MOST_SINGLE + 1)
            found = self.session.scalars(wanted).all()
            if len(found) <= MOST_SINGLE:
                readable = self.readable(set(found)) if found else ()
                return among(self.session, lot_id, readable)
        few = self._few()
        if few is not None:
            return among(self.session, lot_id, few)
        return lot_id.in_(select(self._reached().c.id))  # type: ignore[no-any-return]

    def _few(self) -> list[int] | None:
        """The lots of others within reach, if they are few: then each is looked up.

        The database can not guess how far a walk leads, and would read whole tables.
        """
        if self._known is None:
            wanted = select(self._reached().c.id).limit(MOST_LOTS + 1)
            self._known = list(self.session.scalars(wanted))
        return self._known if len(self._known) <= MOST_LOTS else None

    def _reached(self) -> Any:
        """Lots of others that were held or are to come, and all they were made of."""
        held = select(LotHolding.lot_id).where(LotHolding.organisation_id == self.mine)
        comes = select(LotEvent.id).where(LotEvent.to_organisation_id == self.mine)
        coming = select(LotPart.lot_id).where(LotPart.event_id.in_(comes))
        start = select(Lot.id.label("id")).where(
            Lot.id.in_(held.union(coming)), Lot.organisation_id != self.mine
        )
        walk = start.cte("reached", recursive=True)
        return walk.union(
            select(LotLink.parent_id).where(LotLink.child_id == walk.c.id)
        )
