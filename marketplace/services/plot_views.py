"""What the page of a growing area's plots shows: sums, and what lies around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.domain.plots import Point, within
from marketplace.services.geodesy import union_ha
from marketplace.services.plot_checks import plot_limits
from marketplace.services.plot_codes import shapes_of
from marketplace.services.plots import list_plots
from marketplace.services.units import communes_on, unit_on
from models.papers import GrowingArea
from models.plots import Plot

MIDDLE_OF_PROVINCE: Point = (103.9, 21.2)
NEAREST = 8  # communes on a map


@dataclass(frozen=True)
class AreaLand:
    """A growing area, its plots in use, and whether they measure what is declared.

    `declared_ha` is what was declared of the plots, 0 if of none.
    """

    plots: Sequence[Plot]
    area_ha: Decimal
    declared_ha: Decimal
    measured_ha: Decimal
    tolerance_pct: int

    @property
    def fits(self) -> bool:
        """Whether the plots measure as much as the area is said to have."""
        return within(self.area_ha, self.measured_ha, self.tolerance_pct)


def land_of_area(session: Session, area: GrowingArea, *, today: date) -> AreaLand:
    """The plots of a growing area; land that two of them share counts once."""
    plots = list_plots(session, [area])
    return AreaLand(
        plots=plots,
        area_ha=area.area_ha,
        declared_ha=sum((one.declared_ha or Decimal(0) for one in plots), Decimal(0)),
        measured_ha=union_ha(shapes_of(plots)),
        tolerance_pct=plot_limits(session, today).tolerance_pct,
    )


def middle_of(session: Session, area: GrowingArea, today: date) -> Point:
    """Where a map of the area begins: at the area, its commune, or the province."""
    unit = unit_on(session, area.unit_id, today)
    for place in (area, unit):
        if place.latitude is not None and place.longitude is not None:
            return place.longitude, place.latitude
    return MIDDLE_OF_PROVINCE


def communes_around(
    session: Session, middle: Point, today: date
) -> list[tuple[str, Point]]:
    """The communes nearest to a point, as far as it is known where they lie."""
    known = [
        (unit.name, (unit.longitude, unit.latitude))
        for unit in communes_on(session, today)
        if unit.longitude is not None and unit.latitude is not None
    ]
    known.sort(
        key=lambda one: (one[1][0] - middle[0]) ** 2 + (one[1][1] - middle[1]) ** 2
    )
    return known[:NEAREST]
