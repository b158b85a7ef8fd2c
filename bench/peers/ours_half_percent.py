"""The engine of this product, content with a proven gap of 0.5 %."""

from __future__ import annotations

from bench.answers import Answer
from bench.peers import ours
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("XL",), ()


def solve(problem: Problem) -> Answer:
    """At most half a hundredth below the bound."""
    return ours.solve(problem, gap=0.005)
