"""The same optimum by other means: day by day, with scipy, and by trying all.

Shares no code with the engine beyond its dataclasses.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from marketplace.matching import Lot, Market, Need

Pair = tuple[Lot, Need, int]


def road_km(lot: Lot, need: Need) -> float:
    north, north_to = math.radians(lot.lat), math.radians(need.lat)
    east = math.radians(need.lon - lot.lon)
    cosine = math.sin(north) * math.sin(north_to) + math.cos(north) * math.cos(
        north_to
    ) * math.cos(east)
    return 6371.0088 * math.acos(min(1.0, cosine))


def transport_vnd(lot: Lot, need: Need) -> int:
    by_distance = need.rate_vnd_per_kg_km * road_km(lot, need)
    return math.floor(need.fixed_vnd_per_kg + by_distance + 0.5)


def deliverable(lot: Lot, need: Need, market: Market) -> bool:
    """Whether some day serves, tried one by one."""
    transit = int(road_km(lot, need) // market.transport.km_per_day)
    if transit > lot.shelf_life_days:
        return False
    for day in range(need.first_day, need.last_day + 1):
        held = 0
        for segment in lot.segments:
            if segment.first_day <= day <= segment.last_day:
                held |= segment.has
        picked = lot.first_day + transit <= day
        fresh = day <= lot.last_day + lot.shelf_life_days - transit
        if picked and fresh and held & need.requires == need.requires:
            return True
    return False


def good_kg(lot: Lot, least_grade: int) -> int:
    if least_grade == 0:
        return lot.kg
    return min(lot.kg, sum(kg for rank, kg in lot.grade_kg if rank <= least_grade))


def feasible_pairs(market: Market) -> Iterator[Pair]:
    for lot, need in itertools.product(market.lots, market.needs):
        surplus = need.bid_vnd - lot.ask_vnd - transport_vnd(lot, need)
        if (
            lot.product == need.product
            and lot.owner != need.owner
            and (lot.id, need.offer) not in market.apart
            and (not need.varieties or lot.variety in need.varieties)
            and good_kg(lot, need.least_grade) > 0
            and surplus >= 0
            and need.kg > 0
            and deliverable(lot, need, market)
        ):
            yield lot, need, surplus


def _capacities(
    market: Market, pairs: list[Pair]
) -> tuple[list[list[float]], list[float]]:
    rows: list[list[float]] = []
    caps: list[float] = []
    for lot in market.lots:
        for rank in range(4):
            of_lot = [
                float(a is lot and (rank == 0 or 0 < n.least_grade <= rank))
                for a, n, _ in pairs
            ]
            rows.append(of_lot)
            caps.append(good_kg(lot, rank))
    for need in market.needs:
        rows.append([float(n is need) for _, n, _ in pairs])
        caps.append(need.kg)
        for owner in {a.owner for a in market.lots}:
            rows.append([float(n is need and a.owner == owner) for a, n, _ in pairs])
            caps.append(share_kg(need))
    return rows, caps


def share_kg(need: Need) -> int:
    return need.kg if need.most_share_kg is None else need.most_share_kg


def least_kg(lot: Lot, need: Need) -> int:
    """The larger smallest lot, unless that is all of the lot or of the need."""
    return min(max(lot.smallest_kg, need.smallest_kg), lot.kg, need.kg)


def linear_optimum(market: Market) -> float:
    """The best surplus when smallest lots and limits are left out."""
    pairs = list(feasible_pairs(market))
    if not pairs:
        return 0.0
    rows, caps = _capacities(market, pairs)
    found = linprog([-s for _, _, s in pairs], A_ub=rows, b_ub=caps)
    assert found.success
    return float(-found.fun)


def whole_optimum(market: Market) -> float:
    """The best surplus under all rules, every kilogram a whole number."""
    pairs = list(feasible_pairs(market))
    if not pairs:
        return 0.0
    doors = sorted({(a.owner, n.offer) for a, n, _ in pairs})
    width = 2 * len(pairs) + len(doors)
    rows, lows, highs = [], [], []

    def add(values: dict[int, float], low: float, high: float) -> None:
        row = np.zeros(width)
        for column, value in values.items():
            row[column] = value
        rows.append(row)
        lows.append(low)
        highs.append(high)

    for row, cap in zip(*_capacities(market, pairs), strict=True):
        add(dict(enumerate(row)), -np.inf, cap)
    for e, (lot, need, _) in enumerate(pairs):
        y = len(pairs) + e
        add({e: 1.0, y: -float(least_kg(lot, need))}, 0, np.inf)
        add({e: 1.0, y: -float(lot.kg)}, -np.inf, 0)
        z = 2 * len(pairs) + doors.index((lot.owner, need.offer))
        add({y: 1.0, z: -1.0}, -np.inf, 0)
    for offer, tranches in market.tranches.items():
        most = tranches[0].most_suppliers
        if most:
            before = 2 * len(pairs)
            add(
                {before + d: 1.0 for d, (_, o) in enumerate(doors) if o == offer},
                -np.inf,
                most,
            )
    cost = np.zeros(width)
    cost[: len(pairs)] = [-s for _, _, s in pairs]
    caps_up = np.ones(width)
    caps_up[: len(pairs)] = np.inf
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), lows, highs),
        integrality=np.ones(width),
        bounds=Bounds(np.zeros(width), caps_up),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return float(-found.fun)


def best_by_trying(market: Market) -> int:
    """The best surplus by going through every whole allocation."""
    pairs = list(feasible_pairs(market))
    ranges = [range(min(a.kg, n.kg) + 1) for a, n, _ in pairs]
    best = 0
    for kilograms in itertools.product(*ranges):
        value = sum(kg * s for kg, (_, _, s) in zip(kilograms, pairs, strict=True))
        if value > best and _legal(market, pairs, kilograms):
            best = value
    return best


def _legal(market: Market, pairs: list[Pair], kilograms: tuple[int, ...]) -> bool:
    used = [(a, n, kg) for (a, n, _), kg in zip(pairs, kilograms, strict=True) if kg]
    for lot in market.lots:
        for rank in range(4):
            taken = sum(
                kg
                for a, n, kg in used
                if a is lot and (rank == 0 or 0 < n.least_grade <= rank)
            )
            if taken > good_kg(lot, rank):
                return False
    for need in market.needs:
        if sum(kg for _, n, kg in used if n is need) > need.kg:
            return False
    for lot, need, kg in used:
        if kg < least_kg(lot, need):
            return False
        if sum(k for a, n, k in used if n is need and a.owner == lot.owner) > share_kg(
            need
        ):
            return False
        owners = {a.owner for a, n, _ in used if n.offer == need.offer}
        if 0 < need.most_suppliers < len(owners):
            return False
    return True
