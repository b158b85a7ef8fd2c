"""The invented country of the benchmarks: crops, places, and what a mask means.

Crops, provinces (as before July 2025) and centres of trade are in `data/`. No
value was taken from a real market; shapes follow `../shared/matching.md` §1.

One mask holds every rule that is not a number. What a need requires must all be
held by a lot on the day of delivery:

    bits 0-7    "is not variety w", required for each w outside the accepted ones
    bits 8-11   a thermometer of grades: a lot of grade g holds 8 .. 8+g
    bits 12-15  VietGAP, GlobalGAP, organic, packing house
    bits 16-23  growing-area code of one of eight markets
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.arrays import Float, Int64, Mask

DATA = Path(__file__).parent / "data"
FIRST_DAY = 740_000
HORIZON_DAYS = 180
VARIETY_BITS = 8
GRADE_BIT, PAPER_BIT, CODE_BIT = 8, 12, 16
KM_PER_DEGREE = (105.0, 111.0)  # of longitude (at 18° N) and latitude


class Crops(NamedTuple):
    """One row a product; the peak is a day of the horizon, -1 for all year."""

    price_vnd: Float
    shelf_days: Int64
    peak_day: Int64
    spread_days: Float
    share: Float


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def crops(count: int) -> Crops:
    """The first `count` products; their shares of the market follow Zipf."""
    rows = _rows("crops")[:count]
    weight = 1.0 / np.arange(1, count + 1)
    return Crops(
        price_vnd=np.array([float(row["price_vnd"]) for row in rows]),
        shelf_days=np.array([int(row["shelf_days"]) for row in rows]),
        peak_day=np.array([int(row["peak_day"] or -1) for row in rows]),
        spread_days=np.array([float(row["spread_days"] or 1) for row in rows]),
        share=weight / weight.sum(),
    )


def places() -> tuple[Float, list[str]]:
    """Longitude and latitude of the 63 provinces, and their names."""
    rows = _rows("places")
    where = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    return where, [row["name"] for row in rows]


def hubs() -> tuple[Float, Float]:
    """Longitude and latitude of the centres of trade, and their weights."""
    rows = _rows("hubs")
    where = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    weight = np.array([float(row["weight"]) for row in rows])
    return where, weight / weight.sum()


def season_days(
    dice: np.random.Generator, crop: Crops, product: Int64, lag: int
) -> Int64:
    """First days, around the peak of a crop or anywhere if it has none."""
    anywhere = dice.integers(0, HORIZON_DAYS, product.size)
    peak = crop.peak_day[product]
    around = np.round(dice.normal(peak, crop.spread_days[product])).astype(np.int64)
    day = np.where(peak < 0, anywhere, around) + lag
    return FIRST_DAY + np.clip(day, 0, HORIZON_DAYS)


def log_normal(
    dice: np.random.Generator, median: float, sigma: float, size: int
) -> Float:
    """Positive numbers whose logarithms are normal."""
    return np.asarray(np.exp(dice.normal(np.log(median), sigma, size)))


def bit(position: int | Int64, yes: NDArray[np.bool_]) -> Mask:
    """`1 << position` where `yes`, else 0."""
    return yes.astype(np.uint64) << np.asarray(position).astype(np.uint64)


def count_bits(mask: Mask, first: int, last: int) -> Int64:
    """How many of the bits first .. last are set."""
    window = np.uint64(2 ** (last + 1) - 2**first)
    return np.bitwise_count(mask & window).astype(np.int64)
