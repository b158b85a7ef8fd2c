"""The greedy in SQL, on PostgreSQL; its server's work is in the wall time only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    if _connection is not None:
        _connection.close()
    _connection = rows.in_postgres(problem)
    _connection.execute("set work_mem = '256MB'")


def solve(problem: Problem) -> Answer:
    """The best pair first, as far as it goes."""
    return fill(problem, _ask)


def _ask(query: str) -> Iterator[Any]:
    """Row by row from a cursor of the server: all of them would not fit."""
    assert _connection is not None
    with _connection.cursor("pairs") as cursor:
        cursor.itersize = 50_000
        cursor.execute(query)
        yield from cursor
