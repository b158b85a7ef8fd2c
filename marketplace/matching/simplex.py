"""The network simplex method: the exact optimum on the pairs it is given.

    maximise    sum of s_e x_e,   0 <= x_e <= most_e
    subject to  the pairs of a lot carry at most its kg, those of a need its kg

as a flow from lots to needs, with an arc from each lot to a root for what is
not sold and from the root to each need for what is not served. Every basis is
a spanning tree; entering arcs are searched in blocks, the leaving arc is chosen
so that trees stay strongly feasible and the method ends (W. H. Cunningham, A
network simplex method, 1976; R. K. Ahuja, T. L. Magnanti and J. B. Orlin,
Network Flows, 1993, ch. 11). All numbers are whole, so are flows and prices.
The price of a lot's node is what a kilogram of it is worth above its ask, that
of a need's node, with a minus sign, what a kilogram is worth to the need.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import kernel
from marketplace.matching.side import Ints, Nodes
from marketplace.matching.tree import Tree, graft, meeting, shift

FREE = 1 << 60
"""The capacity of an arc without one."""
LOWER, BASIC, UPPER = 1, 0, -1


class Arcs(NamedTuple):
    """Arcs as columns; `state` is LOWER, BASIC or UPPER."""

    tail: Nodes
    head: Nodes
    cost: Ints
    most: Ints
    flow: Ints
    state: NDArray[np.int8]


@kernel
def improve(arcs: Arcs, tree: Tree, slack: int) -> int:
    """Pivot until no arc gains more than `slack` a kilogram; how many pivots it took.

    The price of the root is zero in the end. -1 if the flow is unbounded.
    """
    block, start, pivots = max(10, int(np.sqrt(len(arcs.cost)))), 0, 0
    while True:
        entering, start = _entering(arcs, tree, start, block, slack)
        if entering < 0:
            break
        if not _pivot(arcs, tree, entering):
            return -1
        pivots += 1
    root = tree.price[-1]
    for node in range(len(tree.price)):
        tree.price[node] -= root
    return pivots


@kernel
def _entering(
    arcs: Arcs, tree: Tree, start: int, block: int, slack: int
) -> tuple[int, int]:
    """(the most promising arc of the next block that has one or -1, where it ended)."""
    best, found, arc, left = -slack, -1, start, block
    for _ in range(len(arcs.cost)):
        reduced = (
            arcs.cost[arc] + tree.price[arcs.tail[arc]] - tree.price[arcs.head[arc]]
        )
        reduced *= arcs.state[arc]
        if reduced < best:
            best, found = reduced, arc
        arc += 1
        if arc == len(arcs.cost):
            arc = 0
        left -= 1
        if left == 0:
            if found >= 0:
                break
            left = block
    return found, arc


@kernel
def _pivot(arcs: Arcs, tree: Tree, entering: int) -> bool:
    """Bring an arc into the tree; False if nothing bounds the flow."""
    first, second = arcs.tail[entering], arcs.head[entering]
    if arcs.state[entering] == UPPER:
        first, second = second, first
    join = meeting(tree, first, second)
    kg, cut, below = _blocking(arcs, tree, entering, first, second, join)
    if kg >= FREE:
        return False
    if kg > 0:
        _push(arcs, tree, entering, kg, join)
    if cut < 0:
        arcs.state[entering] = -arcs.state[entering]
        return True
    leaving = tree.arc[cut]
    arcs.state[entering] = BASIC
    arcs.state[leaving] = LOWER if arcs.flow[leaving] == 0 else UPPER
    top, onto = (first, second) if below == 1 else (second, first)
    up = 1 if top == arcs.tail[entering] else -1
    change = tree.price[onto] - tree.price[top] - up * arcs.cost[entering]
    graft(tree, cut, top, onto, entering, up, join)
    shift(tree, top, change)
    return True


@kernel
def _blocking(
    arcs: Arcs, tree: Tree, entering: int, first: int, second: int, join: int
) -> tuple[int, int, int]:
    """(kilograms the cycle can take, node below the arc that blocks, its side).

    The node is -1 if the entering arc itself blocks. Of several blocking arcs
    it is the last on the way round from the join.
    """
    least, cut, side = arcs.most[entering], -1, 0
    node = first
    while node != join:
        room = _room(arcs, tree, node, -1)
        if room < least:
            least, cut, side = room, node, 1
        node = tree.parent[node]
    node = second
    while node != join:
        room = _room(arcs, tree, node, 1)
        if room <= least:
            least, cut, side = room, node, 2
        node = tree.parent[node]
    return least, cut, side


@kernel
def _room(arcs: Arcs, tree: Tree, node: int, full: int) -> int:
    """How much the arc above a node can give, or take if it points `full`."""
    arc = tree.arc[node]
    if tree.up[node] != full:
        return int(arcs.flow[arc])
    return FREE if arcs.most[arc] >= FREE else int(arcs.most[arc] - arcs.flow[arc])


@kernel
def _push(arcs: Arcs, tree: Tree, entering: int, kg: int, join: int) -> None:
    """Send kilograms round the cycle of an entering arc."""
    signed = kg * arcs.state[entering]
    arcs.flow[entering] += signed
    node = arcs.tail[entering]
    while node != join:
        arcs.flow[tree.arc[node]] -= tree.up[node] * signed
        node = tree.parent[node]
    node = arcs.head[entering]
    while node != join:
        arcs.flow[tree.arc[node]] += tree.up[node] * signed
        node = tree.parent[node]


@kernel
def reprice(arcs: Arcs, tree: Tree) -> None:
    """Prices of the tree anew, after the costs have changed."""
    node = tree.after[len(tree.price) - 1]
    while node != len(tree.price) - 1:
        arc, above = tree.arc[node], tree.parent[node]
        tree.price[node] = tree.price[above] - tree.up[node] * arcs.cost[arc]
        node = tree.after[node]
