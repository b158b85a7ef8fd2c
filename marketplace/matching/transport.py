"""Distance, cost and days of carrying, the same function for one pair and many.

Great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the
Haversine", Sky and Telescope 68, 1984) on the mean Earth radius of IUGG,
6,371.0088 km. The cost of a kilogram is whole đồng, half a đồng rounded up:

    floor(fixed + rate * km + 0.5)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.instance import Lot, Need, Transport

EARTH_KM = 6371.0088

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def km_between(lat: Floats, lon: Floats, lat_to: Floats, lon_to: Floats) -> Floats:
    """Kilometres between places in degrees; the arguments broadcast."""
    north, north_to = np.radians(lat), np.radians(lat_to)
    half_north = (north_to - north) / 2
    half_east = np.radians(lon_to - lon) / 2
    chord = (
        np.sin(half_north) ** 2
        + np.cos(north) * np.cos(north_to) * np.sin(half_east) ** 2
    )
    km: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return km


def road_metres(km: Floats, transport: Transport) -> Ints:
    """Metres of road for kilometres as the crow flies."""
    metres: Ints = np.rint(km * 10 * transport.road_percent).astype(np.int64)
    return metres


def cost_vnd(km: Floats, rate: Floats, fixed: Floats) -> Ints:
    """Đồng a kilogram for kilometres as the crow flies; the arguments broadcast."""
    cost: Ints = np.floor(fixed + rate * km + 0.5).astype(np.int64)
    return cost


def transit_days(km: Floats, transport: Transport) -> Ints:
    """Whole days under way: 0 if the lorry arrives on the day it leaves."""
    days: Ints = np.floor(km / transport.straight_km_per_day).astype(np.int64)
    return days


def haul(lot: Lot, need: Need, transport: Transport) -> tuple[int, int, int]:
    """(metres of road, đồng a kilogram, days under way) of one pair."""
    km = km_between(
        np.array([lot.lat]),
        np.array([lot.lon]),
        np.array([need.lat]),
        np.array([need.lon]),
    )
    rate = np.array([need.rate_vnd_per_kg_km])
    cost = cost_vnd(km, rate, np.array([need.fixed_vnd_per_kg]))
    road, days = road_metres(km, transport), transit_days(km, transport)
    return int(road[0]), int(cost[0]), int(days[0])
