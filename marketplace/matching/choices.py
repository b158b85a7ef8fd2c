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
from marketplace.matching.flow import Flow, total
from marketplace.matching.kernels import inner, kernel
from marketplace.matching.scan import Found
from marketplace.matching.shard import Shard
from marketplace.matching.side import Floats, Ints

WIDTH = 100
"""Partners of a need that are looked at one by one."""
SWEEPS = 3
LARGEST = 2.0**62
UNKNOWN = 1 << 200
"""A bound that proves nothing."""


class Choices(NamedTuple):
    """Partners of the needs of limited offers, in columns.

    Those of offer o are the rows from `start[o]`, its needs those from `first[o]`;
    rows of one seller lie together, in them those of one need, the best first.
    """

    start: Ints
    seller: Ints
    need: Ints  # counted from `first`
    worth: Ints
    kg: Ints  # of the lot
    brings: Ints  # the most that the seller can bring the need
    first: Ints
    need_kg: Ints
    most: Ints
    rest: Ints
    limit: Ints  # of each offer


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
    found = [Proof(flow.bound, flow.u, flow.v, shard.need_kg * flow.v.astype(float))]
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
        return Proof(UNKNOWN, u, v, shard.need_kg * 0.0)
    node = node[np.argsort(offer[node], kind="stable")]
    v, found = v.copy(), v[node]
    choices = _choices(problem, shard, u, node, offer[node], pool)
    if _too_large(choices):
        return Proof(UNKNOWN, u, v, shard.need_kg * 0.0)
    gains, tranches = _search(choices, found), np.diff(choices.first)
    v[node] = 0
    bound = total(shard.lot_kg, u) + total(shard.need_kg, v) + sum(gains.tolist())
    gain = shard.need_kg * v.astype(float)
    gain[node] = np.repeat(gains / tranches, tranches)
    v[node] = found
    return Proof(bound, u, v, gain)


def _choices(
    problem: Problem,
    shard: Shard,
    u: Ints,
    node: Ints,
    offer: Ints,
    pool: Executor | None,
) -> Choices:
    nothing = np.zeros(len(shard.need_kg), dtype=np.int64)
    found = shard.lots_for_needs(u, nothing, width=WIDTH, above=0, pool=pool, only=node)
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


def _too_large(choices: Choices) -> bool:
    """Whether a sum could exceed 64 bits."""
    worth = max(choices.worth.max(initial=0), choices.rest.max(initial=0))
    kg = choices.need_kg.sum(dtype=float) + choices.kg.sum(dtype=float)
    kg += choices.most.sum(dtype=float) * (2 + choices.limit.max(initial=0))
    kg += choices.brings.sum(dtype=float)
    return bool(float(worth) * kg > LARGEST)


@kernel
def _search(choices: Choices, v: Ints) -> Ints:
    """What each offer can gain at most, by the best v found from that given."""
    gains = np.zeros(len(choices.limit), np.int64)
    for offer in range(len(gains)):
        first, after = choices.first[offer], choices.first[offer + 1]
        if choices.limit[offer] == 0:
            for place in range(first, after):
                v[place] = max(v[place], choices.rest[place])
        gains[offer] = _gain(choices, offer, v)
        for _ in range(SWEEPS if after - first > 1 else 1):
            before = gains[offer]
            for place in range(first, after):
                gains[offer] = _lower(choices, offer, v, place, gains[offer])
            if gains[offer] == before:
                break
    return gains


@kernel
def _lower(choices: Choices, offer: int, v: Ints, place: int, known: int) -> int:
    """Search one v; the gain with it, no more than that already known."""
    kept, low, high = v[place], 0, v[place]
    if choices.limit[offer] == 0:
        low = choices.rest[place]
    for row in range(choices.start[offer], choices.start[offer + 1]):
        if choices.need[row] == place - choices.first[offer]:
            high = max(high, choices.worth[row])
    while low < high:
        middle = (low + high) // 2
        v[place] = middle
        one = _gain(choices, offer, v)
        v[place] = middle + 1
        other = _gain(choices, offer, v)
        if one <= other:
            high = middle
        else:
            low = middle + 1
    v[place] = low
    gain = _gain(choices, offer, v)
    if gain >= known:
        v[place], gain = kept, known
    return gain


@kernel
def _gain(choices: Choices, offer: int, v: Ints) -> int:
    """The bound of an offer at prices v."""
    first, after = choices.first[offer], choices.first[offer + 1]
    limit, gain, anybody = choices.limit[offer], 0, 0  # anybody: of the rest
    for place in range(first, after):
        gain += choices.need_kg[place] * v[place]
        anybody += choices.most[place] * max(choices.rest[place] - v[place], 0)
    best = np.full(limit, anybody, np.int64)
    row, stop = choices.start[offer], choices.start[offer + 1]
    while row < stop:
        brings, row = _brings(choices, first, row, stop, v)
        if limit == 0:
            gain += brings
        else:
            _keep(best, anybody + brings)
    return int(gain + best.sum())


@inner
def _brings(
    choices: Choices, first: int, row: int, stop: int, v: Ints
) -> tuple[int, int]:
    """(what the seller of a row brings more than anybody, the row after its last)."""
    seller, brings = choices.seller[row], 0
    while row < stop and choices.seller[row] == seller:
        need, room = choices.need[row], choices.brings[row]
        price = v[first + need]
        rest = max(choices.rest[first + need] - price, 0)
        brings -= choices.most[first + need] * rest
        while (
            row < stop and choices.seller[row] == seller and choices.need[row] == need
        ):
            kg = min(room, choices.kg[row])
            brings += kg * max(choices.worth[row] - price, 0)
            room -= kg
            row += 1
        brings += room * rest
    return brings, row


@inner
def _keep(best: Ints, value: int) -> None:
    """Put a value among the largest, in descending order, if it belongs there."""
    place = len(best) - 1
    if value > best[place]:
        while place > 0 and best[place - 1] < value:
            best[place] = best[place - 1]
            place -= 1
        best[place] = value
