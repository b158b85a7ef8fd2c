"""Overlaps of plots for officers: the list, both sides drawn, what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.plots import SettleForm
from marketplace.domain.plots import from_geojson
from marketplace.services import plot_overlaps as service
from marketplace.services.plot_views import communes_around, middle_of
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import page_of
from marketplace.web.plot_maps import Drawn, plot_map
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.plots import PlotOverlap

bp = Blueprint("plot_overlaps", __name__, url_prefix="/chong-lan")


@bp.get("/")
@requires(Right.OFFICIATE)
def index() -> ResponseReturnValue:
    """Overlaps of plots in the officer's scope, open ones first."""
    with transaction(read_only=True) as session:
        found = page_of(service.list_overlaps(session, current_actor()))
        return render_template("plots/overlaps.html", page=found)


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def show(public_id: str) -> ResponseReturnValue:
    """Take an overlap up, or settle it with words."""
    with transaction() as session:
        who = current_actor()
        row = service.access_overlap(session, who, public_id)
        form = SettleForm()
        if request.form.get("do") == "take_up":
            service.take_up_overlap(session, who, public_id, now=now())
            flash(_("Bạn đang xem xét chỗ này. Hai bên chỉ biết có cán bộ xem."), "ok")
            return redirect(url_for("plot_overlaps.show", public_id=public_id))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                note = form.note.data or ""
                service.settle_overlap(session, who, public_id, note, now=now())
            if outcome.done:
                flash(_("Đã ghi kết luận."), "ok")
                return redirect(url_for("plot_overlaps.index"))
        return _page(session, row, form), 422 if form.is_submitted() else 200


def _page(session: Session, row: PlotOverlap, form: SettleForm) -> str:
    drawn = [
        Drawn(from_geojson(plot.shape), plot.name, tone)
        for plot, tone in ((row.first, "own"), (row.second, "new"))
    ]
    middle = middle_of(session, row.first.area, today())
    communes = communes_around(session, middle, today())
    return render_template(
        "plots/overlap.html",
        row=row,
        form=form,
        map=plot_map(drawn, middle, communes),
        sides=[(row.first, "sup"), (row.second, "warn")],
    )
