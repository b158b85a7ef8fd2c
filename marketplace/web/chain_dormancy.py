"""Chains that may have stopped: their last signs of life, and what officers decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.services.chain_dormancy import evidence_of
from marketplace.services.dormancy_decisions import (
    confirm_dormancy,
    give_opinion,
    proposals_decided,
    proposals_open,
    refuse_dormancy,
    undo_decision,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.chain_writing import asked_words, clock, record_finder
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from models.chain_dormancy import DormancyProposal
from models.database import transaction

bp = Blueprint("chain_dormancy", __name__)

SHOWN = timedelta(days=365)
ONE = "/chuoi/<public_id>/ngung-giao/<int:number>"


@bp.get("/chuoi-ngung-giao")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """What waits for officers, with the evidence; what was decided within a year."""
    with transaction(read_only=True) as session:
        who = current_actor()
        waiting = proposals_open(session, who)
        return render_template(
            "chains/dormancy.html",
            waiting=waiting,
            decided=proposals_decided(session, who, since=today() - SHOWN)[::-1],
            evidence=evidence_of(session, {one.chain_id for one in waiting}),
            me=who,
        )


@bp.route(f"{ONE}/y-kien", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def look(public_id: str, number: int) -> ResponseReturnValue:
    """The first officer says what was found out."""

    def act(session: Session, text: str) -> None:
        give_opinion(session, current_actor(), public_id, number, text, now=now())

    title, hint = (
        _("Ghi ý kiến về chuỗi"),
        _("Hỏi bên chủ trì trước. Bên đó không thấy."),
    )
    done = _("Đã ghi, chờ cán bộ thứ hai.")
    return _say(public_id, number, act, title, hint, done)


@bp.route(f"{ONE}/xac-nhan", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def confirm(public_id: str, number: int) -> ResponseReturnValue:
    """The second officer agrees that it has stopped."""

    def act(session: Session, text: str) -> None:
        confirm_dormancy(session, current_actor(), public_id, number, text, **clock())

    title = _("Xác nhận chuỗi đã ngừng giao hàng")
    hint = _("Chuỗi không còn được tính từ hôm nay. Bên chủ trì đọc được lý do.")
    done = _("Đã xác nhận chuỗi dừng, bên chủ trì được báo.")
    return _say(public_id, number, act, title, hint, done, danger=True)


@bp.route(f"{ONE}/van-hoat-dong", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def refuse(public_id: str, number: int) -> ResponseReturnValue:
    """The second officer finds that it lives."""

    def act(session: Session, text: str) -> None:
        refuse_dormancy(session, current_actor(), public_id, number, text, **clock())

    title, hint = _("Chuỗi vẫn hoạt động"), _("Chỉ cán bộ thấy lý do.")
    done = _("Đã ghi chuỗi vẫn hoạt động.")
    return _say(public_id, number, act, title, hint, done)


@bp.route(f"{ONE}/hoan-tac", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def undo(public_id: str, number: int) -> ResponseReturnValue:
    """What was decided was wrong."""

    def act(session: Session, text: str) -> None:
        undo_decision(session, current_actor(), public_id, number, text, **clock())

    title = _("Hoàn tác quyết định")
    hint = _("Chuỗi đã dừng hoạt động lại từ hôm nay; những ngày trước giữ nguyên.")
    done = _("Đã hoàn tác quyết định.")
    return _say(public_id, number, act, title, hint, done, danger=True)


def _say(
    public_id: str,
    number: int,
    act: Callable[[Session, str], None],
    title: str,
    hint: str,
    done: str,
    *,
    danger: bool = False,
) -> ResponseReturnValue:
    find, back = record_finder(DormancyProposal, public_id, number), url_for(".index")
    return asked_words(
        find, act, done, back=back, title=title, hint=hint, danger=danger
    )
