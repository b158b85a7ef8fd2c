"""Delivery notes and inspection records as papers, for whoever may see the note."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from marketplace.services.delivery_notes import access_note
from marketplace.services.inspection_pdf import inspection_pdf
from marketplace.services.inspections import current_inspection
from marketplace.services.note_pdf import note_pdf
from marketplace.web.access import current_actor, signed_in
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from models.database import transaction

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
    lang = page_lang()
    with transaction(read_only=True) as session:
        found = access_note(session, current_actor(), public_id)
        finding = current_inspection(session, found)
        if finding is None:
            abort(404)
        address = authenticity_address(finding.digest, lang)
        name = f"BBNT-{found.number:02d}-{found.contract.number}"
        return pdf_response(inspection_pdf(session, finding, lang, address), name)
