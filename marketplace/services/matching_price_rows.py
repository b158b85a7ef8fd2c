"""Rows of the price column: lots and tranches with what they gain.

With gains v of tranches a lot is worth its floor plus the most that any tranche
would give for a kilogram beyond v. No pair is then worth more than its prices,
so kilograms times gains bound the surplus of the market (weak duality), side
rules or not: they only take away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, radians, sin
from typing import Any

import numpy as np
import sqlalchemy as sa

from marketplace.matching import Lot, Need
from marketplace.matching.arrays import Int64
from marketplace.matching.delivery import paper_runs
from marketplace.matching.transport import EARTH_KM, cost_vnd
from marketplace.services.matching_code import Varieties, asked_bits, held_bits
from marketplace.services.matching_terms import Carriage
from models.bulk import Columns
from models.matching import NeedPrice
from models.offers import Tranche

PriceRow = tuple[Any, ...]
PLACE = [(axis, "f8") for axis in "xyz"]
LOT = [
    (name, "i8")
    for name in (
        "harvest", "part", "product", "owner", "has", "first", "last", "kg", "left",
        "ask", "price",
    )
] + PLACE  # fmt: skip
NEED = [
    (name, "i8")
    for name in (
        "tranche", "offer", "product", "owner", "requires", "first", "last", "kg",
        "left", "bid", "gain",
    )
] + PLACE  # fmt: skip


def lot_rows(
    lot: Lot, varieties: Varieties, left_kg: int, price_vnd: int
) -> Iterator[PriceRow]:
    """A lot in the price column, a row for each stretch of days."""
    rank = min((rank for rank, kg in lot.grade_kg if kg), default=0)
    known = varieties.get(lot.product, {})
    place = point(lot.lat, lot.lon)
    for part, run in enumerate(paper_runs(lot)):
        has = held_bits(run.has, rank, lot.variety, known)
        days = (run.first_day, run.last_day)
        whose = (lot.id, part, lot.product, lot.owner)
        yield (*whose, has, *days, lot.kg, left_kg, lot.ask_vnd, price_vnd, *place)


def need_row(need: Need, varieties: Varieties, left_kg: int, gain_vnd: int) -> PriceRow:
    """A tranche in the price column."""
    known = varieties.get(need.product, {})
    asked = asked_bits(need.requires, need.least_grade, need.varieties, known)
    whose = (need.id, need.offer, need.product, need.owner)
    days = (need.first_day, need.last_day)
    place = point(need.lat, need.lon)
    return (*whose, asked, *days, need.kg, left_kg, need.bid_vnd, gain_vnd, *place)


def of_offer(offer_id: int) -> sa.ColumnElement[bool]:
    """Which tranches of the price column are an offer's.

    They are found by their own key: the column has no index of offers, which
    every run would have to write anew.
    """
    whose = sa.select(Tranche.id).where(Tranche.offer_id == offer_id)
    return NeedPrice.tranche_id.in_(whose)


def point(lat: float, lon: float) -> tuple[float, float, float]:
    """A place on a sphere of radius 1."""
    north, east = radians(lat), radians(lon)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def covering(
    lots: Sequence[PriceRow], needs: Sequence[PriceRow], costs: Carriage
) -> list[PriceRow]:
    """The same lots at the least prices that cover every pair with these needs."""
    mine, others = np.array(list(lots), dtype=LOT), np.array(list(needs), dtype=NEED)
    price = mine["ask"].copy()
    for product in np.unique(mine["product"]):
        of = np.flatnonzero(mine["product"] == product)
        asking = others[others["product"] == product]
        if len(asking):
            price[of] += _gains(mine[of], asking, costs)
    highest: dict[int, int] = {}
    for harvest, one in zip(mine["harvest"].tolist(), price.tolist(), strict=True):
        highest[harvest] = max(one, highest.get(harvest, 0))
    at = len(LOT) - len(PLACE) - 1
    return [(*row[:at], highest[row[0]], *row[at + 1 :]) for row in lots]


def _gains(lots: Columns, needs: Columns, costs: Carriage) -> Int64:
    """What the best need would give for a kilogram of each lot."""
    places = [
        np.stack([rows[axis] for axis in "xyz"], axis=1) for rows in (lots, needs)
    ]
    chord = np.sqrt(((places[0][:, None] - places[1][None]) ** 2).sum(axis=2))
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
    carry = cost_vnd(km, np.array([costs.rate_vnd]), np.array([costs.fixed_vnd]))
    gain = (needs["bid"] - needs["gain"])[None] - lots["ask"][:, None] - carry
    meets = needs["requires"][None] & ~lots["has"][:, None] == 0
    meets &= lots["owner"][:, None] != needs["owner"][None]
    meets &= lots["first"][:, None] <= needs["last"][None]
    meets &= lots["last"][:, None] >= needs["first"][None]
    best: Int64 = np.where(meets, gain, 0).max(axis=1)
    return np.maximum(best, 0)


def bound_of(lots: Sequence[PriceRow], needs: Sequence[PriceRow]) -> int:
    """Kilograms times gains, which no allocation exceeds."""
    kg, ask, price = (_places(LOT, name) for name in ("kg", "ask", "price"))
    first = (row for row in lots if row[1] == 0)
    supply = sum(row[kg] * (row[price] - row[ask]) for row in first)
    gain = _places(NEED, "gain")
    return int(supply + sum(row[kg] * row[gain] for row in needs))


def _places(columns: list[tuple[str, str]], name: str) -> int:
    return [one for one, _ in columns].index(name)
