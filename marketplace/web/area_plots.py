"""The plots of a growing area: the map, the list, and drawing one more."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from forms.plots import PlotFileForm
from marketplace.domain.words_plots import PlotFormat
from marketplace.services.areas import access_area
from marketplace.services.plot_exports import TYPES, export_plots
from marketplace.services.plot_files import MOST_BYTES
from marketplace.services.plot_imports import list_imports, read_file
from marketplace.services.plot_overlaps import looked_into, own_overlaps
from marketplace.services.plot_views import communes_around, land_of_area, middle_of
from marketplace.services.plots import list_plots, save_plot
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.plot_drawing import draw
from marketplace.web.plot_maps import drawn_plots, plot_map
from marketplace.web.plumbing import accepts_bytes
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("area_plots", __name__, url_prefix="/vuon")


@bp.get("/<public_id>/thua")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """All plots of a growing area, what they measure, and where they overlap."""
    with transaction(read_only=True) as session:
        who = current_actor()
        area = access_area(session, who, public_id)
        land = land_of_area(session, area, today=today())
        middle = middle_of(session, area, today())
        communes = communes_around(session, middle, today())
        mine = area.organisation_id == who.organisation_id
        here = {plot.id for plot in land.plots}
        return render_template(
            "plots/index.html",
            area=area,
            land=land,
            mine=mine,
            map=plot_map(drawn_plots(land.plots), middle, communes),
            overlaps=[
                row
                for row in (own_overlaps(session, who) if mine else ())
                if {row.first_id, row.second_id} & here
            ],
            watched=looked_into(session, land.plots) if mine else set(),
            imports=list_imports(session, area) if mine else (),
            formats=list(PlotFormat),
        )


@bp.route("/<public_id>/thua/moi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def new(public_id: str) -> ResponseReturnValue:
    """Draw a plot of the growing area."""
    with transaction() as session:
        who = current_actor()
        area = access_area(session, who, public_id, "write")
        return draw(
            session,
            area,
            None,
            lambda command: save_plot(session, who, public_id, command, today=today()),
        )


@bp.route("/<public_id>/thua/nhap", methods=["GET", "POST"])
@requires(Right.SELL)
@accepts_bytes(MOST_BYTES + 200_000)
@idempotent
def upload(public_id: str) -> ResponseReturnValue:
    """Read a file of plots; nothing is stored before its rows were looked at."""
    with transaction() as session:
        who = current_actor()
        area = access_area(session, who, public_id, "write")
        form = PlotFileForm()
        if form.validate_on_submit():
            file = request.files.get("file")
            data = file.stream.read(MOST_BYTES + 1) if file else b""
            name = (file.filename or "") if file else ""
            with refused(session, form) as outcome:
                found = read_file(session, who, public_id, data, name, now=now())
            if outcome.done:
                return redirect(url_for("plot_imports.show", public_id=found.public_id))
        status = 422 if form.is_submitted() else 200
        return render_template("plots/upload.html", form=form, area=area), status


@bp.get("/<public_id>/thua.<ending>")
@requires(Right.SELL)
def export(public_id: str, ending: str) -> ResponseReturnValue:
    """The plots of an own growing area as a file."""
    if ending not in list(PlotFormat):
        abort(404)
    kind = PlotFormat(ending)
    with transaction(read_only=True) as session:
        area = access_area(session, current_actor(), public_id, "write")
        body = export_plots(list_plots(session, [area]), kind)
    response = Response(body, mimetype=TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"thua.{kind}")
    return response
