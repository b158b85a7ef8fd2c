"""Delivery notes on the lot graph: what both sides confirmed was shipped and received.

Nobody tells it twice: a lot whose code stands on a note moves when the note becomes
final. A code that no lot of the seller bears stays words, and counts as untraced.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_deliveries import LotWeight
from marketplace.domain.commands_lots import ArriveLots, ShipLots, Used, Where
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.words import Side
from marketplace.services.lot_capture import capture
from marketplace.services.lot_events import came_at
from marketplace.services.lot_stock import moment_in_stock
from models.contracts import Contract
from models.deliveries import DeliveryNote, NoteLot
from models.lot_events import LotEvent
from models.lots import Lot, LotHolding

log = logging.getLogger(__name__)


def check_noted_lots(
    session: Session, contract: Contract, lots: Iterable[LotWeight], at: datetime
) -> None:
    """Refused: a lot of the seller's on hold, not there yet, or of which less is there."""
    told = {lot.code: lot.net_kg for lot in lots}
    for holding in _holdings(session, contract.seller_id, told):
        lot = holding.lot
        if lot.product_id != contract.product_id:
            raise Refused(N_("Lô %(lot)s là sản phẩm khác"), "lots", lot=lot.code)
        if lot.held:
            raise Refused(N_("Lô %(lot)s đang bị giữ lại"), "lots", lot=lot.code)
        if holding.kg < told[lot.code]:
            raise Refused(
                N_("Lô %(lot)s chỉ còn %(kg)s kg"),
                "lots",
                lot=lot.code,
                kg=format_number(holding.kg),
            )
        if _moment(session, lot, contract.seller_id, at) < came_at(
            session, lot.id, contract.seller_id
        ):
            raise Refused(
                N_("Lúc đó lô %(lot)s chưa có trong kho"), "hour", lot=lot.code
            )


def _moment(session: Session, lot: Lot, seller_id: int, typed: datetime) -> datetime:
    return moment_in_stock(session, seller_id, [lot.public_id], typed)


def _holdings(
    session: Session, organisation_id: int, codes: Iterable[str]
) -> list[LotHolding]:
    return list(
        session.scalars(
            select(LotHolding)
            .join(LotHolding.lot)
            .where(
                LotHolding.organisation_id == organisation_id,
                Lot.organisation_id == organisation_id,
                Lot.code.in_(list(codes)),
                Lot.voided_at.is_(None),
            )
            .order_by(Lot.id)
        )
    )


def move_noted_lots(session: Session, note: DeliveryNote, *, now: datetime) -> None:
    """Ship and receive the lots of a note that both sides stand by.

    What can not move (used up since the note was written, or on hold) stays where it
    is: the load was handed over, so the note is final all the same.
    """
    told = {lot.lot_code: lot for lot in note.lots}
    for holding in _holdings(session, note.contract.seller_id, told):
        line = told[holding.lot.code]
        try:
            with session.begin_nested():
                _move(session, note, line, holding.lot, now)
        except Refused as why:
            log.warning("Lot not moved: note=%s refused=%s", note.public_id, why)


def _move(
    session: Session, note: DeliveryNote, line: NoteLot, lot: Lot, now: datetime
) -> None:
    used = (Used(lot.public_id, line.net_kg),)
    sent_at = _moment(session, lot, note.contract.seller_id, note.delivered_at)
    where = Where(place=note.place, temperature_c=note.temperature_c)
    ship = ShipLots(
        event_id=_drawn(note, line, "ship"),
        at=sent_at,
        used=used,
        to_organisation_id=note.contract.buyer_id,
        vehicle=note.vehicle,
        where=where,
    )
    sent = capture(session, _who(note, Side.SELLER), ship, now=now, note_id=note.id)
    arrive = ArriveLots(
        event_id=_drawn(note, line, "arrive"),
        ship_event_id=sent.public_id,
        at=max(sent_at, note.confirmed_at or now),
        arrived=used,
        where=Where(place=note.place),
    )
    capture(session, _who(note, Side.BUYER), arrive, now=now)


def _drawn(note: DeliveryNote, line: NoteLot, word: str) -> str:
    """The id of an event that follows from a line of a note: the same every time."""
    seed = f"{note.public_id}:{line.number}:{word}".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(seed).digest()[:16]).decode()[:22]


def _who(note: DeliveryNote, side: Side) -> Actor:
    """Whoever stood by the note for a side."""
    one = next(said for said in note.confirmations if said.side is side)
    return Actor(one.user_id, one.organisation_id, Role.STAFF)


def moves_of(session: Session, note: DeliveryNote) -> list[LotEvent]:
    """The events that follow from a note, in their order."""
    return list(
        session.scalars(
            select(LotEvent)
            .where(LotEvent.note_id == note.id, LotEvent.wrong_at.is_(None))
            .order_by(LotEvent.at, LotEvent.id)
        )
    )
