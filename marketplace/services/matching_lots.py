"""Open harvests as lots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.masks import mask_segments
from marketplace.domain.words import HarvestState, OrganisationState
from marketplace.matching import Lot, Segment
from marketplace.services.matching_code import post_digest
from marketplace.services.matching_held import Held
from marketplace.services.matching_papers import HeldPaper, read_papers
from marketplace.services.matching_terms import owner_of, place_of
from models.bulk import among
from models.harvests import Harvest, HarvestGrade
from models.organisations import Organisation
from models.papers import GrowingArea
from models.reference import AdminUnit, Product

COMMUNE = aliased(AdminUnit)
SAME = aliased(Harvest)
PROMISED = (
    select(func.coalesce(func.sum(SAME.promised_kg), 0))
    .where(
        SAME.organisation_id == Harvest.organisation_id,
        SAME.product_id == Harvest.product_id,
    )
    .scalar_subquery()
)
"""Kilograms that the seller has promised of the product, of whatever harvest."""
COLUMNS: tuple[Any, ...] = (
    Harvest.id,
    Harvest.organisation_id,
    Harvest.product_id,
    Harvest.variety_id,
    Harvest.likely_kg,
    Harvest.tolerance_pct,
    Harvest.promised_kg,
    Harvest.over_promised,
    Harvest.smallest_lot_kg,
    Harvest.floor_price_vnd,
    Harvest.window_start,
    Harvest.window_end,
    Harvest.latitude,
    Harvest.longitude,
    Harvest.posted_at,
    Product.shelf_life_days,
    Organisation.tax_code,
    GrowingArea.latitude.label("area_latitude"),
    GrowingArea.longitude.label("area_longitude"),
    Organisation.latitude.label("own_latitude"),
    Organisation.longitude.label("own_longitude"),
    COMMUNE.latitude.label("unit_latitude"),
    COMMUNE.longitude.label("unit_longitude"),
    PROMISED.label("promised_before"),
)


def on_sale(wanted: Select[Any]) -> Select[Any]:
    """Of this choice what verified organisations have on the market.

    Whatever tells of product, seller, commune and growing area may be chosen.
    """
    return (
        wanted.join(Product, Product.id == Harvest.product_id)
        .join(Organisation, Organisation.id == Harvest.organisation_id)
        .join(COMMUNE, COMMUNE.id == Harvest.unit_id)
        .outerjoin(GrowingArea, GrowingArea.id == Harvest.area_id)
        .where(
            Harvest.state == HarvestState.OPEN,
            Organisation.state == OrganisationState.VERIFIED,
        )
    )


ON_SALE = on_sale(select(*COLUMNS)).order_by(Harvest.id)


@dataclass(frozen=True)
class LotPost:
    """A lot, whose it is, its papers, and what its post says."""

    lot: Lot
    organisation_id: int
    papers: tuple[HeldPaper, ...]
    said: tuple[int, ...]

    @cached_property
    def digest(self) -> bytes:
        """What the post says, less what was promised of it since."""
        return post_digest(self.said)


def read_lots(
    session: Session,
    held: Held,
    *,
    today: date,
    ids: Collection[int] | None = None,
    products: Collection[int] | None = None,
) -> dict[int, LotPost]:
    """Open harvests of verified organisations with something left to sell."""
    found = _rows(session, ids, products)
    rows = [row for row in found if _is_on_sale(row, held, today)]
    known = [row.id for row in rows]
    grades, papers = (
        _grades(session, known),
        read_papers(session, {row.id: row.product_id for row in rows}),
    )
    return {row.id: _post(row, grades[row.id], papers[row.id], held) for row in rows}


def _rows(
    session: Session, ids: Collection[int] | None, products: Collection[int] | None
) -> list[Row[Any]]:
    wanted = ON_SALE
    if ids is not None:
        wanted = wanted.where(among(session, Harvest.id, ids))
    if products is not None:
        wanted = wanted.where(Harvest.product_id.in_(products))
    return list(session.execute(wanted))


def _left_kg(row: Row[Any], held: Held) -> int:
    if row.over_promised:
        return 0
    return int(row.likely_kg - row.promised_kg - held.of_harvest.get(row.id, 0))


def _is_on_sale(row: Row[Any], held: Held, today: date) -> bool:
    end = row.window_end + timedelta(days=row.shelf_life_days)
    return bool(end >= today) and _left_kg(row, held) > 0


def _grades(
    session: Session, harvests: Collection[int]
) -> defaultdict[int, list[tuple[int, int]]]:
    rows = session.execute(
        select(HarvestGrade.harvest_id, HarvestGrade.rank, HarvestGrade.share_permille)
        .where(among(session, HarvestGrade.harvest_id, harvests))
        .order_by(HarvestGrade.harvest_id, HarvestGrade.rank)
    )
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for harvest, rank, share in rows:
        found[harvest].append((rank, share))
    return found


def _post(
    row: Row[Any],
    grades: list[tuple[int, int]],
    papers: list[HeldPaper],
    held: Held,
) -> LotPost:
    left = _left_kg(row, held)
    end = row.window_end + timedelta(days=row.shelf_life_days)
    latitude, longitude = _place(row)
    lot = Lot(
        id=row.id,
        owner=owner_of(row.organisation_id, row.tax_code),
        product=row.product_id,
        variety=row.variety_id or 0,
        grade_kg=_grade_kg(left, grades),
        kg=left,
        smallest_kg=row.smallest_lot_kg,
        ask_vnd=row.floor_price_vnd,
        segments=_segments(papers, row.window_start, end),
        shelf_life_days=row.shelf_life_days,
        lat=latitude,
        lon=longitude,
        promised_before_kg=int(row.promised_before),
        posted=int(row.posted_at.timestamp()) if row.posted_at else 0,
        record=held.classes.get(row.organisation_id, 0),
        window=(row.window_start.toordinal(), row.window_end.toordinal()),
    )
    return LotPost(lot, row.organisation_id, tuple(papers), _said(row, grades))


def _grade_kg(left: int, grades: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Whole kilograms of each grade; the least grade takes what is left over."""
    better = [(rank, left * share // 1000) for rank, share in grades[:-1]]
    rest = left - sum(kg for _, kg in better)
    return (*better, *((rank, rest) for rank, _ in grades[-1:]))


def _place(row: Row[Any]) -> tuple[float, float]:
    return place_of(
        (row.latitude, row.longitude),
        (row.area_latitude, row.area_longitude),
        (row.own_latitude, row.own_longitude),
        (row.unit_latitude, row.unit_longitude),
    )


def _segments(papers: list[HeldPaper], first: date, last: date) -> tuple[Segment, ...]:
    return tuple(
        Segment(part.first_day.toordinal(), part.last_day.toordinal(), part.mask)
        for part in mask_segments((held.paper for held in papers), first, last)
    )


def _said(row: Row[Any], grades: list[tuple[int, int]]) -> tuple[int, ...]:
    return (
        row.product_id,
        row.variety_id or 0,
        row.likely_kg,
        row.tolerance_pct,
        row.smallest_lot_kg,
        row.floor_price_vnd,
        row.window_start.toordinal(),
        row.window_end.toordinal(),
        *(number for grade in grades for number in grade),
    )
