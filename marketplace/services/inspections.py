"""Inspections: the buyer splits a delivery into parts; silence accepts the whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import NoticeKind, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import lock_contract, record_event
from marketplace.services.contract_sides import (
    lock_open_contract,
    tell_both_sides,
    tell_other_side,
)
from marketplace.services.delivery_notes import access_note
from marketplace.services.inspection_content import seal_inspection
from marketplace.services.inspection_rules import (
    check_may_inspect,
    check_parts,
    check_shown,
    grades_of,
    hours_of,
    inspect_until,
)
from models.contract_events import ContractEvent
from models.deliveries import DeliveryNote
from models.inspections import Inspection, InspectionPart


def current_inspection(session: Session, note: DeliveryNote) -> Inspection | None:
    """The finding that counts: the newest."""
    wanted = select(Inspection).where(Inspection.note_id == note.id)
    return session.scalars(wanted.order_by(Inspection.number.desc()).limit(1)).first()


def list_inspections(session: Session, note: DeliveryNote) -> list[Inspection]:
    """Every finding over a note, the oldest first."""
    wanted = select(Inspection).where(Inspection.note_id == note.id)
    return list(session.scalars(wanted.order_by(Inspection.number)))


def inspect_delivery(
    session: Session,
    who: Actor,
    note_id: str,
    parts: Sequence[Part],
    *,
    now: datetime,
    pictures: int = 0,
) -> Inspection:
    """Record what the buyer found, part by part; the whole load is told.

    `pictures` is how many photos the caller puts on the finding in the same
    transaction. Refused: the seller, a note not confirmed by both, a second
    inspection, after the contract's hours, parts that do not sum to what was
    weighed, goods turned away without any photo.
    """
    found = access_note(session, who, note_id, "write")
    contract, side = lock_open_contract(session, who, found.contract.public_id)
    session.refresh(found)
    check_may_inspect(session, who, found, now=now)
    check_shown(session, found, parts, pictures)
    inspection = add_inspection(session, found, parts, who=who, now=now)
    event = record_event(
        session, contract, "inspected", who, now=now, data=told(inspection)
    )
    _tell_result(session, found, side, inspection, event)
    return inspection


def accept_silently(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Loads that nobody inspected within the contract's hours are accepted whole.

    Returns how many. Safe to repeat and to run twice at once.
    """
    inspected = select(Inspection.id).where(Inspection.note_id == DeliveryNote.id)
    waiting = session.scalars(
        select(DeliveryNote)
        .where(DeliveryNote.state == NoteState.CONFIRMED, ~inspected.exists())
        .order_by(DeliveryNote.confirmed_at)
        .limit(limit)
    ).all()
    due = [note for note in waiting if (inspect_until(session, note) or now) <= now]
    return sum(_accept_whole(session, note, now) for note in due)


def _accept_whole(session: Session, note: DeliveryNote, now: datetime) -> bool:
    contract = lock_contract(session, note.contract_id)
    if current_inspection(session, note) is not None:
        return False  # the buyer was quicker while this one waited in line
    inspection = add_inspection(session, note, [Part(note.net_kg)], who=None, now=now)
    event = record_event(
        session, contract, "accepted_by_silence", None, now=now, data=told(inspection)
    )
    params: dict[str, object] = {"kg": inspection.accepted_kg}
    tell_both_sides(
        session,
        contract,
        NoticeKind.INSPECTED,
        event,
        params,
        subject=f"note:{note.public_id}",
    )
    return True


def add_inspection(
    session: Session,
    note: DeliveryNote,
    parts: Sequence[Part],
    *,
    who: Actor | None,
    now: datetime,
    reason: str = "",
) -> Inspection:
    """Write a finding over the whole note, and what it makes of the contract.

    The caller holds the contract's lock. Refused if the parts do not sum up.
    """
    check_parts(session, note, parts)
    grades = {one.code: one.id for one in grades_of(session, note.contract)}
    before = current_inspection(session, note)
    inspection = Inspection(
        note_id=note.id,
        number=before.number + 1 if before else 1,
        reason=reason,
        by_user_id=who.user_id if who else None,
        by_organisation_id=who.organisation_id if who else None,
        at=now,
        parts=[_part(number, part, grades) for number, part in enumerate(parts, 1)],
    )
    seal_inspection(session, note, inspection)
    session.add(inspection)
    session.flush()
    note.contract.accepted_kg += inspection.accepted_kg - (
        before.accepted_kg if before else 0
    )
    return inspection


def _part(number: int, part: Part, grades: dict[str, int]) -> InspectionPart:
    if part.grade and part.grade not in grades:
        raise Refused(N_("Loại hàng này không có trong danh mục"), "parts")
    return InspectionPart(
        number=number,
        grade_id=grades[part.grade] if part.grade else None,
        kg=part.kg,
        outcome=part.outcome,
        deduction_vnd=part.deduction_vnd,
        reason=part.reason,
    )


def told(inspection: Inspection) -> dict[str, Any]:
    """What the audit chain keeps of a finding."""
    return {
        "note": inspection.note.number if inspection.note else None,
        "inspection": inspection.number,
        "digest": inspection.digest,
        "parts": [
            [part.kg, part.outcome, part.grade_id, part.deduction_vnd, part.reason]
            for part in inspection.parts
        ],
    }


def claim_until(session: Session, inspection: Inspection) -> datetime:
    """The end of the hours in which a side may dispute a finding."""
    return inspection.at + hours_of(session, inspection.note)


def _tell_result(
    session: Session,
    note: DeliveryNote,
    side: Side,
    inspection: Inspection,
    event: ContractEvent,
) -> None:
    tell_other_side(
        session,
        note.contract,
        side,
        NoticeKind.INSPECTED,
        event,
        {"kg": inspection.accepted_kg},
        subject=f"note:{note.public_id}",
    )
