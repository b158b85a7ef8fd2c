"""Alerts of the past: for both sides those of their contracts, for officers the area's."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.domain.early_warning_facts import AlertCode
from marketplace.services.alert_history import PastFilter, list_history
from marketplace.web.access import current_actor, signed_in
from marketplace.web.days import day_or_none
from marketplace.web.paging import PAGE, Page, page_number
from models.database import transaction

bp = Blueprint("alert_history", __name__, url_prefix="/canh-bao/lich-su")
STATES = {"dang-mo": True, "da-khep": False}


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """All alerts, newest first, narrowed by kind, state and days."""
    wanted, number = _asked(), page_number()
    with transaction(read_only=True) as session:
        who = current_actor()
        rows, total = list_history(
            session, who, wanted, limit=PAGE, offset=(number - 1) * PAGE
        )
        return render_template(
            "alerts/history.html",
            page=Page(rows, number, total),
            wanted=wanted,
            state=request.args.get("tinh-trang", ""),
            codes=list(AlertCode),
            officer=who.is_officer,
        )


def _asked() -> PastFilter:
    """The filter of the address; anything odd narrows nothing."""
    code = request.args.get("loai", "")
    return PastFilter(
        AlertCode(code) if code in set(AlertCode) else None,
        STATES.get(request.args.get("tinh-trang", "")),
        day_or_none("tu"),
        day_or_none("den"),
    )
