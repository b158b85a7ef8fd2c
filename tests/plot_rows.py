"""Plots as rows for tests: squares in degrees around a garden."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.plot_rows import FilePlot, stored
from marketplace.domain.plots import Shape, from_geojson, to_geojson
from marketplace.services.geodesy import measure_ha
from models.papers import GrowingArea
from models.plots import Plot, PlotImport, PlotOverlap
from tests.factories import NOW, TODAY

EAST, NORTH = 103.745, 21.057
METRE = 1 / 111_320  # degrees, along a meridian


def square(x: float = 0, y: float = 0, side: float = 100) -> Shape:
    """A square of so many metres a side, its corner so far east and north."""
    wide = METRE / 0.9333
    west, south = EAST + x * wide, NORTH + y * METRE
    east, north = west + side * wide, south + side * METRE
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Shape(tuple((round(a, 7), round(b, 7)) for a, b in ring))


def corners(shape: Shape) -> str:
    """As people type them: latitude, longitude, a line a corner."""
    return "\n".join(f"{north:.7f} {east:.7f}" for east, north in shape.outer[:-1])


def plot(
    session: Session,
    area: GrowingArea,
    who: Actor,
    shape: Shape | None = None,
    since: date = TODAY,
    **over: Any,
) -> Plot:
    """A plot in use, written past the service; every one lies apart."""
    number = session.scalar(select(func.count(Plot.id))) or 0
    drawn = shape or square(y=number * 150)
    west, south, east, north = drawn.extent
    values: dict[str, Any] = {
        "name": f"Thửa {number}",
        "measured_ha": measure_ha(drawn),
        "source": "drawn",
        "written_by_id": who.user_id,
    }
    row = Plot(
        area_id=area.id,
        shape=to_geojson(drawn),
        west=west,
        south=south,
        east=east,
        north=north,
        since=since,
        **(values | over),
    )
    session.add(row)
    session.flush()
    return row


def shape_of(row: Plot) -> Shape:
    return from_geojson(row.shape)


def imported(session: Session, area: GrowingArea, who: Actor) -> PlotImport:
    """A file that was read and waits to be looked at."""
    row = PlotImport(
        area_id=area.id,
        file_name="thua.geojson",
        format="geojson",
        rows=[stored(FilePlot("Thửa trong tệp", square(y=-900)))],
        by_user_id=who.user_id,
        at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def overlap(session: Session, area: GrowingArea, who: Actor) -> PlotOverlap:
    """Two plots of the area that share land, which nobody has looked into."""
    first, second = plot(session, area, who), plot(session, area, who)
    row = PlotOverlap(
        first_id=first.id,
        second_id=second.id,
        overlap_ha=1,
        found_on=TODAY,
        state="found",
    )
    session.add(row)
    session.flush()
    return row
