"""The page behind the code on a box, for whoever holds the box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.box_reports import BoxReportForm
from marketplace.services.box_pages import box_page, find_box
from marketplace.services.box_reports import report_box, report_unknown
from marketplace.services.gs1_keeping import place_by_gln
from marketplace.services.place_pages import papers_of_place
from marketplace.services.trade_items import find_item
from marketplace.web.access import public
from marketplace.web.clock import now, today
from marketplace.web.errors import error_page
from marketplace.web.limits import limiter
from marketplace.web.locale import asks_browser
from marketplace.web.public_pages import light_page, missed
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.commands_codes import ReportBox
    from models.reference import Product

bp = Blueprint("boxes", __name__)


@bp.get("/q/<public_id>")
@limiter.limit("30/minute", deduct_when=missed)
@public
@asks_browser
def show(public_id: str) -> ResponseReturnValue:
    """Where the lot comes from, whether all is in order, and what it went through."""
    with transaction(read_only=True) as session:
        page = box_page(session, find_box(session, public_id), today=today())
        html = render_template("boxes/show.html", box=page, lot=page.lot, today=today())
    return light_page(html, may_turn=True)


@bp.route("/q/<public_id>/bao", methods=["GET", "POST"])
@limiter.limit("6/hour", methods=["POST"])
@limiter.limit("30/minute", methods=["GET"], deduct_when=missed)
@public
@asks_browser
def report(public_id: str) -> ResponseReturnValue:
    """Say that something is wrong with the box; nobody has to say who they are."""
    with transaction() as session:
        lot = find_box(session, public_id)
        back = url_for(".show", public_id=public_id)
        done = url_for(".report", public_id=public_id, xong=1)
        return _reported(
            session,
            Reported(lot.product, lot.code, back, done),
            lambda told: report_box(session, lot, told, now=now()),
        )


@bp.route("/m/<public_id>/bao", methods=["GET", "POST"])
@limiter.limit("6/hour", methods=["POST"])
@limiter.limit("30/minute", methods=["GET"], deduct_when=missed)
@public
@asks_browser
def report_unknown_lot(public_id: str) -> ResponseReturnValue:
    """The same of a box whose lot is not in the books: its number is wrong, or false."""
    code = request.args.get("lo", "")[:20]
    with transaction() as session:
        found = find_item(session, public_id)
        back = url_for(".item", public_id=public_id, lo=code)
        done = url_for(".report_unknown_lot", public_id=public_id, lo=code, xong=1)
        return _reported(
            session,
            Reported(found.product, code, back, done),
            lambda told: report_unknown(session, found, code, told, now=now()),
        )


@dataclass(frozen=True)
class Reported:
    """What a report is about, the page that it comes from, and the one after it."""

    product: Product
    code: str
    back: str
    thanks: str


def _reported(
    session: Session, about: Reported, keep: Callable[[ReportBox], object]
) -> ResponseReturnValue:
    form = BoxReportForm()
    if form.validate_on_submit():
        with refused(session, form) as outcome:
            if not form.is_machine:
                keep(form.command())
        if outcome.done:
            return redirect(about.thanks)
    done = "xong" in request.args
    html = render_template("boxes/report.html", form=form, about=about, done=done)
    return html, 422 if form.is_submitted() else 200


@bp.get("/m/<public_id>")
@limiter.limit("30/minute", deduct_when=missed)
@public
@asks_browser
def item(public_id: str) -> ResponseReturnValue:
    """What is packed under a GTIN, where the lot is not told or not known."""
    with transaction(read_only=True) as session:
        found = find_item(session, public_id)
        unknown = request.args.get("lo", "")[:20]
        html = render_template("boxes/item.html", item=found, unknown=unknown)
    return light_page(html)


@bp.get("/d/<gln>")
@limiter.limit("30/minute", deduct_when=missed)
@public
@asks_browser
def place(gln: str) -> ResponseReturnValue:
    """Whose place a GLN names, with its codes and papers that count today."""
    with transaction(read_only=True) as session:
        found = place_by_gln(session, gln)
        if found is None:
            return error_page(404)
        papers = papers_of_place(session, found, today=today())
        page = render_template("boxes/place.html", place=found, papers=papers)
        return light_page(page)
