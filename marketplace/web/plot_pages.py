"""One plot: what is said of it, another outline, its end."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.areas import EndForm
from forms.plots import DescribeForm
from marketplace.services.plot_views import communes_around, middle_of
from marketplace.services.plots import (
    access_plot,
    describe_plot,
    end_plot,
    redraw_plot,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.idempotent import idempotent
from marketplace.web.plot_drawing import choices, description_of, draw
from marketplace.web.plot_maps import drawn_plots, plot_map
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("plots", __name__, url_prefix="/thua")


@bp.route("/<public_id>", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def edit(public_id: str) -> ResponseReturnValue:
    """Name, household, declared hectares and codes of a plot."""
    with transaction() as session:
        who = current_actor()
        plot = access_plot(session, who, public_id, "write")
        form = DescribeForm(**choices(session, plot.area), data=description_of(plot))
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                said = form.description()
                describe_plot(session, who, public_id, said, today=today())
            if outcome.done:
                flash(_("Đã lưu %(name)s.", name=plot.name), "ok")
                return redirect(_back(plot.area.public_id))
        middle = middle_of(session, plot.area, today())
        return render_template(
            "plots/edit.html",
            form=form,
            plot=plot,
            map=plot_map(
                drawn_plots([plot]), middle, communes_around(session, middle, today())
            ),
        ), 422 if form.is_submitted() else 200


@bp.route("/<public_id>/ve-lai", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def redraw(public_id: str) -> ResponseReturnValue:
    """Another outline; the old one is kept for the days before."""
    with transaction() as session:
        who = current_actor()
        plot = access_plot(session, who, public_id, "write")
        return draw(
            session,
            plot.area,
            plot,
            lambda command: redraw_plot(
                session, who, public_id, command, today=today()
            ),
        )


@bp.route("/<public_id>/thoi-dung", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def end(public_id: str) -> ResponseReturnValue:
    """The plot is no longer used."""
    form = EndForm()
    with transaction() as session:
        plot = access_plot(session, current_actor(), public_id, "write")
        area = plot.area.public_id
        if form.validate_on_submit():
            end_plot(session, current_actor(), public_id, today=today())
            flash(_("Đã thôi dùng %(name)s.", name=plot.name), "ok")
            return redirect(_back(area))
        return render_template("plots/end.html", form=form, plot=plot)


def _back(area: str) -> str:
    return url_for("area_plots.index", public_id=area)
