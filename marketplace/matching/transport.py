"""Distance, cost and days of carrying, the same function for one pair and many.

Great-circle distance by the haversine formula (R. W. Sinnott, "Virtues of the
Haversine", Sky and Telescope 68, 1984) on the mean Earth radius of IUGG,
6,371,008.8 m. Metres are rounded to whole numbers first; from there on the
arithmetic is in integers, so that no two places can disagree by one đồng.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.instance import Lot, Need, Transport

EARTH_M = 6_371_008.8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def metres_between(lat: Floats, lon: Floats, lat_to: Floats, lon_to: Floats) -> Ints:
    """Whole metres between places in degrees; the arguments broadcast."""
    north, north_to = np.radians(lat), np.radians(lat_to)
    half_north = (north_to - north) / 2
    half_east = np.radians(lon_to - lon) / 2
    chord = (
        np.sin(half_north) ** 2
        + np.cos(north) * np.cos(north_to) * np.sin(half_east) ** 2
    )
    angle = 2 * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    metres: Ints = np.rint(EARTH_M * angle).astype(np.int64)
    return metres


def road_metres(metres: Ints, transport: Transport) -> Ints:
    """Metres of road for metres as the crow flies."""
    return (metres * transport.road_percent + 50) // 100


def cost_vnd(road_m: Ints, transport: Transport) -> Ints:
    """Đồng a kilogram for metres of road, half a đồng rounded up."""
    by_distance = (road_m * transport.rate_vnd_per_tonne_km + 500_000) // 1_000_000
    return by_distance + transport.fixed_vnd_per_kg


def transit_days(road_m: Ints, transport: Transport) -> Ints:
    """Whole days under way: 0 if the truck arrives on the day it leaves."""
    return road_m // (transport.km_per_day * 1000)


def haul(lot: Lot, need: Need, transport: Transport) -> tuple[int, int, int]:
    """(metres of road, đồng a kilogram, days under way) of one pair."""
    road = road_metres(
        metres_between(
            np.array([lot.lat]),
            np.array([lot.lon]),
            np.array([need.lat]),
            np.array([need.lon]),
        ),
        transport,
    )
    cost, days = cost_vnd(road, transport), transit_days(road, transport)
    return int(road[0]), int(cost[0]), int(days[0])
