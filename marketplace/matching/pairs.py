"""The pairs that pass every hard rule, and how many fell at which rule.

Products never meet, so each is a block of its own. Within a block all pairs
are tried in chunks of bounded memory, in the order of ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.filters import FILTERS
from marketplace.matching.grid import Bools, Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.transport import Ints

Indices = NDArray[np.intp]
MOST_CELLS = 8_000_000
"""A product with more pairs is not even looked at pair by pair."""
CELLS = 1_000_000
"""Pairs tried at once; a dozen arrays of this many int64 are alive then."""


@dataclass(frozen=True)
class Pairs:
    """Feasible pairs as columns; `lot` and `need` are positions in the block."""

    lot: Indices
    need: Indices
    surplus_vnd: Ints
    transport_vnd: Ints
    road_m: Ints
    day: Ints

    def __len__(self) -> int:
        return len(self.lot)

    def at(self, chosen: Indices) -> Pairs:
        """Only the pairs at these positions."""
        return Pairs(
            self.lot[chosen],
            self.need[chosen],
            self.surplus_vnd[chosen],
            self.transport_vnd[chosen],
            self.road_m[chosen],
            self.day[chosen],
        )


@dataclass(frozen=True)
class Block:
    """All lots and needs of one product (or a part that meets nobody else)."""

    lots: tuple[Lot, ...]
    needs: tuple[Need, ...]
    pairs: Pairs


@dataclass
class Stages:
    """How many pairs, offers and lots are left after each rule."""

    pairs: Counter[str] = field(default_factory=Counter)
    of_lot: dict[int, dict[str, int]] = field(default_factory=dict)
    of_offer: dict[int, Counter[str]] = field(default_factory=dict)

    def count(self, code: str, left: Bools, grid: Grid) -> None:
        """Record what is left of a chunk after the rule `code`."""
        self.pairs[code] += int(left.sum())
        offers = [need.offer for need in grid.needs]
        starts = np.flatnonzero(np.diff(offers, prepend=offers[0] - 1))
        met = np.logical_or.reduceat(left, starts, axis=1)
        for lot, offers_left in zip(grid.lots, met.sum(axis=1).tolist(), strict=True):
            self.of_lot.setdefault(lot.id, {})[code] = offers_left
        for start, lots_left in zip(starts, met.sum(axis=0).tolist(), strict=True):
            self.of_offer.setdefault(offers[start], Counter())[code] += lots_left


def products(market: Market) -> list[int]:
    """Products that somebody sells and somebody buys, in order."""
    sold = {lot.product for lot in market.lots}
    return sorted(sold & {need.product for need in market.needs})


def block_of(market: Market, product: int, stages: Stages) -> Block:
    """The feasible pairs of one product; counts what each rule leaves."""
    lots = tuple(lot for lot in market.lots if lot.product == product)
    needs = tuple(need for need in market.needs if need.product == product)
    found = []
    for offset, chunk in _chunks(lots, len(needs)):
        grid = Grid(chunk, needs, market)
        found.append(feasible(grid, offset, stages))
    return Block(lots, needs, join(found))


def _chunks(lots: tuple[Lot, ...], needs: int) -> Iterator[tuple[int, tuple[Lot, ...]]]:
    size = max(CELLS // max(needs, 1), 1)
    for offset in range(0, len(lots), size):
        yield offset, lots[offset : offset + size]


def feasible(grid: Grid, offset: int, stages: Stages) -> Pairs:
    """The pairs of a grid that pass every rule; lots are counted from `offset`."""
    left = np.ones((len(grid.lots), len(grid.needs)), dtype=np.bool_)
    for code, passes in FILTERS.items():
        left &= passes(grid)
        stages.count(code, left, grid)
    lot, need = np.nonzero(left)
    day = grid.first_held_day(grid.of_needs(lambda need: need.requires))
    return Pairs(
        lot + offset,
        need,
        grid.surplus_vnd[lot, need],
        grid.transport_vnd[lot, need],
        grid.road_m[lot, need],
        day[lot, need],
    )


def join(parts: list[Pairs]) -> Pairs:
    """Pairs of several grids, one below the other."""
    return Pairs(
        np.concatenate([part.lot for part in parts]),
        np.concatenate([part.need for part in parts]),
        np.concatenate([part.surplus_vnd for part in parts]),
        np.concatenate([part.transport_vnd for part in parts]),
        np.concatenate([part.road_m for part in parts]),
        np.concatenate([part.day for part in parts]),
    )
