"""Corrective actions of chains: planned and done by the lead, accepted by officers."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.corrective_actions import ActionForm
from forms.monitoring import ProveForm
from marketplace.services.corrective_actions import (
    accept_action,
    actions_open,
    finish_action,
    plan_action,
    return_action,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import (
    asked_words,
    clock,
    one_tap,
    record_finder,
    takes_evidence,
    written,
)
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from models.corrective_actions import CorrectiveAction
from models.database import transaction
from models.monitoring import Nonconformity

bp = Blueprint("chain_actions", __name__)

ONE = "/chuoi/<public_id>/viec-khac-phuc/<int:number>"


@bp.get("/viec-khac-phuc")
@signed_in
def index() -> ResponseReturnValue:
    """What is not accepted yet, of one's chains or of the officer's area, by day."""
    with transaction(read_only=True) as session:
        who = current_actor()
        rows = actions_open(session, who)
        return render_template("chains/actions.html", rows=rows, me=who, today=today())


@bp.route("/chuoi/<public_id>/loi/<int:number>/viec", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def plan(public_id: str, number: int) -> ResponseReturnValue:
    """The lead says what it will do about a finding."""
    form = ActionForm()

    def act(session: Session) -> None:
        who, command = current_actor(), form.command()
        plan_action(session, who, public_id, number, command, **clock())

    find = record_finder(Nonconformity, public_id, number)
    back = url_for("chain_findings.show", public_id=public_id, number=number)
    done = _("Đã ghi việc khắc phục.")
    return written("chains/action.html", form, find, act, done, back=back)


@bp.route(f"{ONE}/xong", methods=["GET", "POST"])
@requires(Right.SELL)
@takes_evidence
@idempotent
def finish(public_id: str, number: int) -> ResponseReturnValue:
    """The lead says that it is done, and shows it."""
    form = ProveForm()

    def act(session: Session, text: str) -> None:
        files, who = form.files.kept, current_actor()
        finish_action(session, who, public_id, number, text, files, **clock())

    return asked_words(
        record_finder(CorrectiveAction, public_id, number),
        act,
        _("Đã gửi, cán bộ được mời xem."),
        back=url_for(".index"),
        title=_("Báo đã làm xong"),
        hint=_("Nói đã làm gì, gửi kèm ảnh hoặc giấy tờ."),
        form=form,
    )


@bp.post(f"{ONE}/nhan")
@requires(Right.OFFICIATE)
@idempotent
def accept(public_id: str, number: int) -> ResponseReturnValue:
    """An officer has seen that it is done."""

    def act(session: Session) -> None:
        accept_action(session, current_actor(), public_id, number, **clock())

    return one_tap(act, _("Đã nhận, bên chủ trì được báo."), url_for(".index"))


@bp.route(f"{ONE}/chua-xong", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def give_back(public_id: str, number: int) -> ResponseReturnValue:
    """It is not done: the lead is asked again."""

    def act(session: Session, text: str) -> None:
        return_action(session, current_actor(), public_id, number, text, now=now())

    return asked_words(
        record_finder(CorrectiveAction, public_id, number),
        act,
        _("Đã gửi lại bên chủ trì."),
        back=url_for(".index"),
        title=_("Chưa làm xong"),
        hint=_("Nói rõ còn phải làm gì."),
        danger=True,
    )
