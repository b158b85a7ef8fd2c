"""What somebody writes who has a database: join, sort, take the best pair first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from bench import rows
from bench.answers import Answer
from marketplace.matching.arrays import Problem

Ask = Callable[[str], Iterable[tuple[int, int, int]]]


def fill(problem: Problem, ask: Ask) -> Answer:
    """Go through the pairs of every product, giving what is left to what is open."""
    left, open_ = problem.lots.kg.tolist(), problem.needs.kg.tolist()
    taken: list[tuple[int, int, int]] = []
    total = seen = 0
    for product in np.unique(problem.needs.product).tolist():
        for lot, need, surplus in ask(rows.best_first(product)):
            seen += 1
            kg = min(left[lot], open_[need])
            if kg:
                left[lot] -= kg
                open_[need] -= kg
                total += kg * surplus
                taken.append((lot, need, kg))
    lot, need, kg = np.array(taken, np.int64).reshape(-1, 3).T
    return Answer(lot, need, kg, total, pairs_considered=seen)
