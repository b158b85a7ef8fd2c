"""A spanning tree, to begin with, out of a flow that is nearly the best.

From a star the simplex needs a pivot or more for every node before it is near
anything; an auction has been there already. Its pairs are taken one by one,
those first that are the last of a lot or a need, and carry what both have left.
Whoever is then used up hangs on the other by this pair, so nobody hangs twice
and what remains hangs on the root with what is left (the northwest corner rule
for trees: G. B. Dantzig, Linear Programming and Extensions, 1963, ch. 14).

Where both are used up it is the need that hangs on the lot, and a lot never
hangs by a pair that is full; so every arc without room points to the root, the
tree is strongly feasible, and the method ends.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.kernels import inner, kernel
from marketplace.matching.side import Bools, Ints, Nodes
from marketplace.matching.simplex import BASIC, LOWER, UPPER, Arcs, reprice
from marketplace.matching.tree import Tree


@kernel
def plant(arcs: Arcs, tree: Tree, wish: Ints) -> None:
    """Replace a star by a tree of the arcs that `wish` to carry something."""
    nodes = len(tree.parent) - 1
    start, near = _adjacent(arcs, wish, nodes)
    degree, done, order = np.diff(start), wish == 0, np.empty(nodes, np.int32)
    done[:nodes], following, count = True, nodes, 0
    leaves, waiting = _leaves(degree)
    while following < len(wish):
        if waiting:
            waiting -= 1
            arc = _open(start, near, done, leaves[waiting])
        else:
            arc, following = following, following + 1
        if arc < 0 or done[arc]:
            continue
        done[arc] = True
        for end in (arcs.tail[arc], arcs.head[arc]):
            waiting = _loosen(degree, leaves, waiting, end)
        used = _carry(arcs, tree, arc)
        if used >= 0:
            order[count], count = used, count + 1
            waiting = _leave(arcs, start, near, done, degree, leaves, waiting, used)
    _append_rest(tree, order, count)
    _string(tree, order)
    reprice(arcs, tree)


@inner
def _leaves(degree: Ints) -> tuple[Nodes, int]:
    """A stack, with room enough, of the nodes with one arc; how many these are."""
    leaves, waiting = np.empty(2 * len(degree), np.int32), 0
    for node in range(len(degree)):
        if degree[node] == 1:
            leaves[waiting], waiting = node, waiting + 1
    return leaves, waiting


@inner
def _append_rest(tree: Tree, order: Nodes, count: int) -> None:
    """Those that hang on the root come last."""
    for node in range(len(order)):
        if tree.parent[node] == len(order):
            order[count], count = node, count + 1


@inner
def _adjacent(arcs: Arcs, wish: Ints, nodes: int) -> tuple[Ints, Nodes]:
    """The wishing arcs of each node: those of node n lie from start[n] on."""
    start = np.zeros(nodes + 2, np.int64)
    for arc in range(nodes, len(wish)):
        if wish[arc] > 0:
            start[arcs.tail[arc] + 2] += 1
            start[arcs.head[arc] + 2] += 1
    start = np.cumsum(start)
    near = np.empty(start[-1], np.int32)
    for arc in range(nodes, len(wish)):
        if wish[arc] > 0:
            for node in (arcs.tail[arc], arcs.head[arc]):
                near[start[node + 1]] = arc
                start[node + 1] += 1
    return start[:-1], near


@inner
def _open(start: Ints, near: Nodes, done: Bools, node: int) -> int:
    """The first arc of a node that is not done, or -1."""
    found = -1
    for place in range(start[node], start[node + 1]):
        if not done[near[place]]:
            found = near[place]
            break
    return found


@inner
def _loosen(degree: Ints, leaves: Nodes, waiting: int, node: int) -> int:
    """One arc less at a node; how many leaves wait then."""
    degree[node] -= 1
    if degree[node] == 1:
        leaves[waiting], waiting = node, waiting + 1
    return waiting


@inner
def _leave(
    arcs: Arcs,
    start: Ints,
    near: Nodes,
    done: Bools,
    degree: Ints,
    leaves: Nodes,
    waiting: int,
    node: int,
) -> int:
    """Take away all arcs of a node that is used up; how many leaves wait then."""
    for place in range(start[node], start[node + 1]):
        arc = near[place]
        if not done[arc]:
            done[arc] = True
            other = arcs.head[arc] if arcs.tail[arc] == node else arcs.tail[arc]
            waiting = _loosen(degree, leaves, waiting, other)
    return waiting


@inner
def _carry(arcs: Arcs, tree: Tree, arc: int) -> int:
    """Let an arc carry what both ends have left; the end that is used up, or -1."""
    lot, need = arcs.tail[arc], arcs.head[arc]
    kg = min(arcs.flow[lot], arcs.flow[need], arcs.most[arc])
    arcs.flow[arc] = kg
    arcs.flow[lot] -= kg
    arcs.flow[need] -= kg
    used, state = -1, UPPER
    if arcs.flow[need] == 0:
        used, state = need, BASIC
        tree.parent[need], tree.up[need] = lot, -1
    elif arcs.flow[lot] == 0 and kg < arcs.most[arc]:
        used, state = lot, BASIC
        tree.parent[lot], tree.up[lot] = need, 1
    if used >= 0:
        tree.arc[used], arcs.state[used] = arc, LOWER
    arcs.state[arc] = state
    return used


@inner
def _string(tree: Tree, order: Nodes) -> None:
    """The list in preorder and the sizes; in `order` everybody precedes its parent."""
    root = len(order)
    tree.size[:], tree.after[root], tree.before[root] = 1, root, root
    for place in range(len(order) - 1, -1, -1):
        node, parent = order[place], tree.parent[order[place]]
        following = tree.after[parent]
        tree.after[parent], tree.before[node] = node, parent
        tree.after[node], tree.before[following] = following, node
    for node in range(root + 1):
        tree.last[node] = node
    for node in order:
        parent = tree.parent[node]
        tree.size[parent] += tree.size[node]
        tree.last[parent] = tree.last[node]
