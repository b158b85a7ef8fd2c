"""Proposals: read why, say yes, say no, or ask for other terms."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.proposals import AcceptForm, DeclineForm
from marketplace.services.counters import counter_terms, rounds_left
from marketplace.services.proposals import (
    accept_terms,
    access_proposal,
    contract_of,
    current_terms,
    decline_proposal,
)
from marketplace.web.access import current_actor, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import page_of
from marketplace.web.proposal_pages import (
    counter_form,
    list_of,
    page_data,
    suggestion_for,
    summary_of,
)
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("proposals", __name__, url_prefix="/de-xuat")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The organisation's proposals; those that wait for an answer first."""
    shelf = request.args.get("loai", "")
    with transaction(read_only=True) as session:
        cards, sizes = list_of(session, current_actor(), shelf, now())
        return render_template(
            "proposals/index.html", page=page_of(cards), shelf=shelf, sizes=sizes
        )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """One proposal with its reasons, as its reader may see them."""
    with transaction(read_only=True) as session:
        who = current_actor()
        proposal = access_proposal(session, who, public_id)
        return render_template(
            "proposals/show.html",
            **page_data(session, proposal, who, today=today(), now=now()),
        )


@bp.route("/<public_id>/dong-y", methods=["GET", "POST"])
@signed_in
@idempotent
def accept(public_id: str) -> ResponseReturnValue:
    """Say yes; it is not yet a signature."""
    with transaction() as session:
        who = current_actor()
        proposal = access_proposal(session, who, public_id)
        form = AcceptForm(data={"round": current_terms(proposal).round})
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                accept_terms(
                    session, who, public_id, form.round.data, today=today(), now=now()
                )
            if outcome.done:
                return _after_yes(public_id)
        return render_template(
            "proposals/accept.html", form=form, **summary_of(proposal, who, now())
        ), 422 if form.is_submitted() else 200


def _after_yes(public_id: str) -> ResponseReturnValue:
    """To the contract if both have said yes, else back."""
    with transaction() as session:
        who = current_actor()
        proposal = access_proposal(session, who, public_id)
        contract = contract_of(session, proposal)
        partner = summary_of(proposal, who, now())["partner"].short_name
    if contract is None:
        flash(_("Đã đồng ý. Chờ %(partner)s trả lời.", partner=partner), "ok")
        return redirect(url_for("proposals.show", public_id=public_id))
    flash(_("Hai bên đã đồng ý. Hợp đồng soạn sẵn, đọc lại rồi ký."), "ok")
    return redirect(url_for("contracts.show", public_id=contract.public_id))


@bp.route("/<public_id>/de-nghi-lai", methods=["GET", "POST"])
@signed_in
@idempotent
def counter(public_id: str) -> ResponseReturnValue:
    """Ask for other terms; what is not touched stays as it is."""
    with transaction() as session:
        who = current_actor()
        proposal = access_proposal(session, who, public_id)
        suggested = suggestion_for(session, proposal, who, today=today())
        form = counter_form(proposal, suggested, request.args.get("goi-y") == "1")
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                sent, asked = form.command(), form.round.data
                counter_terms(
                    session, who, public_id, asked, sent, today=today(), now=now()
                )
            if outcome.done:
                flash(_("Đã gửi đề nghị. Có trả lời sẽ báo."), "ok")
                return redirect(url_for("proposals.show", public_id=public_id))
        return render_template(
            "proposals/counter.html",
            form=form,
            suggested=suggested,
            left=rounds_left(session, proposal, today=today()),
            **summary_of(proposal, who, now()),
        ), 422 if form.is_submitted() else 200


@bp.route("/<public_id>/tu-choi", methods=["GET", "POST"])
@signed_in
@idempotent
def decline(public_id: str) -> ResponseReturnValue:
    """Say no, with a reason that the other side reads."""
    with transaction() as session:
        who = current_actor()
        proposal = access_proposal(session, who, public_id)
        form = DeclineForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                decline_proposal(session, who, public_id, form.text(), now=now())
            if outcome.done:
                flash(_("Đã từ chối. Hệ thống tìm mối khác."), "ok")
                return redirect(url_for("proposals.show", public_id=public_id))
        return render_template(
            "proposals/decline.html", form=form, **summary_of(proposal, who, now())
        ), 422 if form.is_submitted() else 200
