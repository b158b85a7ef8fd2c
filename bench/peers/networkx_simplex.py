"""Pairs by numpy, then networkx's network simplex: plain Python, small only."""

from __future__ import annotations

import networkx as nx
import numpy as np

from bench.answers import Answer
from bench.peers.arcs import Arcs, by_product
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S",), ()


def solve(problem: Problem) -> Answer:
    """The optimum."""
    return by_product(problem, flow)


def flow(arcs: Arcs) -> np.ndarray:
    """Kilograms on each arc."""
    lots, needs = arcs.supply_kg.size, arcs.demand_kg.size
    spare = lots + needs
    graph = nx.DiGraph()
    for lot, kg in enumerate(arcs.supply_kg.tolist()):
        graph.add_node(lot, demand=-kg)
        graph.add_edge(lot, spare, weight=0)
    for need, kg in enumerate(arcs.demand_kg.tolist(), lots):
        graph.add_node(need, demand=kg)
        graph.add_edge(spare, need, weight=0)
    rest = arcs.supply_kg.sum() - arcs.demand_kg.sum()
    graph.add_node(spare, demand=int(rest))
    ends = list(zip(arcs.tail.tolist(), (arcs.head + lots).tolist(), strict=True))
    for (lot, need), surplus in zip(ends, arcs.surplus_vnd.tolist(), strict=True):
        graph.add_edge(lot, need, weight=-surplus)
    _, carried = nx.network_simplex(graph)
    return np.array([carried[lot][need] for lot, need in ends])
