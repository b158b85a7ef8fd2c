"""Standing agreements: one side proposes a frame, the other agrees or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.call_offs import (
    CallOffState,
    FrameFault,
    FrameState,
    FrameTerms,
    Source,
    fault_of_frame,
    week_of,
)
from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.services.call_off_news import tell_of_frame
from marketplace.services.contract_sides import lock_party_contract
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.majeure_effects import hindrance_of
from marketplace.services.rules import rule
from models.call_offs import CallOff, CallOffFrame
from models.contracts import Contract

OPEN = (FrameState.PROPOSED, FrameState.AGREED)
FAULTS = {
    FrameFault.BAND: ("most", N_("Mức nhiều nhất phải từ mức ít nhất trở lên")),
    FrameFault.TOO_MUCH: ("most", N_("Đợt giao này không còn nhiều như vậy")),
    FrameFault.LEAD: ("lead_days", N_("Nhập từ 1 đến 30 ngày")),
    FrameFault.HOURS: (
        "answer_hours",
        N_("Hạn trả lời phải từ 1 giờ và không dài hơn số ngày báo trước"),
    ),
    FrameFault.WEEKS: ("last_week", N_("Tuần cuối phải sau tuần đầu")),
    FrameFault.WINDOW: (
        "last_week",
        N_("Các tuần phải nằm trong những ngày của đợt giao đã ký"),
    ),
}


def default_terms(session: Session, source: Source, today: date) -> FrameTerms:
    """A frame to begin with: the rule's notice and hours, the weeks of the delivery."""
    usual = rule(session, "contract.call_offs", today)
    lead_days = int(usual["lead_days"])
    first = week_of(max(source.first_day, today + timedelta(days=lead_days)))
    last = week_of(source.last_day)
    weeks = max(1, (last - first).days // 7 + 1)
    even_kg = max(1, source.left_kg // weeks)
    return FrameTerms(
        max(1, _rounded(even_kg * 7 // 10)),
        max(1, min(source.left_kg, _rounded(even_kg * 13 // 10))),
        lead_days,
        int(usual["answer_hours"]),
        first,
        last,
    )


def _rounded(kg: int) -> int:
    """As people would say it: whole tens, from a hundred kilograms on."""
    return kg - kg % 10 if kg >= 100 else kg


def sources_of(
    session: Session, contract: Contract, today: date
) -> list[tuple[Planned, Source]]:
    """The planned deliveries that a frame can draw from: open, and still to come."""
    planned = planned_deliveries(session, contract)
    older = without_notes(contract, planned)
    return [
        (one, source)
        for one in planned
        if one.delivery.state in (DeliveryState.PLANNED, DeliveryState.READY)
        and one.line.called_from is None
        and (source := _source(one, older[one.line.number])).left_kg > 0
        and source.last_day > today
    ]


def _source(planned: Planned, older_kg: int) -> Source:
    line = planned.line
    left_kg = line.kg - planned.noted_kg - older_kg - planned.gone_kg
    return Source(max(0, left_kg), line.deliver_from, line.deliver_to)


def source_of(session: Session, frame: CallOffFrame, today: date) -> Source:
    """What may still be called: what waits for an answer counts as gone."""
    held = held_source(session, frame, today)
    return replace(held, left_kg=max(0, held.left_kg - waiting_kg(frame)))


def held_source(session: Session, frame: CallOffFrame, today: date) -> Source:
    """What the frame's delivery still holds, whatever was called and not answered.

    What a notice of force majeure that waits tells of is not there to call. Nothing
    is left of a delivery that is blocked, cancelled or over.
    """
    line = frame.contract.lines[frame.line - 1]
    session.refresh(line)  # another call may have taken of it before the lock
    found = sources_of(session, frame.contract, today)
    open_kg = next(
        (source.left_kg for one, source in found if one.line.number == frame.line), 0
    )
    told_kg = hindrance_of(session, frame.contract).kg.get(frame.line, 0)
    left_kg = 0 if is_all_called(frame) else open_kg - told_kg
    return Source(max(0, left_kg), line.deliver_from, line.deliver_to)


def is_all_called(frame: CallOffFrame) -> bool:
    """Whether the last call took what was left: then the delivery itself is called."""
    return any(
        call.delivery_line == frame.line and call.state is CallOffState.CONFIRMED
        for call in frame.calls
    )


def waiting_kg(frame: CallOffFrame) -> int:
    """Called, and not answered yet."""
    return sum(one.kg for one in frame.calls if one.state is CallOffState.POSTED)


def is_call_open(session: Session, contract: Contract) -> bool:
    """Whether a call-off of the contract waits for its answer."""
    waiting = select(CallOff.id).join(CallOff.frame)
    return (
        session.scalars(
            waiting.where(
                CallOffFrame.contract_id == contract.id,
                CallOff.state == CallOffState.POSTED,
            ).limit(1)
        ).first()
        is not None
    )


def open_frame(session: Session, contract: Contract) -> CallOffFrame | None:
    """The frame that is proposed or agreed, if any."""
    wanted = select(CallOffFrame).where(
        CallOffFrame.contract_id == contract.id, CallOffFrame.state.in_(OPEN)
    )
    return session.scalars(wanted).first()


def frames_of(session: Session, contract: Contract) -> Sequence[CallOffFrame]:
    """Every frame that was agreed or is open, the newest first."""
    wanted = select(CallOffFrame).where(
        CallOffFrame.contract_id == contract.id,
        CallOffFrame.state.in_((*OPEN, FrameState.ENDED)),
    )
    return session.scalars(wanted.order_by(CallOffFrame.id.desc())).all()


def propose_frame(
    session: Session,
    who: Actor,
    public_id: str,
    line: int,
    terms: FrameTerms,
    *,
    now: datetime,
    today: date,
) -> CallOffFrame:
    """Propose a frame over one planned delivery; the other side answers.

    Refused: a second one, terms outside the delivery's kilograms or days.
    """
    contract, side = lock_party_contract(session, who, public_id)
    if open_frame(session, contract) is not None:
        raise Conflict(N_("Hợp đồng này đã có khung gọi hàng"))
    sources = {
        one.line.number: found for one, found in sources_of(session, contract, today)
    }
    if line not in sources:
        raise Refused(N_("Chọn một đợt chưa giao"), "line")
    _check(terms, sources[line])
    frame = CallOffFrame(
        contract_id=contract.id,
        line=line,
        state=FrameState.PROPOSED,
        proposed_by=side,
        proposed_by_id=who.user_id,
        proposed_at=now,
        **vars(terms),
    )
    session.add(frame)
    session.flush()  # a second open frame is refused here
    tell_of_frame(session, frame, who, side, now)
    return frame


def _check(terms: FrameTerms, source: Source) -> None:
    fault = fault_of_frame(terms, source)
    if fault is not None:
        field, message = FAULTS[fault]
        raise Refused(message, field)


def answer_frame(
    session: Session,
    who: Actor,
    public_id: str,
    state: FrameState,
    *,
    now: datetime,
    today: date,
) -> CallOffFrame:
    """Agree to what the other side proposed or decline it, or withdraw one's own.

    Refused where the delivery no longer holds what the terms ask for.
    """
    contract, side = lock_party_contract(session, who, public_id)
    frame = open_frame(session, contract)
    if frame is None:
        raise NotFound
    if (frame.proposed_by is side) is not (state is FrameState.WITHDRAWN):
        raise Refused(N_("Việc này là của bên kia"))
    if frame.state is state:
        return frame
    check_transition(Lifecycle.FRAME, frame.state, state)
    if state is FrameState.AGREED:
        _check(frame.terms, source_of(session, frame, today))
    frame.state, frame.answered_at, frame.answered_by_id = state, now, who.user_id
    session.flush()  # the page that follows asks for the open frame
    tell_of_frame(session, frame, who, side, now)
    return frame
