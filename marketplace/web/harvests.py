"""Expected harvests: post one, look after it, and see what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.harvests import CloseForm
from marketplace.domain.words import HarvestState
from marketplace.services.harvest_changes import close_harvest, withdraw_harvest
from marketplace.services.harvest_demand import asked_kg, proposals_of
from marketplace.services.harvests import (
    access_harvest,
    count_harvests,
    list_harvests,
    publish_harvest,
)
from marketplace.services.matching_leftover import unmatched_of_harvest
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.harvest_pages import paper_title, warnings_of
from marketplace.web.harvest_writing import (
    harvest_form,
    revision_form,
    store_harvest,
    store_revision,
)
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.paging import page_of
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.harvests import Harvest

bp = Blueprint("harvests", __name__, url_prefix="/vu-thu-hoach")

SHELVES = {
    "dang-ban": (HarvestState.OPEN,),
    "nhap": (HarvestState.DRAFT,),
    "da-xong": (HarvestState.CLOSED, HarvestState.WITHDRAWN),
}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The organisation's harvests with what is promised and what is free."""
    shelf = request.args.get("loai", "")
    with transaction(read_only=True) as session:
        who = current_actor()
        page = page_of(list_harvests(session, who, SHELVES.get(shelf, ())))
        return render_template(
            "harvests/index.html",
            page=page,
            shelf=shelf,
            counts=count_harvests(session, who),
            asked=asked_kg(session, [one.id for one in page.items]),
        )


@bp.route("/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@limiter.limit("30/minute", methods=["POST"])
@idempotent
def new() -> ResponseReturnValue:
    """Post an expected harvest, or keep it as a draft."""
    with transaction() as session:
        form, shown = harvest_form(session, current_actor())
        if (harvest := store_harvest(session, current_actor(), form)) is not None:
            return redirect(_after(harvest))
        status = 422 if form.is_submitted() else 200
        return render_template("harvests/new.html", form=form, **shown), status


@bp.route("/<public_id>/sua", methods=["GET", "POST"])
@requires(Right.SELL)
@limiter.limit("30/minute", methods=["POST"])
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """A draft in full; a harvest on the market by a new forecast."""
    with transaction() as session:
        harvest = access_harvest(session, current_actor(), public_id, "write")
        if harvest.state is HarvestState.DRAFT:
            return _edit_draft(session, harvest)
        if harvest.state is not HarvestState.OPEN:
            return redirect(url_for("harvests.show", public_id=public_id))
        form, shown = revision_form(session, current_actor(), harvest)
        if store_revision(session, current_actor(), form, harvest):
            flash(_("Đã sửa dự báo. Hệ thống đang so lại với các đơn mua."), "ok")
            return redirect(url_for("harvests.show", public_id=public_id))
        status = 422 if form.is_submitted() else 200
        page = render_template("harvests/revise.html", form=form, **shown)
        return page, status


def _edit_draft(session: Session, draft: Harvest) -> ResponseReturnValue:
    form, shown = harvest_form(session, current_actor(), draft)
    if (stored := store_harvest(session, current_actor(), form, draft)) is not None:
        return redirect(_after(stored))
    status = 422 if form.is_submitted() else 200
    page = render_template("harvests/new.html", form=form, draft=draft, **shown)
    return page, status


def _after(harvest: Harvest) -> str:
    if harvest.state is HarvestState.OPEN:
        return url_for("harvests.posted", public_id=harvest.public_id)
    flash(_("Đã lưu nháp. Chưa ai khác thấy vụ này."), "ok")
    return url_for("harvests.show", public_id=harvest.public_id)


@bp.get("/<public_id>/da-dang")
@requires(Right.SELL)
def posted(public_id: str) -> ResponseReturnValue:
    """Posted: what the market makes of it, as it happens."""
    with transaction(read_only=True) as session:
        harvest = access_harvest(session, current_actor(), public_id, "write")
        return render_template(
            "harvests/posted.html", harvest=harvest, warnings=warnings_of(harvest)
        )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A harvest: what is promised, what is asked, its forecasts and its papers."""
    with transaction(read_only=True) as session:
        who = current_actor()
        harvest = access_harvest(session, who, public_id)
        return render_template(
            "harvests/show.html",
            harvest=harvest,
            mine=harvest.organisation_id == who.organisation_id,
            asked=asked_kg(session, [harvest.id]).get(harvest.id, 0),
            proposals=proposals_of(session, harvest.id),
            left=unmatched_of_harvest(session, harvest.id),
            warnings=warnings_of(harvest),
            paper_title=paper_title,
            today=today(),
        )


@bp.post("/<public_id>/dang")
@requires(Right.SELL)
@idempotent
def publish(public_id: str) -> ResponseReturnValue:
    """Put a draft on the market as it is."""
    form = CloseForm()
    with transaction() as session:
        with refused(session, form) as outcome:
            clock: dict[str, Any] = {"today": today(), "now": now()}
            publish_harvest(session, current_actor(), public_id, **clock)
        if outcome.done:
            return redirect(url_for("harvests.posted", public_id=public_id))
        for message in form.form_errors:
            flash(message, "bad")
    return redirect(url_for("harvests.show", public_id=public_id))


@bp.route("/<public_id>/go", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take what is not promised off the market."""
    with transaction() as session:
        harvest = access_harvest(session, current_actor(), public_id, "write")
        form = CloseForm()
        if request.method == "POST":
            with refused(session, form) as outcome:
                withdraw_harvest(session, current_actor(), public_id, now=now())
            if outcome.done:
                flash(_("Đã gỡ vụ khỏi sàn."), "ok")
                return redirect(url_for("harvests.show", public_id=public_id))
        status = 422 if request.method == "POST" else 200
        return render_template(
            "harvests/withdraw.html", harvest=harvest, form=form
        ), status


@bp.route("/<public_id>/ket-thuc", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def close(public_id: str) -> ResponseReturnValue:
    """The harvest is over: how much it really was."""
    with transaction() as session:
        harvest = access_harvest(session, current_actor(), public_id, "write")
        form = CloseForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                close_harvest(
                    session,
                    current_actor(),
                    public_id,
                    form.command(),
                    today=today(),
                    now=now(),
                )
            if outcome.done:
                flash(_("Đã ghi số thu được, vụ này đã xong."), "ok")
                return redirect(url_for("harvests.show", public_id=public_id))
        status = 422 if form.is_submitted() else 200
        return render_template(
            "harvests/close.html", harvest=harvest, form=form
        ), status
