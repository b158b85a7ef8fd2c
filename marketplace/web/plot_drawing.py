"""Drawing a plot on a map, or typing its corners: one page for a new and an old one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.plots import DescribeForm, PlotForm
from marketplace.domain.commands_plots import SavePlot
from marketplace.domain.plots import SWAPPED, Shape, check_shape, closed, from_geojson
from marketplace.services.households import list_households
from marketplace.services.plot_checks import plot_limits
from marketplace.services.plot_codes import codes_of_area
from marketplace.services.plot_views import communes_around, middle_of
from marketplace.services.plots import own_plots
from marketplace.web.access import current_actor
from marketplace.web.clock import today
from marketplace.web.labels import label
from marketplace.web.plot_maps import Drawn, PlotMap, drawn_plots, plot_map
from marketplace.web.refusals import refused

if TYPE_CHECKING:
    from models.papers import GrowingArea
    from models.plots import Plot

# The map asks where the telephone is; nothing else of ours ever does.
LOCATED = "geolocation=(self), camera=(), microphone=()"
Save = Callable[[SavePlot], "Plot"]


def draw(
    session: Session, area: GrowingArea, plot: Plot | None, save: Save
) -> ResponseReturnValue:
    """Draw, look, put right what is swapped, or save by `save`; then the area."""
    form = PlotForm(**choices(session, area), data=_words(plot))
    if plot is not None and not form.is_submitted():
        form.show(from_geojson(plot.shape))
    asked = request.form.get("do", "save")
    if asked == "swap":
        form.swap()
    elif asked == "save" and form.validate_on_submit():
        with refused(session, form) as outcome:
            command = form.command()
            if not form.corners.errors:
                saved = save(command)
        if outcome.done and not form.errors:
            _tell(saved)
            return redirect(url_for("area_plots.index", public_id=area.public_id))
    return _page(session, form, area, plot)


def choices(session: Session, area: GrowingArea) -> dict[str, Any]:
    """What the forms of a plot let people choose among."""
    households = list_households(session, current_actor())
    codes = codes_of_area(session, area)
    return {
        "households": [(one.public_id, one.name) for one in households],
        "known_codes": [
            (one.public_id, f"{one.code} ({label(one.market)})") for one in codes
        ],
    }


def description_of(plot: Plot) -> dict[str, Any]:
    """What is written of a plot, for its form."""
    return {
        "name": plot.name,
        "declared": plot.declared_ha,
        "household": plot.household.public_id if plot.household else "",
        "codes": [row.code.public_id for row in plot.codes if row.until is None],
    }


def _words(plot: Plot | None) -> dict[str, Any]:
    return description_of(plot) if plot else {}


def _tell(plot: Plot) -> None:
    flash(_("Đã lưu %(name)s.", name=plot.name), "ok")


def _page(
    session: Session, form: PlotForm, area: GrowingArea, plot: Plot | None
) -> ResponseReturnValue:
    points = _typed(form)
    faults = _faults(session, points)
    page = render_template(
        "plots/draw.html",
        form=form,
        area=area,
        plot=plot,
        map=_map(session, area, plot, () if faults else points),
        swapped=SWAPPED in faults,
    )
    response = make_response(page, 422 if form.errors or form.form_errors else 200)
    response.headers["Permissions-Policy"] = LOCATED
    return response


def _typed(form: PlotForm) -> tuple[tuple[float, float], ...]:
    if form.corners.errors or not form.corners.data:
        told = list(form.corners.errors)
        points = form.read_corners() if form.corners.data else ()
        form.corners.errors = told or form.corners.errors
        return points
    return form.read_corners()


def _faults(session: Session, points: tuple[tuple[float, float], ...]) -> set[str]:
    if not points:
        return set()
    limits = plot_limits(session, today())
    return {one.code for one in check_shape(Shape(closed(points)), limits)}


def _map(
    session: Session,
    area: GrowingArea,
    plot: Plot | None,
    points: tuple[tuple[float, float], ...],
) -> PlotMap:
    middle = middle_of(session, area, today())
    others = [
        one
        for one in own_plots(session, current_actor())
        if plot is None or one.id != plot.id
    ]
    here = drawn_plots([one for one in others if one.area_id == area.id])
    beside = drawn_plots([one for one in others if one.area_id != area.id], "beside")
    new = [Drawn(Shape(closed(points)), "", "new")] if points else []
    communes = communes_around(session, middle, today())
    return plot_map(new or here, middle, communes, [*beside, *(here if new else ())])


__all__ = ["DescribeForm", "choices", "description_of", "draw"]
