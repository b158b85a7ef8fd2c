"""Seconds by stage: of the wall, of this process, and of the database's server."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from models.database import db

PROC = Path("/proc")
NANOSECONDS = 1e9


class Clock:
    """What each stage has taken; `server` is the process all of whose children work
    for us, None where the database is in this process.
    """

    def __init__(self, server: int | None = None) -> None:
        self.server = server
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.own: defaultdict[str, float] = defaultdict(float)
        self.database: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add what the block takes."""
        database = seconds_of(self.server)  # costs time itself: asked outside
        wall, own = time.perf_counter(), time.process_time()
        yield
        self.wall[stage] += time.perf_counter() - wall
        self.own[stage] += time.process_time() - own
        self.database[stage] += seconds_of(self.server) - database

    def spent(self, *stages: str) -> float:
        """Processor seconds of these stages, on both sides of the wire."""
        return sum(self.own[one] + self.database[one] for one in stages)

    def told(self) -> dict[str, float]:
        """All of it, by stage and kind."""
        kinds = {"wall": self.wall, "cpu": self.own, "server_cpu": self.database}
        return {
            f"{stage}_{kind}": seconds
            for kind, stages in kinds.items()
            for stage, seconds in stages.items()
            if kind != "server_cpu" or self.server
        }


def server_of() -> int | None:
    """The number of the server's first process, None if there is no server."""
    if db.engine.dialect.name == "sqlite":
        return None
    with db.engine.connect() as connection:
        backend = connection.scalar(sa.select(sa.func.pg_backend_pid()))
    return int(_stat(Path(PROC / str(backend)))[1])


def seconds_of(server: int | None) -> float:
    """Processor seconds that its children have taken so far.

    Of those that live to the nanosecond; those that ended (workers of a query)
    are in the sum that the server keeps of them.
    """
    if server is None:
        return 0.0
    own = PROC / str(server)
    children = (own / "task" / str(server) / "children").read_text().split()
    ended = sum(map(int, _stat(own)[13:15])) / 100
    return ended + sum(_lived(PROC / child) for child in children)


def _lived(process: Path) -> float:
    try:
        return int((process / "schedstat").read_text().split()[0]) / NANOSECONDS
    except FileNotFoundError:
        return 0.0


def _stat(process: Path) -> list[str]:
    """What follows the name, which may hold blanks: state, parent, ..."""
    return (process / "stat").read_text().rpartition(")")[2].split()
