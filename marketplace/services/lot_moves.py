"""Lots that are stored, treated, shipped, received, sold or destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import ArriveLots, EndLots, ObserveLots, ShipLots
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.formats import format_day
from marketplace.domain.words_trace import ENDS, OBSERVATIONS, LotStep, PartRole
from marketplace.services.days import day_of
from marketplace.services.lot_events import (
    add_parts,
    check_came,
    give,
    keep_event,
    new_event,
    take,
)
from marketplace.services.lot_news import tell_sent
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.organisations import Organisation


def observe_lots(
    session: Session, who: Actor, command: ObserveLots, *, now: datetime
) -> LotEvent:
    """Tell where lots of one's own were stored, or how they were treated.

    Refused: a lot that is not in these hands, or was not yet at that moment.
    """
    if command.step not in OBSERVATIONS:
        raise Refused(N_("Chọn việc đã làm"), "step")
    wanted = set(command.lots)
    holdings = session.scalars(
        select(LotHolding)
        .join(LotHolding.lot)
        .where(
            LotHolding.organisation_id == who.organisation_id,
            Lot.public_id.in_(wanted),
            LotHolding.kg > 0,
        )
        .order_by(LotHolding.lot_id)
    ).all()
    if not wanted or len(holdings) < len(wanted):
        raise Refused(N_("Có lô không còn trong kho của đơn vị"), "used")
    for one in holdings:
        check_came(session, one, command.at)
    event = new_event(session, who, command.step, command, now)
    add_parts(event, PartRole.SEEN, {one.lot_id: one.kg for one in holdings})
    return keep_event(session, event)


def ship_lots(
    session: Session,
    who: Actor,
    command: ShipLots,
    *,
    now: datetime,
    note_id: int | None = None,
    returned: bool = False,
) -> LotEvent:
    """Send kilograms of lots on their way; they are nobody's stock until they arrive.

    A lot on hold is only `returned` to who sent it, as a recall asks for; or it
    left already, as both sides of a note say.
    """
    to = _receiver(session, who, command)
    event = new_event(
        session,
        who,
        LotStep.SHIP,
        command,
        now,
        to_organisation_id=to,
        to_name=command.to_name,
        vehicle=command.vehicle,
        note_id=note_id,
    )
    taken = take(session, who, command.used, command.at, end=returned, note_id=note_id)
    add_parts(event, PartRole.INPUT, {key: kg for key, (_, kg) in taken.items()})
    tell_sent(session, keep_event(session, event), now=now)
    return event


def _receiver(session: Session, who: Actor, command: ShipLots) -> int | None:
    if command.to_organisation_id is None:
        if not command.to_name.strip():
            raise Refused(N_("Ghi hàng gửi cho ai"), "to")
        return None
    found = session.get(Organisation, command.to_organisation_id)
    if found is None or found.id == who.organisation_id:
        raise Refused(N_("Chọn đơn vị nhận hàng"), "to")
    return found.id


def arrive_lots(
    session: Session, who: Actor, command: ArriveLots, *, now: datetime
) -> LotEvent:
    """Tell what came of a shipment to the actor's organisation, once.

    Refused: lots that were not in it, or more than was sent.
    """
    ship = _lock_shipment(session, who, command.ship_event_id)
    if command.at < ship.at:
        raise Refused(N_("Giờ nhận trước giờ gửi"), "at")
    sent = {part.lot.public_id: part for part in ship.parts}
    came = {one.lot: one.kg for one in command.arrived}
    if not came or len(came) < len(command.arrived):
        raise Refused(N_("Mỗi lô chỉ ghi một dòng"), "used")
    if min(came.values()) <= 0:
        raise Refused(N_("Không có kg nào tới thì bên gửi báo sai chuyến này"), "used")
    if any(lot not in sent or kg > sent[lot].kg for lot, kg in came.items()):
        raise Refused(N_("Nhận không thể nhiều hơn đã gửi"), "used")
    event = new_event(session, who, LotStep.ARRIVE, command, now, answers_id=ship.id)
    event.note_id, event.in_kg = ship.note_id, ship.in_kg
    arrived = [(sent[lot], kg) for lot, kg in came.items()]
    add_parts(event, PartRole.OUTPUT, {part.lot_id: kg for part, kg in arrived})
    for part, kg in sorted(arrived, key=lambda one: one[0].lot_id):
        give(session, who.organisation_id, part.lot, kg)
    return keep_event(session, event)


def _lock_shipment(session: Session, who: Actor, public_id: str) -> LotEvent:
    ship = session.scalars(
        select(LotEvent)
        .where(
            LotEvent.public_id == public_id,
            LotEvent.to_organisation_id == who.organisation_id,
        )
        .with_for_update(of=LotEvent)
        .execution_options(populate_existing=True)
    ).first()
    if ship is None:
        raise NotFound
    if ship.wrong_at is not None or answer_to(session, ship) is not None:
        raise Refused(N_("Chuyến hàng này đã ghi nhận rồi"))
    return ship


def answer_to(session: Session, ship: LotEvent) -> LotEvent | None:
    """The arrival that answers a shipment, if it was told."""
    return session.scalars(
        select(LotEvent).where(
            LotEvent.answers_id == ship.id, LotEvent.wrong_at.is_(None)
        )
    ).first()


def end_lots(
    session: Session, who: Actor, command: EndLots, *, now: datetime
) -> LotEvent:
    """Sell to consumers, or destroy for a reason; a lot on hold is only destroyed."""
    if command.step not in ENDS:
        raise Refused(N_("Chọn việc đã làm"), "step")
    destroyed = command.step is LotStep.DESTROY
    if destroyed and not command.reason.strip():
        raise Refused(N_("Nói rõ vì sao hủy hàng"), "reason")
    event = new_event(
        session,
        who,
        command.step,
        command,
        now,
        to_name=command.to_name,
        reason=command.reason,
    )
    taken = take(session, who, command.used, command.at, end=destroyed)
    if not destroyed:
        _check_best([lot for lot, _kg in taken.values()], day_of(command.at))
    add_parts(event, PartRole.INPUT, {key: kg for key, (_, kg) in taken.items()})
    return keep_event(session, event)


def _check_best(lots: Iterable[Lot], day: date) -> None:
    """Nobody sells to consumers what is past its day."""
    for lot in lots:
        if lot.best_before is not None and lot.best_before < day:
            raise Refused(
                N_("Lô %(lot)s quá hạn dùng từ %(day)s, không bán lẻ được nữa"),
                "used",
                lot=lot.code,
                day=format_day(lot.best_before),
            )


def sent_on(session: Session, lot_id: int) -> list[LotPart]:
    """The parts by which kilograms of a lot left a holder, wrong events left out."""
    return list(
        session.scalars(
            select(LotPart)
            .join(LotPart.event)
            .where(
                LotPart.lot_id == lot_id,
                LotPart.role == PartRole.INPUT,
                LotEvent.wrong_at.is_(None),
            )
            .order_by(LotEvent.at, LotEvent.id)
        )
    )
