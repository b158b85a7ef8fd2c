"""What a plot must keep: a whole outline, in its place, drawn once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.plots import (
    PlotLimits,
    Shape,
    check_shape,
    check_size,
    from_geojson,
    limits_of,
    tidied,
)
from marketplace.domain.words import Severity
from marketplace.services.geodesy import fault_of, likeness_pct, measure_ha
from marketplace.services.rules import rules
from models.papers import GrowingArea
from models.plots import Plot

RULES = ("plot.bounds", "plot.shape", "plot.declared")


@dataclass(frozen=True)
class Measured:
    """A sound outline, and its hectares."""

    shape: Shape
    hectares: Decimal


@dataclass(frozen=True)
class NamedShape:
    """An outline that is there already, and what it is called."""

    name: str
    shape: Shape


def plot_limits(session: Session, on: date) -> PlotLimits:
    """What a plot may be, by the rules in force on a day."""
    return limits_of(*rules(session, RULES, on).values())


def measure(shape: Shape, limits: PlotLimits) -> Measured | Finding:
    """The outline tidied and measured, or its first fault."""
    if found := check_shape(shape, limits):
        return found[0]
    whole = tidied(shape)
    if fault := fault_of(whole):
        return fault
    hectares = measure_ha(whole)
    if found := check_size(hectares, limits):
        return found[0]
    return Measured(whole, hectares)


def duplicate_of(
    shape: Shape, others: Iterable[NamedShape], limits: PlotLimits
) -> Finding | None:
    """The fault of a plot that is there already under some name."""
    for other in others:
        alike = _meet(shape.extent, other.shape.extent) and (
            likeness_pct(shape, other.shape) >= limits.duplicate_pct
        )
        if alike:
            message = N_("Trùng với %(name)s đã có")
            params = {"name": other.name}
            return Finding("plot.twice", Severity.ERROR, message, params, "corners")
    return None


def own_shapes(
    session: Session, organisation_id: int, around: Shape, but: int | None = None
) -> list[NamedShape]:
    """The organisation's plots in use around an outline."""
    rows = session.scalars(
        select(Plot)
        .join(GrowingArea, GrowingArea.id == Plot.area_id)
        .where(
            GrowingArea.organisation_id == organisation_id,
            in_use(),
            meets(around.extent),
            Plot.id != (but or 0),
        )
        .order_by(Plot.id)
    )
    return [NamedShape(row.name, from_geojson(row.shape)) for row in rows]


def in_use() -> ColumnElement[bool]:
    """Plots that have neither ended nor been drawn anew."""
    return Plot.ended_on.is_(None)


def meets(extent: tuple[float, float, float, float]) -> ColumnElement[bool]:
    """Plots whose extent touches this one: west, south, east, north."""
    west, south, east, north = extent
    return (
        (Plot.west <= east)
        & (Plot.east >= west)
        & (Plot.south <= north)
        & (Plot.north >= south)
    )


def neighbours(session: Session, plot: Plot) -> list[Plot]:
    """Plots in use, of anybody, whose extent touches that of this one."""
    extent = (plot.west, plot.south, plot.east, plot.north)
    return list(
        session.scalars(
            select(Plot)
            .where(in_use(), meets(extent), Plot.id != plot.id)
            .order_by(Plot.id)
            .options(joinedload(Plot.area))
        )
    )


def _meet(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return (
        one[0] <= other[2]
        and one[2] >= other[0]
        and one[1] <= other[3]
        and one[3] >= other[1]
    )
