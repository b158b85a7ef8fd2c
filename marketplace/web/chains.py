"""Chains: the list behind every count, a chain's checklist, and an officer's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.chains import ReasonForm, TermForm
from marketplace.domain.actor import Actor
from marketplace.domain.words import ChainKind
from marketplace.services.chain_decisions import (
    confirm_chain,
    propose_confirmation,
    recognise_chain,
    return_chain,
    withdraw_recognition,
)
from marketplace.services.chain_linking import apply_for_safe_chain
from marketplace.services.chain_lists import ChainSieve, look_at_chains
from marketplace.services.chain_places import units_of_place
from marketplace.services.chains import access_chain
from marketplace.services.confirmation_terms import term_of
from marketplace.services.contracts import access_contract
from marketplace.services.figures import chains_on
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.board_areas import asked_area
from marketplace.web.chain_pages import page_of_chain
from marketplace.web.chain_writing import chain_page, written
from marketplace.web.clock import now, today
from marketplace.web.days import asked_day
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("chains", __name__, url_prefix="/chuoi")

Decision = Callable[[Session, Actor, str], object]


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The chains behind a number: of a kind, a group and a commune, on a day."""
    on, start = asked_day(), (page_number() - 1) * PAGE
    with transaction(read_only=True) as session:
        who, sieve = current_actor(), _sieve(session)
        found = look_at_chains(session, who, sieve, on, limit=PAGE, offset=start)
        ids = [chain.id for chain in found.chains]
        return render_template(
            "chains/index.html",
            page=Page(found.chains, found.offset // PAGE + 1, found.total),
            states={row.chain_id: row for row in chains_on(session, on, only=ids)},
            on=on,
            chain_kind=sieve.kind,
            counted=found.counted,
        )


def _sieve(session: Session) -> ChainSieve:
    """What the address asks for; anything odd is all."""
    kind = request.args.get("loai", "")
    return ChainSieve(
        kind=ChainKind(kind) if kind in set(ChainKind) else None,
        group=request.args.get("nhom", ""),
        units=_units(session),
        counted=request.args.get("tinh") == "1",
        waiting=request.args.get("cho") == "1",
    )


def _units(session: Session) -> frozenset[int] | None:
    """The area or commune asked for; None where none is."""
    unit, area = request.args.get("xa", ""), asked_area(session)
    if unit.isascii() and unit.isdecimal():
        return units_of_place(session, area.units, int(unit[:9]))
    return units_of_place(session, area.units) if area.code else None


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A chain: its predicates as a checklist, its contracts, papers and history."""
    with transaction(read_only=True) as session:
        chain = access_chain(session, current_actor(), public_id)
        return render_template("chains/show.html", **page_of_chain(session, chain))


@bp.post("/<public_id>/cong-nhan")
@requires(Right.OFFICIATE)
@idempotent
def recognise(public_id: str) -> ResponseReturnValue:
    """Recognise a product-development chain."""
    return _decide(
        public_id,
        lambda s, who, id_: recognise_chain(s, who, id_, today=today(), now=now()),
        _("Đã công nhận chuỗi. Chuỗi được tính từ hôm nay."),
    )


@bp.route("/<public_id>/de-nghi-xac-nhan", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def propose(public_id: str) -> ResponseReturnValue:
    """The first pair of eyes on a safe chain, who also says until when."""
    form = TermForm()

    def find(session: Session) -> tuple[Any, Any]:
        chain = access_chain(session, current_actor(), public_id, "decide")
        term = term_of(session, chain, today=today())
        if not form.is_submitted():
            form.valid_to.data = term.usual
        return chain, term

    def act(session: Session) -> None:
        who, until = current_actor(), form.valid_to.data
        propose_confirmation(session, who, public_id, today=today(), valid_to=until)

    done = _("Đã đề nghị xác nhận. Cần một cán bộ khác xác nhận.")
    back = chain_page(public_id)
    return written("chains/term.html", form, find, act, done, back=back)


@bp.post("/<public_id>/xac-nhan")
@requires(Right.OFFICIATE)
@idempotent
def confirm(public_id: str) -> ResponseReturnValue:
    """The second pair of eyes on a safe chain."""
    return _decide(
        public_id,
        lambda s, who, id_: confirm_chain(s, who, id_, today=today(), now=now()),
        _("Đã xác nhận chuỗi an toàn. Chuỗi được tính từ hôm nay."),
    )


def _decide(public_id: str, decision: Decision, done: str) -> ResponseReturnValue:
    """Carry out a decision of one button; a refusal is told on the chain's page."""
    form = FlaskForm()
    with transaction() as session:
        with refused(session, form) as outcome:
            decision(session, current_actor(), public_id)
        if outcome.done:
            flash(done, "ok")
        for message in form.form_errors:
            flash(message, "bad")
    return redirect(url_for("chains.show", public_id=public_id))


@bp.route("/<public_id>/tra-lai", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def send_back(public_id: str) -> ResponseReturnValue:
    """Return an application with the reason."""
    return _with_reason(public_id, return_chain, _("Trả lại để bổ sung"))


@bp.route("/<public_id>/rut", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take a recognition or confirmation back."""
    return _with_reason(public_id, withdraw_recognition, _("Rút công nhận"))


def _with_reason(
    public_id: str, decision: Callable[..., object], title: str
) -> ResponseReturnValue:
    with transaction() as session:
        chain = access_chain(session, current_actor(), public_id, "decide")
        form = ReasonForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                decision(
                    session,
                    current_actor(),
                    public_id,
                    form.reason.data or "",
                    **_clock(),
                )
            if outcome.done:
                flash(_("Đã ghi, bên chủ trì được báo."), "ok")
                return redirect(url_for("chains.show", public_id=public_id))
        return render_template(
            "chains/reason.html", form=form, chain=chain, title=title
        ), 422 if form.is_submitted() else 200


@bp.post("/tu-hop-dong/<public_id>")
@requires(Right.SELL)
@idempotent
def apply(public_id: str) -> ResponseReturnValue:
    """The lead asks for a safe supply chain on a contract in force."""
    form = FlaskForm()
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        with refused(session, form) as outcome:
            chain = apply_for_safe_chain(session, current_actor(), contract, **_clock())
        if outcome.done:
            flash(_("Đã gửi đề nghị xác nhận chuỗi an toàn."), "ok")
            return redirect(url_for("chains.show", public_id=chain.public_id))
        for message in form.form_errors:
            flash(message, "bad")
    return redirect(url_for("contracts.show", public_id=public_id))


def _clock() -> dict[str, Any]:
    moment: datetime = now()
    day: date = today()
    return {"today": day, "now": moment}
