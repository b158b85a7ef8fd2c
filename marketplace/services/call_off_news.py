"""What is written down of standing agreements and call-offs, and who is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.call_offs import CallOffState, EndWord, FrameState
from marketplace.domain.words import NoticeKind, Side
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import tell_both_sides, tell_other_side
from models.call_offs import CallOff, CallOffFrame

_FRAMES = {
    FrameState.PROPOSED: ("frame_proposed", NoticeKind.CALLOFF_FRAME_PROPOSED),
    FrameState.AGREED: ("frame_agreed", NoticeKind.CALLOFF_FRAME_ANSWERED),
    FrameState.DECLINED: ("frame_declined", NoticeKind.CALLOFF_FRAME_ANSWERED),
    FrameState.WITHDRAWN: ("frame_withdrawn", NoticeKind.CALLOFF_FRAME_ANSWERED),
}
_CALLS = {
    CallOffState.POSTED: ("call_off_posted", NoticeKind.CALLOFF_POSTED),
    CallOffState.CONFIRMED: ("call_off_confirmed", NoticeKind.CALLOFF_CONFIRMED),
    CallOffState.DECLINED: ("call_off_declined", NoticeKind.CALLOFF_CLOSED),
    CallOffState.WITHDRAWN: ("call_off_withdrawn", NoticeKind.CALLOFF_CLOSED),
    CallOffState.LAPSED: ("call_off_lapsed", NoticeKind.CALLOFF_CLOSED),
}
_ENDINGS = {
    EndWord.ASK: ("frame_end_asked", NoticeKind.CALLOFF_END_ASKED),
    EndWord.AGREE: ("frame_ended_early", NoticeKind.CALLOFF_FRAME_ENDED),
    EndWord.DECLINE: ("frame_end_declined", NoticeKind.CALLOFF_FRAME_ANSWERED),
    EndWord.WITHDRAW: ("frame_end_withdrawn", NoticeKind.CALLOFF_FRAME_ANSWERED),
}
SILENTLY = "call_off_by_silence"


def tell_of_frame(
    session: Session, frame: CallOffFrame, who: Actor, side: Side, now: datetime
) -> None:
    """How the frame stands now: into the audit chain, and to the other side."""
    contract = frame.contract
    name, kind = _FRAMES[frame.state]
    band = {"line": frame.line, "least_kg": frame.least_kg, "most_kg": frame.most_kg}
    event = record_event(session, contract, name, who, now=now, data=band)
    subject = f"call_offs:{contract.public_id}"
    tell_other_side(session, contract, side, kind, event, {}, subject=subject)


def tell_of_ending(
    session: Session,
    frame: CallOffFrame,
    word: EndWord,
    who: Actor,
    side: Side,
    now: datetime,
) -> None:
    """What a side said about an early end: into the audit chain, and to the other."""
    contract = frame.contract
    name, kind = _ENDINGS[word]
    data = {"line": frame.line}
    event = record_event(session, contract, name, who, now=now, data=data)
    subject = f"call_offs:{contract.public_id}"
    tell_other_side(session, contract, side, kind, event, {}, subject=subject)


def tell_of_call(
    session: Session,
    call: CallOff,
    who: Actor | None,
    side: Side | None,
    now: datetime,
) -> None:
    """How the call stands now; without a side it is silence, and both are told."""
    contract = call.frame.contract
    name, kind = _CALLS[call.state]
    if side is None and call.state is CallOffState.CONFIRMED:
        name = SILENTLY
    params: dict[str, object] = {
        "kg": call.confirmed_kg or call.kg,
        "day": call.first_day.isoformat(),
        "reason": call.answer,
    }
    event = record_event(session, contract, name, who, now=now, data=params)
    subject = f"call_offs:{contract.public_id}"
    if side is None:
        tell_both_sides(session, contract, kind, event, params, subject=subject)
    else:
        tell_other_side(session, contract, side, kind, event, params, subject=subject)
