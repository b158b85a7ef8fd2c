"""Where a chain grows, packs and sells: places for a drawing without a tile server.

Plots and plants stand where they were measured, else at the point of their commune
(`reference/unit_places.csv`), as the distances of the matcher do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.monitoring import PlaceKind
from marketplace.domain.words import AdminLevel, FacilityKind
from marketplace.matching.transport import km_between
from marketplace.services.plots import list_plots
from models.chains import Chain
from models.contracts import Contract
from models.organisations import Organisation
from models.papers import Facility, GrowingArea
from models.plots import Plot
from models.reference import AdminUnit, Product

Point = tuple[float, float]  # degrees north, degrees east


@dataclass(frozen=True)
class Place:
    """A place of the chain; `km` as the crow flies from where the chain grows."""

    kind: PlaceKind
    name: str
    unit: str
    at: Point
    area_ha: Decimal | None = None
    km: int | None = None


@dataclass(frozen=True)
class ChainMap:
    """The communes around, what lies among them, and where the goods go.

    `plots` are those of the lead whose outlines are known.
    """

    communes: Sequence[tuple[str, Point]]
    near: Sequence[Place]
    shelves: Sequence[Place]
    plots: Sequence[Plot] = ()


def map_of(
    session: Session, chain: Chain, contracts: Sequence[Contract], *, today: date
) -> ChainMap | None:
    """The places of a chain that follow from the contracts which the reader sees.

    None where nobody knows where the lead grows.
    """
    areas = _areas(session, chain)
    plots = list_plots(session, areas)
    near = [*_gardens(areas, plots), *_plants(session, chain.lead)]
    if not near:
        home = _point(chain.lead, chain.lead.unit)
        if home is None:
            return None
        near = [Place(PlaceKind.PLOT, chain.lead.short_name, chain.unit.name, home)]
    buyers = {one.buyer_id: one.buyer for one in contracts}
    shelves = _shelves(session, buyers.values(), near[0].at)
    return ChainMap(_communes(session, today), near, shelves, plots)


def _areas(session: Session, chain: Chain) -> Sequence[GrowingArea]:
    wanted = (
        select(GrowingArea)
        .join(Product, Product.id == GrowingArea.product_id)
        .where(
            GrowingArea.organisation_id == chain.lead_id,
            Product.group_id == chain.group_id,
            GrowingArea.ended_on.is_(None),
        )
        .order_by(GrowingArea.id)
    )
    return session.scalars(wanted).all()


def _gardens(areas: Iterable[GrowingArea], plots: Sequence[Plot]) -> list[Place]:
    """Each in the middle of its outlines where some are drawn, else at its point."""
    return [
        Place(PlaceKind.PLOT, one.name, one.unit.name, at, one.area_ha)
        for one in areas
        if (at := _middle(plots, one.id) or _point(one, one.unit))
    ]


def _middle(plots: Sequence[Plot], area: int) -> Point | None:
    inside = [one for one in plots if one.area_id == area]
    if not inside:
        return None
    norths = [*(one.south for one in inside), *(one.north for one in inside)]
    easts = [*(one.west for one in inside), *(one.east for one in inside)]
    return (min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2


def _plants(session: Session, lead: Organisation) -> list[Place]:
    wanted = select(Facility).where(
        Facility.organisation_id == lead.id,
        Facility.kind != FacilityKind.SELLING_POINT,
        Facility.ended_on.is_(None),
    )
    return [
        Place(PlaceKind.PLANT, one.name, one.unit.name, at)
        for one in session.scalars(wanted.order_by(Facility.id))
        if (at := _point(one.unit))
    ]


def _shelves(
    session: Session, buyers: Iterable[Organisation], start: Point
) -> list[Place]:
    """Where the goods are sold: selling points, else where the buyer is."""
    found = []
    for buyer in buyers:
        points = session.scalars(
            select(Facility).where(
                Facility.organisation_id == buyer.id,
                Facility.kind == FacilityKind.SELLING_POINT,
                Facility.ended_on.is_(None),
            )
        ).all()
        spots = [(f"{buyer.short_name}, {one.name}", one.unit) for one in points]
        for name, unit in spots or [(buyer.short_name, buyer.unit)]:
            at = _point(unit) or _point(buyer, buyer.unit)
            if at:
                km = km_apart(start, at)
                found.append(Place(PlaceKind.SHELF, name, unit.name, at, km=km))
    return sorted(found, key=lambda one: (one.km or 0, one.name))


def km_apart(start: Point, end: Point) -> int:
    """Kilometres as the crow flies, whole."""
    places = (np.array([value]) for value in (*start, *end))
    return round(float(km_between(*places)[0]))


def _point(*rows: Any) -> Point | None:
    """The place of the first of these rows that has one."""
    for row in rows:
        if row.latitude is not None and row.longitude is not None:
            return row.latitude, row.longitude
    return None


def _communes(session: Session, today: date) -> list[tuple[str, Point]]:
    wanted = select(AdminUnit).where(
        AdminUnit.level == AdminLevel.COMMUNE,
        AdminUnit.latitude.is_not(None),
        AdminUnit.valid_from <= today,
        or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to > today),
    )
    rows = session.scalars(wanted.order_by(AdminUnit.id))
    return [(one.name, at) for one in rows if (at := _point(one))]
