"""Which codes cover a plot, and how much land codes cover together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.areas import area_without_doubles
from marketplace.domain.errors import N_, Refused
from marketplace.domain.plots import Shape, from_geojson
from marketplace.domain.words import PaperState
from marketplace.services.geodesy import touching, union_ha
from models.bulk import among
from models.papers import GrowingArea, GrowingAreaCode
from models.plots import Plot, PlotCode

_MEASURES = (
    Plot.id,
    Plot.area_id,
    Plot.measured_ha,
    Plot.west,
    Plot.south,
    Plot.east,
    Plot.north,
)
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
    """Hectares under codes on a day, each piece of land once (GA-04)."""
    return CodedLand(session, codes, on).hectares(codes)


class CodedLand:
    """The land under codes on a day, read once and summed for any of them.

    Where codes name plots, their union is measured. A code without plots covers all
    of its growing area, whose plots then add nothing; of several such codes on one
    area, the largest counts.
    """

    def __init__(
        self, session: Session, codes: Sequence[GrowingAreaCode], on: date
    ) -> None:
        self.session = session
        self.plots = _plots_under(session, [code.id for code in codes], on)

    def hectares(self, codes: Sequence[GrowingAreaCode]) -> Decimal:
        """Hectares under these of the codes together."""
        loose = [code for code in codes if code.id not in self.plots]
        whole = {code.area_id for code in loose}
        named = {
            plot.id: plot
            for code in codes
            for plot in self.plots.get(code.id, ())
            if plot.area_id not in whole
        }
        declared = area_without_doubles((code.area_id, code.area_ha) for code in loose)
        return declared + self._measured(list(named.values()))

    def _measured(self, plots: Sequence[Any]) -> Decimal:
        """The union of plots; the outline is read only of those that meet another."""
        extents = [(one.west, one.south, one.east, one.north) for one in plots]
        meeting = touching(extents)
        alone = [one for place, one in enumerate(plots) if place not in meeting]
        ids = [plots[place].id for place in sorted(meeting)]
        wanted = select(Plot.shape).where(among(self.session, Plot.id, ids))
        shapes = map(from_geojson, self.session.scalars(wanted)) if ids else ()
        return sum((one.measured_ha for one in alone), union_ha(shapes))


def shapes_of(plots: Collection[Plot]) -> list[Shape]:
    """The outlines of plots."""
    return [from_geojson(plot.shape) for plot in plots]


def _plots_under(
    session: Session, codes: Collection[int], on: date
) -> dict[int, list[Any]]:
    """The plots that each of these codes covers on a day; only those with some."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = session.execute(
        select(PlotCode.code_id, *_MEASURES)
        .join(Plot, Plot.id == PlotCode.plot_id)
        .where(
            among(session, PlotCode.code_id, codes),
            PlotCode.since <= on,
            or_(PlotCode.until.is_(None), on < PlotCode.until),
        )
        .order_by(Plot.id)
    )
    for row in rows:
        found[row.code_id].append(row)
    return found
