"""Lots: what is in our hands, the story of each, and what was told wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.lots import RightForm, WrongForm
from marketplace.domain.errors import NotFound
from marketplace.domain.words_stock import StockState
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.epcis_errors import (
    corrected_by,
    could_correct,
    name_correction,
)
from marketplace.services.late_sprays import holding_sprays
from marketplace.services.lot_choices import deliveries_due, turned_into
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_graph import origins_of, whereabouts
from marketplace.services.lot_stock import (
    Looked,
    free_kg,
    in_hand,
    look_at_lots,
    products_known,
)
from marketplace.services.lot_story import access_event, tell_story
from marketplace.services.lots import access_lot, arriving
from marketplace.web import words
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.labels_lots import STEP_ICONS
from marketplace.web.paging import PAGE, Page, page_number
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.lot_events import LotEvent
    from models.lots import Lot

bp = Blueprint("lots", __name__, url_prefix="/lo")


@bp.context_processor
def _day() -> dict[str, Any]:
    """Pages of lots say how long each will keep."""
    return {"today": today()}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What is in our hands; for officers what is in their scope."""
    look, number = _look(), page_number()
    with transaction(read_only=True) as session:
        who = current_actor()
        start = (number - 1) * PAGE
        rows, total = look_at_lots(session, who, look, limit=PAGE, offset=start)
        return render_template(
            "lots/index.html",
            page=Page(rows, number, total),
            look=look,
            typed=request.args.get("q", "").strip()[:100],
            products=products_known(session, who),
            states=list(StockState),
            arriving=[] if who.is_officer else arriving(session, who),
            officer=who.is_officer,
        )


def _look() -> Looked:
    asked = request.args.get("tinh-trang", "")
    states = [one for one in StockState if one.value == asked]
    return Looked(
        text=request.args.get("q", "").strip()[:100],
        product=request.args.get("san-pham", "")[:40],
        state=states[0] if states else StockState.HERE,
    )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A lot: what happened, where it came from, where it went, what adds up."""
    with transaction(read_only=True) as session:
        lot = access_lot(session, current_actor(), public_id)
        return render_template("lots/lot.html", **lot_data(session, lot))


def lot_data(session: Session, lot: Lot) -> dict[str, Any]:
    """What the page of a lot shows; households to their own cooperative alone."""
    who = current_actor()
    kg = 0 if who.is_officer else in_hand(session, who, lot)
    free = free_kg(session, who, lot) if kg else 0
    return {
        "lot": lot,
        "kg": kg,
        "waiting_kg": kg - free,
        "story": tell_story(session, who, lot),
        "picked": origins_of(session, [lot.id]),
        "held_by": whereabouts(session, [lot.id]) if who.is_officer else (),
        "dues": deliveries_due(session, who, today(), product_id=lot.product_id)
        if free and who.organisation_id == lot.organisation_id
        else (),
        "turned": turned_into(session, lot.product, today()) if kg else (),
        "too_early": holding_sprays(session, lot.id) if lot.held else (),
        "me": who.organisation_id,
        "officer": who.is_officer,
        "step_icons": STEP_ICONS,
    }


@bp.get("/lan-ghi/<public_id>")
@signed_in
def event(public_id: str) -> ResponseReturnValue:
    """Something that happened to lots, what came of it, and the next likely step."""
    with transaction(read_only=True) as session:
        found = access_event(session, current_actor(), public_id)
        made = [one for one in found.parts if one.role is PartRole.OUTPUT]
        mine = found.organisation_id == current_actor().organisation_id
        return render_template(
            "lots/event.html",
            event=found,
            made=made,
            used=[one for one in found.parts if one.role is not PartRole.OUTPUT],
            mine=mine,
            right=corrected_by(session, found) if found.wrong_at else (),
            next_step=_next_step(found.step) if mine else "",
            step_icons=STEP_ICONS,
        )


def _next_step(step: LotStep) -> str:
    """The address of what is mostly done next with what a step brought."""
    return {
        LotStep.HARVEST: "phan-loai",
        LotStep.RECEIVE: "phan-loai",
        LotStep.ARRIVE: "tru",
        LotStep.SORT: "dong-thung",
        LotStep.PACK: "gui",
        LotStep.DRY: "dong-thung",
    }.get(step, "")


@bp.route("/lan-ghi/<public_id>/sai", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def wrong(public_id: str) -> ResponseReturnValue:
    """Say that an event is wrong and why; asked once more before."""
    with transaction() as session:
        found = access_event(session, current_actor(), public_id)
        if found.organisation_id != current_actor().organisation_id:
            raise NotFound  # who received a shipment reads of it, and no more
        if found.wrong_at is not None:
            return _right(session, found)
        form = WrongForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                reason, who = form.text(), current_actor()
                declare_wrong(session, who, public_id, reason, now=now())
            if outcome.done:
                flash(_("Đã báo sai. Số kg trở về như trước lần ghi này."), "ok")
                return redirect(url_for("lots.event", public_id=public_id))
        page = render_template(
            "lots/wrong.html", form=form, event=found, step_icons=STEP_ICONS
        )
        return page, 422 if form.is_submitted() else 200


def _right(session: Session, wrong_one: LotEvent) -> ResponseReturnValue:
    """Of an event that is known to be wrong: which one says it rightly."""
    events = [
        (one.public_id, f"{words.instant(one.at)}, {words.kg(one.out_kg or one.in_kg)}")
        for one in could_correct(session, wrong_one)
    ]
    form = RightForm(events=events)
    if form.validate_on_submit():
        with refused(session, form) as outcome:
            base = str(current_app.config["BASE_URL"])
            who, right = current_actor(), form.right.data
            name_correction(session, who, wrong_one, right, base)
        if outcome.done:
            flash(_("Đã ghi lần ghi đúng."), "ok")
            return redirect(url_for("lots.event", public_id=wrong_one.public_id))
    page = render_template("lots/right.html", form=form, event=wrong_one)
    return page, 422 if form.is_submitted() else 200
