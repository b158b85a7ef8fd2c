"""The engine of this product: optimum, prices and proof, on two threads."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.answers import Answer
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S", "M", "L"), ("XL",)


def solve(problem: Problem, **options: Any) -> Answer:
    """Whatever gap is asked for, 0 unless told."""
    from marketplace.matching.allocate import allocate

    found = allocate(problem, threads=2, **options)
    return Answer(
        lot=np.asarray(found.lot, np.int64),
        need=np.asarray(found.need, np.int64),
        kg=found.kg,
        surplus_vnd=int(found.total_vnd),
        gain_lot=found.gain_lot,
        gain_need=found.gain_need,
        day=found.day,
        price_vnd=found.price_vnd,
        bound_vnd=int(found.bound_vnd),
        relaxed_vnd=int(found.relaxed_vnd),
        pairs_considered=int(found.pairs_considered),
        priced_vnd=int(found.priced_vnd),
        choice_lot=found.choice_lot,
        choice_need=found.choice_need,
    )
