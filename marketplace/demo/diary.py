"""The demo's past, day by day: who does what when, in the order of the days."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from models.organisations import Organisation

SEED = 2025
Deed = Callable[[date], object]


@dataclass
class Stories:
    """How many loads went over so far, and which open ends are still to be told."""

    loads: int = 0
    sprayed: set[tuple[int, int]] = field(default_factory=set)
    recent: list[str] = field(
        default_factory=lambda: ["uninspected", "mediation", "claim", "unconfirmed"]
    )
    coming: list[str] = field(
        default_factory=lambda: ["ready", "move", "blocked", "ready"]
    )


@dataclass
class World:
    """The database, today, and everybody and everything by its short name."""

    session: Session
    today: date
    now: datetime
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311
    actors: dict[str, Actor] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    gardens: dict[tuple[str, str], str] = field(default_factory=dict)
    stories: Stories = field(default_factory=Stories)

    def day(self, ago: int) -> date:
        """So many days before today."""
        return self.today - timedelta(days=ago)

    def at(self, day: date) -> datetime:
        """Ten o'clock in Viet Nam on a day of the past, or right now."""
        if day >= self.today:
            return self.now
        return datetime.combine(day, time(3), UTC)


class Diary:
    """What happens on which day; a deed may note what follows from it."""

    def __init__(self) -> None:
        self._pages: list[tuple[date, int, Deed]] = []
        self._number = count()

    def note(self, day: date, deed: Deed) -> None:
        """Let something happen on a day, after what is noted for it already."""
        heapq.heappush(self._pages, (day, next(self._number), deed))

    def live(self, until: date) -> None:
        """Let everything happen up to a day, that day included."""
        while self._pages and self._pages[0][0] <= until:
            day, _, deed = heapq.heappop(self._pages)
            deed(day)
