"""All lots and all needs of one product side by side, as broadcasting arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.delivery import paper_runs
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.pair import share_kg
from marketplace.matching.transport import (
    Floats,
    Ints,
    cost_vnd,
    km_between,
    road_metres,
    transit_days,
)

Bools = NDArray[np.bool_]


def _column(rows: tuple[Lot, ...], read: Callable[[Lot], int]) -> Ints:
    return np.array([read(row) for row in rows], dtype=np.int64).reshape(-1, 1)


def _row(rows: tuple[Need, ...], read: Callable[[Need], int]) -> Ints:
    return np.array([read(row) for row in rows], dtype=np.int64).reshape(1, -1)


def _kg(row: Lot | Need) -> int:
    return row.kg


@dataclass(frozen=True)
class Runs:
    """The paper runs of all lots, one under the other."""

    starts: NDArray[np.intp]
    lot: NDArray[np.intp]
    first: Ints
    last: Ints
    has: Ints


class Grid:
    """Lots down, needs across; every array has shape (n, 1), (1, m) or (n, m)."""

    def __init__(
        self, lots: tuple[Lot, ...], needs: tuple[Need, ...], market: Market
    ) -> None:
        self.lots = lots
        self.needs = needs
        self.market = market

    def of_lots(self, read: Callable[[Lot], int]) -> Ints:
        """One value a lot, as a column."""
        return _column(self.lots, read)

    def of_needs(self, read: Callable[[Need], int]) -> Ints:
        """One value a need, as a row."""
        return _row(self.needs, read)

    @cached_property
    def km(self) -> Floats:
        """Kilometres as the crow flies."""
        return km_between(
            np.array([lot.lat for lot in self.lots]).reshape(-1, 1),
            np.array([lot.lon for lot in self.lots]).reshape(-1, 1),
            np.array([need.lat for need in self.needs]).reshape(1, -1),
            np.array([need.lon for need in self.needs]).reshape(1, -1),
        )

    @cached_property
    def road_m(self) -> Ints:
        """Metres of road."""
        return road_metres(self.km, self.market.transport)

    @cached_property
    def transport_vnd(self) -> Ints:
        """Đồng a kilogram."""
        rate = np.array([need.rate_vnd_per_kg_km for need in self.needs])
        fixed = np.array([need.fixed_vnd_per_kg for need in self.needs])
        return cost_vnd(self.km, rate, fixed)

    @cached_property
    def transit_days(self) -> Ints:
        """Days under way."""
        return transit_days(self.km, self.market.transport)

    @cached_property
    def surplus_vnd(self) -> Ints:
        """Ceiling less floor less transport, đồng a kilogram."""
        bid = self.of_needs(lambda need: need.bid_vnd)
        ask = self.of_lots(lambda lot: lot.ask_vnd)
        return bid - ask - self.transport_vnd

    @cached_property
    def fitting_kg(self) -> Ints:
        """Kilograms of each lot that are good enough for each need."""
        fits = np.empty((len(self.lots), len(self.needs)), dtype=np.int64)
        grades = self.of_needs(lambda need: need.least_grade)[0]
        for least in sorted(set(grades.tolist())):
            good = [lot.fitting_kg(least) for lot in self.lots]
            fits[:, grades == least] = np.array(good).reshape(-1, 1)
        return fits

    @cached_property
    def least_kg(self) -> Ints:
        """The least that a pair may carry, if anything (see `pair.least_kg`)."""
        smallest = np.maximum(
            self.of_lots(lambda lot: max(lot.smallest_kg, 1)),
            self.of_needs(lambda need: need.smallest_kg),
        )
        whole = np.minimum(self.of_lots(_kg), self.of_needs(_kg))
        least: Ints = np.minimum(smallest, whole)
        return least

    @cached_property
    def share_kg(self) -> Ints:
        """The most that one seller may bring to each need."""
        return self.of_needs(share_kg)

    @cached_property
    def first_shared_day(self) -> Ints:
        """First day on which the lot can arrive and the need is open."""
        first = self.of_lots(lambda lot: lot.first_day) + self.transit_days
        shared: Ints = np.maximum(first, self.of_needs(lambda need: need.first_day))
        return shared

    @cached_property
    def last_shared_day(self) -> Ints:
        """Last such day; before the first if there is none."""
        end = self.of_lots(lambda lot: lot.last_day + lot.shelf_life_days)
        last = end - self.transit_days
        shared: Ints = np.minimum(last, self.of_needs(lambda need: need.last_day))
        return shared

    @cached_property
    def runs(self) -> Runs:
        """The paper runs of the lots."""
        cut = [paper_runs(lot) for lot in self.lots]
        sizes = np.array([len(runs) for runs in cut], dtype=np.intp)
        flat = [run for runs in cut for run in runs]
        return Runs(
            starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp),
            lot=np.repeat(np.arange(len(cut)), sizes),
            first=np.array([r.first_day for r in flat], dtype=np.int64).reshape(-1, 1),
            last=np.array([r.last_day for r in flat], dtype=np.int64).reshape(-1, 1),
            has=np.array([r.has for r in flat], dtype=np.int64).reshape(-1, 1),
        )

    def first_held_day(self, mask: Ints) -> Ints:
        """First shared day on which `mask` (1, m) holds, NEVER if there is none."""
        runs = self.runs
        first = np.maximum(self.first_shared_day[runs.lot], runs.first)
        last = np.minimum(self.last_shared_day[runs.lot], runs.last)
        held = (first <= last) & (mask & ~runs.has == 0)
        return np.minimum.reduceat(np.where(held, first, NEVER), runs.starts, axis=0)


NEVER = 1 << 40
"""Later than any day."""
