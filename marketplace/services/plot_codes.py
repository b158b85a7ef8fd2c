"""Which codes cover a plot, and how much land codes cover together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plots import Shape, from_geojson
from marketplace.domain.words import PaperState
from marketplace.services.geodesy import union_ha
from models.bulk import among
from models.papers import GrowingArea, GrowingAreaCode
from models.plots import Plot, PlotCode

GONE = (PaperState.REVOKED, PaperState.EXPIRED)


def codes_of_area(session: Session, area: GrowingArea) -> list[GrowingAreaCode]:
    """The codes of a growing area that are not over."""
    return list(
        session.scalars(
            select(GrowingAreaCode)
            .where(
                GrowingAreaCode.area_id == area.id, GrowingAreaCode.state.not_in(GONE)
            )
            .order_by(GrowingAreaCode.market, GrowingAreaCode.id)
        )
    )


def cover_plot(
    session: Session, plot: Plot, wanted: Collection[str], *, today: date
) -> None:
    """Let exactly these codes (public ids) cover the plot from today on.

    Refused if one is not a code of the plot's own growing area.
    """
    known = {
        code.public_id: code.id
        for code in session.scalars(
            select(GrowingAreaCode).where(GrowingAreaCode.area_id == plot.area_id)
        )
    }
    if not known.keys() >= set(wanted):
        raise Refused(N_("Chọn mã trong danh sách"), "codes")
    ids = {known[one] for one in wanted}
    held = {row.code_id: row for row in plot.codes if row.until is None}
    for code_id in held.keys() - ids:
        held[code_id].until = today
    for code_id in sorted(ids - held.keys()):
        plot.codes.append(PlotCode(code_id=code_id, since=today))
    session.flush()  # what is over makes room for what begins


def land_under(session: Session, codes: Sequence[GrowingAreaCode], on: date) -> Decimal:
    """Hectares under codes on a day, each piece of land once (GA-04).

    Where codes name plots, their union is measured. A code without plots covers all
    of its growing area, whose plots then add nothing; of several such codes on one
    area, the largest counts.
    """
    plots = _plots_under(session, [code.id for code in codes], on)
    whole: dict[int, Decimal] = {}
    for code in codes:
        if code.id not in plots:
            here = whole.get(code.area_id, Decimal(0))
            whole[code.area_id] = max(here, code.area_ha)
    named = {
        plot.id: plot
        for found in plots.values()
        for plot in found
        if plot.area_id not in whole
    }
    return sum(whole.values(), Decimal(0)) + union_ha(shapes_of(named.values()))


def shapes_of(plots: Collection[Plot]) -> list[Shape]:
    """The outlines of plots."""
    return [from_geojson(plot.shape) for plot in plots]


def _plots_under(
    session: Session, codes: Collection[int], on: date
) -> dict[int, list[Plot]]:
    """The plots that each of these codes covers on a day; only those with some."""
    found: dict[int, list[Plot]] = defaultdict(list)
    rows = session.execute(
        select(PlotCode.code_id, Plot)
        .join(Plot, Plot.id == PlotCode.plot_id)
        .where(
            among(session, PlotCode.code_id, codes),
            PlotCode.since <= on,
            or_(PlotCode.until.is_(None), on < PlotCode.until),
        )
        .order_by(Plot.id)
    )
    for code_id, plot in rows:
        found[code_id].append(plot)
    return found
