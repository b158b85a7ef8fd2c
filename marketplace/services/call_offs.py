"""Weekly call-offs: the buyer calls, the cooperative answers, silence accepts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.call_offs import (
    Call,
    CallFault,
    CallOffState,
    FrameState,
    FrameTerms,
    Source,
    earliest_day,
    fault_of_call,
    week_of,
)
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.words import Side
from marketplace.services.call_off_amending import refuse_beside_amendment
from marketplace.services.call_off_frames import held_source, open_frame, source_of
from marketplace.services.call_off_news import tell_of_call
from marketplace.services.call_off_splitting import make_delivery
from marketplace.services.contract_sides import lock_party_contract
from marketplace.services.days import day_of
from marketplace.services.majeure_effects import hindrance_of
from models.call_offs import CallOff, CallOffFrame
from models.contracts import Contract

_FAULTS = {
    CallFault.BELOW: ("kg", N_("Khung đã thỏa thuận: ít nhất %(least)s kg một tuần")),
    CallFault.ABOVE: ("kg", N_("Khung đã thỏa thuận: nhiều nhất %(most)s kg một tuần")),
    CallFault.NOT_LEFT: ("kg", N_("Đợt giao này chỉ còn %(left)s kg chưa gọi")),
    CallFault.TOO_LATE: (
        "first_day",
        N_("Phải gọi trước %(lead)s ngày: sớm nhất là %(earliest)s"),
    ),
    CallFault.WEEKS: ("first_day", N_("Tuần này ngoài các tuần đã thỏa thuận")),
    CallFault.DAYS: ("last_day", N_("Ngày cuối phải sau ngày đầu, trong cùng tuần")),
    CallFault.WINDOW: (
        "first_day",
        N_("Hợp đồng cho giao từ %(first)s đến %(last)s"),
    ),
}


def post_call_off(
    session: Session,
    who: Actor,
    public_id: str,
    call: Call,
    *,
    now: datetime,
    today: date,
) -> CallOff:
    """The buyer calls goods for one week.

    Refused: the seller, a second call for the week, what is out of the band, comes
    too late or is more than the delivery still holds, and while an amendment or a
    notice of force majeure on the delivery waits.
    """
    contract, side = lock_party_contract(session, who, public_id)
    if side is not Side.BUYER:
        raise Refused(N_("Việc này là của bên kia"))
    frame = _agreed(session, contract)
    refuse_beside_amendment(session, contract)
    if frame.line in hindrance_of(session, contract).kg:
        raise Refused(N_("Đợt này có báo bất khả kháng chờ trả lời, chưa gọi được"))
    if any(row.week == call.week and is_live(row) for row in frame.calls):
        raise Conflict(N_("Tuần này đã gọi hàng rồi"))
    _check(frame.terms, source_of(session, frame, today), call, today)
    row = CallOff(
        week=call.week,
        kg=call.kg,
        first_day=call.first_day,
        last_day=call.last_day,
        state=CallOffState.POSTED,
        posted_by_id=who.user_id,
        posted_at=now,
        answer_by=now + timedelta(hours=frame.answer_hours),
    )
    frame.calls.append(row)
    session.flush()  # a second live call of the week is refused here
    tell_of_call(session, row, who, side, now)
    return row


def _agreed(session: Session, contract: Contract) -> CallOffFrame:
    frame = open_frame(session, contract)
    if frame is None or frame.state is not FrameState.AGREED:
        raise Refused(N_("Hai bên chưa thỏa thuận khung gọi hàng"))
    session.refresh(frame, ["calls"])
    return frame


def is_live(call: CallOff) -> bool:
    """Whether it takes its week."""
    return call.state in (CallOffState.POSTED, CallOffState.CONFIRMED)


def _check(terms: FrameTerms, source: Source, call: Call, today: date) -> None:
    fault = fault_of_call(terms, source, call, today=today)
    if fault is None:
        return
    field, message = _FAULTS[fault]
    raise Refused(
        message,
        field,
        least=format_number(terms.least_kg, "vi"),
        most=format_number(terms.most_kg, "vi"),
        left=format_number(source.left_kg, "vi"),
        lead=terms.lead_days,
        earliest=format_day(earliest_day(terms, source, today), "vi"),
        first=format_day(source.first_day, "vi"),
        last=format_day(source.last_day, "vi"),
    )


def answer_call_off(
    session: Session,
    who: Actor,
    public_id: str,
    week: date,
    kg: int | None = None,
    text: str = "",
    *,
    now: datetime,
) -> CallOff:
    """The cooperative confirms a week's call-off; `kg` says how much it can.

    None is all that was called, nought is none of it. The same answer twice is the
    same as once; Conflict if it was answered otherwise.
    """
    contract, side = lock_party_contract(session, who, public_id)
    if side is not Side.SELLER:
        raise Refused(N_("Việc này là của bên kia"))
    call = call_of(session, contract, week)
    can_kg = call.kg if kg is None else kg
    if call.state is CallOffState.CONFIRMED and call.confirmed_kg == can_kg:
        return call
    _still_posted(call)
    if can_kg > call.kg:
        raise Refused(N_("Không nhiều hơn số bên mua gọi"), "kg")
    said = clean_text(text, long=True, field="text")
    if not can_kg:
        if not said:
            raise Refused(N_("Nói rõ vì sao không giao được"), "text")
        return _close(session, call, CallOffState.DECLINED, who, side, now, said)
    confirm_call(session, call, can_kg, who, now, said)
    tell_of_call(session, call, who, side, now)
    return call


def withdraw_call_off(
    session: Session, who: Actor, public_id: str, week: date, *, now: datetime
) -> CallOff:
    """The buyer takes a call back while nobody has answered it."""
    contract, side = lock_party_contract(session, who, public_id)
    if side is not Side.BUYER:
        raise Refused(N_("Việc này là của bên kia"))
    call = call_of(session, contract, week)
    _still_posted(call)
    return _close(session, call, CallOffState.WITHDRAWN, who, side, now)


def call_of(session: Session, contract: Contract, week: date) -> CallOff:
    """The newest call of that week; NotFound if there is none."""
    wanted = (
        select(CallOff)
        .join(CallOffFrame, CallOffFrame.id == CallOff.frame_id)
        .where(CallOffFrame.contract_id == contract.id, CallOff.week == week_of(week))
        .order_by(CallOff.id.desc())
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound
    return found


def _still_posted(call: CallOff) -> None:
    if call.state is not CallOffState.POSTED:
        raise Conflict(N_("Lần gọi này đã được trả lời"))


def confirm_call(
    session: Session,
    call: CallOff,
    kg: int,
    who: Actor | None,
    now: datetime,
    text: str = "",
) -> None:
    """Make a delivery of the call; Refused if the frame's no longer holds so much."""
    check_transition(Lifecycle.CALL_OFF, call.state, CallOffState.CONFIRMED)
    refuse_beside_amendment(session, call.frame.contract)
    source = held_source(session, call.frame, day_of(now))
    if kg > source.left_kg:
        raise Refused(N_("Đợt giao này không còn nhiều như vậy"), "kg")
    line = make_delivery(session, call, kg, now=now)
    call.state, call.confirmed_kg, call.delivery_line = CallOffState.CONFIRMED, kg, line
    call.answered_at, call.answered_by_id = now, who.user_id if who else None
    call.answer = text


def _close(
    session: Session,
    call: CallOff,
    state: CallOffState,
    who: Actor,
    side: Side,
    now: datetime,
    text: str = "",
) -> CallOff:
    check_transition(Lifecycle.CALL_OFF, call.state, state)
    call.state, call.answered_at, call.answer = state, now, text
    call.answered_by_id = who.user_id
    tell_of_call(session, call, who, side, now)
    return call
