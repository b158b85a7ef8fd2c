"""A file of plots, row by row: looked at, turned round, stored whole, undone whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.areas import EndForm
from forms.said import said
from marketplace.domain.plots import check_shape
from marketplace.services import plot_imports as service
from marketplace.services.plot_checks import plot_limits
from marketplace.services.plot_import_checks import CheckedPlot
from marketplace.services.plot_views import middle_of
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.plot_maps import Drawn, plot_map
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.plots import PlotImport

bp = Blueprint("plot_imports", __name__, url_prefix="/nhap-thua")


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def show(public_id: str) -> ResponseReturnValue:
    """What the file says, and whether all of it may be stored."""
    with transaction() as session:
        who = current_actor()
        found = service.access_import(session, who, public_id)
        form = EndForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                address = _do(session, found)
            if outcome.done:
                return redirect(address)
        return _page(session, found, form), 422 if form.form_errors else 200


def _do(session: Session, found: PlotImport) -> str:
    """Do what was asked; the address of the page that shows it."""
    who, asked, public_id = current_actor(), request.form.get("do"), found.public_id
    here = url_for("plot_imports.show", public_id=public_id)
    if asked == "swap":
        service.swap_import(session, who, public_id)
        return here
    if asked == "undo":
        count = service.undo_import(session, who, public_id, now=now())
        told = ngettext("Đã bỏ %(num)d thửa.", "Đã bỏ %(num)d thửa.", count)
    else:
        count = service.store_import(session, who, public_id, today=today(), now=now())
        told = ngettext("Đã nhập %(num)d thửa.", "Đã nhập %(num)d thửa.", count)
    flash(told, "ok")
    return url_for("area_plots.index", public_id=found.area.public_id)


def _page(session: Session, found: PlotImport, form: EndForm) -> str:
    rows: list[CheckedPlot] = []
    if found.stored_at is None:
        rows = service.check_import(session, current_actor(), found, today=today())
    limits = plot_limits(session, today())
    drawn = [
        Drawn(row.row.shape, row.name, "bad" if row.faulty else "new")
        for row in rows
        if row.row.shape and not check_shape(row.row.shape, limits)
    ]
    return render_template(
        "plots/import.html",
        form=form,
        found=found,
        rows=rows,
        said=said,
        bad=sum(row.faulty for row in rows),
        swapped=any(row.swapped for row in rows),
        map=plot_map(drawn, middle_of(session, found.area, today())) if drawn else None,
    )
