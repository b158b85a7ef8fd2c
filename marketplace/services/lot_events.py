"""Storing what happened to lots: an event, its parts, and who holds what after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.canonical import canonical_bytes, digest_of_text
from marketplace.domain.commands_lots import Capture, Used, Where, content_of_capture
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.days import OLDEST
from marketplace.services.lot_reserved import reserved_kg
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.papers import Facility

EVENT_ID = re.compile(r"[A-Za-z0-9_-]{22}")
CLOCK_SLACK = timedelta(minutes=10)  # a phone's clock may run ahead
MOST_PARTS = 200


def known_event(session: Session, who: Actor, command: Capture) -> LotEvent | None:
    """The event that was told already under this id, in the same words.

    Refused if the id is none; Conflict if it carries other words; NotFound if it is
    another organisation's.
    """
    if not EVENT_ID.fullmatch(command.event_id):
        raise Refused(N_("Lần ghi này thiếu mã, tải lại trang rồi ghi lại"))
    event = session.scalars(
        select(LotEvent).where(LotEvent.public_id == command.event_id)
    ).first()
    if event is None:
        return None
    if event.organisation_id != who.organisation_id:
        raise NotFound
    if event.digest != _told(command)[1]:
        raise Conflict(N_("Lần ghi này đã gửi rồi với nội dung khác"))
    return event


def _told(command: Capture) -> tuple[str, str]:
    spelled = canonical_bytes(content_of_capture(command)).decode()
    return spelled, digest_of_text(spelled)


def new_event(
    session: Session,
    who: Actor,
    step: LotStep,
    command: Capture,
    now: datetime,
    **over: Any,
) -> LotEvent:
    """An event row without parts; `keep_event` stores it once it has them all."""
    where = command.where
    _check_place(session, who, where)
    if command.at > now + CLOCK_SLACK:
        raise Refused(N_("Giờ này chưa tới"), "at")
    if command.at.year < OLDEST:
        raise Refused(N_("Ngày này lâu quá, xem lại năm"), "at")
    spelled, digest = _told(command)
    return LotEvent(
        public_id=command.event_id,
        organisation_id=who.organisation_id,
        step=step,
        at=command.at,
        recorded_at=now,
        by_user_id=who.user_id,
        facility_id=where.facility_id,
        place=where.place,
        temperature_c=where.temperature_c,
        note=where.note,
        digest=digest,
        told={"content": spelled},
        in_kg=0,
        out_kg=0,
        **over,
    )


def keep_event(session: Session, event: LotEvent) -> LotEvent:
    """Store an event with its parts, whose sums are frozen from now on."""
    session.add(event)
    session.flush()  # what follows names it by its id
    return event


def _check_place(session: Session, who: Actor, where: Where) -> None:
    if where.facility_id is None:
        return
    facility = session.get(Facility, where.facility_id)
    if facility is None or facility.organisation_id != who.organisation_id:
        raise Refused(N_("Chọn một cơ sở của đơn vị mình"), "facility")


def take(
    session: Session,
    who: Actor,
    used: Sequence[Used],
    at: datetime,
    *,
    end: bool = False,
    note_id: int | None = None,
) -> dict[int, tuple[Lot, int]]:
    """Take kilograms of lots out of the actor's hands: lot id -> the lot, kilograms.

    The rows are locked in the order of lots, so that two who split one lot at a time
    wait for each other. Refused: more than there is, or than notes that wait leave
    of it, a moment before the lot came into these hands, and a lot on hold, unless
    it is taken to `end` for good. What a note tells, both sides saw leave.
    """
    wanted = _wanted(used)
    taken: dict[int, tuple[Lot, int]] = {}
    holdings = _lock(session, who, wanted)
    waiting = {} if end else _waiting(session, who, holdings, note_id)
    for holding in holdings:
        lot, kg = holding.lot, wanted[holding.lot.public_id]
        if lot.held and not end and note_id is None:
            raise Refused(N_("Lô %(lot)s đang bị giữ lại"), "used", lot=lot.code)
        check_left(holding, kg, waiting.get(lot.id, 0), "used")
        check_came(session, holding, at)
        holding.kg -= kg
        taken[lot.id] = lot, kg
    if len(taken) < len(wanted):
        raise Refused(N_("Có lô không còn trong kho của đơn vị"), "used")
    return taken


def _wanted(used: Sequence[Used]) -> dict[str, int]:
    if not used:
        raise Refused(N_("Chọn ít nhất một lô"), "used")
    wanted = {one.lot: one.kg for one in used}
    if len(wanted) < len(used):
        raise Refused(N_("Mỗi lô chỉ ghi một dòng"), "used")
    if len(wanted) > MOST_PARTS:
        raise Refused(N_("Một lần nhiều nhất %(most)s lô"), "used", most=MOST_PARTS)
    if any(kg <= 0 for kg in wanted.values()):
        raise Refused(N_("Số kg phải lớn hơn 0"), "used")
    return wanted


def _lock(session: Session, who: Actor, lots: Iterable[str]) -> list[LotHolding]:
    """The rows as they are once nobody else has them; their lots are read anew too.

    A hold that was written while this waited is seen, whatever was read before.
    """
    holdings = list(
        session.scalars(
            select(LotHolding)
            .join(LotHolding.lot)
            .where(
                LotHolding.organisation_id == who.organisation_id,
                Lot.public_id.in_(list(lots)),
            )
            .order_by(LotHolding.lot_id)
            .with_for_update(of=LotHolding)
            .execution_options(populate_existing=True)
        )
    )
    ids = [one.lot_id for one in holdings]
    wanted = select(Lot).where(Lot.id.in_(ids))
    session.scalars(wanted.execution_options(populate_existing=True)).all()
    return holdings


def _waiting(
    session: Session, who: Actor, holdings: Sequence[LotHolding], note_id: int | None
) -> dict[int, int]:
    lots = [one.lot_id for one in holdings]
    return reserved_kg(session, who.organisation_id, lots, but_note=note_id)


def check_left(holding: LotHolding, kg: int, waiting_kg: int, field: str) -> None:
    """Refused if less is left than is wanted, or if notes that wait need it."""
    told = {"lot": holding.lot.code, "kg": format_number(holding.kg)}
    if holding.kg < kg:
        raise Refused(N_("Lô %(lot)s chỉ còn %(kg)s kg"), field, **told)
    if holding.kg < kg + waiting_kg:
        raise Refused(
            N_(
                "Lô %(lot)s còn %(kg)s kg, trong đó %(waiting)s kg đã ghi trên phiếu"
                " giao chờ xác nhận"
            ),
            field,
            **told,
            waiting=format_number(waiting_kg),
        )


def check_came(session: Session, holding: LotHolding, at: datetime) -> None:
    """Refused a moment before the lot came into the hands that hold it."""
    if at < came_at(session, holding.lot_id, holding.organisation_id):
        raise Refused(
            N_("Lúc đó lô %(lot)s chưa có trong kho"), "at", lot=holding.lot.code
        )


def came_at(session: Session, lot_id: int, organisation_id: int) -> datetime:
    """When a lot first came into these hands."""
    moment = session.scalar(
        select(func.min(LotEvent.at))
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .where(
            LotPart.lot_id == lot_id,
            LotPart.role == PartRole.OUTPUT,
            LotEvent.organisation_id == organisation_id,
            LotEvent.wrong_at.is_(None),
        )
    )
    if moment is None:
        raise LookupError(f"lot {lot_id} never came to {organisation_id}")
    return moment


def give(session: Session, organisation_id: int, lot: Lot, kg: int) -> None:
    """Put kilograms of a lot into an organisation's hands."""
    key = (lot.id, organisation_id)
    holding = session.get(LotHolding, key, with_for_update=True)
    if holding is None:
        holding = LotHolding(lot_id=lot.id, organisation_id=organisation_id, kg=0)
        session.add(holding)
    holding.kg += kg


def add_parts(
    event: LotEvent, role: PartRole, parts: Mapping[int, int], first: int = 1
) -> None:
    """Add parts to an event: lot id -> kilograms; the sums of the event with them."""
    for number, (lot_id, kg) in enumerate(parts.items(), first):
        event.parts.append(LotPart(number=number, lot_id=lot_id, role=role, kg=kg))
    total = sum(parts.values())
    if role is PartRole.INPUT:
        event.in_kg += total
    elif role is PartRole.OUTPUT:
        event.out_kg += total
