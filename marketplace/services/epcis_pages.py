"""Pages of events: in which order two tables are merged, and where one page ended."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_

from marketplace.domain.epcis_checks import read_instant
from marketplace.domain.epcis_parameters import BadQuery
from marketplace.domain.epcis_queries import EventQuery, Span
from models.epcis import EpcisEvent
from models.lot_events import LotEvent

Key = tuple[datetime, int, int]
"""The time that orders, the table (0 the lot graph, 1 the documents), the row."""

RECORDED = func.coalesce(LotEvent.wrong_at, LotEvent.recorded_at)


def times_of_event(query: EventQuery) -> list[tuple[Any, ...]]:
    """What orders the events of the lot graph, and of which ones it does.

    One declared wrong is recorded when that was said: each has an index of its own.
    """
    if query.order_by == "eventTime":
        return [(LotEvent.at,)]
    return [
        (LotEvent.recorded_at, LotEvent.wrong_at.is_(None)),
        (LotEvent.wrong_at, LotEvent.wrong_at.is_not(None)),
    ]


def time_of_document(query: EventQuery) -> ColumnElement[datetime]:
    """What orders the events that came as documents."""
    by_record = query.order_by == "recordTime"
    column = EpcisEvent.record_time if by_record else EpcisEvent.event_time
    return column.expression


def within(span: Span, column: Any) -> list[ColumnElement[bool]]:
    """The column lies in the span."""
    limits = []
    if span.first is not None:
        limits.append(column >= span.first)
    if span.until is not None:
        limits.append(column < span.until)
    return limits


def ordered(
    wanted: Select[Any],
    time: Any,
    row_id: Any,
    query: EventQuery,
    after: Key | None,
    source: int,
) -> Select[Any]:
    """The keys of a source behind another, in the order of all sources: a page of them
    and one more.
    """
    down = query.newest_first
    if after is not None:
        moment, other, number = after
        beyond = time < moment if down else time > moment
        if source == other:
            later = row_id < number if down else row_id > number
            beyond = or_(beyond, and_(time == moment, later))
        elif (source < other) == down:
            beyond = or_(beyond, time == moment)
        # Said once more by itself: an index on the time reads on from there.
        wanted = wanted.where(beyond, time <= moment if down else time >= moment)
    order = (time.desc(), row_id.desc()) if down else (time, row_id)
    keys = wanted.with_only_columns(time, row_id, maintain_column_froms=True)
    return keys.order_by(*order).limit(query.per_page + 1)


def between(
    time: Any, query: EventQuery, after: Key | None, edge: Key | None
) -> list[ColumnElement[bool]]:
    """The time lies no earlier in the order than one key and no later than another."""
    first, last = (edge, after) if query.newest_first else (after, edge)
    limits = [time >= first[0]] if first else []
    return [*limits, time <= last[0]] if last else limits


def write_token(query: EventQuery, key: Key, told: int) -> str:
    """What leads on from this key, after so many events."""
    content = [key[0].isoformat(), key[1], key[2], told, query.sign]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def read_token(token: str, query: EventQuery) -> tuple[Key, int]:
    """Where the page before ended; it holds for the same query only."""
    try:
        padded = token + "=" * (-len(token) % 4)
        content = json.loads(base64.b64decode(padded, b"-_", validate=True))
        at, source, number, told, sign = content
        moment = read_instant(at)
        whole = all(type(one) is int and 0 <= one < 2**31 for one in (source, number))
        if moment is None or not whole or type(told) is not int or told < 0:
            raise ValueError
        if sign != query.sign:
            raise BadQuery("nextPageToken belongs to another query")
    except (ValueError, TypeError, binascii.Error) as fault:
        if isinstance(fault, BadQuery):
            raise
        raise BadQuery("nextPageToken is none of ours") from None
    return (moment, source, number), told
