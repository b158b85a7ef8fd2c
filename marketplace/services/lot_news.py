"""Telling an organisation that lots are on their way to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.words import NoticeKind
from marketplace.services.notices import notify_organisation
from models.lot_events import LotEvent
from models.organisations import Organisation


def tell_sent(session: Session, ship: LotEvent, *, now: datetime) -> None:
    """A shipment waits to be received; those of delivery notes receive themselves."""
    if ship.to_organisation_id is None or ship.note_id is not None:
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
