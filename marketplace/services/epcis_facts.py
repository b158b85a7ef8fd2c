"""Rows of the lot graph as facts that EPCIS events are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.domain.epcis_events import EventFacts, Goods, Wrong, harvest_days
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.epcis_uris import (
    area_uri,
    class_uri,
    facility_uri,
    home_uri,
    note_uri,
    party_uri,
)
from models.lot_events import LotEvent
from models.lots import Lot


def facts_of(event: LotEvent, base: str) -> EventFacts:
    """All that an event says, households left out: nobody outside is told those."""
    place = _place(event, base)
    sender, receiver = _parties(event, base)
    right = tuple(one.event_id for one in event.corrections) if event.wrong_at else ()
    wrong = Wrong(event.wrong_at, event.wrong_reason, right) if event.wrong_at else None
    return EventFacts(
        step=event.step,
        at=event.at,
        recorded_at=max(event.wrong_at or event.recorded_at, event.recorded_at),
        inputs=_goods(event, base, PartRole.INPUT, PartRole.SEEN),
        outputs=_goods(event, base, PartRole.OUTPUT),
        place=place,
        site=home_uri(event.organisation, base),
        temperature_c=event.temperature_c,
        sender=sender,
        receiver=receiver,
        transaction=note_uri(event.delivery_note, base)
        if event.delivery_note
        else None,
        ilmd=_master_data(event),
        more=_more(event, base),
        wrong=wrong,
    )


def _goods(event: LotEvent, base: str, *roles: PartRole) -> tuple[Goods, ...]:
    return tuple(
        Goods(class_uri(part.lot, base), part.kg or None)
        for part in event.parts
        if part.role in roles
    )


def _place(event: LotEvent, base: str) -> str:
    if event.facility is not None:
        return facility_uri(event.facility, base)
    if event.step is LotStep.HARVEST and event.origins:
        return area_uri(event.origins[0].area, base)
    return home_uri(event.organisation, base)


def _parties(event: LotEvent, base: str) -> tuple[str | None, str | None]:
    own = party_uri(event.organisation, base)
    if event.step is LotStep.SHIP:
        to = event.to_organisation
        return own, party_uri(to, base) if to else None
    if event.step is LotStep.ARRIVE and event.answers is not None:
        return party_uri(event.answers.organisation, base), own
    return None, None


def _master_data(event: LotEvent) -> dict[str, Any]:
    """Instance and lot master data of the lots that an event made."""
    lots = [part.lot for part in event.parts if part.role is PartRole.OUTPUT]
    if not lots or event.step is LotStep.ARRIVE:
        return {}
    told: dict[str, Any] = {
        "cbvmda:lotNumber": _one_or_all(sorted({lot.code for lot in lots})),
        "cbvmda:countryOfOrigin": "VN",
        "lk:product": lots[0].product.code,
        "lk:productName": lots[0].product.name_vi,
    }
    for name, values in _kinds(lots).items():
        if values:
            told[name] = _one_or_all(sorted(values))
    first, last = lots[0].harvested_from, lots[0].harvested_to
    return told | harvest_days(first, last)


def _kinds(lots: Sequence[Lot]) -> dict[str, set[str]]:
    return {
        "lk:variety": {lot.variety.name_vi for lot in lots if lot.variety},
        "lk:grade": {lot.grade.name_vi for lot in lots if lot.grade},
        "cbvmda:bestBeforeDate": {
            lot.best_before.isoformat() for lot in lots if lot.best_before
        },
    }


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _more(event: LotEvent, base: str) -> dict[str, Any]:
    """What has no word in the standard; each is told only who may know it."""
    told: dict[str, Any] = {
        "note": event.note,
        "vehicle": event.vehicle,
        "supplierName": event.from_name,
        "supplierPlace": event.from_place,
        "supplierLot": event.their_code,
        "receiverName": event.to_name,
        "reason": event.reason,
        "growingArea": sorted({area_uri(one.area, base) for one in event.origins}),
        "plot": sorted({one.plot.public_id for one in event.origins if one.plot}),
    }
    return {name: value for name, value in told.items() if value}
