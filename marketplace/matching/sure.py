"""Kilograms that a changed post gets in every best allocation, without solving.

A post that moves nothing changes, and kilograms worth d could then be added to the
optimum V as it stands. Take any best allocation of the changed market: it is worth
V + d at least. Without the pairs of this post it keeps every rule and was possible
before, so the rest of it is worth V at most; so the pairs of this post are worth d
at least, and with s the most that a kilogram of any of them is worth, they carry
d / s at least.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.again import Moved
from marketplace.matching.grid import Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import Pair
from marketplace.matching.result import Result
from marketplace.matching.unmatched import PARTNERS, passes_of


class Sure:
    """A solved market, its books, and who has kilograms left of each product."""

    def __init__(self, market: Market, result: Result) -> None:
        self.market, self.moved = market, Moved.by(result)
        self.proven = result.surplus_vnd == result.bound_vnd
        # What goes through processors is in nobody's books, and nobody is told of it.
        known = [
            row
            for row in result.allocations
            if row.lot in market.lot and row.need in market.need
        ]
        self.left = Leftover(market, known)
        self.lots: dict[int, tuple[Lot, ...]] = {}
        self.needs: dict[int, tuple[Need, ...]] = {}

    def of_lot(self, lot: Lot) -> int:
        """Kilograms that a changed lot gives at least; 0 if nothing is sure."""
        if not self.proven or self.moved.lots.get(lot.id):
            return 0
        needs = self._needs(lot.product)
        most, ok = _worth(Grid((lot,), needs, self.market))
        near = [need for need, fits in zip(needs, ok, strict=True) if fits]
        near = [need for need in near if self.left.of_need(need) > 0]
        near.sort(key=lambda need: -self.left.of_need(need))
        return self._share([(lot, need) for need in near[:PARTNERS]], most)

    def of_need(self, need: Need) -> int:
        """Kilograms that a changed need gets at least; 0 if nothing is sure."""
        if not self.proven or self.moved.needs.get(need.id):
            return 0
        lots = self._lots(need.product)
        most, ok = _worth(Grid(lots, (need,), self.market))
        near = [lot for lot, fits in zip(lots, ok, strict=True) if fits]
        near = [lot for lot in near if self.left.of_lot(lot) > 0]
        near.sort(key=lambda lot: -self.left.of_lot(lot))
        return self._share([(lot, need) for lot in near[:PARTNERS]], most)

    def least_cut(self, post: Lot | Need) -> int:
        """By how much a price must give way to gain with who has kilograms left.

        At least as much as others would gain more, so that half is sure.
        """
        if isinstance(post, Lot):
            grid = Grid((post,), self._needs(post.product), self.market)
            free = [self.left.of_need(need) > 0 for need in grid.needs]
        else:
            grid = Grid(self._lots(post.product), (post,), self.market)
            free = [self.left.of_lot(lot) > 0 for lot in grid.lots]
        if not any(free):
            return 0
        passed = passes_of(grid, but="price").reshape(-1)
        surplus, open_ = grid.surplus_vnd.reshape(-1), passed & np.array(free)
        if not open_.any():
            return 0
        best = int(surplus[open_].max())
        return max(int(surplus[passed].max()) - best, 1) - best

    def _share(self, pairs: list[tuple[Lot, Need]], most: int) -> int:
        """d / s, rounded up."""
        books = self.left.about(
            {lot.id: lot for lot, _ in pairs}.values(),
            {need.id: need for _, need in pairs}.values(),
        )
        worth = 0
        for lot, need in sorted(pairs, key=lambda pair: -self._gain(*pair)):
            worth += books.try_to_add(lot, need) * self._gain(lot, need)
        return -(-worth // most) if most > 0 else 0

    def _gain(self, lot: Lot, need: Need) -> int:
        return Pair(lot, need, self.market).surplus_vnd

    def _lots(self, product: int) -> tuple[Lot, ...]:
        if product not in self.lots:
            rows = (lot for lot in self.market.lots if lot.product == product)
            self.lots[product] = tuple(rows)
        return self.lots[product]

    def _needs(self, product: int) -> tuple[Need, ...]:
        if product not in self.needs:
            rows = (need for need in self.market.needs if need.product == product)
            self.needs[product] = tuple(rows)
        return self.needs[product]


def _worth(grid: Grid) -> tuple[int, list[bool]]:
    """(The most that a kilogram of a pair is worth, which pairs may meet)."""
    if not grid.lots or not grid.needs:
        return 0, []
    passed = passes_of(grid)
    most = int(grid.surplus_vnd[passed].max()) if passed.any() else 0
    return most, passed.reshape(-1).tolist()
