"""Planned deliveries of a contract: ready, cannot, another day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.alerts import LetGoForm
from forms.deliveries import BlockedForm, DayForm
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.errors import NotFound
from marketplace.domain.words import ContractState
from marketplace.services.contracts import access_contract
from marketplace.services.deliveries import planned_deliveries, planned_delivery
from marketplace.services.deliveries import say_of_delivery as say_service
from marketplace.services.delivery_notes import list_notes
from marketplace.services.inspections import current_inspection
from marketplace.services.releases import give_up_delivery, may_give_up
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("deliveries", __name__, url_prefix="/hop-dong/<public_id>/giao")

ANSWERS = {
    "dong-y": DeliveryWord.ACCEPT_DAY,
    "giu": DeliveryWord.DECLINE_DAY,
}


@bp.get("")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """Every planned delivery, how it stands, and the notes of what went over."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        return render_template(
            "deliveries/index.html",
            contract=contract,
            planned=planned_deliveries(session, contract),
            notes=notes_by_line(session, contract),
            live=contract.state is ContractState.IN_FORCE,
            may_give_up=may_give_up,
            **sides(contract),
        )


def notes_by_line(session: Session, contract: Contract) -> dict[int, list[Any]]:
    """Each line's notes, each with the finding that counts."""
    found: dict[int, list[Any]] = {}
    for note in list_notes(session, contract):
        found.setdefault(note.line, []).append(
            (note, current_inspection(session, note))
        )
    return found


@bp.post("/<int:line>/san-hang")
@requires(Right.DELIVER)
@idempotent
def ready(public_id: str, line: int) -> ResponseReturnValue:
    """The goods are ready: one tap."""
    form = FlaskForm()
    if _said(form, public_id, line, DeliveryWord.READY):
        flash(_("Đã báo bên mua: hàng sẵn sàng."), "ok")
    return _back(form, public_id)


@bp.route("/<int:line>/khong-giao", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def blocked(public_id: str, line: int) -> ResponseReturnValue:
    """The seller cannot deliver, and says why."""
    form = BlockedForm()
    if form.validate_on_submit():
        text = form.text
        if _said(form, public_id, line, DeliveryWord.BLOCKED, said=text):
            flash(_("Đã báo bên mua: đợt này không giao được."), "ok")
            return redirect(url_for("deliveries.index", public_id=public_id))
    return _page("deliveries/blocked.html", form, public_id, line)


@bp.route("/<int:line>/tim-nguon-khac", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def give_up(public_id: str, line: int) -> ResponseReturnValue:
    """The buyer lets go of a delivery that the seller cannot make."""
    form = LetGoForm()
    if form.validate_on_submit():
        with transaction() as session, refused(session, form) as outcome:
            give_up_delivery(
                session,
                current_actor(),
                public_id,
                line,
                form.text.data or "",
                now=now(),
            )
        if outcome.done:
            flash(_("Đã bỏ phần chưa giao, đang tìm nguồn khác."), "ok")
            return redirect(url_for("deliveries.index", public_id=public_id))
    return _page("deliveries/give_up.html", form, public_id, line)


@bp.route("/<int:line>/doi-ngay", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def move(public_id: str, line: int) -> ResponseReturnValue:
    """Ask for another day."""
    form = DayForm()
    if form.validate_on_submit():
        word = DeliveryWord.PROPOSE_DAY
        day = form.day.data
        if _said(form, public_id, line, word, said=form.said, day=day):
            flash(_("Đã gửi ngày mới, chờ bên kia trả lời."), "ok")
            return redirect(url_for("deliveries.index", public_id=public_id))
    return _page("deliveries/move.html", form, public_id, line)


@bp.post("/<int:line>/ngay-moi/<answer>")
@requires(Right.DELIVER)
@idempotent
def answer_day(public_id: str, line: int, answer: str) -> ResponseReturnValue:
    """Take the other side's day, or keep the old one."""
    word = ANSWERS.get(answer)
    if word is None:
        raise NotFound
    yes = word is DeliveryWord.ACCEPT_DAY
    form = FlaskForm()
    if _said(form, public_id, line, word):
        flash(_("Đã đổi ngày giao.") if yes else _("Giữ nguyên ngày giao cũ."), "ok")
    return _back(form, public_id)


def _said(
    form: FlaskForm,
    public_id: str,
    line: int,
    word: DeliveryWord,
    *,
    said: Any = None,
    day: date | None = None,
) -> bool:
    with transaction() as session, refused(session, form) as outcome:
        say_service(
            session,
            current_actor(),
            public_id,
            line,
            word,
            now=now(),
            today=today(),
            day=day,
            text=said() if said else "",
        )
    return outcome.done


def _back(form: FlaskForm, public_id: str) -> ResponseReturnValue:
    for message in form.form_errors:
        flash(str(message), "bad")
    return redirect(url_for("deliveries.index", public_id=public_id))


def _page(
    template: str, form: FlaskForm, public_id: str, line: int
) -> ResponseReturnValue:
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        return render_template(
            template,
            form=form,
            contract=contract,
            planned=planned_delivery(session, contract, line),
            **sides(contract),
        ), 422 if form.is_submitted() else 200
