"""Random numbers that keep their sum."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Whole shares of a total, near to the weights; they sum to it exactly."""
    whole = sum(weights)
    edges = [0]
    passed = 0.0
    for weight in weights:
        passed += weight
        edges.append(round(total * passed / whole))
    return [after - before for before, after in pairwise(edges)]


def uneven(total: int, parts: int, rng: Random, apart: float = 0.3) -> list[int]:
    """Shares of a total that differ from one another by up to `apart`."""
    return spread(total, [rng.uniform(1 - apart, 1 + apart) for _ in range(parts)])
