"""The clock of call-offs: silence accepts, and agreements end with their weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.call_offs import CallOffState, FrameState
from marketplace.domain.errors import Refused
from marketplace.domain.words import ContractState
from marketplace.services.call_off_news import tell_of_call
from marketplace.services.call_offs import confirm_call
from marketplace.services.contract_events import lock_contract, record_event
from models.call_offs import CallOff, CallOffFrame


def accept_calls_silently(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Calls that nobody answered within the hours are accepted.

    One lapses if the contract has left force, or its delivery holds less meanwhile.
    Returns how many. Safe to repeat and to run twice at once.
    """
    due = session.scalars(
        select(CallOff)
        .where(CallOff.state == CallOffState.POSTED, CallOff.answer_by <= now)
        .order_by(CallOff.answer_by)
        .limit(limit)
    ).all()
    return sum(_accept(session, call, now) for call in due)


def _accept(session: Session, call: CallOff, now: datetime) -> bool:
    contract = lock_contract(session, call.frame.contract_id)
    session.refresh(call)
    if call.state is not CallOffState.POSTED:
        return False  # somebody was quicker while this one waited in line
    try:
        if contract.state is not ContractState.IN_FORCE:
            raise Refused("")
        confirm_call(session, call, call.kg, None, now)
    except Refused:
        call.state, call.answered_at = CallOffState.LAPSED, now
    tell_of_call(session, call, None, None, now)
    return True


def end_frames(session: Session, *, today: date, now: datetime, limit: int = 50) -> int:
    """Agreements whose last week is over make room for another; returns how many."""
    over = session.scalars(
        select(CallOffFrame)
        .where(
            CallOffFrame.state == FrameState.AGREED,
            CallOffFrame.last_week <= today - timedelta(days=7),
        )
        .order_by(CallOffFrame.id)
        .limit(limit)
    ).all()
    for frame in over:
        contract = lock_contract(session, frame.contract_id)
        session.refresh(frame)
        if frame.state is FrameState.AGREED:
            frame.state, frame.ended_at = FrameState.ENDED, now
            frame.end_asked_by = None
            record_event(session, contract, "frame_ended", None, now=now)
    return len(over)
