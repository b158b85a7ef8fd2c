"""Seeded supply: sellers, where they are, what they hold, and their lots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bench import world
from bench.world import Crops
from marketplace.matching.arrays import Float, Int64, Lots, Mask, Pieces

Dice = np.random.Generator
PAPERS = (0.45, 0.15, 0.07, 0.20)  # chance of VietGAP, GlobalGAP, organic, packing
CODES = (0.15, 0.75, 0.15, 0.12, 0.20, 0.15, 0.18, 0.10)  # US CN AU NZ EU JP KR TH
EXPORTERS = 0.35
GRADES = (0.15, 0.40, 0.33, 0.12)
REACH_KM = 120
AREAS = {"district": ("Tiền Giang", 0.08), "province": ("Đồng Nai", 0.25)}


class Sellers(NamedTuple):
    """One row a cooperative; papers belong to it, so its lots share them.

    `chances` are the cumulated shares of products where it lies.
    """

    lon: Float
    lat: Float
    has: Mask
    chances: Float
    province: Int64


def make_sellers(dice: Dice, crop: Crops, count: int, area: str) -> Sellers:
    """Cooperatives where their crops grow."""
    where, names = world.places()
    if area == "nation":
        chances, weight = _growing(dice, crop, where)
        province = dice.choice(len(names), count, p=weight)
        spread = 0.20
    else:
        name, spread = AREAS[area]
        province = np.full(count, names.index(name))
        chances = np.tile(crop.share.cumsum(), (len(names), 1))
    return Sellers(
        lon=where[province, 0] + dice.normal(0, spread, count),
        lat=where[province, 1] + dice.normal(0, spread, count),
        has=_papers(dice, count),
        chances=chances,
        province=province,
    )


def _growing(dice: Dice, crop: Crops, where: Float) -> tuple[Float, Float]:
    """Cumulated shares of products in a province; weights of the provinces.

    Every product has three centres and thins out with the distance from them.
    """
    weight = np.zeros((len(where), crop.share.size))
    for product in range(crop.share.size):
        for centre in dice.choice(len(where), 3, replace=False):
            away = np.hypot(*((where - where[centre]) * world.KM_PER_DEGREE).T)
            weight[:, product] += np.exp(-away / REACH_KM)
    weight *= crop.share / weight.sum(axis=0)
    total = weight.sum(axis=1)
    return (weight / total[:, None]).cumsum(axis=1), total / total.sum()


def _papers(dice: Dice, count: int) -> Mask:
    has = np.zeros(count, np.uint64)
    for number, chance in enumerate(PAPERS):
        has |= world.bit(world.PAPER_BIT + number, dice.random(count) < chance)
    exports = dice.random(count) < EXPORTERS
    for number, chance in enumerate(CODES):
        held = exports & (dice.random(count) < chance)
        has |= world.bit(world.CODE_BIT + number, held)
    return has


def make_supply(
    dice: Dice, crop: Crops, sellers: Sellers, varieties: Int64, count: int
) -> tuple[Lots, Pieces]:
    """`count` lots, at least one a cooperative, and the days they can be had."""
    people = sellers.lon.size
    seller = np.append(np.arange(people), dice.integers(0, people, count - people))
    seller.sort()
    product = _products(dice, sellers, seller)
    grade = dice.choice(4, count, p=GRADES)
    kg = np.clip(np.round(world.log_normal(dice, 3000, 1.0, count), -1), 200, 100_000)
    least = dice.choice([50, 100, 200, 500, 1000], count, p=[0.2, 0.3, 0.3, 0.15, 0.05])
    lots = Lots(
        product=product.astype(np.int32),
        seller=seller.astype(np.int32),
        kg=kg.astype(np.int64),
        least_kg=np.minimum(kg, least).astype(np.int64),
        ask_vnd=_asks(dice, crop.price_vnd[product], grade, sellers.has[seller]),
        promised_kg=dice.integers(0, 100, people)[seller] * 1000,
        posted=dice.integers(0, 10_000_000, count),
        record=np.zeros(count, np.int64),
        lon=sellers.lon[seller] + dice.normal(0, 0.02, count),
        lat=sellers.lat[seller] + dice.normal(0, 0.02, count),
        shelf_days=crop.shelf_days[product].astype(np.int32),
    )
    has = _held(dice, sellers.has[seller], varieties[product], grade)
    return lots, _pieces(dice, crop, lots, has)


def _products(dice: Dice, sellers: Sellers, seller: Int64) -> Int64:
    """A product for each lot, by the shares of its province; sparing of memory."""
    draw = dice.random(seller.size)
    product = np.empty(seller.size, np.int64)
    province = sellers.province[seller]
    for place in np.unique(province):
        here = province == place
        product[here] = np.searchsorted(sellers.chances[place], draw[here])
    return np.minimum(product, sellers.chances.shape[1] - 1)


def _asks(dice: Dice, price_vnd: Float, grade: Int64, has: Mask) -> Int64:
    papers = world.count_bits(has, world.PAPER_BIT, 23)
    ask = price_vnd * (0.85 + 0.10 * grade) * (1 + 0.02 * papers)
    ask *= world.log_normal(dice, 1, 0.13, grade.size)
    return np.round(ask / 50).astype(np.int64) * 50


def _held(dice: Dice, papers: Mask, varieties: Int64, grade: Int64) -> Mask:
    """Papers (one VietGAP in ten has lapsed), the variety and the grade."""
    count = grade.size
    variety = (dice.random(count) * varieties).astype(np.int64)
    everyone = np.ones(count, bool)
    others = np.uint64(2**world.VARIETY_BITS - 1) & ~world.bit(variety, everyone)
    lapsed = world.bit(world.PAPER_BIT, dice.random(count) < 0.1)
    grades = (world.bit(grade + 1, everyone) - np.uint64(1)) << np.uint64(
        world.GRADE_BIT
    )
    return (papers & ~lapsed) | others | grades


def _pieces(dice: Dice, crop: Crops, lots: Lots, has: Mask) -> Pieces:
    count = has.size
    first = world.season_days(dice, crop, lots.product.astype(np.int64), 0)
    last = first + dice.integers(3, 22, count) + lots.shelf_days
    return Pieces(
        lot=np.arange(count, dtype=np.int32),
        first_day=first.astype(np.int32),
        last_day=last.astype(np.int32),
        has=has,
    )
