"""Pallets as partners' software knows them: what stands on one, and where it went.

Each event is put into words once, when it happens, for whoever may know it: the owner
of the pallet, and whoever gets it. Taking one apart is told to nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import digest_of_text
from marketplace.domain.epcis_pallets import PalletFacts, PalletStep, pallet_event
from marketplace.domain.epcis_terms import numbers_of, terms_of
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.gs1 import build_link
from marketplace.domain.words_trace import LotStep
from marketplace.services.epcis_uris import class_uri, home_uri, note_uri, party_uri
from marketplace.services.gs1_keeping import draw_sscc, list_ssccs
from models.epcis import EpcisEvent, EpcisNumber, EpcisTerm
from models.gs1_numbers import Sscc
from models.lot_events import LotEvent, LotPart
from models.lots import Lot

GONE = N_("Kiện này đã đi hoặc đã dỡ rồi")


def stack_pallet(
    session: Session, who: Actor, lot: Lot, base: str, *, now: datetime
) -> Sscc:
    """Number one more pallet of a lot, and tell that the lot stands on it."""
    pallet = draw_sscc(session, who, lot, now=now)
    _tell(session, pallet, _facts(pallet, PalletStep.STACK, now, base), base)
    return pallet


def ship_pallet(
    session: Session, who: Actor, sscc: str, ship: str, base: str, *, now: datetime
) -> Sscc:
    """Say with which shipment of its lot a pallet goes; twice is as once."""
    pallet = _lock_pallet(session, who, sscc)
    wanted = _shipments(who.organisation_id, pallet.lot_id)
    event = session.scalars(wanted.where(LotEvent.public_id == ship)).first()
    if event is None:
        raise NotFound
    if pallet.ship_id == event.id:
        return pallet
    if pallet.ship_id is not None or pallet.emptied_at is not None:
        raise Refused(GONE)
    pallet.ship = event
    told = [_facts(pallet, PalletStep.SHIP, now, base)]
    _tell(session, pallet, told[0], base)
    if event.to_organisation_id is not None:
        stacked = _facts(pallet, PalletStep.STACK, now, base)
        for facts in (stacked, *told):
            _tell(session, pallet, facts, base, to=event.to_organisation_id)
    return pallet


def empty_pallet(
    session: Session, who: Actor, sscc: str, base: str, *, now: datetime
) -> Sscc:
    """Take a pallet apart that is in the actor's hands; twice is as once."""
    pallet = _lock_pallet(session, who, sscc)
    if pallet.emptied_at is not None:
        return pallet
    if pallet.ship is not None and who.organisation_id == pallet.organisation_id:
        raise Refused(GONE)
    pallet.emptied_at = now
    facts = _facts(pallet, PalletStep.EMPTY, now, base)
    _tell(session, pallet, facts, base, to=who.organisation_id)
    return pallet


def standing_pallets(session: Session, who: Actor, lot: Lot) -> list[Sscc]:
    """The pallets of a lot that are still with whoever numbered them."""
    return [
        one
        for one in list_ssccs(session, who, lot)
        if one.ship_id is None and one.emptied_at is None
    ]


def shipments_of(session: Session, who: Actor, lot: Lot) -> list[LotEvent]:
    """The shipments that a pallet of a lot may have gone with, newest first."""
    wanted = _shipments(who.organisation_id, lot.id)
    newest = wanted.order_by(LotEvent.at.desc(), LotEvent.id.desc()).limit(20)
    return list(session.scalars(newest.options(joinedload(LotEvent.to_organisation))))


def events_of_pallets(
    session: Session, organisation_id: int, lots: Collection[int]
) -> list[EpcisEvent]:
    """What an organisation may know of the pallets of these lots."""
    wanted = (
        select(EpcisEvent)
        .join(Sscc, Sscc.id == EpcisEvent.sscc_id)
        .where(EpcisEvent.organisation_id == organisation_id, Sscc.lot_id.in_(lots))
    )
    return list(session.scalars(wanted.order_by(EpcisEvent.event_time, EpcisEvent.id)))


def _shipments(organisation_id: int, lot_id: int) -> Any:
    of_lot = select(LotPart.event_id).where(LotPart.lot_id == lot_id)
    return select(LotEvent).where(
        LotEvent.organisation_id == organisation_id,
        LotEvent.step == LotStep.SHIP,
        LotEvent.wrong_at.is_(None),
        LotEvent.id.in_(of_lot),
    )


def _lock_pallet(session: Session, who: Actor, sscc: str) -> Sscc:
    """A pallet in the actor's hands: its own until it went to somebody here."""
    pallet = session.scalars(
        select(Sscc)
        .where(Sscc.sscc == sscc)
        .with_for_update(of=Sscc)
        .execution_options(populate_existing=True)
    ).first()
    to = pallet.ship.to_organisation_id if pallet and pallet.ship else None
    holder = to or (pallet.organisation_id if pallet else None)
    if pallet is None or who.organisation_id not in (holder, pallet.organisation_id):
        raise NotFound
    return pallet


def _facts(pallet: Sscc, step: PalletStep, now: datetime, base: str) -> PalletFacts:
    ship, where = pallet.ship, pallet.organisation
    at = now if step is PalletStep.EMPTY else pallet.drawn_at
    told: dict[str, str] = {}
    if ship is not None and step is PalletStep.SHIP:
        at = max(ship.at, pallet.drawn_at)
        told = _parties(ship, base)
    elif ship is not None and ship.to_organisation and step is PalletStep.EMPTY:
        where = ship.to_organisation
    return PalletFacts(
        step=step,
        at=at,
        recorded_at=max(now, at),
        sscc=build_link([("00", pallet.sscc)]).uri(base),
        lot=class_uri(pallet.lot, base),
        place=home_uri(where, base),
        **told,
    )


def _parties(ship: LotEvent, base: str) -> dict[str, str]:
    to, note = ship.to_organisation, ship.delivery_note
    return {
        "sender": party_uri(ship.organisation, base),
        "receiver": party_uri(to, base) if to else "",
        "transaction": note_uri(note, base) if note else "",
    }


def _tell(
    session: Session,
    pallet: Sscc,
    facts: PalletFacts,
    base: str,
    *,
    to: int | None = None,
) -> None:
    event = pallet_event(facts, base)
    row = EpcisEvent(
        organisation_id=to or pallet.organisation_id,
        sscc_id=pallet.id,
        event_id=event["eventID"],
        declares_error=False,
        digest=digest_of_text(json.dumps(event, sort_keys=True, ensure_ascii=False)),
        event=event,
        event_time=facts.at,
        record_time=facts.recorded_at,
    )
    session.add(row)
    session.flush()  # its terms name it
    keep_terms(session, row)


def keep_terms(session: Session, row: EpcisEvent) -> None:
    """What an event can be found by."""
    found = {"organisation_id": row.organisation_id, "document_id": row.id}
    session.add_all(
        EpcisTerm(term=term, **found) for term in sorted(terms_of(row.event))
    )
    session.add_all(
        EpcisNumber(measure=measure, number=number, **found)
        for measure, number in sorted(numbers_of(row.event))
    )
