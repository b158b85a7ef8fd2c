"""A standing agreement ends early where both sides want it to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.call_offs import EndWord, FrameState
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import ContractState, Side
from marketplace.services.call_off_amending import refuse_beside_amendment
from marketplace.services.call_off_frames import (
    is_all_called,
    is_call_open,
    open_frame,
)
from marketplace.services.call_off_news import tell_of_ending
from marketplace.services.contract_sides import NOT_IN_FORCE, side_of
from marketplace.services.contracts import access_contract
from marketplace.services.releases import lock_for_release, release_delivery
from models.call_offs import CallOffFrame
from models.contracts import Contract


def say_of_ending(
    session: Session, who: Actor, public_id: str, word: EndWord, *, now: datetime
) -> CallOffFrame:
    """Ask to end the frame early, take that back, or answer the side that asked.

    Where both want it, what nobody has called goes back to harvest and tranche at
    once. Refused: a call or an amendment that still waits, an answer to oneself.
    """
    found = access_contract(session, who, public_id, "write")
    contract = lock_for_release(session, found.id)
    if contract.state is not ContractState.IN_FORCE:
        raise Refused(NOT_IN_FORCE)
    side, frame = side_of(contract, who), _agreed(session, contract)
    if word is EndWord.ASK:
        if frame.end_asked_by is None:
            _refuse_while_waiting(session, contract)
            frame.end_asked_by = side
            tell_of_ending(session, frame, word, who, side, now)
        return frame
    _check_turn(frame, word, side)
    if word is EndWord.AGREE:
        _refuse_while_waiting(session, contract)
    frame.end_asked_by = None
    if word is EndWord.AGREE:
        _end(session, contract, frame, who, now)
    tell_of_ending(session, frame, word, who, side, now)
    return frame


def _agreed(session: Session, contract: Contract) -> CallOffFrame:
    frame = open_frame(session, contract)
    if frame is not None:
        session.refresh(frame)
    if frame is None or frame.state is not FrameState.AGREED:
        raise Refused(N_("Hai bên chưa thỏa thuận khung gọi hàng"))
    return frame


def _check_turn(frame: CallOffFrame, word: EndWord, side: Side) -> None:
    if frame.end_asked_by is None:
        raise Conflict(N_("Không còn đề nghị kết thúc sớm nào"))
    if (frame.end_asked_by is side) is not (word is EndWord.WITHDRAW):
        raise Refused(N_("Việc này là của bên kia"))


def _refuse_while_waiting(session: Session, contract: Contract) -> None:
    if is_call_open(session, contract):
        raise Refused(
            N_("Đang có lần gọi hàng chờ trả lời, trả lời xong rồi mới kết thúc")
        )
    refuse_beside_amendment(session, contract)


def _end(
    session: Session, contract: Contract, frame: CallOffFrame, who: Actor, now: datetime
) -> None:
    check_transition(Lifecycle.FRAME, frame.state, FrameState.ENDED)
    frame.state, frame.ended_at = FrameState.ENDED, now
    session.flush()  # the page that follows asks for the open frame
    if not is_all_called(frame):
        release_delivery(session, contract, frame.line, who, now=now)
