"""Why not that: the best alternative of an allocated pair, and its cost.

Gains u of lots and v of needs that prove a run cover every pair: u + v is at
least what a kilogram of the pair is worth to both. The difference is its
reduced cost. To carry t kilograms of a pair instead loses the market at least t
times that, however the rest is arranged anew (Dantzig, Linear Programming and
Extensions, 1963, ch. 9): the best alternative is the pair where it is least.

Costs are made of limits of both sides. They are for who owns the whole
instance, and never for a party to the market.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from marketplace.matching.instance import Market
from marketplace.matching.pair import most_kg
from marketplace.matching.pairs import (
    MOST_CELLS,
    Block,
    Indices,
    Pairs,
    Stages,
    block_of,
    products,
)
from marketplace.matching.result import Allocation, Result
from marketplace.matching.side import Ints


class Instead(NamedTuple):
    """The id of another partner, kilograms to move, and the đồng they lose."""

    partner: int
    kg: int
    cost_vnd: int


class Alternatives(NamedTuple):
    """The best other need of a lot, and the best other lot of a need."""

    need: Instead | None
    lot: Instead | None


def alternatives(market: Market, result: Result) -> dict[tuple[int, int], Alternatives]:
    """What each allocated (lot, need) could have been; the best by least cost.

    `cost_vnd` is a lower bound of what moving `kg` would lose. Pairs of very
    large products are left out.
    """
    market = market.in_order()
    made: dict[int, list[Allocation]] = {}
    for row in result.allocations:
        made.setdefault(market.lot[row.lot].product, []).append(row)
    return {
        key: found
        for product in products(market)
        for key, found in _of_product(market, result, product, made.get(product, []))
    }


def _of_product(
    market: Market, result: Result, product: int, made: list[Allocation]
) -> Iterator[tuple[tuple[int, int], Alternatives]]:
    sold = sum(lot.product == product for lot in market.lots)
    asked = sum(need.product == product for need in market.needs)
    if not made or sold * asked > MOST_CELLS:
        return
    block = block_of(market, product, Stages())
    cost = _costs(block, result)
    lot_place = {lot.id: place for place, lot in enumerate(block.lots)}
    need_place = {need.id: place for place, need in enumerate(block.needs)}
    for row in made:
        here = (lot_place[row.lot], need_place[row.need])
        needs, lots = _others(block.pairs, here)
        yield (
            (row.lot, row.need),
            Alternatives(
                _best(market, block, cost, row, needs, of_need=True),
                _best(market, block, cost, row, lots, of_need=False),
            ),
        )


def _costs(block: Block, result: Result) -> Ints:
    """Đồng a kilogram that each feasible pair would lose."""
    pairs = block.pairs
    u = np.array([result.lot_gain.get(lot.id, 0) for lot in block.lots])
    v = np.array([result.need_gain.get(need.id, 0) for need in block.needs])
    found: Ints = np.maximum(u[pairs.lot] + v[pairs.need] - pairs.surplus_vnd, 0)
    return found


def _others(pairs: Pairs, here: tuple[int, int]) -> tuple[Indices, Indices]:
    """Other pairs of the same lot, and of the same need."""
    lot, need = here
    same_lot, same_need = pairs.lot == lot, pairs.need == need
    return np.flatnonzero(same_lot & ~same_need), np.flatnonzero(same_need & ~same_lot)


def _best(
    market: Market,
    block: Block,
    cost: Ints,
    row: Allocation,
    others: Indices,
    *,
    of_need: bool,
) -> Instead | None:
    if len(others) == 0:
        return None
    pair = others[np.argmin(cost[others])]
    lot = block.lots[block.pairs.lot[pair]]
    need = block.needs[block.pairs.need[pair]]
    kg = min(row.kg, most_kg(market.lot[lot.id], need))
    return Instead(need.id if of_need else lot.id, kg, kg * int(cost[pair]))
