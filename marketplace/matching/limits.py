"""Which floor or ceiling could bring a row in.

By the dual prices u of lots and v of needs a pair is worth s - u - v to the
market, never more than nothing. A floor lower by x makes a pair worth x more;
so the least x that makes some pair of a lot with kilograms left worth one đồng
is min(u + v - s) + 1 over the pairs that every rule but the price allows (the
reduced cost; D. Bertsimas and J. Tsitsiklis, Introduction to Linear
Optimization, 1997, ch. 5). One đồng less makes it as good as others, which is
enough where ties speak for it. Where the prices promise too much (they need not be
unique, and side rules have none), the x that just meets kilograms left over is
tried next. What a change really brings is for `proven` to say.

These numbers tell a limit of the other side. They are for whoever owns the
whole instance, and never for a page of the market.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from marketplace.matching.again import Moved
from marketplace.matching.faults import MOST_VND
from marketplace.matching.grid import Grid
from marketplace.matching.instance import Lot, Market, Need
from marketplace.matching.result import Result
from marketplace.matching.transport import Ints
from marketplace.matching.unmatched import passes_of

MOST_TRIES = 2
"""How many places among others are tried for one post."""


def lower_floors(lot: Lot, part: Market, result: Result, moved: Moved) -> Iterator[Lot]:
    """The lot with lower floors, highest first; `part` is its product."""
    gains = [result.need_gain.get(need.id, 0) for need in part.needs]
    free = [moved.needs.get(need.id, 0) < need.kg for need in part.needs]
    own = result.lot_gain.get(lot.id, 0)
    for cut in _cuts(Grid((lot,), part.needs, part), own, gains, free):
        if cut <= lot.ask_vnd:
            yield replace(lot, ask_vnd=lot.ask_vnd - cut)


def higher_ceilings(
    need: Need, part: Market, result: Result, moved: Moved
) -> Iterator[Need]:
    """The need with higher ceilings, lowest first; `part` is its product."""
    gains = [result.lot_gain.get(lot.id, 0) for lot in part.lots]
    free = [moved.lots.get(lot.id, 0) < lot.kg for lot in part.lots]
    own = result.need_gain.get(need.id, 0)
    for rise in _cuts(Grid(part.lots, (need,), part), own, gains, free):
        if need.bid_vnd + rise <= MOST_VND:
            yield replace(need, bid_vnd=need.bid_vnd + rise)


def _cuts(grid: Grid, own: int, gains: list[int], free: list[bool]) -> list[int]:
    """By how many đồng to give way: by the dual prices, and to what is left."""
    if not gains:
        return []
    passed = passes_of(grid, but="price").reshape(-1)
    surplus = grid.surplus_vnd.reshape(-1)
    short = grid.market.least_surplus_vnd - surplus
    as_good = (short + np.array(gains, dtype=np.int64) + own)[passed]
    better = _least(np.concatenate([as_good, as_good + 1]), MOST_TRIES)
    return sorted({*better, *_least(short[passed & np.array(free)], 1)})


def _least(cuts: Ints, most: int) -> list[int]:
    """The least of them that give way at all."""
    found: list[int] = np.unique(cuts[cuts > 0])[:most].tolist()
    return found
