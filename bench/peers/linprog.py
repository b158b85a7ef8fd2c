"""Pairs by numpy, then scipy's linprog (its own choice of HiGHS method)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from bench.answers import Answer
from bench.peers.arcs import Arcs, by_product
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S", "M"), ("L",)


def solve(problem: Problem) -> Answer:
    """The optimum, in floating point."""
    return by_product(problem, flow)


def flow(arcs: Arcs) -> np.ndarray:
    """Kilograms on each arc."""
    count, lots = arcs.tail.size, arcs.supply_kg.size
    rows = np.concatenate([arcs.tail, arcs.head + lots])
    columns = np.tile(np.arange(count), 2)
    shape = (lots + arcs.demand_kg.size, count)
    answer = linprog(
        -arcs.surplus_vnd.astype(float),
        A_ub=csc_array((np.ones(2 * count), (rows, columns)), shape),
        b_ub=np.concatenate([arcs.supply_kg, arcs.demand_kg]),
    )
    if answer.status:
        raise RuntimeError(f"linprog: {answer.message}")
    return np.asarray(answer.x)
