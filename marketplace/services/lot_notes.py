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
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_deliveries import LotWeight
from marketplace.domain.commands_lots import ArriveLots, ShipLots, Used, Where
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.words import Severity, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.lot_capture import capture
from marketplace.services.lot_events import came_at, check_left
from marketplace.services.lot_reserved import reserved_kg
from marketplace.services.lot_stock import moment_in_stock
from marketplace.services.recalls import extend_recalls
from models.contracts import Contract
from models.deliveries import DeliveryNote, NoteLot
from models.lot_events import LotEvent
from models.lots import Lot, LotHolding

log = logging.getLogger(__name__)


def check_noted_lots(
    session: Session, contract: Contract, lots: Iterable[LotWeight], at: datetime
) -> None:
    """Refused: a lot of the seller's on hold, not there yet, or of which less is there.

    What stands on other notes that wait is not there. The lots are locked, so that
    of two notes written at once the second knows the first.
    """
    told = {lot.code: lot.net_kg for lot in lots}
    holdings = _holdings(session, contract.seller_id, told)
    ids = [one.lot_id for one in holdings]
    waiting = reserved_kg(session, contract.seller_id, ids)
    for holding in holdings:
        lot = holding.lot
        if lot.product_id != contract.product_id:
            raise Refused(N_("Lô %(lot)s là sản phẩm khác"), "lots", lot=lot.code)
        if lot.held:
            raise Refused(N_("Lô %(lot)s đang bị giữ lại"), "lots", lot=lot.code)
        check_left(holding, told[lot.code], waiting.get(lot.id, 0), "lots")
        if _moment(session, lot, contract.seller_id, at) < came_at(
            session, lot.id, contract.seller_id
        ):
            raise Refused(
                N_("Lúc đó lô %(lot)s chưa có trong kho"), "hour", lot=lot.code
            )


def doubt_lots(
    session: Session, contract: Contract, lots: Iterable[LotWeight]
) -> list[Finding]:
    """Numbers that are no lots of a seller who keeps lots of this product: untraced."""
    codes = {lot.code for lot in lots}
    kept = select(Lot.code).where(
        Lot.organisation_id == contract.seller_id,
        Lot.product_id == contract.product_id,
        Lot.voided_at.is_(None),
    )
    if session.scalar(kept.limit(1)) is None:
        return []
    own = select(Lot.code).where(
        Lot.organisation_id == contract.seller_id, Lot.code.in_(codes)
    )
    strange = codes - set(session.scalars(own))
    message = N_("Lô %(lot)s không có trong sổ lô, không truy được nguồn. Vẫn ghi?")
    return [
        Finding("TR-01", Severity.WARNING, message, {"lot": code}, "lots")
        for code in sorted(strange)
    ]


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
            .with_for_update(of=LotHolding)
            .execution_options(populate_existing=True)
        )
    )


def move_noted_lots(session: Session, note: DeliveryNote, *, now: datetime) -> None:
    """Ship and receive the lots of a note that both sides stand by.

    A lot that is on hold by now has left all the same, so whoever got it is asked
    and told like all who have some of it. What can not move (declared wrong or
    destroyed since) stays where it is: the load was handed over, the note is final.
    """
    told = {lot.lot_code: lot for lot in note.lots}
    for holding in _holdings(session, note.contract.seller_id, told):
        line = told[holding.lot.code]
        try:
            with session.begin_nested():
                _move(session, note, line, holding.lot, now)
        except Refused as why:
            log.warning("Lot not moved: note=%s refused=%s", note.public_id, why)
            continue
        if holding.lot.held:
            extend_recalls(session, lots=[holding.lot_id], now=now)


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


class LotWord(StrEnum):
    """What is odd about a line of a note, by the book of lots."""

    UNKNOWN = "unknown"  # no lot of the seller bears this number
    HELD = "held"
    UNMOVED = "unmoved"  # final, yet the book of lots did not follow


def told_of_lots(session: Session, note: DeliveryNote) -> dict[str, LotWord]:
    """Number -> what both sides should know of a line; nothing of those in order."""
    codes = [line.lot_code for line in note.lots]
    wanted = select(Lot).where(
        Lot.organisation_id == note.contract.seller_id,
        Lot.code.in_(codes),
        Lot.voided_at.is_(None),
    )
    lots = {lot.code: lot for lot in session.scalars(wanted)}
    moved = {part.lot_id for event in moves_of(session, note) for part in event.parts}
    told: dict[str, LotWord] = {}
    for code in codes:
        lot = lots.get(code)
        if lot is None:
            told[code] = LotWord.UNKNOWN
        elif note.state is NoteState.CONFIRMED and lot.id not in moved:
            told[code] = LotWord.UNMOVED
        elif lot.held:
            told[code] = LotWord.HELD
    return told


def moves_of(session: Session, note: DeliveryNote) -> list[LotEvent]:
    """The events that follow from a note, in their order."""
    return list(
        session.scalars(
            select(LotEvent)
            .where(LotEvent.note_id == note.id, LotEvent.wrong_at.is_(None))
            .order_by(LotEvent.at, LotEvent.id)
        )
    )
