"""Which floor or ceiling would bring a row in, and for how many kilograms.

By the dual prices u of lots and v of needs a pair is worth s - u - v to the
market, never more than nothing. A floor lower by x makes a pair worth x more;
so the least x that makes some pair of a lot with kilograms left worth one đồng
is min(u + v - s) + 1 over the pairs that every rule but the price allows (the
reduced cost; D. Bertsimas and J. Tsitsiklis, Introduction to Linear
Optimization, 1997, ch. 5). How many kilograms that matches is found by solving
the part anew. Where the prices promise too much (they need not be unique, and
side rules have none), the x that meets kilograms left over is tried next.

These numbers tell a limit of the other side. They are for whoever owns the
whole instance, and never for a page of the market.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from marketplace.matching.components import parts_of
from marketplace.matching.faults import MOST_VND
from marketplace.matching.filters import FILTERS
from marketplace.matching.grid import Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.optimise import optimise
from marketplace.matching.pairs import Stages, block_of
from marketplace.matching.reasons import LEAST_SURPLUS_VND
from marketplace.matching.result import Result, Unmatched
from marketplace.matching.transport import Ints

MOST_ROWS = 60
"""How many rows of each side are priced, those with the most kilograms left."""
MOST_CELLS = 200_000
"""Products with more pairs than that are not solved anew for an advice."""
SECONDS = 2.0


@dataclass(frozen=True)
class Limit:
    """The floor of a lot or the ceiling of a need that would match more."""

    vnd: int
    kg: int


def floor_limits(market: Market, result: Result) -> dict[int, Limit]:
    """For lots with kilograms left, the highest lower floor that sells more."""
    work = _Work(market, result)
    found = {}
    for left in sorted(result.unmatched_lots, key=_most_left)[:MOST_ROWS]:
        limit = work.floor(market.lot[left.id])
        if limit is not None:
            found[left.id] = limit
    return found


def ceiling_limits(market: Market, result: Result) -> dict[int, Limit]:
    """For needs with kilograms missing, the lowest higher ceiling that buys more."""
    work = _Work(market, result)
    found = {}
    for left in sorted(result.unmatched_needs, key=_most_left)[:MOST_ROWS]:
        limit = work.ceiling(market.need[left.id])
        if limit is not None:
            found[left.id] = limit
    return found


def _most_left(row: Unmatched) -> tuple[int, int]:
    return -row.kg, row.id


class _Work:
    """The market by product, and what each row has now."""

    def __init__(self, market: Market, result: Result) -> None:
        self.market = market.in_order()
        self.result = result
        self.sold: dict[int, int] = {}
        self.got: dict[int, int] = {}
        for allocation in result.allocations:
            lot, need, kg = allocation.lot, allocation.need, allocation.kg
            self.sold[lot] = self.sold.get(lot, 0) + kg
            self.got[need] = self.got.get(need, 0) + kg

    def floor(self, lot: Lot) -> Limit | None:
        """The highest lower floor of a lot that sells more of it."""
        part = self._product(lot.product)
        if part is None:
            return None
        for cut in self._cuts_of_lot(lot, part):
            if cut > lot.ask_vnd:
                break
            changed = replace(lot, ask_vnd=lot.ask_vnd - cut)
            lots = tuple(changed if row.id == lot.id else row for row in part.lots)
            kg = _carried(replace(part, lots=lots), lot=lot.id)
            if kg > self.sold.get(lot.id, 0):
                return Limit(changed.ask_vnd, kg - self.sold.get(lot.id, 0))
        return None

    def ceiling(self, need: Need) -> Limit | None:
        """The lowest higher ceiling of a need that buys more for it."""
        part = self._product(need.product)
        if part is None:
            return None
        for rise in self._cuts_of_need(need, part):
            if need.bid_vnd + rise > MOST_VND:
                break
            changed = replace(need, bid_vnd=need.bid_vnd + rise)
            needs = tuple(changed if row.id == need.id else row for row in part.needs)
            kg = _carried(replace(part, needs=needs), need=need.id)
            if kg > self.got.get(need.id, 0):
                return Limit(changed.bid_vnd, kg - self.got.get(need.id, 0))
        return None

    def _product(self, product: int) -> Market | None:
        """The market of one product alone, if it is small enough."""
        lots = tuple(lot for lot in self.market.lots if lot.product == product)
        needs = tuple(need for need in self.market.needs if need.product == product)
        if not lots or not needs or len(lots) * len(needs) > MOST_CELLS:
            return None
        return replace(self.market, lots=lots, needs=needs)

    def _cuts_of_lot(self, lot: Lot, part: Market) -> list[int]:
        """By how many đồng a lot would have to give way, least first."""
        gains = [self.result.need_gain.get(need.id, 0) for need in part.needs]
        free = [self.got.get(need.id, 0) < need.kg for need in part.needs]
        own = self.result.lot_gain.get(lot.id, 0)
        return _cuts(Grid((lot,), part.needs, part), own, gains, free)

    def _cuts_of_need(self, need: Need, part: Market) -> list[int]:
        """By how many đồng a need would have to give way, least first."""
        gains = [self.result.lot_gain.get(lot.id, 0) for lot in part.lots]
        free = [self.sold.get(lot.id, 0) < lot.kg for lot in part.lots]
        own = self.result.need_gain.get(need.id, 0)
        return _cuts(Grid(part.lots, (need,), part), own, gains, free)


def _cuts(grid: Grid, own: int, gains: list[int], free: list[bool]) -> list[int]:
    """By the dual prices, and to those with kilograms left."""
    passed = np.logical_and.reduce(
        [passes(grid) for code, passes in FILTERS.items() if code != "price"]
    ).reshape(-1)
    short = LEAST_SURPLUS_VND - grid.surplus_vnd.reshape(-1)
    by_dual = short + np.array(gains, dtype=np.int64) + own
    return _least(by_dual[passed], short[passed & np.array(free)])


def _least(*found: Ints) -> list[int]:
    """The least of each, those that give way at all, in order."""
    least = {int(values.min()) for values in found if len(values)}
    return sorted(cut for cut in least if cut > 0)


def _carried(market: Market, lot: int = 0, need: int = 0) -> int:
    """Kilograms of one row when its part of a product is solved anew."""
    product = (market.lot[lot] if lot else market.need[need]).product
    for part in parts_of(block_of(market, product, Stages())):
        rows: tuple[Lot | Need, ...] = part.lots if lot else part.needs
        places = [place for place, row in enumerate(rows) if row.id == (lot or need)]
        if places:
            plan = optimise(part, seconds=SECONDS, gap=0.0)
            ends = part.pairs.lot if lot else part.pairs.need
            return int(plan.kilograms[ends == places[0]].sum())
    return 0
