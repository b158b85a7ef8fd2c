"""A bound that knows of sellers: what an offer can gain by its best choice.

At prices u of lots the market cannot gain more than  sum kg_i u_i  and, offer by
offer, the most that its needs could gain by buying at these prices (Lagrangian
duality: A. M. Geoffrion, Lagrangean relaxation for integer programming, 1974). A
seller h has at most M_hj = min(most_j, all of h) kilograms for need j, worth
a_hj = the best of s_ij - u_i over its lots. For any prices v_j >= 0 of needs

    sum_j kg_j v_j  +  the k largest of  q_h = sum_j M_hj max(a_hj - v_j, 0)

is no less than the gain of an offer with at most k sellers (all q_h if there is
no such limit): a kilogram of h at j gains v_j and what a_hj is above it. It is
convex in v, so each v_j is searched between nothing and its best partner's worth,
one after the other. Without limits v is the dual of the flow, and nothing is new.

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
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints

WIDTH = 40
"""Partners of a need that are looked at one by one."""
SWEEPS = 3
LARGEST = 2.0**62


class Choices(NamedTuple):
    """Partners of the needs of limited offers, in columns.

    Those of offer o are the rows from `start[o]`, its needs those from `first[o]`;
    rows of one seller lie together.
    """

    start: Ints
    seller: Ints
    need: Ints  # counted from `first`
    worth: Ints
    kg: Ints  # the most that the seller can bring the need
    first: Ints
    need_kg: Ints
    most: Ints
    rest: Ints
    limit: Ints  # of each offer


def prove_choices(
    problem: Problem, shard: Shard, flow: Flow, pool: Executor | None
) -> tuple[int, Ints]:
    """(the bound at the lot prices of a flow, the prices of needs that prove it).

    No worse than the bound of the flow itself.
    """
    needs = problem.needs
    limit = needs.most_suppliers[shard.need_of]
    offers, offer = np.unique(needs.offer[shard.need_of], return_inverse=True)
    ruled = (limit > 0) | (shard.need_most < shard.need_kg)
    touched = np.zeros(len(offers), dtype=np.bool_)
    touched[offer[ruled]] = True
    node = np.flatnonzero(touched[offer])
    if len(node) == 0 or len(flow.candidates.key) == 0:
        return flow.bound, flow.v
    node = node[np.argsort(offer[node], kind="stable")]
    v, found = flow.v.copy(), flow.v[node]
    choices = _choices(problem, shard, flow.u, node, offer[node], pool)
    if _too_large(choices):
        return flow.bound, flow.v
    gains = _search(choices, found)
    v[node] = 0
    bound = total(shard.lot_kg, flow.u) + total(shard.need_kg, v) + sum(gains.tolist())
    v[node] = found
    return (bound, v) if bound <= flow.bound else (flow.bound, flow.v)


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
    row, place = np.nonzero(found.node >= 0)
    who, worth = seller[found.node[row, place]], found.value[row, place]
    number = np.searchsorted(first, row, side="right") - 1
    row, who, worth, number = _best_lots(row, who, worth, number)
    most = np.minimum(shard.need_most[node], shard.need_kg[node])
    return Choices(
        start=np.searchsorted(number, np.arange(len(first) + 1)),
        seller=who,
        need=row - first[number],
        worth=worth,
        kg=np.minimum(holds[who], most[row]),
        first=np.append(first, len(node)),
        need_kg=shard.need_kg[node],
        most=most,
        rest=rest,
        limit=problem.needs.most_suppliers[shard.need_of[node[first]]],
    )


def _best_lots(row: Ints, who: Ints, worth: Ints, number: Ints) -> tuple[Ints, ...]:
    """Of each seller to each need the best lot, by offer and seller."""
    order = np.lexsort((-worth, row, who, number))
    row, who, worth, number = (c[order] for c in (row, who, worth, number))
    new = np.diff(row, prepend=-1).astype(np.bool_)
    new |= np.diff(who, prepend=-1).astype(np.bool_)
    return row[new], who[new], worth[new], number[new]


def _too_large(choices: Choices) -> bool:
    """Whether a sum could exceed 64 bits."""
    worth = max(choices.worth.max(initial=0), choices.rest.max(initial=0))
    kg = choices.need_kg.sum(dtype=float) + choices.kg.sum(dtype=float)
    kg += choices.most.sum(dtype=float) * (2 + choices.limit.max(initial=0))
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
    limit, gain, anybody = choices.limit[offer], 0, 0
    for place in range(first, after):
        gain += choices.need_kg[place] * v[place]
        anybody += choices.most[place] * max(choices.rest[place] - v[place], 0)
    best = np.full(limit, anybody, np.int64)
    row, stop = choices.start[offer], choices.start[offer + 1]
    while row < stop:
        seller, brings = choices.seller[row], anybody
        while row < stop and choices.seller[row] == seller:
            place = first + choices.need[row]
            left = max(choices.rest[place] - v[place], 0)
            brings += choices.kg[row] * max(choices.worth[row] - v[place], 0)
            brings -= choices.kg[row] * left
            row += 1
        if limit == 0:
            gain += brings
        else:
            _keep(best, brings)
    return int(gain + best.sum())


@inner
def _keep(best: Ints, value: int) -> None:
    """Put a value among the largest, in descending order, if it belongs there."""
    place = len(best) - 1
    if value > best[place]:
        while place > 0 and best[place - 1] < value:
            best[place] = best[place - 1]
            place -= 1
        best[place] = value
