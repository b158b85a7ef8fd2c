"""A planted tree is a basis like any other, and leads to the same optimum."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.network import Network
from marketplace.matching.simplex import BASIC, FREE, UPPER


@st.composite
def wished(draw):
    """(lots, needs, keys, surplus, capacities, wished kilograms) of a small market."""
    kg = st.integers(0, 4)
    lots = np.array(draw(st.lists(kg, min_size=1, max_size=6)), dtype=np.int64)
    some = st.lists(st.integers(1, 4), min_size=1, max_size=6)
    needs = np.array(draw(some), dtype=np.int64)
    pairs = len(lots) * len(needs)
    keys = sorted(draw(st.sets(st.integers(0, pairs - 1), min_size=1)))

    def column(values):
        rows = st.lists(values, min_size=len(keys), max_size=len(keys))
        return np.array(draw(rows), dtype=np.int64)

    most = column(st.sampled_from([1, 2, FREE, FREE]))
    wish = column(st.integers(0, 3))
    lot = np.array(keys) % len(lots)
    wish[lots[lot] == 0] = 0
    return lots, needs, np.array(keys), column(st.integers(0, 9)), most, wish


def network_of(market, *, planted: bool) -> Network:
    lots, needs, keys, surplus, most, wish = market
    network = Network(lots, needs)
    network.extend(keys, surplus, most)
    if planted:
        network.plant(wish)
    return network


def assert_basis(network: Network) -> None:
    """The tree is one, in preorder, strongly feasible and priced."""
    arcs, tree, root = network.arcs, network.tree, network.nodes
    assert ((arcs.flow >= 0) & (arcs.flow <= arcs.most)).all()
    assert (arcs.state == BASIC).sum() == root
    assert (arcs.flow[arcs.state == UPPER] == arcs.most[arcs.state == UPPER]).all()
    assert (network.reduced()[arcs.state == BASIC] == 0).all()
    walk, node = [], tree.after[root]
    while node != root:
        walk.append(int(node))
        node = tree.after[node]
    assert sorted(walk) == list(range(root))
    for place, node in enumerate(walk):
        inside = walk[place : place + int(tree.size[node])]
        assert inside[-1] == tree.last[node]
        above, arc = int(tree.parent[node]), int(tree.arc[node])
        assert above == root or walk.index(above) < place
        ends = (node, above) if tree.up[node] == 1 else (above, node)
        assert (arcs.tail[arc], arcs.head[arc]) == ends
        room = arcs.most[arc] - arcs.flow[arc]
        assert (room if tree.up[node] == 1 else arcs.flow[arc]) > 0


@given(wished())
def test_a_planted_tree_is_a_strongly_feasible_basis(market):
    lots, needs = market[0], market[1]

    network = network_of(market, planted=True)

    assert_basis(network)
    pairs = network.pairs
    sold = np.bincount(pairs.tail, pairs.flow, len(lots))
    got = np.bincount(pairs.head - len(lots), pairs.flow, len(needs))
    assert (sold + network.arcs.flow[: len(lots)] == lots).all()
    assert (got + network.arcs.flow[len(lots) : network.nodes] == needs).all()


@given(wished())
def test_from_a_planted_tree_the_optimum_is_the_same(market):
    star, planted = (network_of(market, planted=one) for one in (False, True))

    for network in (star, planted):
        network.solve()

    worth = [-int(one.pairs.cost @ one.pairs.flow) for one in (star, planted)]
    assert worth[0] == worth[1]


@given(wished(), st.integers(0, 5))
def test_slack_bounds_what_every_pair_may_still_gain(market, slack):
    network = network_of(market, planted=True)

    network.solve(slack)

    loss = network.reduced() * network.arcs.state
    assert (loss >= -slack).all()
