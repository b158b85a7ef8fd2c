"""A wrong event is declared wrong; it stays, and its kilograms go back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.words_trace import ORIGINS, TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.lot_events import give
from marketplace.services.lot_holds import recalled_among
from marketplace.services.lot_moves import answer_to
from models.deliveries import DeliveryNote
from models.lot_events import LotEvent
from models.lots import LotHolding

USED_SINCE = N_("Hàng của lần ghi này đã dùng tiếp, hãy sửa lần ghi sau trước")

ORDER_STANDS = N_("Lô đang bị giữ lại hoặc thu hồi. Gỡ lệnh trước rồi mới báo sai.")

BY_NOTE = N_("Hai bên đã xác nhận trên phiếu giao. Sửa qua nghiệm thu hoặc khiếu nại.")


def declare_wrong(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> LotEvent:
    """Say that an event of one's own was told wrongly, and why; twice is as once.

    Refused while what it made or brought has been used since, or has arrived, and
    while an order stands over one of its lots: nobody writes recalled goods away.
    Refused too for what both sides of a delivery note stand by.
    """
    event = _lock_event(session, who, public_id)
    if event.wrong_at is not None:
        return event
    if not reason.strip():
        raise Refused(N_("Nói rõ sai ở đâu"), "reason")
    _check_stands_alone(session, event)
    _take_back(session, event)
    event.wrong_at, event.wrong_reason, event.wrong_by_id = now, reason, who.user_id
    if event.step in ORIGINS | TRANSFORMATIONS:
        for part in event.parts:
            if part.role is PartRole.OUTPUT:
                part.lot.voided_at = now
    session.flush()  # stock is read right after
    return event


def _check_stands_alone(session: Session, event: LotEvent) -> None:
    """Refused: others have answered it, both sides of a note or an order rest on it."""
    if answer_to(session, event) is not None:
        raise Refused(N_("Bên nhận đã ghi nhận chuyến này"))
    if _told_by_a_note(session, event):
        raise Refused(BY_NOTE)
    if recalled_among(session, {part.lot_id for part in event.parts}):
        raise Refused(ORDER_STANDS)


def _told_by_a_note(session: Session, event: LotEvent) -> bool:
    """Whether both sides of a note said so; what is sent back, one side alone does."""
    if event.note_id is None:
        return False
    contract = session.get_one(DeliveryNote, event.note_id).contract
    shipped = event.step is LotStep.SHIP and event.organisation_id == contract.seller_id
    came = event.step is LotStep.ARRIVE and event.organisation_id == contract.buyer_id
    return shipped or came


def _lock_event(session: Session, who: Actor, public_id: str) -> LotEvent:
    event = session.scalars(
        select(LotEvent)
        .where(
            LotEvent.public_id == public_id,
            LotEvent.organisation_id == who.organisation_id,
        )
        .with_for_update(of=LotEvent)
        .execution_options(populate_existing=True)
    ).first()
    if event is None:
        raise NotFound
    return event


def _take_back(session: Session, event: LotEvent) -> None:
    """What came goes, what went comes back; in the order of lots, as `take` locks."""
    for part in sorted(event.parts, key=lambda one: one.lot_id):
        if part.role is PartRole.INPUT:
            give(session, event.organisation_id, part.lot, part.kg)
        elif part.role is PartRole.OUTPUT:
            key = (part.lot_id, event.organisation_id)
            holding = session.get(
                LotHolding, key, with_for_update=True, populate_existing=True
            )
            if holding is None or holding.kg < part.kg:
                raise Refused(USED_SINCE)
            holding.kg -= part.kg
