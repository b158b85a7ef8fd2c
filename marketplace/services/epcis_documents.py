"""The filters of an event query as conditions on what software captured.

What is asked for by numbers may be a handful of events or nearly all: a database that
guesses wrong reads a whole table for one page. So it is counted first, up to a limit:
of few the events are looked up, of many each event on the way is asked for its numbers.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select, union
from sqlalchemy.orm import Session

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.epcis_queries import EventQuery
from marketplace.domain.epcis_terms import ID, measures_asked, terms_asked
from marketplace.services.epcis_amounts import inside
from marketplace.services.epcis_pages import within
from models.bulk import among
from models.epcis import EpcisEvent, EpcisNumber, EpcisTerm

Condition = ColumnElement[bool]
MOST_FOUND = 30_000


def of_documents(
    session: Session, query: EventQuery, organisation_id: int
) -> list[Condition]:
    """What must hold of an event that software captured."""
    limits = [
        EpcisEvent.organisation_id == organisation_id,
        *within(query.event_time, EpcisEvent.event_time),
        *within(query.record_time, EpcisEvent.record_time),
    ]
    if query.wrong_only or query.declared.limited:
        limits.append(EpcisEvent.declares_error.is_(True))
    for name in query.names:
        if name == ID:
            limits.append(EpcisEvent.event_id.in_(query.equal[name]))
        elif name in query.bounds:
            limits.append(_by_number(session, query, name, organisation_id))
        else:
            named = _terms(query, name, organisation_id)
            limits.append(EpcisEvent.id.in_(named))
    return limits


def _terms(query: EventQuery, name: str, organisation_id: int) -> Any:
    terms = sorted(terms_asked(name, query.equal[name]))
    mine = EpcisTerm.organisation_id == organisation_id
    return select(EpcisTerm.document_id).where(mine, EpcisTerm.term.in_(terms))


def _numbers(bounds: Bounds, organisation_id: int) -> Any:
    return select(EpcisNumber.document_id).where(
        EpcisNumber.organisation_id == organisation_id,
        EpcisNumber.measure.in_(measures_asked(bounds.measure)),
        *inside(bounds, EpcisNumber.number),
    )


def _by_number(
    session: Session, query: EventQuery, name: str, organisation_id: int
) -> Condition:
    """It has a number within the bounds, or a word if words are asked for as well."""
    ways: list[tuple[Any, Any]] = [
        (_numbers(one, organisation_id), EpcisNumber) for one in query.bounds[name]
    ]
    if query.equal.get(name):
        ways.append((_terms(query, name, organisation_id), EpcisTerm))
    wanted = [way.limit(MOST_FOUND + 1).subquery() for way, _ in ways]
    found = set(session.scalars(union(*(select(one) for one in wanted))))
    if len(found) <= MOST_FOUND:
        return among(session, EpcisEvent.id, found)
    # An offset keeps the database from gathering them all before it begins.
    return or_(
        *(
            way.where(table.document_id == EpcisEvent.id)
            .correlate(EpcisEvent)
            .offset(0)
            .exists()
            for way, table in ways
        )
    )
