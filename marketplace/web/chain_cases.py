"""Monitoring cases of a chain: opened, answered, concluded, decided, closed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.monitoring import ProveForm
from forms.monitoring_cases import CaseForm, ConclusionForm
from marketplace.domain.monitoring_cases import CaseGround
from marketplace.services.chains import access_chain
from marketplace.services.monitoring_cases import (
    activate_case,
    answer_case,
    drop_case,
    open_case,
)
from marketplace.services.monitoring_decisions import (
    close_case,
    conclude_case,
    decide_case,
    reject_conclusion,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import (
    asked_words,
    chain_page,
    clock,
    one_tap,
    record_finder,
    record_page,
    takes_evidence,
    written,
)
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from models.monitoring_cases import MonitoringCase

bp = Blueprint("chain_cases", __name__, url_prefix="/chuoi/<public_id>/vu-viec")


@bp.get("/<int:number>")
@signed_in
def show(public_id: str, number: int) -> ResponseReturnValue:
    """A case with its grounds, answers and decision."""
    return record_page("chains/case.html", MonitoringCase, public_id, number)


@bp.route("/mo", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@takes_evidence
@idempotent
def start(public_id: str) -> ResponseReturnValue:
    """Open a case by hand; `?vi=sample&ve=...` comes from what gave the ground."""
    asked = {"ground": request.args.get("vi"), "about": request.args.get("ve", "")}
    form = CaseForm(data=asked)
    form.offer([(str(one), label(one)) for one in CaseGround])

    def find(session: Session) -> tuple[Any, Any]:
        return access_chain(session, current_actor(), public_id, "decide"), None

    def act(session: Session) -> None:
        files, who = form.files.kept, current_actor()
        open_case(session, who, public_id, form.command(), files, **clock())

    done, back = _("Đã mở vụ việc, mới chỉ cán bộ thấy."), chain_page(public_id)
    return written("chains/case_new.html", form, find, act, done, back=back)


@bp.post("/<int:number>/hoi")
@requires(Right.OFFICIATE)
@idempotent
def activate(public_id: str, number: int) -> ResponseReturnValue:
    """The lead is asked."""

    def act(session: Session) -> None:
        activate_case(session, current_actor(), public_id, number, **clock())

    return one_tap(act, _("Đã gửi bên chủ trì."), _page(public_id, number))


@bp.route("/<int:number>/bo", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def drop(public_id: str, number: int) -> ResponseReturnValue:
    """A draft that leads to nothing."""

    def act(session: Session, text: str) -> None:
        drop_case(session, current_actor(), public_id, number, text, now=now())

    title, hint = _("Bỏ vụ việc"), _("Chỉ cán bộ thấy lý do.")
    return _say(public_id, number, act, title, hint, _("Đã bỏ vụ việc."), danger=True)


@bp.route("/<int:number>/tra-loi", methods=["GET", "POST"])
@requires(Right.SELL)
@takes_evidence
@idempotent
def answer(public_id: str, number: int) -> ResponseReturnValue:
    """The lead answers, with evidence."""
    form = ProveForm()

    def act(session: Session, text: str) -> None:
        files, who = form.files.kept, current_actor()
        answer_case(session, who, public_id, number, text, files, **clock())

    title, hint = _("Trả lời cán bộ"), _("Gửi kèm ảnh hoặc giấy tờ làm bằng chứng.")
    done = _("Đã gửi, cán bộ được mời xem.")
    return _say(public_id, number, act, title, hint, done, form=form)


@bp.route("/<int:number>/ket-luan", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@takes_evidence
@idempotent
def conclude(public_id: str, number: int) -> ResponseReturnValue:
    """The first pair of eyes."""
    form = ConclusionForm()

    def act(session: Session) -> None:
        conclude_case(
            session,
            current_actor(),
            public_id,
            number,
            form.command(),
            form.files.kept,
            **clock(),
        )

    done, back = _("Đã ghi kết luận, chờ cán bộ thứ hai."), _page(public_id, number)
    find = record_finder(MonitoringCase, public_id, number)
    return written("chains/case_conclude.html", form, find, act, done, back=back)


@bp.post("/<int:number>/quyet-dinh")
@requires(Right.OFFICIATE)
@idempotent
def decide(public_id: str, number: int) -> ResponseReturnValue:
    """The second pair of eyes agrees."""

    def act(session: Session) -> None:
        decide_case(session, current_actor(), public_id, number, **clock())

    done = _("Đã quyết định, bên chủ trì được báo.")
    return one_tap(act, done, _page(public_id, number))


@bp.route("/<int:number>/khong-dong-y", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def reject(public_id: str, number: int) -> ResponseReturnValue:
    """The second pair of eyes does not agree."""

    def act(session: Session, text: str) -> None:
        reject_conclusion(session, current_actor(), public_id, number, text, now=now())

    title, hint = _("Không đồng ý kết luận"), _("Chỉ cán bộ thấy lý do.")
    done = _("Đã trả lại kết luận.")
    return _say(public_id, number, act, title, hint, done, danger=True)


@bp.post("/<int:number>/khep")
@requires(Right.OFFICIATE)
@idempotent
def close(public_id: str, number: int) -> ResponseReturnValue:
    """Nothing is left to do."""

    def act(session: Session) -> None:
        close_case(session, current_actor(), public_id, number, **clock())

    return one_tap(act, _("Đã khép vụ việc."), _page(public_id, number))


def _say(
    public_id: str, number: int, act: Any, title: str, hint: str, done: str, **more: Any
) -> ResponseReturnValue:
    find, back = (
        record_finder(MonitoringCase, public_id, number),
        _page(public_id, number),
    )
    return asked_words(find, act, done, back=back, title=title, hint=hint, **more)


def _page(public_id: str, number: int) -> str:
    return url_for("chain_cases.show", public_id=public_id, number=number)
