"""Statements of account as papers: issued by a side, printed by who may see them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from forms.said import said
from marketplace.services.contracts import access_contract
from marketplace.services.issued_statements import (
    get_issued,
    issue_statement,
    list_issued,
)
from marketplace.services.statement_pdf import statement_pdf
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint(
    "statement_papers", __name__, url_prefix="/hop-dong/<public_id>/tien/doi-chieu"
)


@bp.post("")
@requires(Right.DELIVER)
@idempotent
def issue(public_id: str) -> ResponseReturnValue:
    """Freeze the account of today as a paper of one's own side."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        who = current_actor()
        issue_statement(session, who, public_id, said_in, today=today(), now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã lập biên bản đối chiếu công nợ, in được ở dưới."), "ok")
    return redirect(url_for("accounts.index", public_id=public_id))


@bp.get("/<int:number>/pdf")
@signed_in
def paper(public_id: str, number: int) -> ResponseReturnValue:
    """What was issued then, on paper; `?lang=en` in English."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        issued = get_issued(session, contract, number)
        replaced = list_issued(session, contract)[0] is not issued
        address = authenticity_address(issued.digest, lang)
        name = f"BBDCCN-{number:02d}-{contract.number}"
        body = statement_pdf(issued, lang, address, replaced=replaced)
        return pdf_response(body, name)


def said_in(message: str, params: Mapping[str, object], lang: str) -> str:
    """A line of the account in a language, whatever that of the page is."""
    with force_locale(lang):
        return said(message, params)
