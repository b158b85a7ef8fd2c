"""A chain stops and goes on; and the evidence behind its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.evidence import MediaType
from marketplace.services.chains import access_chain
from marketplace.services.evidence import access_file
from marketplace.services.monitoring_stops import (
    declare_resumption,
    declare_stop,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.chain_writing import asked_words, chain_page, clock
from marketplace.web.idempotent import idempotent
from models.database import transaction

bp = Blueprint("chain_stops", __name__, url_prefix="/chuoi/<public_id>")

HEADERS = {
    # The address names one file for ever; no shared cache may keep it.
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@bp.route("/dung", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def stop(public_id: str) -> ResponseReturnValue:
    """The lead stops its chain."""
    done = _("Đã dừng chuỗi, cán bộ được báo.")
    title, hint = _("Dừng chuỗi"), _("Chuỗi không còn được tính từ hôm nay.")
    return _say(declare_stop, public_id, "write", title, hint, done, danger=True)


@bp.route("/hoat-dong-lai", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def resume(public_id: str) -> ResponseReturnValue:
    """The lead takes its chain up again."""
    done = _("Chuỗi hoạt động lại, điều kiện được xét từ hôm nay.")
    title = _("Cho chuỗi hoạt động lại")
    hint = _("Điều kiện được xét lại từ hôm nay.")
    return _say(declare_resumption, public_id, "write", title, hint, done)


def _say(
    verb: Callable[..., object],
    public_id: str,
    action: str,
    title: str,
    hint: str,
    done: str,
    *,
    danger: bool = False,
) -> ResponseReturnValue:
    def find(session: Session) -> tuple[Any, Any]:
        return access_chain(session, current_actor(), public_id, action), None

    def act(session: Session, text: str) -> None:
        verb(session, current_actor(), public_id, text, **clock())

    back = chain_page(public_id)
    return asked_words(
        find, act, done, back=back, title=title, hint=hint, danger=danger
    )


@bp.get("/tep/<int:number>")
@signed_in
def file(public_id: str, number: int) -> ResponseReturnValue:
    """Evidence of the chain's history; a PDF is handed out to be saved."""
    with transaction(read_only=True) as session:
        found = access_file(session, current_actor(), public_id, number)
        data, kind = found.data, found.media_type
    headers = dict(HEADERS)
    if kind is MediaType.PDF:
        headers["Content-Disposition"] = f'attachment; filename="tep-{number}.pdf"'
    return Response(data, mimetype=str(kind), headers=headers)
