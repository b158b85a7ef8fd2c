"""Delivery notes as the other side answers them: confirmed, or made void."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    NOT_IN_FORCE,
    lock_open_contract,
    side_of,
    tell_other_side,
)
from marketplace.services.contracts import access_contract
from marketplace.services.days import day_of
from marketplace.services.lot_notes import move_noted_lots
from models.contracts import Contract
from models.deliveries import DeliveryNote, NoteConfirmation


def access_note(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> DeliveryNote:
    """A note of a contract that the actor may see; NotFound for others."""
    note = session.scalars(
        select(DeliveryNote).where(DeliveryNote.public_id == public_id)
    ).first()
    if note is None:
        raise NotFound
    access_contract(session, who, note.contract.public_id, action)
    return note


def list_notes(session: Session, contract: Contract) -> list[DeliveryNote]:
    """All notes of a contract, the void ones too, in the order they were written."""
    wanted = select(DeliveryNote).where(DeliveryNote.contract_id == contract.id)
    return list(session.scalars(wanted.order_by(DeliveryNote.number)))


def confirm_note(
    session: Session,
    who: Actor,
    public_id: str,
    digest: str,
    *,
    now: datetime,
    host: Actor | None = None,
) -> DeliveryNote:
    """Stand by the weights that were on the page; the second side makes it final.

    Confirming twice is the same as once. `host` is whose device it was done on, if
    that was the other side's; the history says so. Refused: a load of days on which
    the contract was not in force.
    """
    note, side = _lock_note(session, who, public_id)
    if any(one.side is side for one in note.confirmations):
        return note
    if digest != note.digest:
        raise Conflict(N_("Phiếu đã thay đổi, hãy xem lại rồi xác nhận"))
    check_transition(Lifecycle.NOTE, note.state, NoteState.CONFIRMED)
    if not loaded_in_force(note):
        raise Refused(NOT_IN_FORCE)
    stand_by(session, note, side, who, now, host)
    note.state, note.confirmed_at = NoteState.CONFIRMED, now
    contract = note.contract
    contract.delivered_kg += note.net_kg
    move_noted_lots(session, note, now=now)
    name = "note_confirmed_in_turn" if host else "note_confirmed"
    data = named(note) | ({"host_user": host.user_id} if host else {})
    event = record_event(session, contract, name, who, now=now, data=data)
    tell(session, note, side, NoticeKind.NOTE_CONFIRMED, event)
    return note


def void_note(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> DeliveryNote:
    """Take back, or refuse, a note that only one side stands by; with a reason."""
    note, side = _lock_note(session, who, public_id)
    if not reason.strip():
        raise Refused(N_("Nói rõ vì sao hủy phiếu"), "reason")
    check_transition(Lifecycle.NOTE, note.state, NoteState.VOID)
    note.state, note.void_reason = NoteState.VOID, reason
    data = {**named(note), "reason": reason}
    event = record_event(session, note.contract, "note_void", who, now=now, data=data)
    tell(session, note, side, NoticeKind.NOTE_VOID, event, reason=reason)
    return note


def _lock_note(
    session: Session, who: Actor, public_id: str
) -> tuple[DeliveryNote, Side]:
    """The note as stored now; its contract's lock orders whoever acts on it."""
    found = access_note(session, who, public_id, "write")
    contract, side = lock_open_contract(session, who, found.contract.public_id)
    session.refresh(found)
    session.refresh(found, ["confirmations"])
    assert found.contract is contract
    return found, side


def stand_by(
    session: Session,
    note: DeliveryNote,
    side: Side,
    who: Actor,
    now: datetime,
    host: Actor | None = None,
) -> None:
    """Store that a side stands by the weights of a note."""
    session.add(
        NoteConfirmation(
            note_id=note.id,
            side=side,
            digest=note.digest,
            organisation_id=who.organisation_id,
            user_id=who.user_id,
            host_user_id=host.user_id if host else None,
            at=now,
        )
    )
    session.flush()  # the trigger counts them
    session.refresh(note, ["confirmations"])


def named(note: DeliveryNote) -> dict[str, Any]:
    """What the audit chain keeps of a note."""
    return {"note": note.number, "kg": note.net_kg, "digest": note.digest}


def tell(
    session: Session,
    note: DeliveryNote,
    side: Side,
    kind: NoticeKind,
    event: Any,
    reason: str = "",
) -> None:
    """Tell the other side about a note."""
    tell_other_side(
        session,
        note.contract,
        side,
        kind,
        event,
        {"kg": note.net_kg, "reason": reason},
        subject=f"note:{note.public_id}",
    )


def loaded_in_force(note: DeliveryNote) -> bool:
    """Whether the contract is in force, or was when this load was handed over."""
    contract, at = note.contract, note.delivered_at
    if contract.state is ContractState.IN_FORCE:
        return True
    if contract.ended_on is not None and day_of(at) > contract.ended_on:
        return False
    states = [
        one.new_state for one in contract.events if one.new_state and one.at <= at
    ]
    return bool(states) and states[-1] == ContractState.IN_FORCE


def may_confirm(note: DeliveryNote, who: Actor) -> bool:
    """Whether this note waits for the actor's side."""
    return note.state is NoteState.WRITTEN and not any(
        one.side is side_of(note.contract, who) for one in note.confirmations
    )
