"""The greedy in SQL, on SQLite."""

from __future__ import annotations

from bench import rows
from bench.answers import Answer
from bench.peers.greedy import fill
from marketplace.matching.arrays import Problem

EVERY_RUN, ON_REQUEST = ("S", "M"), ("L",)
EXACT = False
_connection = None


def prepare(problem: Problem) -> None:
    """The rows are in the database before the clock starts."""
    global _connection
    _connection = rows.in_sqlite(problem)


def solve(problem: Problem) -> Answer:
    """The best pair first, as far as it goes."""
    assert _connection is not None
    return fill(problem, _connection.execute)
