"""Lots on a delivery note, before and after it: what can go on it, what goes back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import ShipLots, Used
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words_trace import LotStep
from marketplace.services.delivery_notes import access_note
from marketplace.services.inspections import current_inspection
from marketplace.services.lot_capture import capture
from marketplace.services.lot_stock import in_hand
from marketplace.services.lots import may_see
from models.deliveries import DeliveryNote
from models.lot_events import LotEvent
from models.lots import Lot


def lots_named(session: Session, who: Actor, note: DeliveryNote) -> dict[str, Lot]:
    """Code -> lot of the seller's that stands on the note, for who may read it."""
    return {
        lot.code: lot
        for lot in _named(session, note, [one.lot_code for one in note.lots])
        if may_see(session, who, lot)
    }


def _named(session: Session, note: DeliveryNote, codes: Collection[str]) -> list[Lot]:
    return list(
        session.scalars(
            select(Lot).where(
                Lot.organisation_id == note.contract.seller_id,
                Lot.code.in_(codes),
                Lot.voided_at.is_(None),
            )
        )
    )


def goods_to_return(
    session: Session, who: Actor, note: DeliveryNote
) -> tuple[Used, ...]:
    """What was rejected on a note and still lies with the buyer, lot after lot.

    The inspection speaks of the whole load, so lots are taken in the note's order;
    nothing for anybody but the buyer.
    """
    found = current_inspection(session, note)
    if found is None or who.organisation_id != note.contract.buyer_id:
        return ()
    left = found.rejected_kg - _returned_kg(session, note)
    lots = lots_named(session, who, note)
    used: list[Used] = []
    for line in note.lots:
        lot = lots.get(line.lot_code)
        kg = min(left, in_hand(session, who, lot)) if lot and not lot.held else 0
        if lot and kg > 0:
            used.append(Used(lot.public_id, kg))
            left -= kg
    return tuple(used)


def rejected_elsewhere_kg(session: Session, who: Actor, note: DeliveryNote) -> int:
    """What was rejected, neither sent back nor in the note's lots any more.

    It went into other lots, was sold or destroyed; a lot on hold waits.
    """
    found = current_inspection(session, note)
    if found is None or who.organisation_id != note.contract.buyer_id:
        return 0
    if not lots_named(session, who, note):
        return 0  # who keeps no lots returns by hand
    there = sum(one.kg for one in goods_to_return(session, who, note))
    return found.rejected_kg - _returned_kg(session, note) - there


def _returned_kg(session: Session, note: DeliveryNote) -> int:
    sent_back = select(func.coalesce(func.sum(LotEvent.in_kg), 0)).where(
        LotEvent.note_id == note.id,
        LotEvent.organisation_id == note.contract.buyer_id,
        LotEvent.step == LotStep.SHIP,
        LotEvent.wrong_at.is_(None),
    )
    return int(session.scalar(sent_back) or 0)


def return_goods(
    session: Session, who: Actor, note_id: str, event_id: str, *, now: datetime
) -> LotEvent:
    """Send what was rejected back to the seller, who then tells of its arrival."""
    note = access_note(session, who, note_id, "write")
    if who.organisation_id != note.contract.buyer_id:
        raise NotFound
    session.refresh(note.contract, with_for_update=True)  # two taps, one shipment
    used = goods_to_return(session, who, note)
    if not used:
        raise Refused(N_("Không còn hàng loại nào để trả"))
    seller = note.contract.seller_id
    told = ShipLots(event_id, now, used, to_organisation_id=seller)
    return capture(session, who, told, now=now, note_id=note.id)
