"""The forms of the province for any period and area: to read, and to take as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.domain.report_periods import periods_of
from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import Communes
from marketplace.services.report_areas import former_communes, list_areas
from marketplace.services.report_orders import is_long
from marketplace.services.report_scopes import (
    FIRST_YEAR,
    ReportScope,
    place_of,
    scope_before,
    scope_report,
)
from marketplace.services.reports import (
    FORMS,
    build_report,
    list_exports,
    log_export,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.paging import page_of
from marketplace.web.printing import page_lang
from marketplace.web.report_files import file_response, write_file
from marketplace.web.report_orders import COMMUNES, asked_communes, send_order
from models.database import transaction

bp = Blueprint("reports", __name__, url_prefix="/bao-cao")


@bp.get("")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """All forms for the period and area chosen, and who took which file."""
    with transaction(read_only=True) as session:
        scope = _scope(session)
        return render_template(
            "reports/index.html",
            forms=FORMS,
            exports=list_exports(session, current_actor()),
            **_choices(session, scope),
        )


@bp.get("/mau-<letter>")
@requires(Right.OFFICIATE)
def show(letter: str) -> ResponseReturnValue:
    """A form with its head, and the first page of the list behind it."""
    form = _form(letter)
    with transaction(read_only=True) as session:
        scope = _scope(session)
        report = build_report(session, form, scope, _against(session, scope))
        rest = list(report.tables[1:])
        compared = rest.pop(0) if report.against else None
        details = rest.pop(0) if rest else None
        return render_template(
            "reports/show.html",
            form=form,
            report=report,
            details=details,
            compared=compared,
            more=rest,
            page=page_of(details.rows) if details else None,
            **_choices(session, scope),
        )


@bp.post("/mau-<letter>/excel")
@requires(Right.OFFICIATE)
def sheet(letter: str) -> ResponseReturnValue:
    """The same rows as a spreadsheet; who takes it is written down."""
    return _file(_form(letter), FileKind.EXCEL)


@bp.post("/mau-<letter>/pdf")
@requires(Right.OFFICIATE)
def paper(letter: str) -> ResponseReturnValue:
    """The same rows to print; who takes it is written down."""
    return _file(_form(letter), FileKind.PDF)


def _file(form: ReportForm, kind: FileKind) -> ResponseReturnValue:
    """The file at once, or of a large area once a worker has written it."""
    at = now()
    with transaction() as session:
        scope = _scope(session)
        if is_long(session, scope):
            return send_order(session, form, kind)
        report = build_report(session, form, scope, _against(session, scope))
        log_export(session, current_actor(), report, kind, now=at)
        place = place_of(session, current_actor())
    written = write_file(report, kind, place, page_lang(), at=at)
    return file_response(written)


def _form(letter: str) -> ReportForm:
    form = next((one for one in FORMS if one.value == letter), None)
    return form or abort(404)


def _scope(session: Session) -> ReportScope:
    """What the address asks for: ky=2026-T11, or ky=T11 and nam=2026 from the form."""
    period, year = (request.values.get(name, "") for name in ("ky", "nam"))
    return scope_report(
        session,
        current_actor(),
        f"{year}-{period}" if year else period,
        request.values.get("khu-vuc", ""),
        today=today(),
        communes=asked_communes(),
    )


def _against(session: Session, scope: ReportScope) -> ReportScope | None:
    asked = request.values.get("so-voi", "")
    return scope_before(session, scope, asked, today=today())


def _choices(session: Session, scope: ReportScope) -> dict[str, Any]:
    """What the form over every page offers, and what it stands on."""
    asked = {"ky": scope.period.code}
    if scope.area.code:
        asked["khu-vuc"] = scope.area.code
    if scope.communes is not Communes.TODAY:
        asked[COMMUNES] = scope.communes
    other = request.values.get("so-voi", "")
    if _against(session, scope):
        asked["so-voi"] = other
    return {
        "scope": scope,
        "other": asked.get("so-voi", ""),
        "asked": asked,
        "areas": list_areas(session, current_actor(), today=today()),
        "former_areas": former_communes(session, current_actor(), today=today()),
        "views": list(Communes),
        "periods": list(periods_of(scope.period.year)),
        "years": range(today().year + 1, FIRST_YEAR - 1, -1),
    }
