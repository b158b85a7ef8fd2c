"""Legal kilograms of a few pairs by branch and bound, from legal ones.

What HiGHS finds is believed only after its whole kilograms were held against the
rules, and only if they are worth more than those it began with. It counts nodes
instead of seconds, so that the same pairs always have the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor
from typing import NamedTuple

import numpy as np

from marketplace.matching.flow import total
from marketplace.matching.highs import maximise_whole
from marketplace.matching.openings import opening
from marketplace.matching.rules import Rules
from marketplace.matching.side import Ints

LARGEST_KG, LARGEST_VND = 10**7, 10**7
"""Beyond these the tolerances of HiGHS exceed a kilogram."""


class Branched(NamedTuple):
    """Kilograms, and the most that any could be worth; None if nothing is known."""

    kg: Ints
    bound: int | None


def branch(
    rules: Rules,
    kg: Ints,
    *,
    gap: float,
    nodes: int,
    stop: Callable[[], None] = lambda: None,
) -> Branched:
    """Kilograms no worse than those given, which are legal; `stop` may raise."""
    if not len(kg) or not _tractable(rules):
        return Branched(kg, None)
    whole = opening(rules)
    answer = maximise_whole(
        whole.program,
        whole.gain,
        whole.integer,
        gap=gap,
        start=whole.start(rules, kg),
        nodes=nodes,
        stop=stop,
    )
    found = whole.kilograms(answer.x)
    before = total(kg, rules.worth)
    if rules.holds(found) and total(found, rules.worth) > before:
        kg = found
    bound = floor(answer.bound + 0.5) if np.isfinite(answer.bound) else None
    return Branched(kg, bound)


def _tractable(rules: Rules) -> bool:
    return bool(
        max(rules.lot_kg.max(), rules.need_kg.max()) <= LARGEST_KG
        and rules.worth.max() <= LARGEST_VND
    )
