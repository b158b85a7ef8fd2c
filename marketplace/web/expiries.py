"""Papers of an officer's scope that end soon, and what would be lost: page and file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace.services.paper_expiries import (
    Expiry,
    expiries_in_scope,
    last_reminders,
    page_of_expiries,
    sort_expiries,
    with_stakes,
)
from marketplace.services.paper_queue import Sieve
from marketplace.services.paper_renewals import key_of
from marketplace.services.paper_rows import holder_of, named_paper, place_of
from marketplace.services.spreadsheet_reports import Cell, Column, write_report
from marketplace.services.spreadsheets import XLSX
from marketplace.web import words
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.paging import page_of
from marketplace.web.paper_pages import (
    kinds_of_papers,
    paper_heading,
    scope_communes,
    sieve_of_address,
)
from models.database import transaction

bp = Blueprint("expiries", __name__, url_prefix="/giay-to/sap-het-han")
CHOICES = (30, 60, 90, 180)


@bp.get("")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """What ends within so many days, with contracts, tonnes and chains at stake."""
    sieve, days, order = sieve_of_address(), _days(), request.args.get("xep", "")
    with transaction(read_only=True) as session:
        who = current_actor()
        rows = expiries_in_scope(session, who, sieve, today=today(), days=days)
        page, items = page_of_expiries(
            session, rows, who, order, page_of, today=today()
        )
        return render_template(
            "papers/expiries.html",
            page=page,
            items=items,
            reminders=_reminders(session, items),
            days=days,
            choices=CHOICES,
            sieve=sieve,
            kinds=kinds_of_papers(),
            units=scope_communes(session),
            today=today(),
        )


def _reminders(session: Session, shown: Sequence[Expiry]) -> dict[str, Any]:
    """The last reminder of each paper shown, by the public id of the paper."""
    rows = [one.row for one in shown]
    sent = last_reminders(session, rows)
    return {row.public_id: sent.get(key_of(row)) for row in rows}


@bp.get("/tep.xlsx")
@requires(Right.OFFICIATE)
def sheet() -> ResponseReturnValue:
    """The same rows, all of them, as a spreadsheet."""
    sieve, days, order = sieve_of_address(), _days(), request.args.get("xep", "")
    with transaction(read_only=True) as session:
        rows = [_cells(one) for one in _found(session, sieve, days, order)]
    day = words.day(today())
    body = write_report(
        _("Giấy tờ sắp hết hạn"),
        [_("Hết hạn trong %(days)s ngày kể từ %(day)s", days=days, day=day)],
        [Column(str(heading), width) for heading, width in _COLUMNS],
        rows,
    )
    response = Response(body, mimetype=XLSX)
    name = f"giay-sap-het-han-{today():%Y%m%d}.xlsx"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


# Headings and widths of the spreadsheet, in the order of `_cells`.
_COLUMNS = (
    (_l("Giấy tờ"), 34),
    (_l("Số"), 26),
    (_l("Cho"), 24),
    (_l("Của"), 24),
    (_l("Xã, phường"), 18),
    (_l("Hết hạn"), 12),
    (_l("Còn (ngày)"), 10),
    (_l("Số hợp đồng"), 12),
    (_l("Hợp đồng"), 24),
    (_l("Chưa giao (kg)"), 14),
    (_l("Chuỗi mất điều kiện"), 30),
    (_l("Vụ đang rao"), 12),
)


def _cells(one: Expiry) -> list[Cell]:
    row, stakes, holder = one.row, one.stakes, holder_of(one.row)
    return [
        paper_heading(row),
        named_paper(row)[0],
        place_of(row),
        holder.short_name,
        holder.unit.name,
        stakes.last_day,
        one.days,
        len(stakes.contracts),
        ", ".join(each.contract.number for each in stakes.contracts),
        stakes.kg,
        ", ".join(each.chain.name for each in stakes.chains),
        len(stakes.posts),
    ]


def _found(session: Session, sieve: Sieve, days: int, order: str) -> list[Expiry]:
    who = current_actor()
    rows = expiries_in_scope(session, who, sieve, today=today(), days=days)
    return sort_expiries(with_stakes(session, rows, who, today=today()), order)


def _days() -> int:
    asked = request.args.get("han", "")
    return int(asked) if asked in set(map(str, CHOICES)) else 60
