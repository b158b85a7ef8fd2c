"""What prices prove where an offer takes few sellers, by numpy over all pairs.

With lack = the most by which s_ij exceeds u_i + v_j over the lots of seller k,
never below 0, and M_jk the kilograms that k can bring need j (its largest share,
or all k has), offer o cannot gain more than

    sum over its needs of d_j v_j  +  the n largest of  q_k = sum_j M_jk lack_jk

if it takes n sellers (all of them without such a limit). The rest is sum q_i u_i.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.pairs import Block, blocks, on_the_edge, worth_at_least
from marketplace.matching.arrays import Int64, Problem

MayMeet = Callable[[Problem, Int64, Int64], np.ndarray]
KEY = 2**32


def choice_bound(problem: Problem, u: Int64, v: Int64, may_meet: MayMeet) -> int:
    """The bound at prices u and v, none of which may be negative."""
    if min(u.min(initial=0), v.min(initial=0)) < 0:
        raise AssertionError("a gain below zero")
    bound = int((problem.lots.kg * u).sum()) + int((problem.needs.kg * v).sum())
    return bound + sum(
        _best_sellers(problem, *_lacking(problem, block, u, v, may_meet))
        for block in blocks(problem)
    )


def _lacking(
    problem: Problem, block: Block, u: Int64, v: Int64, may_meet: MayMeet
) -> tuple[Int64, Int64, Int64]:
    """Need, seller and lack of all pairs of a product above their prices."""
    price = problem.lots.ask_vnd[block.lots] + u[block.lots]
    worth = problem.needs.bid_vnd[block.needs] - v[block.needs]
    nothing = np.empty(0, np.int64)
    found = [(nothing, nothing, nothing)]
    for i, j, surplus in worth_at_least(problem, block, price, worth, 1):
        real = may_meet(problem, i, j) & ~on_the_edge(problem, i, j) & (surplus >= 1)
        lack = (surplus - u[i] - v[j])[real]
        found.append((j[real], problem.lots.seller[i[real]].astype(np.int64), lack))
    need, seller, lack = (np.concatenate(column) for column in zip(*found, strict=True))
    return need, seller, lack


def _best_sellers(problem: Problem, need: Int64, seller: Int64, lack: Int64) -> int:
    lots, needs = problem.lots, problem.needs
    if need.size == 0:
        return 0
    key, row = np.unique(need * KEY + seller, return_inverse=True)
    most = np.zeros(key.size, np.int64)
    np.maximum.at(most, row, lack)
    need, seller = key // KEY, key % KEY
    product = lots.product == needs.product[need[0]]
    holds = np.bincount(lots.seller[product], lots.kg[product], seller.max() + 1)
    brings = np.minimum(needs.most_kg[need], holds[seller].astype(np.int64))
    key, row = np.unique(
        needs.offer[need].astype(np.int64) * KEY + seller, return_inverse=True
    )
    gain, limit = np.zeros(key.size, np.int64), np.zeros(key.size, np.int64)
    np.add.at(gain, row, brings * most)
    limit[row] = needs.most_suppliers[need]
    order = np.lexsort((-gain, key // KEY))
    offer = (key // KEY)[order]
    place = np.arange(offer.size) - np.searchsorted(offer, offer)
    counts = (limit[order] == 0) | (place < limit[order])
    return int(gain[order][counts].sum())
