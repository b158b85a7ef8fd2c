"""Which codes cover a plot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.domain.plots import Shape, from_geojson
from marketplace.domain.words import PaperState
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


def shapes_of(plots: Collection[Plot]) -> list[Shape]:
    """The outlines of plots."""
    return [from_geojson(plot.shape) for plot in plots]
