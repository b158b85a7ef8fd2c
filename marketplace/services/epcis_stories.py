"""The story of lots as EPCIS documents, as much of it as the reader may know.

Who told an event, or gets the goods of it, reads all of it. Of others one reads how the
lots came to be that one handles: made, sorted, packed, stored by their maker; never
where else they went, from whom outside they came, nor on which plot they grew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.epcis_events import (
    EventFacts,
    Goods,
    document_of,
    event_of,
)
from marketplace.domain.words_trace import (
    OBSERVATIONS,
    ORIGINS,
    TRANSFORMATIONS,
    PartRole,
)
from marketplace.services.epcis_facts import facts_of
from marketplace.services.epcis_names import names_of
from marketplace.services.epcis_pallets import events_of_pallets
from marketplace.services.epcis_uris import class_uri
from marketplace.services.lot_graph import ancestors
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot
from models.papers import Facility
from models.trade_items import LotItem, TradeItem

MAKING = ORIGINS | TRANSFORMATIONS | OBSERVATIONS
"""Steps of a maker that whoever handles the lot may read."""
_OPEN = frozenset({"growingArea"})
"""What has no word in the standard and may be read by all who handle the lot."""


@dataclass(frozen=True)
class Reader:
    """For whom a story is told: all of it, an organisation's part, or the public's."""

    organisation_id: int | None = None
    everything: bool = False

    @property
    def public(self) -> bool:
        """Whether anybody on the street reads it."""
        return self.organisation_id is None and not self.everything


EVERYTHING = Reader(everything=True)
PUBLIC = Reader()


def reader_of(who: Actor) -> Reader:
    """An officer reads all of what lies in scope, others their part."""
    return EVERYTHING if who.is_officer else Reader(who.organisation_id)


def story_of(
    session: Session, lot: Lot, reader: Reader, *, base: str, now: datetime
) -> dict[str, Any]:
    """An EPCISDocument of a lot and of all lots that it was made of."""
    lots = ancestors(session, [lot.id])
    events = events_touching(session, lots)
    names = names_of(session, [event.id for event in events])
    told = (
        tell(event, reader, lots, base, names.get(event.id, ""))
        for event in events
        if event.wrong_at is None or not reader.public
    )
    whole = [one for one in told if one is not None]
    if not reader.public:
        by = reader.organisation_id or lot.organisation_id
        whole += [one.event for one in events_of_pallets(session, by, lots)]
    return document_of(sorted(whole, key=_moment), base, now)


def _moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(event["eventTime"])


def events_touching(session: Session, lots: Collection[int]) -> list[LotEvent]:
    """What happened to these lots, wrong events too, in the order it happened."""
    touched = select(LotPart.event_id).where(LotPart.lot_id.in_(list(lots)))
    wanted = select(LotEvent).where(LotEvent.id.in_(touched)).options(*whole_events())
    return list(session.scalars(wanted.order_by(LotEvent.at, LotEvent.id)).unique())


def whole_events() -> tuple[Any, ...]:
    """All that telling an event reads, in a few queries."""
    lot = selectinload(LotEvent.parts).joinedload(LotPart.lot)
    return (
        lot.joinedload(Lot.product),
        lot.joinedload(Lot.variety),
        lot.joinedload(Lot.grade),
        lot.joinedload(Lot.sold_as)
        .joinedload(LotItem.item)
        .selectinload(TradeItem.gtins),
        selectinload(LotEvent.origins).joinedload(LotOrigin.area),
        selectinload(LotEvent.origins).joinedload(LotOrigin.plot),
        selectinload(LotEvent.corrections),
        joinedload(LotEvent.organisation),
        joinedload(LotEvent.to_organisation),
        joinedload(LotEvent.facility).selectinload(Facility.numbers),
        joinedload(LotEvent.delivery_note),
        joinedload(LotEvent.answers).joinedload(LotEvent.organisation),
    )


def tell(
    event: LotEvent, reader: Reader, lots: Collection[int], base: str, name: str = ""
) -> dict[str, Any] | None:
    """An event as this reader may know it, None if not at all.

    What is left out does not change its id: it stays the hash of the whole event, or
    the name under which it was told before.
    """
    whole = facts_of(event, base)
    told = event_of(whole, base, name)
    if reader.everything or _is_party(event, reader):
        return told
    if event.step not in MAKING or not _made_by_teller(event, lots):
        return None
    seen = _uris(event, lots, base)
    return event_of(_reduced(whole, seen, reader), base, str(told["eventID"]))


def _is_party(event: LotEvent, reader: Reader) -> bool:
    parties = (event.organisation_id, event.to_organisation_id)
    return reader.organisation_id is not None and reader.organisation_id in parties


def _made_by_teller(event: LotEvent, lots: Collection[int]) -> bool:
    """Others who hold some of a lot also store and sort it: theirs is not shown."""
    if event.step in OBSERVATIONS:
        return any(
            part.lot.organisation_id == event.organisation_id
            for part in event.parts
            if part.lot_id in lots
        )
    made = (part for part in event.parts if part.role is PartRole.OUTPUT)
    return any(part.lot_id in lots for part in made)


def _uris(event: LotEvent, lots: Collection[int], base: str) -> set[str]:
    return {class_uri(p.lot, base) for p in event.parts if p.lot_id in lots}


def _reduced(whole: EventFacts, seen: Collection[str], reader: Reader) -> EventFacts:
    weighed = not reader.public and whole.step not in OBSERVATIONS
    ilmd = dict(whole.ilmd)
    if len(whole.outputs) > 1:
        # The numbers of lots that went to others are not for this reader.
        ilmd.pop("cbvmda:lotNumber", None)
    return replace(
        whole,
        inputs=_some(whole.inputs, seen, weighed),
        outputs=_some(whole.outputs, seen, weighed),
        place=None if reader.public else whole.place,
        site=None if reader.public else whole.site,
        temperature_c=None if reader.public else whole.temperature_c,
        sender=None,
        receiver=None,
        transaction=None,
        ilmd=ilmd,
        wrong=replace(whole.wrong, reason="") if whole.wrong else None,
        more={
            name: value
            for name, value in whole.more.items()
            if name in _OPEN and not reader.public
        },
    )


def _some(
    goods: Iterable[Goods], seen: Collection[str], weighed: bool
) -> tuple[Goods, ...]:
    return tuple(one if weighed else Goods(one.uri) for one in goods if one.uri in seen)
