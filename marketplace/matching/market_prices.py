"""Quotes for an allocation: of a small part, whose pairs are all known, and of
a shard, where the pairs that nobody looked at are asked for by a scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.candidates import Candidates, found_for_needs, merged, without
from marketplace.matching.equilibrium import Sides, trade_of
from marketplace.matching.instance import Market
from marketplace.matching.pair import share_kg
from marketplace.matching.pairs import Block
from marketplace.matching.prices import give_vnd
from marketplace.matching.quotes import Quotes, quote
from marketplace.matching.shard import Shard
from marketplace.matching.side import Bools, Ints
from marketplace.matching.yielding import Trade

SCANS = 4
WIDTH = 8


def block_prices(block: Block, kilograms: Ints, market: Market) -> Ints:
    """A price for each lot of a block, đồng a kilogram at the gate."""
    pairs = block.pairs
    order = np.lexsort((pairs.lot, pairs.need))
    lot, need, kg = pairs.lot[order], pairs.need[order], kilograms[order]
    sides = Sides(
        *(_column(block.lots, name) for name in ("kg", "owner", "ask_vnd")),
        *(_column(block.needs, name) for name in ("kg", "owner")),
    )
    most = np.array([share_kg(row) for row in block.needs])
    full = _full(sides.seller[lot], need, kg, most, sides.need_kg)
    reference = market.references.get(block.lots[0].product)
    give = give_vnd(reference, sides.ask, market.price_give_per_mille)
    trade = trade_of(lot, need, pairs.surplus_vnd[order], kg, full, sides, give)
    return quote(trade, sides.ask, reference, market.price_step_vnd)


def _column(rows: Sequence[object], name: str) -> Ints:
    return np.array([getattr(row, name) for row in rows], dtype=np.int64)


def _full(seller: Ints, need: Ints, kg: Ints, most: Ints, need_kg: Ints) -> Bools:
    """Pairs whose seller brings the need all that one seller may."""
    _, share = np.unique(np.column_stack([need, seller]), axis=0, return_inverse=True)
    share = share.reshape(-1)
    brought = np.bincount(share, kg.astype(np.float64))[share]
    full: Bools = (most < need_kg)[need] & (brought >= most[need])
    return full


def shard_prices(
    problem: Problem,
    shard: Shard,
    known: Candidates,
    kg: Ints,
    quotes: Quotes,
    pool: Executor | None,
) -> Ints:
    """A price for each lot of a shard; `kg` is what the known pairs carry."""
    ask = problem.lots.ask_vnd[shard.lot_of]
    product = int(problem.lots.product[shard.lot_of[0]])
    reference = quotes.references.get(product)
    give = give_vnd(reference, ask, quotes.give_per_mille)
    for _ in range(SCANS):
        trade = _trade(problem, shard, known, kg, give)
        price = quote(trade, ask, reference, quotes.step_vnd)
        new = without(_tempting(shard, trade, price - ask, pool), known.key)
        if len(new.key) == 0:
            break
        both = merged(known, new)
        carried = np.zeros(len(both.key), dtype=np.int64)
        carried[np.searchsorted(both.key, known.key)] = kg
        known, kg = both, carried
    return price


def _trade(
    problem: Problem, shard: Shard, known: Candidates, kg: Ints, give: int
) -> Trade:
    need, lot = np.divmod(known.key, len(shard.lot_kg))
    limited = shard.need_most[need] < shard.need_kg[need]
    full = np.zeros(len(kg), dtype=np.bool_)
    sellers = problem.lots.seller[shard.lot_of[lot[limited]]]
    full[limited] = _full(
        sellers, need[limited], kg[limited], shard.need_most, shard.need_kg
    )
    lots, needs = shard.lot_of, shard.need_of
    seller, buyer = problem.lots.seller[lots], problem.needs.buyer[needs]
    ask = problem.lots.ask_vnd[lots]
    sides = Sides(
        shard.lot_kg, _whole(seller), _whole(ask), shard.need_kg, _whole(buyer)
    )
    return trade_of(lot, need, known.surplus, kg, full, sides, give)


def _whole(column: Ints) -> Ints:
    return column.astype(np.int64)


def _tempting(shard: Shard, trade: Trade, u: Ints, pool: Executor | None) -> Candidates:
    """Pairs, known or not, that would gain by trading with each other."""
    threat = np.where(trade.left, 0, u)
    need = np.repeat(np.arange(len(shard.need_kg)), np.diff(trade.start))
    gain = np.full(len(shard.need_kg), 1 << 60, dtype=np.int64)
    carries = np.flatnonzero(trade.carries)
    keeps = trade.worth[carries] - u[trade.lot[carries]]
    np.minimum.at(gain, need[carries], keeps)
    gain = np.where(trade.unmet, 0, gain)
    found = shard.lots_for_needs(threat, gain, width=WIDTH, above=trade.give, pool=pool)
    return found_for_needs(found, threat, gain)
