"""The pairs of one product as arcs between numbered lots and needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench import answers
from bench.answers import Answer
from bench.pairs import Block, Pairs, blocks, feasible
from marketplace.matching.arrays import Int64, Problem


class Arcs(NamedTuple):
    """`tail` counts the lots of the product from 0, `head` its needs."""

    tail: Int64
    head: Int64
    surplus_vnd: Int64
    supply_kg: Int64
    demand_kg: Int64
    pairs: Pairs


def arcs_of(problem: Problem, block: Block, pairs: Pairs) -> Arcs:
    """The pairs of a block as arcs."""
    return Arcs(
        np.searchsorted(block.lots, pairs.lot),
        np.searchsorted(block.needs, pairs.need),
        pairs.surplus_vnd,
        problem.lots.kg[block.lots],
        problem.needs.kg[block.needs],
        pairs,
    )


def by_product(problem: Problem, flow: Callable[[Arcs], np.ndarray]) -> Answer:
    """Find the pairs of each product and let `flow` say what each carries (kg)."""
    parts = []
    for block in blocks(problem):
        arcs = arcs_of(problem, block, feasible(problem, block))
        if arcs.tail.size:
            parts.append(answers.of_flow(arcs.pairs, flow(arcs)))
    return answers.joined(parts)
