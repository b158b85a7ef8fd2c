"""The trace of a lot, a garden or a plot: a graph, the tables, and an Excel file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.trace import Trace
from marketplace.services.areas import access_area
from marketplace.services.lot_trace import trace_area, trace_lot, trace_plot
from marketplace.services.lots import access_lot
from marketplace.services.plots import access_plot
from marketplace.services.spreadsheets import XLSX
from marketplace.web.access import current_actor, signed_in
from marketplace.web.lot_trace_sheets import trace_book
from marketplace.web.pictures import tall_graph, wide_graph
from models.database import transaction

bp = Blueprint("lot_trace", __name__)
MOST_ROWS = 200  # of a table on the page; the Excel file has them all


@dataclass(frozen=True)
class _Of:
    """What is traced: how it is found, named, and traced."""

    endpoint: str
    back: str
    title: Callable[[Session, Actor, str], str]
    trace: Callable[[Session, Actor, str], Trace]


def _lot_title(session: Session, who: Actor, public_id: str) -> str:
    return str(_("Lô %(code)s", code=access_lot(session, who, public_id).code))


def _area_title(session: Session, who: Actor, public_id: str) -> str:
    return access_area(session, who, public_id).name


def _plot_title(session: Session, who: Actor, public_id: str) -> str:
    plot = access_plot(session, who, public_id)
    return f"{plot.area.name}, {plot.name}"


LOT = _Of("show", "", _lot_title, trace_lot)
AREA = _Of("area", "areas.index", _area_title, trace_area)
PLOT = _Of("plot", "areas.index", _plot_title, trace_plot)


@bp.get("/lo/<public_id>/truy-vet")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """What a lot was made of, what became of it, and who has it."""
    return _page(LOT, public_id)


@bp.get("/lo/<public_id>/truy-vet.xlsx")
@signed_in
def show_file(public_id: str) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(LOT, public_id)


@bp.get("/vuon/<public_id>/truy-vet")
@signed_in
def area(public_id: str) -> ResponseReturnValue:
    """All that was made of what was picked in a garden."""
    return _page(AREA, public_id)


@bp.get("/vuon/<public_id>/truy-vet.xlsx")
@signed_in
def area_file(public_id: str) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(AREA, public_id)


@bp.get("/thua/<public_id>/truy-vet")
@signed_in
def plot(public_id: str) -> ResponseReturnValue:
    """All that was made of what was picked on a plot."""
    return _page(PLOT, public_id)


@bp.get("/thua/<public_id>/truy-vet.xlsx")
@signed_in
def plot_file(public_id: str) -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(PLOT, public_id)


def _page(what: _Of, public_id: str) -> ResponseReturnValue:
    with transaction(read_only=True) as session:
        who = current_actor()
        title = what.title(session, who, public_id)
        trace = what.trace(session, who, public_id)
    return render_template(
        "lots/trace.html",
        title=title,
        trace=trace,
        lots=trace.by_id(),
        wide=wide_graph(trace),
        tall=tall_graph(trace),
        most=MOST_ROWS,
        file=url_for(f".{what.endpoint}_file", public_id=public_id),
        back=url_for(what.back) if what.back else "",
        public_id=public_id,
        recalls=what is LOT and _may_recall(trace, who),
    )


def _may_recall(trace: Trace, who: Actor) -> bool:
    """Who made the lot, and officers."""
    makers = {one.maker.organisation_id for one in trace.lots if one.layer == 0}
    return who.is_officer or who.organisation_id in makers


def _file(what: _Of, public_id: str) -> ResponseReturnValue:
    with transaction(read_only=True) as session:
        who = current_actor()
        title = what.title(session, who, public_id)
        trace = what.trace(session, who, public_id)
    answer = Response(trace_book(title, trace), mimetype=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="truy-vet.xlsx"'
    return answer
