"""Recognitions and confirmations of a chain as papers."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.services.monitoring import lock_for_officer
from marketplace.services.recognition_papers import access_paper, freeze_recognition
from marketplace.services.recognition_pdf import recognition_pdf
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import chain_page, one_tap
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from models.database import transaction

bp = Blueprint("chain_papers", __name__, url_prefix="/chuoi/<public_id>/giay-cong-nhan")


@bp.get("/<int:number>/pdf")
@signed_in
def paper(public_id: str, number: int) -> ResponseReturnValue:
    """The paper as it was given; `?lang=en` in English."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        found = access_paper(session, current_actor(), public_id, number)
        address = authenticity_address(found.digest, lang)
        body = recognition_pdf(found, lang, address)
        return pdf_response(body, found.recognition.number)


@bp.post("")
@requires(Right.OFFICIATE)
@idempotent
def issue(public_id: str) -> ResponseReturnValue:
    """Freeze the paper of a recognition that was decided before there were papers."""

    def act(session: Session) -> None:
        chain = lock_for_officer(session, current_actor(), public_id)
        freeze_recognition(session, chain, now=now())

    return one_tap(act, _("Đã lập giấy, in được ở dưới."), chain_page(public_id))
