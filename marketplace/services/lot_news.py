"""Telling an organisation that lots are on their way to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_organisation
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.lot_events import LotEvent
from models.organisations import Organisation


def tell_sent(session: Session, ship: LotEvent, *, now: datetime) -> None:
    """A shipment waits to be received; those of delivery notes receive themselves."""
    if ship.to_organisation_id is None or _receives_itself(session, ship):
        return
    sender = session.get_one(Organisation, ship.organisation_id)
    notify_organisation(
        session,
        ship.to_organisation_id,
        NoticeKind.LOT_SENT,
        f"shipment:{ship.public_id}",
        {
            "sender": sender.short_name,
            "kg": ship.in_kg,
            "lots": ", ".join(part.lot.code for part in ship.parts[:10]),
        },
        now=now,
    )


def _receives_itself(session: Session, ship: LotEvent) -> bool:
    """Goods of a note that the seller delivers; what is sent back is no such thing."""
    if ship.note_id is None:
        return False
    note = session.get_one(DeliveryNote, ship.note_id)
    contract = session.get_one(Contract, note.contract_id)
    return contract.buyer_id == ship.to_organisation_id
