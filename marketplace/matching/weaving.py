"""Pairs that join a flow problem, woven into those that are there."""

from __future__ import annotations

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Ints, Nodes
from marketplace.matching.simplex import LOWER, Arcs


@kernel
def woven(
    keys: Ints, arcs: Arcs, new: Ints, surplus: Ints, most: Ints, moved: Nodes
) -> tuple[Ints, Arcs]:
    """All pairs by ascending key, and their arcs after those of the nodes.

    `moved` hears by how many places each pair that was there has moved on; its
    last entry is the number of lots.
    """
    nodes, lots, old, fresh = len(arcs.tail) - len(keys), moved[-1], 0, 0
    size = len(arcs.tail) + len(new)
    both, key = _empty(size), np.empty(size - nodes, np.int64)
    for place in range(nodes):
        _copy(arcs, place, both, place)
    for place in range(nodes, size):
        at = place - nodes
        if fresh < len(new) and (old == len(keys) or new[fresh] < keys[old]):
            key[at] = new[fresh]
            both.tail[place] = new[fresh] % lots
            both.head[place] = lots + new[fresh] // lots
            both.cost[place], both.most[place] = -surplus[fresh], most[fresh]
            both.flow[place], both.state[place] = 0, LOWER
            fresh += 1
        else:
            key[at], moved[old] = keys[old], fresh
            _copy(arcs, nodes + old, both, place)
            old += 1
    return key, both


@inner
def _empty(size: int) -> Arcs:
    return Arcs(
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int8),
    )


@inner
def _copy(arcs: Arcs, place: int, both: Arcs, at: int) -> None:
    both.tail[at], both.head[at] = arcs.tail[place], arcs.head[place]
    both.cost[at], both.most[at] = arcs.cost[place], arcs.most[place]
    both.flow[at], both.state[at] = arcs.flow[place], arcs.state[place]
