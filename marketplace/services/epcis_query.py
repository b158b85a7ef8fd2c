"""Events that software asks for: of lots its organisation handles, and its own.

Two tables tell: the lot graph, whose events are put into words for the reader, and the
documents that partners captured. A page is merged from the keys of both in the order
asked for; an event of the graph that came as a document is told as it came.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.epcis_queries import EventQuery, matches
from marketplace.domain.epcis_terms import ID
from marketplace.services.epcis_documents import of_documents
from marketplace.services.epcis_names import keep_names
from marketplace.services.epcis_pages import (
    Key,
    between,
    ordered,
    read_token,
    time_of_document,
    times_of_event,
    write_token,
)
from marketplace.services.epcis_scope import Scope
from marketplace.services.epcis_stories import Reader, tell, whole_events
from marketplace.services.epcis_where import Graph
from models.epcis import EpcisEvent, EpcisName
from models.lot_events import LotEvent

MOST_LOOKED_AT = 3_000
MOST_NAMED = 2_000
GRAPH, DOCUMENTS = 0, 1
Told = dict[str, Any]
Source = tuple[int, Any, Any, Any]
"""The table, its events, what orders them, and their id."""


class TooLarge(ValueError):
    """More events than `maxEventCount` allows."""


@dataclass(frozen=True)
class Page:
    """Some events, and the token of the next page if there are more."""

    events: list[Told]
    token: str | None = None


class EventsOf:
    """What one organisation may be told, ready to be asked."""

    def __init__(self, session: Session, organisation_id: int, base: str) -> None:
        self.session, self.base = session, base
        self.reader = Reader(organisation_id)
        self.mine = organisation_id
        self.scope = Scope(session, organisation_id)

    def page(self, query: EventQuery, token: str = "") -> Page:
        """A page of what is asked for; BadQuery for a token that is none of ours."""
        after, told = read_token(token, query) if token else (None, 0)
        limit = query.per_page
        if query.count_limit is not None:
            limit = min(limit, query.count_limit - told)
        events: list[Told] = []
        last = after
        for looked, (key, event) in enumerate(self._walk(query, after)):
            if looked >= MOST_LOOKED_AT or len(events) == limit:
                return self._cut(query, events, last, told)
            last = key
            # The tables were asked for no less than this: the last word is here.
            if event is not None and matches(query, event):
                events.append(event)
        self._check_most(query, told + len(events))
        return Page(events)

    def _cut(
        self, query: EventQuery, events: list[Told], last: Key | None, told: int
    ) -> Page:
        count = told + len(events)
        self._check_most(query, count + 1)
        if last is None or (query.count_limit or count + 1) <= count:
            return Page(events)
        return Page(events, write_token(query, last, count))

    def _check_most(self, query: EventQuery, count: int) -> None:
        if query.most is not None and count > query.most:
            raise TooLarge(f"more than maxEventCount={query.most} events match")

    def named(self, event_id: str) -> list[Told]:
        """The event of this id, and what declares it wrong, if it may be told."""
        query = EventQuery(equal={ID: frozenset({event_id})}, newest_first=False)
        return [event for _, event in self._walk(query, None) if event is not None]

    def _walk(
        self, query: EventQuery, after: Key | None
    ) -> Iterator[tuple[Key, Told | None]]:
        """All that the tables have, in order; None for what may not be told."""
        if not self._knows(query.equal.get(ID, frozenset())):
            self._name_some()
        near, limits = self._asked(query)
        while True:
            keys = self._keys(near, limits, query, after)
            yield from zip(keys, self._load(keys), strict=True)
            if len(keys) <= query.per_page:
                return
            after = keys[-1]

    def _asked(self, query: EventQuery) -> tuple[list[Source], list[Any]]:
        """What is near to ask for, and what must hold of events of others."""
        graph = Graph(self.session, query, self.base)
        limits = graph.conditions()
        near: list[Source] = [
            (GRAPH, way.where(*limits, *split), moment, LotEvent.id)
            for way in self.scope.ways()
            for moment, *split in times_of_event(query)
        ]
        captured = of_documents(self.session, query, self.mine)
        documents = select(EpcisEvent).where(*captured)
        near.append((DOCUMENTS, documents, time_of_document(query), EpcisEvent.id))
        return near, graph.of_others(self.scope.readable)

    def _keys(
        self,
        near: Sequence[Source],
        limits: Sequence[Any],
        query: EventQuery,
        after: Key | None,
    ) -> list[Key]:
        """A page of keys and one more; of others no farther than what is near reaches.

        Who tells a lot fills a page within days: only events of others in those days
        need to be looked at, not all that ever led to its goods.
        """

        def some(source: Source) -> list[Key]:
            table, wanted, time, row_id = source
            keys = ordered(wanted, time, row_id, query, after, table)
            return [(at, table, one) for at, one in self.session.execute(keys)]

        def first(found: Sequence[Sequence[Key]]) -> list[Key]:
            merged = heapq.merge(*found, reverse=query.newest_first)
            return list(islice(merged, query.per_page + 1))

        found = [first([some(one) for one in near])]
        edge = found[0][-1] if len(found[0]) > query.per_page else None
        for moment, *split in times_of_event(query):
            narrow = [*limits, *split, *between(moment, query, after, edge)]
            found.append(some((GRAPH, self.scope.others(narrow), moment, LotEvent.id)))
        return first(found)

    def _load(self, keys: Sequence[Key]) -> list[Told | None]:
        """What is told of these keys, in their order."""
        graph = {number for _, source, number in keys if source == GRAPH}
        captured = {number for _, source, number in keys if source == DOCUMENTS}
        wanted = select(EpcisEvent).where(EpcisEvent.id.in_(captured))
        documents = {one.id: one.event for one in self.session.scalars(wanted)}
        told = self._told(graph)
        return [(told, documents)[source].get(number) for _, source, number in keys]

    def _told(self, ids: set[int]) -> dict[int, Told]:
        wanted = select(LotEvent).where(LotEvent.id.in_(ids)).options(*whole_events())
        events = self.session.scalars(wanted).unique().all()
        others = {
            part.lot_id
            for one in events
            if self.mine not in (one.organisation_id, one.to_organisation_id)
            for part in one.parts
        }
        lots = self.scope.readable(others) if others else set()
        names = keep_names(self.session, events, self.base)
        said = (
            (one.id, tell(one, self.reader, lots, self.base, names[one.id]))
            for one in events
        )
        return {number: event for number, event in said if event is not None}

    def _knows(self, event_ids: frozenset[str]) -> bool:
        """Whether all of these were told before, by software or to it."""
        named = select(EpcisName.event_id).where(EpcisName.event_id.in_(event_ids))
        known = set(self.session.scalars(named)) if event_ids else set()
        captured = select(EpcisEvent.event_id).where(
            EpcisEvent.organisation_id == self.mine,
            EpcisEvent.event_id.in_(event_ids - known),
        )
        return event_ids <= known or event_ids <= known | set(
            self.session.scalars(captured)
        )

    def _name_some(self) -> None:
        """Events that nobody asked for yet get their ids, so that they are found.

        The lot's own page and the command line tell ids too, and keep none.
        """
        named = select(EpcisName.lot_event_id)
        for way in (*self.scope.ways(), self.scope.others()):
            new = way.where(LotEvent.id.not_in(named)).options(*whole_events())
            newest = new.order_by(LotEvent.id.desc()).limit(MOST_NAMED)
            keep_names(self.session, self.session.scalars(newest).unique(), self.base)
