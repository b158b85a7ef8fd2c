"""The network simplex and the auction against linear programmes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from marketplace.matching.auction import auction
from marketplace.matching.candidates import Candidates, columns_of
from marketplace.matching.network import Network
from marketplace.matching.simplex import FREE

seeds = st.integers(0, 10**6)


class Flow(NamedTuple):
    """A flow problem: supply and demand, pairs by ascending key."""

    supply: np.ndarray
    demand: np.ndarray
    keys: np.ndarray
    worth: np.ndarray
    most: np.ndarray


@st.composite
def flows(draw, most_kg: int = 9, most_vnd: int = 6, capacities: bool = True) -> Flow:
    lots, needs = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    dice = np.random.default_rng(draw(seeds))
    keys = np.flatnonzero(dice.random(lots * needs) < 0.7)
    free = dice.random(len(keys)) < 0.5 if capacities else np.ones(len(keys), bool)
    return Flow(
        dice.integers(0, most_kg + 1, lots),
        dice.integers(0, most_kg + 1, needs),
        keys,
        dice.integers(1, most_vnd + 1, len(keys)),
        np.where(free, FREE, dice.integers(0, most_kg + 1, len(keys))),
    )


def ends(flow: Flow):
    """(need, lot) of each pair."""
    return np.divmod(flow.keys, len(flow.supply))


def best(flow: Flow, wish: np.ndarray, rows=(), values=()) -> float:
    """The most of a wish, what is in `rows` being equal to `values`."""
    if len(flow.keys) == 0:
        return 0.0
    need, lot = ends(flow)
    table = np.zeros((len(flow.supply) + len(flow.demand), len(flow.keys)))
    table[lot, np.arange(len(lot))] = 1
    table[len(flow.supply) + need, np.arange(len(need))] = 1
    found = linprog(
        -wish.astype(float),
        A_ub=table,
        b_ub=[*flow.supply, *flow.demand],
        A_eq=np.array(rows, dtype=float) if len(rows) else None,
        b_eq=values if len(rows) else None,
        bounds=[(0, min(int(one), 10**10)) for one in flow.most],
        options={"primal_feasibility_tolerance": 1e-9},
    )
    assert found.success
    return -found.fun


def solved(flow: Flow, first: np.ndarray) -> Network:
    """The optimum, found in two steps: some pairs first, then the others."""
    network = Network(flow.supply, flow.demand)
    for part in (first, ~first):
        network.extend(flow.keys[part], flow.worth[part], flow.most[part])
        network.solve()
    return network


def check_feasible(flow: Flow, kg: np.ndarray) -> None:
    need, lot = ends(flow)
    assert ((kg >= 0) & (kg <= flow.most)).all()
    assert (np.bincount(lot, kg, len(flow.supply)) <= flow.supply).all()
    assert (np.bincount(need, kg, len(flow.demand)) <= flow.demand).all()


@given(flows(), seeds)
def test_two_steps_reach_the_optimum_and_its_prices_prove_it(flow, seed):
    network = solved(flow, np.random.default_rng(seed).random(len(flow.keys)) < 0.5)
    kg, u, v = network.pairs.flow, network.gain_lot, network.gain_need
    need, lot = ends(flow)

    assert (network.keys == flow.keys).all()
    check_feasible(flow, kg)
    assert int(kg @ flow.worth) == pytest.approx(best(flow, flow.worth))
    over = np.maximum(flow.worth - u[lot] - v[need], 0)
    capacities = int(over[over > 0] @ flow.most[over > 0])
    assert min([0, *u, *v]) == 0
    assert flow.supply @ u + flow.demand @ v + capacities == kg @ flow.worth


@given(flows(most_kg=3, most_vnd=3), seeds)
def test_every_node_of_a_tree_can_send_more_to_the_root(flow, seed):
    """Then no run of pivots that move nothing comes round again (Cunningham)."""
    flow = flow._replace(supply=flow.supply + 1, demand=flow.demand + 1)
    flow = flow._replace(most=np.maximum(flow.most, 1))
    network = solved(flow, np.random.default_rng(seed).random(len(flow.keys)) < 0.5)

    arc, up = network.tree.arc[:-1], network.tree.up[:-1]
    room = network.arcs.most[arc] - network.arcs.flow[arc]
    assert (np.where(up == 1, room, network.arcs.flow[arc]) > 0).all()


@given(flows(most_vnd=2), seeds)
def test_ties_are_settled_wish_by_wish(flow, seed):
    dice = np.random.default_rng(seed)
    network = solved(flow, np.ones(len(flow.keys), bool))
    wishes = [dice.integers(-3, 4, len(flow.keys)) for _ in range(3)]

    network.settle(wishes)

    kg = network.pairs.flow
    check_feasible(flow, kg)
    rows, values = [], []
    for wish in (flow.worth, *wishes):
        assert int(kg @ wish) == pytest.approx(best(flow, wish, rows, values))
        rows.append(wish)
        values.append(int(kg @ wish))


@given(flows(most_kg=10**9, most_vnd=10**9))
def test_the_largest_numbers_do_not_overflow(flow):
    network = solved(flow, np.arange(len(flow.keys)) % 2 == 0)

    check_feasible(flow, network.pairs.flow)
    surplus = sum(map(int.__mul__, network.pairs.flow.tolist(), flow.worth.tolist()))
    assert surplus == pytest.approx(best(flow, flow.worth), rel=1e-9)


@given(flows(most_vnd=60, capacities=False), st.integers(1, 9))
def test_the_auction_ends_within_epsilon(flow, epsilon):
    columns = columns_of(
        Candidates(flow.keys, flow.worth), len(flow.supply), len(flow.demand)
    )
    kg, u = auction(columns, flow.supply, flow.demand, epsilon)
    need, lot = ends(flow)

    check_feasible(flow, kg)
    surplus, optimum = int(kg @ flow.worth), round(best(flow, flow.worth))
    kilograms = min(int(flow.supply.sum()), int(flow.demand.sum()))
    assert optimum - epsilon * kilograms <= surplus <= optimum
    assert min([0, *u]) == 0
    unsold = np.bincount(lot, kg, len(flow.supply)) < flow.supply
    assert (u[unsold] == 0).all()
    assert (u[lot] <= flow.worth)[kg > 0].all()
    gain = np.zeros(len(flow.demand), dtype=np.int64)
    np.maximum.at(gain, need, flow.worth - u[lot])
    assert (gain[need] - (flow.worth - u[lot]) <= epsilon)[kg > 0].all()
