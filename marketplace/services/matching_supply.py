"""Open harvests as columns: no object a row, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.matching.arrays import Int64
from marketplace.services.matching_held import Held
from marketplace.services.matching_lots import COMMUNE, on_sale
from marketplace.services.matching_spans import open_harvests, read_spans
from marketplace.services.matching_terms import HOME, owner_column
from models.bulk import Columns, read_columns
from models.harvests import Harvest, HarvestGrade
from models.organisations import Organisation
from models.papers import GrowingArea
from models.reference import Product
from models.sql_days import epoch, ordinal


class Supply(NamedTuple):
    """Harvests with something left, in the order of ids.

    `pieces` has a row (position, first day, last day, papers held) for every
    stretch of days with the same papers.
    """

    rows: Columns
    left: Int64
    promised: Int64
    record: Int64
    grades: Columns
    pieces: Int64


def place_of(axis: str, *owners: Any) -> Any:
    """One axis of the most exact place that is known, else of the main town."""
    known = [
        (sa.and_(one.latitude.is_not(None), one.longitude.is_not(None)), one)
        for one in owners
    ]
    told = [(both, getattr(one, axis)) for both, one in known]
    return sa.case(*told, else_=sa.literal(HOME[axis == "longitude"], sa.Double()))


def read_supply(
    session: Session, products: Collection[int], held: Held, *, today: date
) -> Supply:
    """What verified organisations have left of these products."""
    rows = read_columns(session, _columns(), _mine(products, today), by=["id"])
    left = rows["likely"] - rows["promised"] - held_of(held.of_harvest, rows["id"])
    left[rows["over_promised"] == 1] = 0
    rows, left = rows[left > 0], left[left > 0]
    grades = _grades(session, products)
    grades = grades[np.isin(grades["id"], rows["id"])]
    pieces = _pieces(rows, read_spans(session, products))
    record = held_of(held.classes, rows["organisation"])
    promised = _promised(session, products, rows)
    return Supply(rows, left, promised, record, grades, pieces)


def _grades(session: Session, products: Collection[int]) -> Columns:
    wanted = select(HarvestGrade).join(Harvest, Harvest.id == HarvestGrade.harvest_id)
    return read_columns(
        session,
        {
            "id": HarvestGrade.harvest_id,
            "rank": HarvestGrade.rank,
            "share": HarvestGrade.share_permille,
        },
        wanted.where(open_harvests(products)),
        by=["id", "rank"],
    )


def held_of(held: Any, ids: Int64) -> Int64:
    """What a mapping says of each id, 0 where it says nothing."""
    found = np.zeros(len(ids), dtype=np.int64)
    for place in np.flatnonzero(np.isin(ids, list(held))):
        found[place] = held[int(ids[place])]
    return found


def _mine(products: Collection[int], today: date) -> sa.Select[Any]:
    end = ordinal(Harvest.window_end) + Product.shelf_life_days
    return on_sale(select(Harvest)).where(
        Harvest.product_id.in_(products), end >= today.toordinal()
    )


def _columns() -> dict[str, Any]:
    places = (Harvest, GrowingArea, Organisation, COMMUNE)
    return {
        "id": Harvest.id,
        "organisation": Harvest.organisation_id,
        "owner": owner_column(),
        "product": Harvest.product_id,
        "variety": Harvest.variety_id,
        "likely": Harvest.likely_kg,
        "tolerance": Harvest.tolerance_pct,
        "promised": Harvest.promised_kg,
        "over_promised": sa.case((Harvest.over_promised, 1), else_=0),
        "least": Harvest.smallest_lot_kg,
        "floor": Harvest.floor_price_vnd,
        "start": ordinal(Harvest.window_start),
        "end": ordinal(Harvest.window_end),
        "shelf": Product.shelf_life_days,
        "posted": epoch(Harvest.posted_at),
        "lat": place_of("latitude", *places),
        "lon": place_of("longitude", *places),
    }


def _promised(session: Session, products: Collection[int], rows: Columns) -> Int64:
    """What the seller of each has promised of the product, of whatever harvest."""
    promised = read_columns(
        session,
        {
            "organisation": Harvest.organisation_id,
            "product": Harvest.product_id,
            "kg": Harvest.promised_kg,
        },
        select(Harvest).where(
            Harvest.product_id.in_(products), Harvest.promised_kg > 0
        ),
    )
    before: Counter[tuple[int, int]] = Counter()
    for organisation, product, kg in promised.tolist():
        before[organisation, product] += kg
    whose = zip(rows["organisation"].tolist(), rows["product"].tolist(), strict=True)
    return np.fromiter((before[one] for one in whose), np.int64, len(rows))


def _pieces(rows: Columns, spans: Columns) -> Int64:
    """What holds on which days: mostly one piece a harvest, cut at a paper's end."""
    first, last = rows["start"], rows["end"] + rows["shelf"]
    has = np.zeros(len(rows), dtype=np.int64)
    spans = spans[np.isin(spans["id"], rows["id"])]
    of = np.searchsorted(rows["id"], spans["id"])
    fits = (spans["product"] == 0) | (spans["product"] == rows["product"][of])
    meets = fits & (spans["first"] <= last[of]) & (spans["last"] >= first[of])
    whole = meets & (spans["first"] <= first[of]) & (spans["last"] >= last[of])
    np.bitwise_or.at(has, of[whole], spans["bits"][whole])
    cut = meets & ~whole
    plain = np.setdiff1d(np.arange(len(rows)), of[cut])
    pieces = [np.stack([plain, first[plain], last[plain], has[plain]], axis=1)]
    if cut.any():
        days = {int(one): (int(first[one]), int(last[one])) for one in set(of[cut])}
        pieces.append(np.array(list(_cut(of[cut], spans[cut], days, has))))
    found = np.concatenate(pieces)
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def _cut(
    of: Int64, spans: Columns, days: dict[int, tuple[int, int]], has: Int64
) -> Iterator[tuple[int, int, int, int]]:
    """The pieces of harvests in which a paper begins or ends."""
    papers: dict[int, list[tuple[int, int, int]]] = {one: [] for one in days}
    told = zip(
        *(spans[name].tolist() for name in ("first", "last", "bits")), strict=True
    )
    for one, paper in zip(of.tolist(), told, strict=True):
        papers[one].append(paper)
    for one, (first, last) in days.items():
        starts = {first, *(p[0] for p in papers[one]), *(p[1] + 1 for p in papers[one])}
        begins = sorted(day for day in starts if first <= day <= last)
        held = [(day, _held_on(day, papers[one], int(has[one]))) for day in begins]
        changes = [
            now for before, now in pairwise([(0, -1), *held]) if before[1] != now[1]
        ]
        for (begin, mask), (after, _) in pairwise([*changes, (last + 1, 0)]):
            yield one, begin, after - 1, mask


def _held_on(day: int, papers: list[tuple[int, int, int]], mask: int) -> int:
    for since, until, bits in papers:
        mask |= bits if since <= day <= until else 0
    return mask
