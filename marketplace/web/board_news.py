"""What changed since an officer last looked: a tile of the board, and its page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.words_board import NewsKind
from marketplace.services.board_news import (
    News,
    count_news,
    last_look,
    list_news,
    mark_looked,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from models.database import transaction

bp = Blueprint("board_news", __name__, url_prefix="/tong-quan/thay-doi")

PERIODS = (7, 30, 90)
_PAGES = {
    NewsKind.CHAIN_BEGAN: "chains.show",
    NewsKind.CHAIN_STOPPED: "chains.show",
    NewsKind.CONTRACT_SIGNED: "contracts.show",
    NewsKind.CONTRACT_BREACHED: "contracts.show",
    NewsKind.VERIFICATION: "verification.case",
}


def news_panel(session: Session) -> dict[str, Any]:
    """The counts for the board, and since when."""
    who = current_actor()
    since = last_look(session, who, now=now())
    return {
        "since": since,
        "counts": count_news(session, who, since=since, today=today()),
    }


@bp.get("")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """Everything new since the last look, or in the last days; looking changes nothing."""
    who, days = current_actor(), _asked_days()
    with transaction(read_only=True) as session:
        since = last_look(session, who, now=now())
        if days:
            since = now() - timedelta(days=days)
        return render_template(
            "board/news.html",
            since=since,
            days=days,
            periods=PERIODS,
            counts=count_news(session, who, since=since, today=today()),
            news=list_news(session, who, since=since, today=today()),
            address_of_news=address_of_news,
        )


@bp.post("/da-xem")
@requires(Right.OFFICIATE)
@idempotent
def looked() -> ResponseReturnValue:
    """From now on only what comes later is new."""
    with transaction() as session:
        mark_looked(session, current_actor(), now=now())
    flash(_("Đã ghi nhớ. Lần sau chỉ hiện thay đổi mới hơn."), "ok")
    return redirect(url_for("board.overview"))


def address_of_news(one: News) -> str:
    """The page of what it is about."""
    if one.kind is NewsKind.PAPER_LAPSED:
        return url_for("papers.show", kind="chung-nhan", public_id=one.public_id)
    return url_for(_PAGES[one.kind], public_id=one.public_id)


def _asked_days() -> int:
    asked = request.args.get("ngay-qua", "")
    return next((days for days in PERIODS if str(days) == asked), 0)
