"""The plots of a growing area: the map, the list, and drawing one more."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace.services.areas import access_area
from marketplace.services.plot_overlaps import looked_into, own_overlaps
from marketplace.services.plot_views import communes_around, land_of_area, middle_of
from marketplace.services.plots import save_plot
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import today
from marketplace.web.idempotent import idempotent
from marketplace.web.plot_drawing import draw
from marketplace.web.plot_maps import drawn_plots, plot_map
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
