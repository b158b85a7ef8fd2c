"""Placeholder of the rules that quantities miss; replaced below."""
from __future__ import annotations
from collections.abc import Callable
from typing import NamedTuple
import numpy as np
from marketplace.matching.arrays import Problem
from marketplace.matching.generation import Flow
from marketplace.matching.shard import Shard
from marketplace.matching.side import Ints


class Legal(NamedTuple):
    """Pairs that carry something, by node."""

    lot: Ints
    need: Ints
    kg: Ints
    worth: Ints
    surplus: int


def repair(problem: Problem, shard: Shard, flow: Flow, stop: Callable[[], None]) -> Legal:
    used = np.flatnonzero(flow.kg)
    need, lot = np.divmod(flow.candidates.key[used], len(shard.lot_kg))
    kg, worth = flow.kg[used], flow.candidates.surplus[used]
    return Legal(lot, need, kg, worth, int(kg @ worth))
