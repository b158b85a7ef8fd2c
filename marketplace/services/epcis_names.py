"""The ids under which events are told outside; the first one stays for ever.

An id is the hash of the event. Were a place given a GLN later, the hash would be
another; whoever was told the old id must still find the event by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.epcis_events import event_of
from marketplace.services.epcis_facts import facts_of
from marketplace.services.jobs import insert_or_ignore
from models.bulk import chunks
from models.epcis import EpcisName
from models.lot_events import LotEvent


def names_of(session: Session, event_ids: Collection[int]) -> dict[int, str]:
    """The ids that were told already: id of the row -> id of the event."""
    found: dict[int, str] = {}
    for some in chunks(sorted(event_ids), 500):
        wanted = select(EpcisName).where(EpcisName.lot_event_id.in_(some))
        found |= {one.lot_event_id: one.event_id for one in session.scalars(wanted)}
    return found


def event_named(
    session: Session, organisation_id: int, event_id: str
) -> LotEvent | None:
    """What an organisation did, by an id under which it was told."""
    named = select(EpcisName.lot_event_id).where(EpcisName.event_id == event_id)
    mine = select(LotEvent).where(LotEvent.organisation_id == organisation_id)
    return session.scalars(mine.where(LotEvent.id.in_(named))).first()


def keep_names(
    session: Session, events: Iterable[LotEvent], base: str
) -> dict[int, str]:
    """The ids of these events; those told for the first time are kept."""
    rows = list(events)
    known = names_of(session, [one.id for one in rows])
    for event in rows:
        if event.id not in known:
            name = str(event_of(facts_of(event, base), base)["eventID"])
            row = {"lot_event_id": event.id, "event_id": name}
            insert_or_ignore(session, EpcisName, row)
            known[event.id] = name
    return known
