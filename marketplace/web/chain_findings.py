"""Faults found in a chain: mended by the lead, looked at by another officer."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.monitoring import ProveForm
from marketplace.services.corrective_actions import actions_of
from marketplace.services.monitoring_findings import (
    accept_correction,
    answer_finding,
    refuse_correction,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import (
    asked_words,
    clock,
    one_tap,
    record_finder,
    record_page,
    takes_evidence,
)
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from models.monitoring import Nonconformity

bp = Blueprint("chain_findings", __name__, url_prefix="/chuoi/<public_id>/loi")


@bp.get("/<int:number>")
@signed_in
def show(public_id: str, number: int) -> ResponseReturnValue:
    """What was found, until when to mend it, and what was done."""
    return record_page(
        "chains/finding.html", Nonconformity, public_id, number, actions=actions_of
    )


@bp.route("/<int:number>/khac-phuc", methods=["GET", "POST"])
@requires(Right.SELL)
@takes_evidence
@idempotent
def answer(public_id: str, number: int) -> ResponseReturnValue:
    """The lead says how it mended it, and shows it."""
    form = ProveForm()

    def act(session: Session, text: str) -> None:
        files, who = form.files.kept, current_actor()
        answer_finding(session, who, public_id, number, text, files, now=now())

    return asked_words(
        record_finder(Nonconformity, public_id, number),
        act,
        _("Đã gửi, cán bộ được mời xem."),
        back=_page(public_id, number),
        title=_("Báo đã khắc phục"),
        hint=_("Nói đã làm gì, gửi kèm ảnh hoặc giấy tờ. Một cán bộ khác sẽ xem."),
        form=form,
    )


@bp.post("/<int:number>/dong")
@requires(Right.OFFICIATE)
@idempotent
def accept(public_id: str, number: int) -> ResponseReturnValue:
    """Another officer has seen that it is mended."""

    def act(session: Session) -> None:
        accept_correction(session, current_actor(), public_id, number, **clock())

    return one_tap(
        act, _("Đã đóng lỗi, bên chủ trì được báo."), _page(public_id, number)
    )


@bp.route("/<int:number>/chua-xong", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def refuse(public_id: str, number: int) -> ResponseReturnValue:
    """It is not mended: the lead is asked again."""

    def act(session: Session, text: str) -> None:
        refuse_correction(session, current_actor(), public_id, number, text, now=now())

    return asked_words(
        record_finder(Nonconformity, public_id, number),
        act,
        _("Đã gửi lại bên chủ trì."),
        back=_page(public_id, number),
        title=_("Chưa khắc phục xong"),
        hint=_("Nói rõ còn phải làm gì."),
        danger=True,
    )


def _page(public_id: str, number: int) -> str:
    return url_for("chain_findings.show", public_id=public_id, number=number)
