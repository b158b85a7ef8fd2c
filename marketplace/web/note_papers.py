"""Delivery notes and inspection records as papers, for whoever may see the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from marketplace.services.delivery_notes import access_note
from marketplace.services.inspection_pdf import inspection_pdf
from marketplace.services.inspections import list_inspections
from marketplace.services.note_pdf import note_pdf
from marketplace.web.access import current_actor, signed_in
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from models.database import transaction

if TYPE_CHECKING:
    from models.inspections import Inspection

bp = Blueprint("note_papers", __name__, url_prefix="/phieu/<public_id>")


@bp.get("/pdf")
@signed_in
def note(public_id: str) -> ResponseReturnValue:
    """The note on paper; `?lang=en` in English."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        found = access_note(session, current_actor(), public_id)
        address = authenticity_address(found.digest, lang)
        name = f"PGN-{found.number:02d}-{found.contract.number}"
        return pdf_response(note_pdf(session, found, lang, address), name)


@bp.get("/nghiem-thu/pdf")
@signed_in
def inspection(public_id: str) -> ResponseReturnValue:
    """The finding that counts on paper; not found before there is one."""
    return _finding(public_id, None)


@bp.get("/nghiem-thu/<int:number>/pdf")
@signed_in
def inspection_before(public_id: str, number: int) -> ResponseReturnValue:
    """A finding by its number, also one that a later one has replaced."""
    return _finding(public_id, number)


def _finding(public_id: str, number: int | None) -> ResponseReturnValue:
    lang = page_lang()
    with transaction(read_only=True) as session:
        found = access_note(session, current_actor(), public_id)
        findings = list_inspections(session, found)
        finding = _chosen(findings, number)
        if finding is None:
            abort(404)
        address = authenticity_address(finding.digest, lang)
        name = f"BBNT-{found.number:02d}.{finding.number}-{found.contract.number}"
        return pdf_response(inspection_pdf(session, finding, lang, address), name)


def _chosen(findings: list[Inspection], number: int | None) -> Inspection | None:
    if number is None:
        return findings[-1] if findings else None
    return next((one for one in findings if one.number == number), None)
