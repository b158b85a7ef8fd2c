"""The simple event query of EPCIS 2.0: its parameters read, and an event held to them.

Words and identifiers are compared in their one spelling: `shipping` is the same as its
address, an EPC URN the same as its GS1 Digital Link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.epcis_checks import read_instant
from marketplace.domain.epcis_filters import measures_of, reader_for
from marketplace.domain.epcis_parameters import BadQuery, Filters
from marketplace.domain.epcis_words import PREFIXES

MOST_PER_PAGE = 100
PER_PAGE = 30
MOST_COUNT = 100_000


@dataclass(frozen=True)
class Span:
    """From a moment on, up to another; without one there is no limit."""

    first: datetime | None = None
    until: datetime | None = None

    @property
    def limited(self) -> bool:
        """Whether it leaves anything out."""
        return self.first is not None or self.until is not None

    def has(self, moment: datetime | None) -> bool:
        """Whether the moment lies in it."""
        if moment is None:
            return not self.limited
        late = self.first is None or self.first <= moment
        return late and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class EventQuery:
    """What is asked for: of each name one of `equal`, or a number within `bounds`.

    `prefixes` are those that our own events use for fields of extensions.
    """

    event_time: Span = Span()
    record_time: Span = Span()
    declared: Span = Span()
    equal: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bounds: Mapping[str, frozenset[Bounds]] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    wrong_only: bool = False
    order_by: str = "eventTime"
    newest_first: bool = True
    count_limit: int | None = None
    most: int | None = None
    per_page: int = PER_PAGE

    @property
    def names(self) -> list[str]:
        """The filters that an event must meet."""
        return sorted({*self.equal, *self.bounds})

    @property
    def sign(self) -> str:
        """The same for the same query, whatever the size of its pages."""
        asked: list[Any] = sorted((n, sorted(some)) for n, some in self.equal.items())
        asked += sorted((n, sorted(map(str, b))) for n, b in self.bounds.items())
        spans = (self.event_time, self.record_time, self.declared)
        told = f"{spans}{asked}{self.wrong_only}{self.order_by}{self.newest_first}"
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_SPANS = {"eventTime", "recordTime", "errorDeclarationTime"}


def matches(query: EventQuery, event: Mapping[str, Any]) -> bool:
    """Whether an event is among what is asked for."""
    declaration = event.get("errorDeclaration")
    if query.wrong_only and declaration is None:
        return False
    return (
        query.event_time.has(read_instant(event.get("eventTime")))
        and query.record_time.has(read_instant(event.get("recordTime")))
        and query.declared.has(read_instant((declaration or {}).get("declarationTime")))
        and all(_meets(query, name, event) for name in query.names)
    )


def _meets(query: EventQuery, name: str, event: Mapping[str, Any]) -> bool:
    wanted = query.equal.get(name, frozenset())
    if wanted and not wanted.isdisjoint(reader_for(name, query.prefixes)(event)):
        return True
    within = query.bounds.get(name, frozenset())
    told = list(measures_of(event, query.prefixes)) if within else []
    return any(one.met_by(told) for one in within)


def read_query(
    asked: Iterable[tuple[str, str]],
    prefixes: Mapping[str, str] | None = None,
    declared: Mapping[str, str] | None = None,
) -> EventQuery:
    """The query that these parameters ask; BadQuery says which one is wrong.

    `prefixes` are ours, `declared` what else the caller says that prefixes mean.
    """
    spans: dict[str, dict[str, datetime]] = {name: {} for name in _SPANS}
    filters = Filters({**(declared or {}), **PREFIXES, **(prefixes or {})})
    told: dict[str, str] = {}
    for name, value in asked:
        start, _, rest = name.partition("_")
        if start in ("GE", "LT") and rest in _SPANS:
            spans[rest][start] = _instant(name, value)
        elif name in _PLAIN:
            told[name] = value
        else:
            filters.read(name, value)
    return EventQuery(
        event_time=_span(spans["eventTime"]),
        record_time=_span(spans["recordTime"]),
        declared=_span(spans["errorDeclarationTime"]),
        equal=filters.equal,
        bounds=filters.bounds,
        prefixes=prefixes or {},
        **_plain(told),
    )


_PLAIN = frozenset(
    {
        "EXISTS_errorDeclaration",
        "orderBy",
        "orderDirection",
        "eventCountLimit",
        "maxEventCount",
        "perPage",
        "nextPageToken",
    }
)


def _instant(name: str, value: str) -> datetime:
    # A plus sign in an address is a space to whoever reads it as a form.
    moment = read_instant(value.replace(" ", "+"))
    if moment is None:
        raise BadQuery(f"{name} needs a time with its offset, such as ...T08:00:00Z")
    return moment


def _span(told: Mapping[str, datetime]) -> Span:
    return Span(told.get("GE"), told.get("LT"))


def _plain(told: Mapping[str, str]) -> dict[str, Any]:
    if "eventCountLimit" in told and "maxEventCount" in told:
        raise BadQuery("eventCountLimit and maxEventCount exclude each other")
    order = _one_of(told, "orderBy", ("eventTime", "recordTime"))
    direction = _one_of(told, "orderDirection", ("DESC", "ASC"))
    wrong = _one_of(told, "EXISTS_errorDeclaration", ("false", "true"))
    per_page = _count(told, "perPage")
    return {
        "wrong_only": wrong == "true",
        "order_by": order,
        "newest_first": direction == "DESC",
        "count_limit": _count(told, "eventCountLimit"),
        "most": _count(told, "maxEventCount"),
        "per_page": min(per_page or PER_PAGE, MOST_PER_PAGE),
    }


def _one_of(told: Mapping[str, str], name: str, allowed: tuple[str, str]) -> str:
    value = told.get(name, allowed[0])
    if value not in allowed:
        raise BadQuery(f"{name} is {allowed[0]} or {allowed[1]}")
    return value


def _count(told: Mapping[str, str], name: str) -> int | None:
    value = told.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and 0 < len(value) < 7):
        raise BadQuery(f"{name} is a whole number")
    if not 0 < int(value) <= MOST_COUNT:
        raise BadQuery(f"{name} lies between 1 and {MOST_COUNT}")
    return int(value)
