"""Rows of the price column: lots and tranches with what they gain.

With gains v of tranches a lot is worth its floor plus the most that any tranche
would give for a kilogram beyond v. No pair is then worth more than its prices,
so kilograms times gains bound the surplus of the market (weak duality), side
rules or not: they only take away.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from models.bulk import Columns, shape_of
from models.matching import LotPrice, NeedPrice
from models.offers import Tranche

PriceRow = tuple[Any, ...]
LOT, NEED = shape_of(LotPrice), shape_of(NeedPrice)
AXES = ("x", "y", "z")


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


def covering(lots: Columns, needs: Columns, costs: Carriage) -> Columns:
    """The same lots at the least prices that cover every pair with these needs."""
    price = lots["ask_vnd"].copy()
    for product in np.unique(lots["product_id"]):
        of = np.flatnonzero(lots["product_id"] == product)
        asking = needs[needs["product_id"] == product]
        if len(asking):
            price[of] += _gains(lots[of], asking, costs)
    _, whose = np.unique(lots["harvest_id"], return_inverse=True)
    highest = np.zeros(len(lots), dtype=np.int64)
    np.maximum.at(highest, whose, price)
    covered = lots.copy()
    covered["price_vnd"] = highest[whose]
    return covered


def _gains(lots: Columns, needs: Columns, costs: Carriage) -> Int64:
    """What the best need would give for a kilogram of each lot."""
    places = [np.stack([rows[axis] for axis in AXES], axis=1) for rows in (lots, needs)]
    chord = np.sqrt(((places[0][:, None] - places[1][None]) ** 2).sum(axis=2))
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
    carry = cost_vnd(km, np.array([costs.rate_vnd]), np.array([costs.fixed_vnd]))
    gain = (needs["bid_vnd"] - needs["gain_vnd"])[None] - lots["ask_vnd"][:, None]
    meets = needs["requires"][None] & ~lots["has"][:, None] == 0
    meets &= lots["owner"][:, None] != needs["owner"][None]
    meets &= lots["first_day"][:, None] <= needs["last_day"][None]
    meets &= lots["last_day"][:, None] >= needs["first_day"][None]
    best: Int64 = np.where(meets, gain - carry, 0).max(axis=1)
    return np.maximum(best, 0)


def bound_of(lots: Columns, needs: Columns) -> int:
    """Kilograms times gains, which no allocation exceeds."""
    first = lots[lots["part"] == 0]
    supply = first["kg"] * (first["price_vnd"] - first["ask_vnd"])
    return int(supply.sum() + (needs["kg"] * needs["gain_vnd"]).sum())
