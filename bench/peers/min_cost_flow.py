"""Pairs by numpy, then OR-Tools SimpleMinCostFlow (cost scaling) per product."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from bench.answers import Answer
from bench.peers.arcs import Arcs, by_product
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S", "M"), ("L",)


def solve(problem: Problem) -> Answer:
    """The optimum; the library gives no prices to Python."""
    return by_product(problem, flow)


def flow(arcs: Arcs) -> np.ndarray:
    """Kilograms on each arc; what is left over goes through one spare node."""
    lots, needs = arcs.supply_kg.size, arcs.demand_kg.size
    spare = lots + needs
    tails = np.concatenate([arcs.tail, np.arange(lots), np.full(needs, spare)])
    heads = np.concatenate(
        [arcs.head + lots, np.full(lots, spare), np.arange(lots, spare)]
    )
    least = np.minimum(arcs.supply_kg[arcs.tail], arcs.demand_kg[arcs.head])
    capacity = np.concatenate([least, arcs.supply_kg, arcs.demand_kg])
    cost = np.concatenate([-arcs.surplus_vnd, np.zeros(spare, np.int64)])
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacity, cost
    )
    rest = arcs.demand_kg.sum() - arcs.supply_kg.sum()
    supply = np.concatenate([arcs.supply_kg, -arcs.demand_kg, [rest]])
    solver.set_nodes_supplies(np.arange(spare + 1, dtype=np.int32), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"SimpleMinCostFlow: {status}")
    return np.asarray(solver.flows(np.arange(arcs.tail.size, dtype=np.int32)))
