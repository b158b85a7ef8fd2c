"""Seeded demand: offers of buyers at home and abroad, in one to six tranches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bench import world
from bench.world import Crops
from marketplace.matching.arrays import Float, Int64, Mask, Needs

Dice = np.random.Generator
EXPORTS = 0.30
MARKETS = (0.12, 0.42, 0.08, 0.06, 0.12, 0.08, 0.08, 0.04)
PAPERS = ((0.35, 0.45), (0.05, 0.25), (0.05, 0.05), (0.08, 0.30))  # home, abroad
LEAST_GRADES = (0.35, 0.40, 0.20, 0.05)
ROAD = 1.25
"""Roads are longer than the great circle; the rates below hold it already."""


class Offers(NamedTuple):
    """One row an offer, before it is cut into tranches."""

    product: Int64
    requires: Mask
    bid_vnd: Int64
    rate_vnd: Float
    fixed_vnd: Int64
    lon: Float
    lat: Float
    tranches: Int64
    kg: Int64  # of each tranche
    first_day: Int64
    days: Int64
    least_kg: Int64
    most_suppliers: Int64
    share_tenths: Int64


def make_demand(
    dice: Dice,
    crop: Crops,
    varieties: Int64,
    count: int,
    *,
    home: Int64,
    mean_lot_kg: float,
    first_buyer: int,
) -> Needs:
    """`count` offers as rows of tranches, a tenth more than is on sale.

    `home` are the provinces (numbers) buyers may sit in, besides the centres;
    `mean_lot_kg` is supply an offer.
    """
    offers = _make_offers(dice, crop, varieties, count, home, mean_lot_kg)
    offer = np.repeat(np.arange(count), offers.tranches)
    begin = np.cumsum(offers.tranches) - offers.tranches
    week = np.arange(offer.size) - begin[offer]
    first = offers.first_day[offer] + 7 * week
    kg = offers.kg[offer]
    buyer = first_buyer + dice.integers(0, max(count // 4, 1), count)
    posted = dice.integers(0, 10_000_000, count)
    return Needs(
        product=offers.product[offer].astype(np.int32),
        buyer=buyer[offer].astype(np.int32),
        offer=offer.astype(np.int32),
        first_day=first.astype(np.int32),
        last_day=(first + offers.days[offer]).astype(np.int32),
        requires=offers.requires[offer],
        kg=kg,
        least_kg=offers.least_kg[offer],
        most_kg=kg * offers.share_tenths[offer] // 10,
        most_suppliers=offers.most_suppliers[offer],
        bid_vnd=offers.bid_vnd[offer],
        posted=posted[offer],
        record=np.zeros(offer.size, np.int64),
        rate_vnd=offers.rate_vnd[offer],
        fixed_vnd=offers.fixed_vnd[offer].astype(np.float64),
        lon=offers.lon[offer],
        lat=offers.lat[offer],
    )


def _make_offers(
    dice: Dice,
    crop: Crops,
    varieties: Int64,
    count: int,
    home: Int64,
    mean_lot_kg: float,
) -> Offers:
    product = dice.choice(crop.share.size, count, p=crop.share)
    exports = dice.random(count) < EXPORTS
    grade = dice.choice(4, count, p=LEAST_GRADES)
    requires = _papers(dice, exports)
    papers = np.bitwise_count(requires).astype(np.int64)
    requires |= world.bit(world.GRADE_BIT + grade, np.ones(count, bool))
    requires |= _varieties(dice, varieties[product])
    price = crop.price_vnd[product] * (0.97 + 0.10 * grade) * (1 + 0.025 * papers)
    fixed = dice.integers(2, 11, count) * 50
    tranches = np.where(dice.random(count) < 0.72, 1, dice.integers(2, 7, count))
    kg = _tranche_kg(dice, mean_lot_kg, tranches)
    lon, lat = _places(dice, count, home)
    return Offers(
        product=product,
        requires=requires,
        bid_vnd=_bids(dice, price * np.where(exports, 1.12, 1.0), fixed),
        rate_vnd=np.round(dice.uniform(1.5, 6.0, count) * ROAD, 2),
        fixed_vnd=fixed,
        lon=lon,
        lat=lat,
        tranches=tranches,
        kg=kg,
        first_day=world.season_days(dice, crop, product, 8),
        days=dice.integers(2, 11, count),
        least_kg=_least_kg(dice, kg),
        most_suppliers=np.where(
            dice.random(count) < 0.5, 0, dice.integers(2, 9, count)
        ),
        share_tenths=np.where(dice.random(count) < 0.8, 10, dice.integers(4, 9, count)),
    )


def _papers(dice: Dice, exports: np.ndarray) -> Mask:
    market = dice.choice(len(MARKETS), exports.size, p=MARKETS)
    requires = world.bit(world.CODE_BIT + market, exports)
    for number, (at_home, abroad) in enumerate(PAPERS):
        asked = dice.random(exports.size) < np.where(exports, abroad, at_home)
        requires |= world.bit(world.PAPER_BIT + number, asked)
    return requires


def _varieties(dice: Dice, varieties: Int64) -> Mask:
    """Two in five take one or two varieties only."""
    count = varieties.size
    everyone = np.ones(count, bool)
    accepted = world.bit((dice.random(count) * varieties).astype(np.int64), everyone)
    second = (dice.random(count) * varieties).astype(np.int64)
    accepted |= world.bit(second, dice.random(count) < 0.4)
    refused = np.uint64(2**world.VARIETY_BITS - 1) & ~accepted
    return np.where(dice.random(count) < 0.6, np.uint64(0), refused)


def _bids(dice: Dice, price_vnd: Float, fixed: Int64) -> Int64:
    bid = price_vnd * np.exp(dice.normal(0.08, 0.12, price_vnd.size)) + fixed + 300
    return np.round(bid / 50).astype(np.int64) * 50


def _tranche_kg(dice: Dice, mean_lot_kg: float, tranches: Int64) -> Int64:
    sigma = 1.1
    median = 1.1 * mean_lot_kg * np.exp(-(sigma**2) / 2)
    whole = world.log_normal(dice, float(median), sigma, tranches.size)
    return np.clip(np.round(whole / tranches, -1), 100, 200_000).astype(np.int64)


def _least_kg(dice: Dice, kg: Int64) -> Int64:
    part = dice.choice([0.05, 0.1, 0.2, 0.3], kg.size, p=[0.3, 0.4, 0.2, 0.1])
    least = np.clip(np.round(kg * part, -1), 50, 2000).astype(np.int64)
    return np.minimum(least, kg)


def _places(dice: Dice, count: int, home: Int64) -> tuple[Float, Float]:
    """At a centre of trade, or in one of the provinces of home."""
    provinces, _ = world.places()
    hubs, weight = world.hubs()
    nation = home.size > 1
    hub = hubs[dice.choice(len(hubs), count, p=weight)]
    near = provinces[home[dice.integers(0, home.size, count)]]
    in_hub = dice.random(count) < (0.7 if nation else 0.5)
    place = np.where(in_hub[:, None], hub, near) + dice.normal(0, 0.08, (count, 2))
    return place[:, 0], place[:, 1]
