"""Where the fruit in a box grew, where it was packed, and who has it: to the commune.

Where gardens lie exactly is nobody's business. A unit whose point nobody wrote down
is named without a distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import AdminLevel
from marketplace.services.chain_map import Point, communes_around, km_apart
from models.lots import Lot
from models.organisations import Organisation
from models.reference import AdminUnit

NEAR_KM = 60  # what the map shows around the first garden


@dataclass(frozen=True)
class Spot:
    """A unit with what is there; `km` as the crow flies from the first garden."""

    name: str
    unit: AdminUnit
    at: Point | None
    km: int | None = None


@dataclass(frozen=True)
class BoxMap:
    """Gardens, the maker's place if it is another one, and who holds some now.

    Around them the communes by name, and the provinces of the country.
    """

    start: Point
    grown: Sequence[Spot]
    made: Spot | None
    shelves: Sequence[Spot]
    communes: Sequence[tuple[str, Point]]
    provinces: Sequence[Point]


def map_of_box(
    session: Session,
    lot: Lot,
    gardens: Iterable[AdminUnit],
    holders: Iterable[Organisation],
    *,
    today: date,
) -> BoxMap | None:
    """The map of a lot's way; None where nobody knows where it grew."""
    units = {one.id: one for one in gardens}
    grown = [Spot(one.name, one, _point(one)) for one in units.values()]
    start = next((one.at for one in grown if one.at), None)
    if start is None:
        return None
    home = lot.organisation
    return BoxMap(
        start=start,
        grown=grown,
        made=None if home.unit_id in units else _spot(home, start),
        shelves=[_spot(one, start) for one in holders if one.id != home.id],
        communes=[
            (name, at)
            for name, at in communes_around(session, today)
            if km_apart(start, at) <= NEAR_KM
        ],
        provinces=_provinces(session, today),
    )


def _spot(who: Organisation, start: Point) -> Spot:
    at = _point(who.unit)
    return Spot(who.short_name, who.unit, at, km_apart(start, at) if at else None)


def _point(unit: AdminUnit) -> Point | None:
    if unit.latitude is None or unit.longitude is None:
        return None
    return unit.latitude, unit.longitude


def _provinces(session: Session, today: date) -> list[Point]:
    wanted = select(AdminUnit).where(
        AdminUnit.level == AdminLevel.PROVINCE,
        AdminUnit.latitude.is_not(None),
        AdminUnit.valid_from <= today,
        or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to > today),
    )
    return [at for one in session.scalars(wanted) if (at := _point(one))]
