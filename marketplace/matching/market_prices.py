"""Quotes for an allocation: of a small part, whose pairs are all known, and of
a shard, where the pairs that nobody looked at are asked for by a scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.candidates import Candidates, found_for_needs, merged, without
from marketplace.matching.equilibrium import Trade, trade_of
from marketplace.matching.instance import Market, Reference
from marketplace.matching.pair import share_kg
from marketplace.matching.pairs import Block
from marketplace.matching.quotes import quote
from marketplace.matching.shard import Shard
from marketplace.matching.side import Bools, Ints

SCANS = 4
WIDTH = 8


def block_prices(block: Block, kilograms: Ints, market: Market) -> Ints:
    """A price for each lot of a block, đồng a kilogram at the gate."""
    pairs = block.pairs
    order = np.lexsort((pairs.lot, pairs.need))
    lot, need, kg = pairs.lot[order], pairs.need[order], kilograms[order]
    sellers = np.array([row.owner for row in block.lots])
    most = np.array([share_kg(row) for row in block.needs])
    lot_kg = np.array([row.kg for row in block.lots])
    need_kg = np.array([row.kg for row in block.needs])
    full = _full(sellers[lot], need, kg, most, need_kg)
    trade = trade_of(lot, need, pairs.surplus_vnd[order], kg, full, lot_kg, need_kg)
    ask = np.array([row.ask_vnd for row in block.lots])
    reference = market.references.get(block.lots[0].product)
    return quote(trade, ask, reference, market.price_step_vnd)


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
    references: Mapping[int, Reference],
    step_vnd: int,
    pool: Executor | None,
) -> Ints:
    """A price for each lot of a shard; `kg` is what the known pairs carry."""
    ask = problem.lots.ask_vnd[shard.lot_of]
    reference = references.get(int(problem.lots.product[shard.lot_of[0]]))
    for _ in range(SCANS):
        trade = _trade(problem, shard, known, kg)
        price = quote(trade, ask, reference, step_vnd)
        new = without(_tempting(shard, trade, price - ask, pool), known.key)
        if len(new.key) == 0:
            break
        both = merged(known, new)
        carried = np.zeros(len(both.key), dtype=np.int64)
        carried[np.searchsorted(both.key, known.key)] = kg
        known, kg = both, carried
    return price


def _trade(problem: Problem, shard: Shard, known: Candidates, kg: Ints) -> Trade:
    need, lot = np.divmod(known.key, len(shard.lot_kg))
    limited = shard.need_most[need] < shard.need_kg[need]
    full = np.zeros(len(kg), dtype=np.bool_)
    sellers = problem.lots.seller[shard.lot_of[lot[limited]]]
    full[limited] = _full(
        sellers, need[limited], kg[limited], shard.need_most, shard.need_kg
    )
    return trade_of(lot, need, known.surplus, kg, full, shard.lot_kg, shard.need_kg)


def _tempting(shard: Shard, trade: Trade, u: Ints, pool: Executor | None) -> Candidates:
    """Pairs, known or not, that would gain by trading with each other."""
    threat = np.where(trade.left, 0, u)
    need = np.repeat(np.arange(len(shard.need_kg)), np.diff(trade.start))
    gain = np.full(len(shard.need_kg), 1 << 60, dtype=np.int64)
    carries = np.flatnonzero(trade.carries)
    keeps = trade.worth[carries] - u[trade.lot[carries]]
    np.minimum.at(gain, need[carries], keeps)
    gain = np.where(trade.unmet, 0, gain)
    found = shard.lots_for_needs(threat, gain, width=WIDTH, above=0, pool=pool)
    return found_for_needs(found, threat, gain)
