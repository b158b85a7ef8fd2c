"""Plots of growing areas: drawn, described, drawn anew, given up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.commands_plots import DescribePlot, SavePlot
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.findings import Finding, refuse_errors
from marketplace.domain.names import clean_text
from marketplace.domain.plots import Shape, to_geojson
from marketplace.services.areas import access_area
from marketplace.services.households import access_household
from marketplace.services.plot_checks import (
    Measured,
    duplicate_of,
    in_use,
    measure,
    own_shapes,
    plot_limits,
)
from marketplace.services.plot_codes import cover_plot
from marketplace.services.plot_overlaps import find_overlaps
from models.papers import GrowingArea
from models.plots import Plot, PlotCode

TAKEN = N_("Vườn đã có thửa tên này, đặt tên khác")


def access_plot(
    session: Session, who: Actor, public_id: str, action: str = "read"
) -> Plot:
    """A plot in use of the actor's organisation; officers read within their scope."""
    plot = session.scalars(
        select(Plot).where(Plot.public_id == public_id, in_use())
    ).first()
    if plot is None:
        raise NotFound
    access_area(session, who, plot.area.public_id, action)
    return plot


def list_plots(session: Session, areas: Collection[GrowingArea]) -> list[Plot]:
    """The plots in use of these growing areas, by name."""
    return list(
        session.scalars(
            select(Plot)
            .where(Plot.area_id.in_([area.id for area in areas]), in_use())
            .order_by(Plot.area_id, Plot.name, Plot.id)
            .options(
                joinedload(Plot.household),
                joinedload(Plot.area),
                selectinload(Plot.codes).joinedload(PlotCode.code),
            )
        )
    )


def own_plots(session: Session, who: Actor) -> list[Plot]:
    """All plots in use of the actor's organisation."""
    areas = session.scalars(
        select(GrowingArea).where(GrowingArea.organisation_id == who.organisation_id)
    ).all()
    return list_plots(session, areas)


def save_plot(
    session: Session, who: Actor, area_id: str, command: SavePlot, *, today: date
) -> Plot:
    """Write down a plot of an own growing area.

    Refused with the first fault of its outline, if its land is a plot already, or
    if its name is taken. `area_id` is the public id of the area.
    """
    area = access_area(session, who, area_id, "write")
    measured = _sound(session, who, command.shape, today)
    plot = Plot(area_id=area.id, source=command.source)
    return store_plot(session, who, plot, measured, command, today=today)


def redraw_plot(
    session: Session, who: Actor, public_id: str, command: SavePlot, *, today: date
) -> Plot:
    """Another outline for a plot: this one ends today, and the new one begins."""
    old = access_plot(session, who, public_id, "write")
    measured = _sound(session, who, command.shape, today, but=old.id)
    _end(session, old, today)
    plot = Plot(area_id=old.area_id, source=command.source, replaces_id=old.id)
    return store_plot(session, who, plot, measured, command, today=today)


def store_plot(
    session: Session,
    who: Actor,
    plot: Plot,
    measured: Measured,
    command: SavePlot,
    *,
    today: date,
) -> Plot:
    """Fill a new row with a sound outline and all that hangs on it."""
    plot.shape = to_geojson(measured.shape)
    plot.west, plot.south, plot.east, plot.north = measured.shape.extent
    plot.measured_ha = measured.hectares
    plot.written_by_id, plot.since = who.user_id, today
    _describe(
        session,
        who,
        plot,
        DescribePlot(
            command.name, command.declared_ha, command.household, command.codes
        ),
        today,
    )
    find_overlaps(session, plot, plot_limits(session, today), today=today)
    return plot


def describe_plot(
    session: Session, who: Actor, public_id: str, command: DescribePlot, *, today: date
) -> Plot:
    """Change name, household, declared hectares and codes; the outline stays."""
    plot = access_plot(session, who, public_id, "write")
    _describe(session, who, plot, command, today)
    return plot


def end_plot(session: Session, who: Actor, public_id: str, *, today: date) -> None:
    """The plot is no longer used; its past stays."""
    _end(session, access_plot(session, who, public_id, "write"), today)


def _sound(
    session: Session, who: Actor, shape: Shape, today: date, but: int | None = None
) -> Measured:
    limits = plot_limits(session, today)
    found = measure(shape, limits)
    if isinstance(found, Finding):
        raise Refused(found.message, found.field, **found.params)
    others = own_shapes(session, who.organisation_id, found.shape, but)
    twice = duplicate_of(found.shape, others, limits)
    refuse_errors([twice] if twice else [])
    return found


def _describe(
    session: Session, who: Actor, plot: Plot, command: DescribePlot, today: date
) -> None:
    household = (
        access_household(session, who, command.household) if command.household else None
    )
    try:
        with session.begin_nested():
            plot.name = clean_text(command.name, field="name")
            plot.declared_ha = command.declared_ha
            plot.household_id = household.id if household else None
            session.add(plot)
            session.flush()  # the name is taken or it is not
    except IntegrityError:
        raise Refused(TAKEN, "name") from None
    cover_plot(session, plot, command.codes, today=today)


def _end(session: Session, plot: Plot, today: date) -> None:
    cover_plot(session, plot, (), today=today)
    plot.ended_on = today
    session.flush()  # its name is free from here on
