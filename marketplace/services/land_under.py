"""How much land codes and certificates cover together, each piece once (GA-04).

Land is what its outlines measure, as they were on the day; gardens that nobody has
drawn count as declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.land import Claim, Gardens, Land, land_of
from marketplace.domain.plots import Shape, from_geojson
from marketplace.services.geodesy import touching, union_ha
from marketplace.services.paper_places import areas_of
from models.bulk import among
from models.papers import Certificate, GrowingArea, GrowingAreaCode
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


class Outlines:
    """Plots by what they lie in (gardens, or codes that name them), to be summed."""

    def __init__(
        self, session: Session, plots: Mapping[Hashable, Sequence[Any]]
    ) -> None:
        self.session, self.plots = session, plots
        self._shapes: dict[int, Shape] = {}

    @property
    def drawn(self) -> Collection[Hashable]:
        return {one for one, rows in self.plots.items() if rows}

    def covered(self, gardens: Gardens) -> Decimal:
        """Hectares of all plots in these, shared land once."""
        rows = {row.id: row for one in gardens for row in self.plots.get(one, ())}
        plots = list(rows.values())
        extents = [(one.west, one.south, one.east, one.north) for one in plots]
        together = touching(extents)
        alone = [one for place, one in enumerate(plots) if place not in together]
        shapes = self._outlines([plots[place].id for place in sorted(together)])
        return sum((one.measured_ha for one in alone), union_ha(shapes))

    def land(self, claims: Iterable[Claim], said: Mapping[Hashable, Decimal]) -> Land:
        """The land that claims speak of; see `marketplace.domain.land`."""
        return land_of(claims, said, frozenset(self.drawn), self.covered)

    def _outlines(self, plots: Sequence[int]) -> list[Shape]:
        """Read only of plots that meet another, and once."""
        unread = [one for one in plots if one not in self._shapes]
        if unread:
            wanted = select(Plot.id, Plot.shape).where(
                among(self.session, Plot.id, unread)
            )
            for one, shape in self.session.execute(wanted):
                self._shapes[one] = from_geojson(shape)
        return [self._shapes[one] for one in plots]


def land_under(session: Session, codes: Sequence[GrowingAreaCode], on: date) -> Land:
    """Land under codes on a day, each piece of it once."""
    return CodedLand(session, codes, on).land(codes)


class CodedLand:
    """The land under codes on a day, read once and summed for any of them.

    A code covers the plots that name it. One that no plot names covers all of its
    growing area, or as much of it as it says.
    """

    def __init__(
        self, session: Session, codes: Sequence[GrowingAreaCode], on: date
    ) -> None:
        named = _plots_of_codes(session, [code.id for code in codes], on)
        self._named = named.keys()
        loose = {code.area_id for code in codes if code.id not in named}
        plots: dict[Hashable, Sequence[Any]] = {
            ("code", one): rows for one, rows in named.items()
        }
        self._outlines = Outlines(session, plots | plots_of_gardens(session, loose, on))

    def land(self, codes: Sequence[GrowingAreaCode]) -> Land:
        """The land under these of the codes together."""
        said: dict[Hashable, Decimal] = {
            code.area_id: code.area.area_ha for code in codes
        }
        return self._outlines.land(map(self._claim, codes), said)

    def _claim(self, code: GrowingAreaCode) -> Claim:
        if code.id in self._named:
            return Claim(frozenset({("code", code.id)}), None)
        return Claim(frozenset({code.area_id}), code.area_ha)


def land_certified(session: Session, papers: Sequence[Certificate], on: date) -> Land:
    """Land under certificates on a day; those that name no garden say how much."""
    claims = [Claim(frozenset(areas_of(one)), one.area_ha) for one in papers]
    named = [one for one in claims if one.gardens]
    loose = (one.declared_ha or Decimal(0) for one in claims if not one.gardens)
    gardens = {one for claim in named for one in claim.gardens}
    said = declared_gardens(session, gardens)
    outlines = Outlines(session, plots_of_gardens(session, said, on))
    return outlines.land(named, said) + Land(declared_ha=sum(loose, Decimal(0)))


def plots_of_gardens(
    session: Session, gardens: Collection[Any], on: date
) -> dict[Hashable, Sequence[Any]]:
    """The plots of each of these growing areas on a day; only those with some."""
    found: dict[Hashable, list[Any]] = defaultdict(list)
    wanted = select(*_MEASURES).where(among(session, Plot.area_id, gardens))
    for row in session.execute(wanted.where(drawn_on(on)).order_by(Plot.id)):
        found[row.area_id].append(row)
    return dict(found)


def drawn_on(day: date) -> ColumnElement[bool]:
    """Whether a plot counts on a day."""
    return (Plot.since <= day) & (Plot.ended_on.is_(None) | (day < Plot.ended_on))


def declared_gardens(
    session: Session, gardens: Collection[Any]
) -> dict[Hashable, Decimal]:
    """How much land each of these growing areas is declared to have."""
    wanted = select(GrowingArea.id, GrowingArea.area_ha)
    rows = session.execute(wanted.where(among(session, GrowingArea.id, gardens)))
    return dict(iter(rows))


def _plots_of_codes(
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
