"""Weekly call-offs of a contract: the frame, this week's call, the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.call_offs import CallOffForm, LessForm
from marketplace.domain.call_offs import earliest_day
from marketplace.domain.words import ContractState
from marketplace.services import call_off_frames as frames
from marketplace.services import call_offs as service
from marketplace.services.call_off_sums import sums_of_frame
from marketplace.services.contracts import access_contract
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("call_offs", __name__, url_prefix="/hop-dong/<public_id>/goi-hang")


@bp.get("")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """The frame, what was called of it, and what is left."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        found = frames.frames_of(session, contract)
        return render_template(
            "call_offs/index.html",
            contract=contract,
            frames=[(one, sums_of_frame(session, one, today())) for one in found],
            has_open=any(one.state in frames.OPEN for one in found),
            may_propose=bool(frames.sources_of(session, contract, today())),
            live=contract.state is ContractState.IN_FORCE,
            **sides(contract),
        )


@bp.route("/goi", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def post(public_id: str) -> ResponseReturnValue:
    """The buyer calls goods for one week."""
    form = CallOffForm()
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        frame = frames.open_frame(session, contract)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                _post(session, form, public_id)
            if outcome.done:
                flash(_("Đã gọi hàng, chờ bên bán trả lời."), "ok")
                return back_to(public_id)
        source = frames.source_of(session, frame, today()) if frame else None
        if frame and source and not form.is_submitted():
            form.first_day.data = earliest_day(frame.terms, source, today())
        return render_template(
            "call_offs/post.html",
            form=form,
            contract=contract,
            frame=frame,
            left_kg=source.left_kg if source else 0,
            **sides(contract),
        ), 422 if form.is_submitted() else 200


def _post(session: Session, form: CallOffForm, public_id: str) -> None:
    who = current_actor()
    service.post_call_off(
        session, who, public_id, form.call(), now=now(), today=today()
    )


@bp.post("/tuan/<week>/chot")
@requires(Right.DELIVER)
@idempotent
def confirm(public_id: str, week: str) -> ResponseReturnValue:
    """The cooperative confirms all that was called: one tap."""
    monday, form = _day(week), FlaskForm()

    def act(session: Session) -> None:
        who = current_actor()
        service.answer_call_off(session, who, public_id, monday, now=now())

    done = _acted(form, act)
    return answered(
        form, public_id, _("Đã chốt, có thêm một đợt giao.") if done else ""
    )


@bp.route("/tuan/<week>/giao-duoc", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def less(public_id: str, week: str) -> ResponseReturnValue:
    """The cooperative says how much it can."""
    monday, form = _day(week), LessForm()

    def act(session: Session) -> None:
        who, kg = current_actor(), form.kg.data
        said = form.said()
        service.answer_call_off(session, who, public_id, monday, kg, said, now=now())

    if form.validate_on_submit() and _acted(form, act):
        flash(_("Đã báo bên mua."), "ok")
        return back_to(public_id)
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        return render_template(
            "call_offs/less.html",
            form=form,
            contract=contract,
            call=service.call_of(session, contract, monday),
            **sides(contract),
        ), 422 if form.is_submitted() else 200


@bp.post("/tuan/<week>/rut")
@requires(Right.DELIVER)
@idempotent
def withdraw(public_id: str, week: str) -> ResponseReturnValue:
    """The buyer takes a call back before it is answered."""
    monday, form = _day(week), FlaskForm()

    def act(session: Session) -> None:
        who = current_actor()
        service.withdraw_call_off(session, who, public_id, monday, now=now())

    done = _acted(form, act)
    return answered(form, public_id, _("Đã rút lần gọi hàng.") if done else "")


def _acted(form: FlaskForm, act: Callable[[Session], object]) -> bool:
    with transaction() as session, refused(session, form) as outcome:
        act(session)
    return outcome.done


def _day(week: str) -> date:
    try:
        return date.fromisoformat(week)
    except ValueError:
        abort(404)


def answered(form: FlaskForm, public_id: str, done: str) -> ResponseReturnValue:
    """Back to the call-offs, with what was done or why it was refused."""
    for message in form.form_errors:
        flash(str(message), "bad")
    if done:
        flash(done, "ok")
    return back_to(public_id)


def back_to(public_id: str) -> ResponseReturnValue:
    """The page of the contract's call-offs."""
    return redirect(url_for("call_offs.index", public_id=public_id))
