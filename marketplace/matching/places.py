"""Prices of lots where an offer has few places: the relaxation of the openings.

Lots that an offer with few sellers could well use are worth less than the flow
believes, since each of them needs a whole place. The linear relaxation of
`openings` knows that: a seller takes as much of a place as it brings of what it
could. Its prices of lots prove, by `choices`, a bound over all pairs; they need
not be exact for that, nor need every pair be in the programme.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.faults import SolverFailed
from marketplace.matching.highs import maximise
from marketplace.matching.openings import opening
from marketplace.matching.rules import Rules
from marketplace.matching.side import Ints

MOST_PAIRS = 30_000
"""More would take longer than the search for an allocation."""
PIVOTS = 200_000
LARGEST = 1e15
"""Sums of đồng that doubles still tell apart by the đồng."""


def place_prices(rules: Rules) -> Ints | None:
    """What a kilogram of each lot is worth above its ask; None if none was found."""
    kg = np.minimum(rules.lot_kg.sum(dtype=float), rules.need_kg.sum(dtype=float))
    if not 0 < len(rules.lot) <= MOST_PAIRS or kg * rules.worth.max() > LARGEST:
        return None
    relaxed = opening(rules, switches=False)
    bounded = relaxed.integer
    try:
        answer = maximise(relaxed.program, relaxed.gain, pivots=PIVOTS, bounded=bounded)
    except SolverFailed:
        return None
    prices = np.rint(answer.y[: len(rules.lot_kg)]).astype(np.int64)
    return np.maximum(prices, 0)
