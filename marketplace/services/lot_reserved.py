"""What stands on delivery notes that wait for the buyer: written down, not moved yet.

The lots of a note move when both sides stand by it. Until then its kilograms are
spoken for: no second note, and no other step, takes them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from marketplace.domain.words_delivery import NoteState
from models.contracts import Contract
from models.deliveries import DeliveryNote, NoteLot
from models.lots import Lot

NET_KG = NoteLot.gross_kg - NoteLot.tare_kg


def reserved_kg(
    session: Session,
    organisation_id: int,
    lot_ids: Collection[int],
    *,
    but_note: int | None = None,
) -> dict[int, int]:
    """Kilograms of lots on notes of their maker's that wait: lot id -> kilograms.

    A note names the lots of its seller by their numbers. `but_note` is the one
    that is about to move them.
    """
    named = and_(
        Lot.code == NoteLot.lot_code, Lot.organisation_id == Contract.seller_id
    )
    wanted = (
        select(Lot.id, func.sum(NET_KG))
        .select_from(DeliveryNote)
        .join(Contract, Contract.id == DeliveryNote.contract_id)
        .join(NoteLot, NoteLot.note_id == DeliveryNote.id)
        .join(Lot, named)
        .where(
            Contract.seller_id == organisation_id,
            DeliveryNote.state == NoteState.WRITTEN,
            Lot.id.in_(lot_ids),
        )
        .group_by(Lot.id)
    )
    if but_note is not None:
        wanted = wanted.where(DeliveryNote.id != but_note)
    rows: Any = session.execute(wanted)
    return {lot_id: int(kg) for lot_id, kg in rows}
