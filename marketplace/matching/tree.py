"""A spanning tree that can be cut and grafted in the time its path takes.

Every node knows its parent and the arc to it; all nodes lie on one circular
list in preorder, so that a subtree is a stretch of the list, from a node to the
`last` of its subtree, `size` nodes long (after R. S. Barr, F. Glover and
D. Klingman, Enhancements to spanning tree labelling procedures, 1979). `price`
is the potential that makes the reduced cost of every tree arc zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.kernels import kernel
from marketplace.matching.side import Ints, Nodes


class Tree(NamedTuple):
    """The last node is the root."""

    parent: Nodes
    arc: Nodes
    up: NDArray[np.int8]  # 1 if the arc points to the parent, -1 if from it
    after: Nodes
    before: Nodes
    last: Nodes
    size: Nodes
    price: Ints


def star(lots: int, needs: int) -> Tree:
    """Every node hangs on the root: lots by arcs to it, needs by arcs from it."""
    nodes = lots + needs
    own = np.arange(nodes + 1, dtype=np.int32)
    up = np.where(own < lots, 1, -1).astype(np.int8)
    tree = Tree(
        parent=np.full(nodes + 1, nodes, dtype=np.int32),
        arc=own.copy(),
        up=up,
        after=(own + 1).astype(np.int32),
        before=(own - 1).astype(np.int32),
        last=own.copy(),
        size=np.ones(nodes + 1, dtype=np.int32),
        price=np.zeros(nodes + 1, dtype=np.int64),
    )
    tree.parent[nodes], tree.arc[nodes], tree.up[nodes] = -1, -1, 0
    tree.after[nodes], tree.before[0] = 0, nodes
    tree.size[nodes], tree.last[nodes] = nodes + 1, nodes - 1
    return tree


@kernel
def meeting(tree: Tree, one: int, other: int) -> int:
    """The lowest node above both."""
    while one != other:
        if tree.size[one] < tree.size[other]:
            one = tree.parent[one]
        else:
            other = tree.parent[other]
    return one


@kernel
def graft(
    tree: Tree, cut: int, top: int, onto: int, arc: int, up: int, join: int
) -> None:
    """Cut the subtree of `cut` off, turn it so that `top` leads, hang it on `onto`.

    `arc` joins `top` with `onto`, `up` tells its direction; `join` is the
    lowest node above both ends, up to which sizes change.
    """
    total = tree.size[cut]
    _detach(tree, cut, total, join)
    tail = _turn(tree, cut, top, total)
    tree.parent[top], tree.arc[top], tree.up[top] = onto, arc, up
    following = tree.after[onto]
    tree.after[onto], tree.before[top] = top, onto
    tree.after[tail], tree.before[following] = following, tail
    node = onto
    while node != -1 and tree.last[node] == onto:
        tree.last[node] = tail
        node = tree.parent[node]
    node = onto
    while node != join:
        tree.size[node] += total
        node = tree.parent[node]


@kernel
def _detach(tree: Tree, cut: int, total: int, join: int) -> None:
    """Take the stretch of a subtree off the list; its own links stay."""
    end, ahead = tree.last[cut], tree.before[cut]
    following = tree.after[end]
    tree.after[ahead], tree.before[following] = following, ahead
    node = tree.parent[cut]
    while node != -1 and tree.last[node] == end:
        tree.last[node] = ahead
        node = tree.parent[node]
    node = tree.parent[cut]
    while node != join:
        tree.size[node] -= total
        node = tree.parent[node]


@kernel
def _turn(tree: Tree, cut: int, top: int, total: int) -> int:
    """Reverse the path from `top` up to `cut`; the end of the new stretch.

    What hangs on each node of the path, but not on the one below, is a stretch
    or two of the old list; the stretches are strung together anew.
    """
    tail, node, inside = tree.last[top], top, tree.size[top]
    above, arc, up = tree.parent[top], tree.arc[top], tree.up[top]
    end, following, ahead = tail, tree.after[tail], tree.before[top]
    while node != cut:
        head, old_end = above, tree.last[above]
        if old_end == end:
            new_tail = ahead
        else:
            tree.after[ahead], tree.before[following] = following, ahead
            new_tail, following = old_end, tree.after[old_end]
        end, ahead = old_end, tree.before[head]
        tree.after[tail], tree.before[head] = head, tail
        tail = new_tail
        above, next_arc, next_up = tree.parent[head], tree.arc[head], tree.up[head]
        tree.parent[head], tree.arc[head], tree.up[head] = node, arc, -up
        arc, up, node = next_arc, next_up, head
        tree.size[head], inside = total - inside, tree.size[head]
    node = cut
    while node != top:
        tree.last[node] = tail
        node = tree.parent[node]
    tree.last[top], tree.size[top] = tail, total
    return int(tail)


@kernel
def shift(tree: Tree, top: int, by: int) -> None:
    """Raise the prices of a subtree, or lower all others, whichever are fewer."""
    following = tree.after[tree.last[top]]
    if tree.size[top] * 2 <= len(tree.price):
        start, stop, change = top, following, by
    else:
        start, stop, change = following, top, -by
    node = start
    while True:
        tree.price[node] += change
        node = tree.after[node]
        if node == stop:
            break
