"""A bound that knows of sellers: what an offer can gain by its best choice.

At prices u of lots the market cannot gain more than  sum kg_i u_i  and, offer by
offer, the most that its needs could gain by buying at these prices (Lagrangian
duality: A. M. Geoffrion, Lagrangean relaxation for integer programming, 1974).
For any prices v_j >= 0 of needs seller h brings need j at most

    q_hj = the most of  sum over its lots of x_i (s_ij - u_i - v_j),
           x_i <= kg_i,  sum of x_i <= M_hj = min(most_j, all of h)

(its best lots first), and

    sum_j kg_j v_j  +  the k largest of  q_h = sum_j q_hj

is no less than the gain of an offer with at most k sellers (all q_h if there is
no such limit). It is convex in v, so each v_j is searched between nothing and its
best partner's worth, one after the other. Any u proves a bound. Those of the flow
are one choice, those of the relaxation with places (`places`) mostly a better one.

A scan tells the best partners of each need. All others are worth at most the
last of them, the *rest*, and count as sellers without number of which each could
bring all; so every pair is covered.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from marketplace.matching.arrays import Problem
from marketplace.matching.choice_gains import Choices, search, too_large
from marketplace.matching.flow import Flow, total
from marketplace.matching.scan import Found
from marketplace.matching.shard import Shard
from marketplace.matching.side import Floats, Ints

WIDTHS, ROOM = (40, 100), 1_000_000
"""Partners of a need that are looked at one by one: fewer where there are more
needs than have room together."""
UNKNOWN = 1 << 200
"""A bound that proves nothing."""


class Proof(NamedTuple):
    """A bound, the prices of lots and needs that prove it, and where it comes from.

    `gain` is the most that an offer can gain, in equal parts for its needs.
    """

    bound: int
    u: Ints
    v: Ints
    gain: Floats


def prove_choices(
    problem: Problem,
    shard: Shard,
    flow: Flow,
    prices: Ints | None,
    pool: Executor | None,
) -> Proof:
    """The least bound at the lot prices of a flow and at others, if there are any.

    No worse than the bound of the flow itself.
    """
    found = [Proof(flow.bound, flow.u, flow.v, _gains(shard, flow.v))]
    if len(flow.candidates.key):
        found.append(_proof(problem, shard, flow.u, flow.v, pool))
        if prices is not None:
            nothing = np.zeros(len(shard.need_kg), dtype=np.int64)
            best = shard.lots_for_needs(prices, nothing, width=0, above=0, pool=pool)
            v = np.maximum(best.best, 0)
            found.append(_proof(problem, shard, prices, v, pool))
    return min(found, key=lambda proof: proof.bound)


def _proof(
    problem: Problem, shard: Shard, u: Ints, v: Ints, pool: Executor | None
) -> Proof:
    """The bound at prices u; v cover them wherever a need takes what it likes."""
    needs = problem.needs
    limit = needs.most_suppliers[shard.need_of]
    offers, offer = np.unique(needs.offer[shard.need_of], return_inverse=True)
    ruled = (limit > 0) | (shard.need_most < shard.need_kg)
    touched = np.zeros(len(offers), dtype=np.bool_)
    touched[offer[ruled]] = True
    node = np.flatnonzero(touched[offer])
    if len(node) == 0:
        return Proof(UNKNOWN, u, v, _gains(shard, v))
    node = node[np.argsort(offer[node], kind="stable")]
    v, found = v.copy(), v[node]
    choices = _choices(problem, shard, u, node, offer[node], pool)
    if too_large(choices):
        return Proof(UNKNOWN, u, v, _gains(shard, v))
    gains, tranches = search(choices, found), np.diff(choices.first)
    v[node] = 0
    bound = total(shard.lot_kg, u) + total(shard.need_kg, v) + sum(gains.tolist())
    gain = _gains(shard, v)
    gain[node] = np.repeat(gains / tranches, tranches)
    v[node] = found
    return Proof(bound, u, v, gain)


def _gains(shard: Shard, v: Ints) -> Floats:
    gains: Floats = np.multiply(shard.need_kg, v, dtype=np.float64)
    return gains


def _choices(
    problem: Problem,
    shard: Shard,
    u: Ints,
    node: Ints,
    offer: Ints,
    pool: Executor | None,
) -> Choices:
    nothing = np.zeros(len(shard.need_kg), dtype=np.int64)
    width = int(np.clip(ROOM // len(node), *WIDTHS))
    found = shard.lots_for_needs(u, nothing, width=width, above=0, pool=pool, only=node)
    sellers, seller = np.unique(problem.lots.seller[shard.lot_of], return_inverse=True)
    holds = np.bincount(seller, shard.lot_kg, len(sellers)).astype(np.int64)
    rest = np.where(found.node[:, -1] >= 0, found.value[:, -1], 0)
    first = np.flatnonzero(np.diff(offer, prepend=-1))
    row, lot, worth, number = _partners(found, seller, first)
    most = np.minimum(shard.need_most[node], shard.need_kg[node])
    return Choices(
        start=np.searchsorted(number, np.arange(len(first) + 1)),
        seller=seller[lot],
        need=row - first[number],
        worth=worth,
        kg=shard.lot_kg[lot],
        brings=np.minimum(holds[seller[lot]], most[row]),
        first=np.append(first, len(node)),
        need_kg=shard.need_kg[node],
        most=most,
        rest=rest,
        limit=problem.needs.most_suppliers[shard.need_of[node[first]]],
    )


def _partners(found: Found, seller: Ints, first: Ints) -> tuple[Ints, ...]:
    """Row, lot, worth and offer, by offer, seller and row, each lot once."""
    row, place = np.nonzero(found.node >= 0)
    lot, worth = found.node[row, place].astype(np.int64), found.value[row, place]
    number = np.searchsorted(first, row, side="right") - 1
    order = np.lexsort((lot, -worth, row, seller[lot], number))
    row, lot, worth, number = (c[order] for c in (row, lot, worth, number))
    new = np.diff(row, prepend=-1).astype(np.bool_)
    new |= np.diff(lot, prepend=-1).astype(np.bool_)
    return row[new], lot[new], worth[new], number[new]
