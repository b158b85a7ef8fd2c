"""Events that software asks for: of lots its organisation handles, and its own.

Two tables tell: the lot graph, whose events are put into words for the reader, and the
documents that partners captured. A page is merged from both in the order asked for; an
event of the graph that came as a document is told as it came.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.epcis_queries import EventQuery, matches
from marketplace.services.epcis_names import keep_names, names_of
from marketplace.services.epcis_pages import (
    BATCH,
    RECORDED,
    Key,
    ordered,
    read_token,
    time_of_document,
    time_of_event,
    within,
    write_token,
)
from marketplace.services.epcis_stories import MAKING, Reader, tell, whole_events
from models.epcis import EpcisEvent, EpcisName
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotLink

MOST_LOOKED_AT = 3_000
MOST_NAMED = 2_000
GRAPH, DOCUMENTS = 0, 1
Found = tuple[Key, dict[str, Any]]


class TooLarge(ValueError):
    """More events than `maxEventCount` allows."""


@dataclass(frozen=True)
class Page:
    """Some events, and the token of the next page if there are more."""

    events: list[dict[str, Any]]
    token: str | None = None


class EventsOf:
    """What one organisation may be told, ready to be asked."""

    def __init__(self, session: Session, organisation_id: int, base: str) -> None:
        self.session, self.base = session, base
        self.reader = Reader(organisation_id)
        self.mine = organisation_id
        self.lots = set(session.scalars(select(_closure(organisation_id).c.id)))

    def page(self, query: EventQuery, token: str = "") -> Page:
        """A page of what is asked for; BadQuery for a token that is none of ours."""
        after, told = read_token(token, query) if token else (None, 0)
        limit = query.per_page
        if query.count_limit is not None:
            limit = min(limit, query.count_limit - told)
        events: list[dict[str, Any]] = []
        last = after
        for looked, (key, event) in enumerate(self._merged(query, after)):
            if looked >= MOST_LOOKED_AT or len(events) == limit:
                return self._cut(query, events, last, told)
            last = key
            if matches(query, event):
                events.append(event)
        self._check_most(query, told + len(events))
        return Page(events)

    def _cut(
        self, query: EventQuery, events: list[Any], last: Key | None, told: int
    ) -> Page:
        count = told + len(events)
        self._check_most(query, count + 1)
        if last is None or (query.count_limit or count + 1) <= count:
            return Page(events)
        return Page(events, write_token(query, last, count))

    def _check_most(self, query: EventQuery, count: int) -> None:
        if query.most is not None and count > query.most:
            raise TooLarge(f"more than maxEventCount={query.most} events match")

    def named(self, event_id: str) -> list[dict[str, Any]]:
        """The event of this id, and what declares it wrong, if it may be told."""
        wanted = self._documents().where(EpcisEvent.event_id == event_id)
        rows = self.session.scalars(wanted.order_by(EpcisEvent.id))
        if found := [one.event for one in rows]:
            return found
        self._name_some()
        named = select(EpcisName.lot_event_id).where(EpcisName.event_id == event_id)
        graph = self._graph().where(LotEvent.id.in_(named)).options(*whole_events())
        return [told for _, told in self._told(graph) if told is not None]

    def _name_some(self) -> None:
        """Events that nobody asked for yet get their ids, so that they are found."""
        named = select(EpcisName.lot_event_id)
        new = self._graph().where(LotEvent.id.not_in(named)).options(*whole_events())
        rows = self.session.scalars(new.order_by(LotEvent.id.desc()).limit(MOST_NAMED))
        keep_names(self.session, rows.unique(), self.base)

    def _told(self, graph: Select[Any]) -> list[tuple[LotEvent, dict[str, Any] | None]]:
        events = self.session.scalars(graph).unique().all()
        names = names_of(self.session, [one.id for one in events])
        return [
            (one, tell(one, self.reader, self.lots, self.base, names.get(one.id, "")))
            for one in events
        ]

    def _merged(self, query: EventQuery, after: Key | None) -> Iterator[Found]:
        sources = (
            self._walk(query, after, GRAPH),
            self._walk(query, after, DOCUMENTS),
        )
        return heapq.merge(*sources, key=_by_key, reverse=query.newest_first)

    def _walk(
        self, query: EventQuery, after: Key | None, source: int
    ) -> Iterator[Found]:
        """One source in order, a batch at a time."""
        while True:
            rows = self._batch(query, after, source)
            for key, event in rows:
                after = key
                if event is not None:
                    yield key, event
            if len(rows) < BATCH:
                return

    def _batch(
        self, query: EventQuery, after: Key | None, source: int
    ) -> list[tuple[Key, dict[str, Any] | None]]:
        if source == DOCUMENTS:
            by = time_of_document(query)
            wanted = self._documents()
            for span, column in (
                (query.event_time, EpcisEvent.event_time),
                (query.record_time, EpcisEvent.record_time),
            ):
                wanted = wanted.where(*within(span, column))
            wanted = ordered(wanted, by, EpcisEvent.id, query, after, source)
            rows = self.session.execute(wanted.add_columns(by)).all()
            return [((at, source, one.id), one.event) for one, at in rows]
        at_column = time_of_event(query)
        graph = self._graph().options(*whole_events())
        graph = graph.where(
            *within(query.event_time, LotEvent.at),
            *within(query.record_time, RECORDED),
        )
        graph = ordered(graph, at_column, LotEvent.id, query, after, source)
        return [
            ((_moment(one, query), source, one.id), told)
            for one, told in self._told(graph)
        ]

    def _graph(self) -> Select[Any]:
        """Events that the organisation told, gets the goods of, or may read about."""
        touched = select(LotPart.event_id).where(
            LotPart.lot_id.in_(select(_closure(self.mine).c.id))
        )
        captured = select(EpcisEvent.id).where(
            EpcisEvent.organisation_id == self.mine,
            EpcisEvent.lot_event_id == LotEvent.id,
            or_(EpcisEvent.declares_error, LotEvent.wrong_at.is_(None)),
        )
        return select(LotEvent).where(
            or_(
                LotEvent.organisation_id == self.mine,
                LotEvent.to_organisation_id == self.mine,
                and_(LotEvent.step.in_(MAKING), LotEvent.id.in_(touched)),
            ),
            ~captured.correlate(LotEvent).exists(),
        )

    def _documents(self) -> Select[Any]:
        return select(EpcisEvent).where(EpcisEvent.organisation_id == self.mine)


def _moment(event: LotEvent, query: EventQuery) -> datetime:
    """What orders an event of the graph, as `time_of_event` says it in SQL."""
    if query.order_by == "eventTime":
        return event.at
    return event.wrong_at or event.recorded_at


def _by_key(found: Found) -> Key:
    return found[0]


def _closure(organisation_id: int) -> Any:
    """The ids of the lots that an organisation made, handled, or gets, and of theirs."""
    told = select(LotEvent.id).where(
        or_(
            LotEvent.organisation_id == organisation_id,
            LotEvent.to_organisation_id == organisation_id,
        )
    )
    handled = select(LotPart.lot_id).where(LotPart.event_id.in_(told))
    start = select(Lot.id.label("id")).where(
        or_(Lot.organisation_id == organisation_id, Lot.id.in_(handled))
    )
    walk = start.cte("handled", recursive=True)
    parents = select(LotLink.parent_id).where(LotLink.child_id == walk.c.id)
    return walk.union(parents)
