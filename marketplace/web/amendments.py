"""Amendments of a contract: proposed, read side by side, signed, refused, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.amendments import AmendmentForm, RefuseForm, SignAmendmentForm
from marketplace.domain.amendment_changes import changes_between, clause_changes
from marketplace.domain.canonical import short_digest
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.amendment_answers import (
    refuse_amendment,
    withdraw_amendment,
)
from marketplace.services.amendment_pdf import amendment_pdf
from marketplace.services.amendment_plans import may_change
from marketplace.services.amendment_signing import sign_amendment
from marketplace.services.amendments import (
    access_amendment,
    amended_words,
    propose_amendment,
)
from marketplace.services.contract_content import content_of
from marketplace.services.contract_pdf import contract_pdf
from marketplace.services.contract_sides import check_in_force
from marketplace.services.contract_versions import access_version
from marketplace.services.contracts import access_contract
from marketplace.services.deliveries import planned_deliveries
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.amendment_pages import amendment_form
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.contracts import signatory
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.amendments import Amendment

bp = Blueprint("amendments", __name__, url_prefix="/hop-dong/<public_id>")


@bp.route("/phu-luc/moi", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def new(public_id: str) -> ResponseReturnValue:
    """Say what is to change, and why."""
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        if request.method == "GET":
            check_in_force(contract)
        planned = planned_deliveries(session, contract)
        open_ = [one for one in planned if may_change(one)]
        form = amendment_form(session, contract, open_)
        changed = form.is_submitted() and (
            rows_changed(form.lines) or rows_changed(form.grades)
        )
        if not changed and form.validate_on_submit():
            made = _proposed(session, form, public_id)
            if made:
                flash(_("Đã gửi phụ lục. Đọc lại và ký để bên kia ký."), "ok")
                return redirect(_page_of(made))
        done = [one for one in planned if one.line.kg and not may_change(one)]
        return render_template(
            "amendments/new.html", form=form, contract=contract, done=done,
            gone=[(one.line.number, one.gone_kg) for one in open_ if one.gone_kg],
            **sides(contract),
        ), 422 if form.is_submitted() and not changed else 200  # fmt: skip


def _proposed(
    session: Session, form: AmendmentForm, public_id: str
) -> Amendment | None:
    made: list[Amendment] = []
    with refused(session, form):
        command = form.command()
        made.append(
            propose_amendment(
                session,
                current_actor(),
                public_id,
                command,
                today=today(),
                now=now(),
            )
        )
    return made[0] if made else None


def _page_of(amendment: Amendment) -> str:
    return url_for(
        "amendments.show",
        public_id=amendment.contract.public_id,
        version=amendment.version,
    )


@bp.get("/phu-luc/<int:version>")
@signed_in
def show(public_id: str, version: int) -> ResponseReturnValue:
    """What it changes, the old beside the new, and how it stands."""
    with transaction(read_only=True) as session:
        found = access_amendment(session, current_actor(), public_id, version)
        return render_template("amendments/show.html", **_said(session, found))


def _said(session: Session, amendment: Amendment) -> dict[str, Any]:
    lang = page_lang()
    old, new = amended_words(session, amendment), content_of(amendment.wording)
    return {
        "amendment": amendment,
        "contract": amendment.contract,
        "wording": amendment.wording,
        "head": new["amendment"],
        "changes": changes_between(old, new, lang),
        "clauses": clause_changes(old, new, lang),
        "check": short_digest(amendment.wording.digest),
        "open": amendment.state is AmendmentState.PROPOSED,
        **sides(amendment.contract),
    }


@bp.route("/phu-luc/<int:version>/ky", methods=["GET", "POST"])
@limiter.limit("10 per 5 minutes", key_func=signatory, methods=["POST"])
@requires(Right.SIGN)
@idempotent
def sign(public_id: str, version: int) -> ResponseReturnValue:
    """Read what changes, tick, give the password again: signed."""
    with transaction() as session:
        who = current_actor()
        found = access_amendment(session, who, public_id, version, "sign")
        form = SignAmendmentForm(digest=found.wording.digest)
        if form.validate_on_submit():
            command = form.command(request.remote_addr or "", request.user_agent.string)
            with refused(session, form) as outcome:
                sign_amendment(
                    session, who, public_id, version, command, today=today(), now=now()
                )
            if outcome.done:
                flash(_("Đã ký phụ lục số %(number)s.", number=found.number), "ok")
                return redirect(_page_of(found))
        return render_template(
            "amendments/sign.html", form=form, **_said(session, found)
        ), 422 if form.is_submitted() else 200


@bp.post("/phu-luc/<int:version>/rut-lai")
@requires(Right.SIGN)
@idempotent
def withdraw(public_id: str, version: int) -> ResponseReturnValue:
    """Whoever proposed it takes it back."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        withdraw_amendment(session, current_actor(), public_id, version, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã rút lại phụ lục, hợp đồng giữ nguyên."), "ok")
    return redirect(url_for("amendments.show", public_id=public_id, version=version))


@bp.route("/phu-luc/<int:version>/tu-choi", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def refuse(public_id: str, version: int) -> ResponseReturnValue:
    """The other side says no, and why."""
    with transaction() as session:
        who = current_actor()
        found = access_amendment(session, who, public_id, version, "write")
        form = RefuseForm()
        if form.validate_on_submit():
            answer = form.answer.data or ""
            with refused(session, form) as outcome:
                refuse_amendment(session, who, public_id, version, answer, now=now())
            if outcome.done:
                flash(_("Đã từ chối phụ lục, hợp đồng giữ nguyên."), "ok")
                return redirect(_page_of(found))
        return render_template(
            "amendments/refuse.html", form=form, **_said(session, found)
        ), 422 if form.is_submitted() else 200


@bp.get("/phu-luc/<int:version>/pdf")
@signed_in
def pdf(public_id: str, version: int) -> ResponseReturnValue:
    """The amendment as a paper; `?lang=en` in English."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        found = access_amendment(session, current_actor(), public_id, version)
        address = authenticity_address(found.wording.digest, lang)
        name = f"PL-{found.number:02d}-{found.contract.number}"
        return pdf_response(amendment_pdf(session, found, lang, address), name)


@bp.get("/ban/<int:version>/pdf")
@signed_in
def version_pdf(public_id: str, version: int) -> ResponseReturnValue:
    """A version of the contract as both signed it, however old."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        found = access_version(session, contract, version)
        body = contract_pdf(found, lang, authenticity_address(found.digest, lang))
        return pdf_response(body, f"{contract.number}-ban-{version}")
