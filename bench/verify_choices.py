"""What prices prove where an offer takes few sellers, by numpy over all pairs.

With lack_ij = s_ij - u_i - v_j, seller k brings need j at most

    q_jk = sum over its lots, the largest lack first, of x_i max(lack_ij, 0),

each x_i as much as the lot holds until M_jk is full: its largest share, or all that
k has. Offer o cannot gain more than

    sum over its needs of d_j v_j  +  the n largest of  q_k = sum_j q_jk

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
    """Need, lot and lack of all pairs of a product above their prices."""
    price = problem.lots.ask_vnd[block.lots] + u[block.lots]
    worth = problem.needs.bid_vnd[block.needs] - v[block.needs]
    nothing = np.empty(0, np.int64)
    found = [(nothing, nothing, nothing)]
    for i, j, surplus in worth_at_least(problem, block, price, worth, 1):
        real = may_meet(problem, i, j) & ~on_the_edge(problem, i, j) & (surplus >= 1)
        lack = (surplus - u[i] - v[j])[real]
        found.append((j[real], i[real], lack))
    need, lot, lack = (np.concatenate(column) for column in zip(*found, strict=True))
    return need, lot, lack


def _best_sellers(problem: Problem, need: Int64, lot: Int64, lack: Int64) -> int:
    lots, needs = problem.lots, problem.needs
    if need.size == 0:
        return 0
    seller = lots.seller[lot].astype(np.int64)
    product = lots.product == needs.product[need[0]]
    holds = np.bincount(lots.seller[product], lots.kg[product], seller.max() + 1)
    brings = np.minimum(needs.most_kg[need], holds[seller].astype(np.int64))
    order = np.lexsort((-lack, need * KEY + seller))
    need, seller, lot, lack, brings = (
        column[order] for column in (need, seller, lot, lack, brings)
    )
    kg = _filled(need * KEY + seller, lots.kg[lot], brings)
    key, row = np.unique(
        needs.offer[need].astype(np.int64) * KEY + seller, return_inverse=True
    )
    gain, limit = np.zeros(key.size, np.int64), np.zeros(key.size, np.int64)
    np.add.at(gain, row, kg * lack)
    limit[row] = needs.most_suppliers[need]
    order = np.lexsort((-gain, key // KEY))
    offer = (key // KEY)[order]
    place = np.arange(offer.size) - np.searchsorted(offer, offer)
    counts = (limit[order] == 0) | (place < limit[order])
    return int(gain[order][counts].sum())


def _filled(group: Int64, kg: Int64, most: Int64) -> Int64:
    """Of each row its kilograms, in order, until its group is full."""
    start = np.searchsorted(group, group)
    before = np.cumsum(kg) - kg
    room = most - (before - before[start])
    return np.clip(room, 0, kg)
