"""Pairs that leave nothing to share, where nothing better is left.

A pair whose floor and way come to just its ceiling adds kilograms and not a đồng,
so the search for the surplus never looks at it. What an allocation leaves on both
sides is filled with such pairs afterwards: the most that quantities allow if that
keeps every rule, else one after the other, each as large as it can be. Surplus,
bound and proof stay what they were.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.candidates import Candidates, merged
from marketplace.matching.filling import fill
from marketplace.matching.flow import Flow
from marketplace.matching.network import Network
from marketplace.matching.repair import Legal, legal_of
from marketplace.matching.rules import Rules, rules_of
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints

WIDTH = 16
"""Lots that each need is shown."""
TAKEN = 1 << 40
"""The price of a lot that has nothing left: no pair is worth that."""


def fill_even(
    problem: Problem,
    shard: Shard,
    flow: Flow,
    legal: Legal,
    pool: Executor | None,
) -> Legal:
    """The allocation with what is left filled; new pairs join the candidates."""
    lot_left = shard.lot_kg - _sum(legal.lot, legal.kg, len(shard.lot_kg))
    need_left = shard.need_kg - _sum(legal.need, legal.kg, len(shard.need_kg))
    open_needs = np.flatnonzero(need_left > 0)
    if not (len(open_needs) and (lot_left > 0).any()):
        return legal
    u = np.where(lot_left > 0, 0, TAKEN).astype(np.int64)
    found = shard.lots_for_needs(
        u, need_left * 0, width=WIDTH, above=-1, pool=pool, only=open_needs
    )
    row, place = np.nonzero((found.node >= 0) & (found.value == 0))
    lot = found.node[row, place].astype(np.int64)
    key = np.unique(open_needs[row] * len(u) + lot)
    if not len(key):
        return legal
    even = Candidates(key, np.zeros(len(key), dtype=np.int64))
    flow.grow(merged(flow.candidates, even))
    return _filled(problem, shard, legal, key, (lot_left, need_left))


def within_zones(price: Ints, lot: Ints, most: Ints) -> Ints:
    """The price of each lot, at most what every pair that carries can pay.

    `lot` and `most` are those pairs. A rule that sells nothing for nothing asks
    one đồng where the zone is just 0.
    """
    found = price.copy()
    np.minimum.at(found, lot, most)
    return found


def _filled(
    problem: Problem, shard: Shard, legal: Legal, key: Ints, left: tuple[Ints, Ints]
) -> Legal:
    """The better of all that quantities allow, if it is legal, and one by one."""
    need, lot = np.divmod(key, len(shard.lot_kg))
    rules = rules_of(
        problem,
        shard,
        np.concatenate([legal.lot, lot]),
        np.concatenate([legal.need, need]),
        np.concatenate([legal.worth, 0 * lot]),
    )
    new = np.arange(len(legal.kg), len(rules.lot))
    kept = np.concatenate([legal.kg, 0 * lot])
    most = np.where(rules.least <= rules.most, rules.most, 0)[new]
    network = Network(left[0].astype(np.int64), left[1].astype(np.int64))
    network.extend(key, np.ones(len(key), dtype=np.int64), most)
    network.solve()
    every = kept.copy()
    every[new] = network.pairs.flow
    # A door is known to be open by what goes through it, which must not be 0.
    if replace(rules, worth=rules.worth + 1).holds(every):
        return legal_of(rules, every)
    fill(rules, kept, _largest_first(rules, new, every))
    return legal_of(rules, kept)


def _largest_first(rules: Rules, new: Ints, wish: Ints) -> Ints:
    """The new pairs by what quantities alone would give them, then by most."""
    return new[np.lexsort((new, -rules.most[new], -wish[new]))]


def _sum(keys: Ints, values: Ints, count: int) -> Ints:
    total: Ints = np.bincount(keys, values.astype(np.float64), count).astype(np.int64)
    return total
