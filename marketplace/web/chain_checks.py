"""Post-checks of a chain: planned, seen, done with their list, given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.monitoring import CheckForm, PlanForm
from marketplace.domain.monitoring import CheckPoint, PointAnswer
from marketplace.services.chains import access_chain
from marketplace.services.monitoring_checks import (
    cancel_check,
    do_check,
    plan_check,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import (
    asked_words,
    chain_page,
    clock,
    record_finder,
    record_page,
    takes_evidence,
    written,
)
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from models.monitoring import PostCheck

bp = Blueprint("chain_checks", __name__, url_prefix="/chuoi/<public_id>/hau-kiem")

HALF_A_YEAR = timedelta(days=182)


@bp.get("/<int:number>")
@signed_in
def show(public_id: str, number: int) -> ResponseReturnValue:
    """A post-check with its list, what it found, and its history."""
    return record_page("chains/check.html", PostCheck, public_id, number)


@bp.route("/hen", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def plan(public_id: str) -> ResponseReturnValue:
    """Set the day of a visit."""
    form = PlanForm(data={"day": today()})

    def act(session: Session) -> None:
        who, words = current_actor(), form.words()
        plan_check(session, who, public_id, form.planned_on(), words, **clock())

    def find(session: Session) -> tuple[Any, Any]:
        return access_chain(session, current_actor(), public_id, "decide"), None

    done, back = _("Đã hẹn, bên chủ trì được báo."), chain_page(public_id)
    return written("chains/plan.html", form, find, act, done, back=back)


@bp.route("/<int:number>/lam", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@takes_evidence
@idempotent
def do(public_id: str, number: int) -> ResponseReturnValue:
    """Write down what was seen."""
    unseen = str(PointAnswer.NOT_SEEN)  # nobody passes what nobody looked at
    rows = [{"point": str(point), "answer": unseen} for point in CheckPoint]
    later = today() + HALF_A_YEAR
    form = CheckForm(data={"points": rows, "next_due": later, "done_on": today()})
    form.offer([(str(one), label(one)) for one in PointAnswer])

    def act(session: Session) -> None:
        do_check(
            session,
            current_actor(),
            public_id,
            number,
            form.command(),
            form.files.kept,
            **clock(),
        )

    done, back = (
        _("Đã ghi kết quả hậu kiểm, bên chủ trì được báo."),
        _page(public_id, number),
    )
    find = record_finder(PostCheck, public_id, number)
    points = list(CheckPoint)
    return written("chains/do.html", form, find, act, done, back=back, points=points)


@bp.route("/<int:number>/bo", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def cancel(public_id: str, number: int) -> ResponseReturnValue:
    """A planned visit does not take place."""

    def act(session: Session, text: str) -> None:
        cancel_check(session, current_actor(), public_id, number, text, now=now())

    return asked_words(
        record_finder(PostCheck, public_id, number),
        act,
        _("Đã bỏ lịch, bên chủ trì được báo."),
        back=_page(public_id, number),
        title=_("Bỏ lịch hậu kiểm"),
        hint=_("Bên chủ trì đọc được lý do."),
        danger=True,
    )


def _page(public_id: str, number: int) -> str:
    return url_for("chain_checks.show", public_id=public_id, number=number)
