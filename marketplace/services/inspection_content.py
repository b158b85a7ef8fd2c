"""The words of an inspection, frozen under one digest as those of its note are."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.canonical import canonical_bytes, digest_of
from models.deliveries import DeliveryNote
from models.inspections import Inspection, InspectionPart
from models.organisations import Organisation, User
from models.reference import Grade


def seal_inspection(
    session: Session, note: DeliveryNote, inspection: Inspection
) -> None:
    """Give a finding that is not stored yet its content and its digest.

    The note's digest is part of it, so that nobody can guess the content: the id of
    a note is 128 random bits.
    """
    content = {
        "note": note.digest,
        "inspection": inspection.number,
        "reason": inspection.reason,
        "at": inspection.at,
        "by": _author(session, inspection),
        "parts": [_part(session, part) for part in inspection.parts],
    }
    inspection.content = canonical_bytes(content).decode()
    inspection.digest = digest_of(content)


def _author(session: Session, inspection: Inspection) -> dict[str, str] | None:
    if inspection.by_user_id is None or inspection.by_organisation_id is None:
        return None  # the hours passed, or both sides agreed
    organisation = session.get_one(Organisation, inspection.by_organisation_id)
    person = session.get_one(User, inspection.by_user_id)
    return {"organisation": organisation.name, "person": person.name}


def _part(session: Session, part: InspectionPart) -> dict[str, Any]:
    grade = session.get_one(Grade, part.grade_id) if part.grade_id else None
    return {
        "grade": grade.code if grade else "",
        "name_vi": grade.name_vi if grade else "",
        "name_en": grade.name_en if grade else "",
        "kg": part.kg,
        "outcome": part.outcome,
        "deduction_vnd": part.deduction_vnd or 0,
        "reason": part.reason or "",
    }
