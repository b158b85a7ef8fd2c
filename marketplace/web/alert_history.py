"""Alerts of the past: for both sides those of their contracts, for officers the area's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.domain.early_warning_facts import AlertCode
from marketplace.services.alert_history import PastFilter, list_history
from marketplace.services.days import day_of
from marketplace.services.spreadsheet_reports import Cell, Column, write_report
from marketplace.services.spreadsheets import XLSX
from marketplace.web.access import current_actor, signed_in
from marketplace.web.alerts import alert_reason
from marketplace.web.clock import today
from marketplace.web.days import day_or_none
from marketplace.web.labels import label
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.words import day
from models.database import transaction

if TYPE_CHECKING:
    from models.alerts import ContractAlert

bp = Blueprint("alert_history", __name__, url_prefix="/canh-bao/lich-su")
FILTERS = ("loai", "tinh-trang", "tu", "den")
MOST_ROWS = 5_000
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
            asked={
                name: request.args[name] for name in FILTERS if name in request.args
            },
        )


@bp.get("/excel")
@signed_in
def sheet() -> ResponseReturnValue:
    """The same alerts as a spreadsheet, at most so many rows."""
    with transaction(read_only=True) as session:
        rows, total = list_history(session, current_actor(), _asked(), limit=MOST_ROWS)
        lines = [
            _("Ngày lập: %(day)s", day=day(today())),
            _("%(shown)s trong %(total)s cảnh báo", shown=len(rows), total=total),
        ]
        data = write_report(
            _("Lịch sử cảnh báo"), lines, _columns(), [_row(one) for one in rows]
        )
    response = Response(data, mimetype=XLSX)
    response.headers.set(
        "Content-Disposition", "attachment", filename="lich-su-canh-bao.xlsx"
    )
    return response


def _columns() -> list[Column]:
    return [
        Column(_("Cảnh báo"), 28),
        Column(_("Lý do"), 48),
        Column(_("Hợp đồng"), 20),
        Column(_("Bên bán"), 20),
        Column(_("Bên mua"), 20),
        Column(_("Từ ngày")),
        Column(_("Số ngày mở")),
        Column(_("Mức")),
        Column(_("Xử lý"), 20),
        Column(_("Ngày khép")),
    ]


def _row(alert: ContractAlert) -> list[Cell]:
    closed = day_of(alert.closed_at) if alert.closed_at else None
    deal = alert.contract
    return [
        str(label(alert.code)),
        alert_reason(alert),
        deal.number,
        deal.seller.short_name,
        deal.buyer.short_name,
        alert.since,
        ((closed or today()) - alert.since).days,
        str(label(alert.severity)),
        str(label(alert.stage)),
        closed,
    ]


def _asked() -> PastFilter:
    """The filter of the address; anything odd narrows nothing."""
    code = request.args.get("loai", "")
    return PastFilter(
        AlertCode(code) if code in set(AlertCode) else None,
        STATES.get(request.args.get("tinh-trang", "")),
        day_or_none("tu"),
        day_or_none("den"),
    )
