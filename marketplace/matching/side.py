"""One side of a product's market as records, the same shape for both sides.

Whether a lot and a need fit, and what the pair is worth, is symmetric once it
is written so: a need carries the bits it *asks for*, a lot those it *lacks*,
and they fit if the two have no bit in common; a need adds its bid to the
surplus, a lot its ask with a minus sign; transport is paid by need, so that
lots have a rate of zero. One scan then serves both directions.

A unit of the pair is worth  net + net' - floor(fixed + rate km + 1/2)  đồng,
km being the great-circle distance (radius 6371.0088 km) by the chord between
the two places on the sphere, 2 r arcsin(chord / 2 r), which is the haversine
formula in other coordinates (R. W. Sinnott, Virtues of the Haversine, 1984).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import inner

EARTH_KM = 6371.0088
Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Nodes = NDArray[np.int32]
Records = NDArray[np.void]
Record = Any
NEVER = -(1 << 60)
"""The value of a pair that may not meet, and less than any other."""

ROW = np.dtype(
    [
        ("bits", np.uint64),
        ("net", np.int64),
        ("first", np.int32),  # the days on which the bits hold
        ("last", np.int32),
        ("party", np.int32),
        ("node", np.int32),  # the lot or need the row belongs to
        ("fixed", np.float64),
        ("rate", np.float64),
        ("x", np.float64),  # km from the centre of the Earth
        ("y", np.float64),
        ("z", np.float64),
        ("kg", np.int64),
        ("least", np.int64),
        ("most", np.int64),
        ("open", np.int32),  # the days of the whole lot, which time under way
        ("close", np.int32),  # eats into from both ends
        ("shelf", np.int32),
    ]
)
"""A row that looks for partners: a piece of a lot, or a need."""


def records(size: int, **columns: object) -> Records:
    """Rows from their columns."""
    rows = np.zeros(size, dtype=ROW)
    for name, column in columns.items():
        rows[name] = column
    return rows


def priced(rows: Records, gain: Ints) -> Records:
    """The rows with this gain of their nodes taken off what they offer.

    `take` copies records as bytes, `copy` and an index field by field.
    """
    copy = rows.take(np.arange(len(rows)))
    copy["net"] -= gain[rows["node"]]
    return copy


def places(lon: Floats, lat: Floats) -> dict[str, Floats]:
    """Points on the sphere for degrees."""
    east, north = np.radians(lon), np.radians(lat)
    flat = EARTH_KM * np.cos(north)
    return {
        "x": flat * np.cos(east),
        "y": flat * np.sin(east),
        "z": EARTH_KM * np.sin(north),
    }


@inner
def chord_km(one: Record, other: Record) -> float:
    """The straight line through the Earth, never longer than the way around."""
    x, y, z = one.x - other.x, one.y - other.y, one.z - other.z
    return math.sqrt(x * x + y * y + z * z)


@inner
def great_circle_km(chord: float) -> float:
    """The way around for the straight line."""
    return 2 * EARTH_KM * math.asin(min(1.0, chord / (2 * EARTH_KM)))


@inner
def meets(one: Record, other: Record) -> bool:
    """Bits and days; also true of a row and a tile that may hold a partner."""
    return bool(
        (one.bits & other.bits) == 0
        and one.first <= other.last
        and other.first <= one.last
    )


@inner
def fits(one: Record, other: Record) -> bool:
    """Parties and kilograms, of which there must be one at least."""
    least = max(min(max(one.least, other.least), one.kg, other.kg), 1)
    return bool(one.party != other.party and least <= min(one.most, other.most))


@inner
def arrives(one: Record, other: Record, days: int) -> bool:
    """Whether some day is left when `days` under way come off both ends."""
    start = max(one.open, other.open) + days
    stop = min(one.close, other.close) - days
    first = max(one.first, other.first, start)
    last = min(one.last, other.last, stop)
    return bool(first <= last and days <= min(one.shelf, other.shelf))


@inner
def worth(one: Record, other: Record, above: int, km_per_day: float) -> int:
    """Đồng a kilogram if that is more than `above` and they may meet, else NEVER."""
    net = one.net + other.net
    value = NEVER
    least = above + 0.499
    fixed, rate = one.fixed + other.fixed, one.rate + other.rate
    if net - fixed >= least and meets(one, other) and fits(one, other):
        chord = chord_km(one, other)
        if net - fixed - rate * chord >= least:
            km = great_circle_km(chord)
            value = net - np.int64(math.floor(fixed + rate * km + 0.5))
            days = int(km / km_per_day)
            if value <= above or (days > 0 and not arrives(one, other, days)):
                value = NEVER
    return value
