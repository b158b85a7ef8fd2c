"""Pairs by numpy, then POT's network simplex (`ot.emd`) on sparse costs.

It wants equal masses, so that a lot and a need are added that take the rest,
and costs above zero, because it drops zeros.
"""

from __future__ import annotations

import warnings

import numpy as np
import ot
from scipy.sparse import coo_array

from bench.answers import Answer
from bench.peers.arcs import Arcs, by_product
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S", "M"), ("L",)
ENOUGH_STEPS = 1_000_000_000


def solve(problem: Problem) -> Answer:
    """The optimum, in floating point."""
    return by_product(problem, flow)


def flow(arcs: Arcs) -> np.ndarray:
    """Kilograms on each arc."""
    lots, needs = arcs.supply_kg.size, arcs.demand_kg.size
    supply = np.append(arcs.supply_kg, arcs.demand_kg.sum()).astype(float)
    demand = np.append(arcs.demand_kg, arcs.supply_kg.sum()).astype(float)
    rows = np.concatenate([arcs.tail, np.arange(lots), np.full(needs + 1, lots)])
    columns = np.concatenate([arcs.head, np.full(lots, needs), np.arange(needs + 1)])
    nothing = 1.0 + arcs.surplus_vnd.max()
    cost = np.concatenate(
        [nothing - arcs.surplus_vnd, np.full(lots + needs + 1, nothing)]
    )
    costs = coo_array((cost, (rows, columns)), shape=(lots + 1, needs + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of sums that differ by rounding
        plan, log = ot.emd(supply, demand, costs, numItermax=ENOUGH_STEPS, log=True)
    if log["warning"]:
        raise RuntimeError(f"POT: {log['warning']}")
    return _on_arcs(arcs, coo_array(plan))


def _on_arcs(arcs: Arcs, plan: coo_array) -> np.ndarray:
    lots, needs = arcs.supply_kg.size, arcs.demand_kg.size
    real = (plan.row < lots) & (plan.col < needs)
    key = arcs.head * lots + arcs.tail  # ascending: pairs come by need, then lot
    kg = np.zeros(key.size)
    wanted = plan.col[real].astype(np.int64) * lots + plan.row[real]
    kg[np.searchsorted(key, wanted)] = plan.data[real]
    return kg
