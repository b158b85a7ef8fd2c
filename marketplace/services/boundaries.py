"""Communes through reforms: which unit a place lay in on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reads import read_once
from models.reference import AdminChange


class Boundaries:
    """Every unit that went into another and on which day, read once."""

    def __init__(self, session: Session) -> None:
        ways = read_once(session, Boundaries, lambda: _changes(session))
        self._next, self._former, self._into = ways

    def days(self) -> set[date]:
        """The days on which boundaries changed."""
        return {day for _, day in self._next.values()}

    def unit_on(self, unit: int, day: date) -> int:
        """The unit into which this one had gone by a day, itself if into none.

        Where a unit was split, its records go to the first of its parts.
        """
        while unit in self._next and self._next[unit][1] <= day:
            unit = self._next[unit][0]
        return unit

    def began(self, unit: int) -> date | None:
        """The day on which other units went into this one; None if none ever did."""
        return max(
            (self._next[one][1] for one in self._former.get(unit, ())), default=None
        )

    def parts(self, unit: int) -> set[int]:
        """Every unit into which a part of this one went, and itself."""
        found, left = set[int](), [unit]
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += self._into.get(one, ())
        return found

    def with_former(self, units: Collection[int]) -> set[int]:
        """The units and all that ever went into them."""
        found, left = set[int](), list(units)
        while left:
            unit = left.pop()
            if unit not in found:
                found.add(unit)
                left += self._former.get(unit, ())
        return found


Ways = tuple[dict[int, tuple[int, date]], dict[int, set[int]], dict[int, set[int]]]
"""Into which unit each one went and when, what went into each, and its parts."""


def _changes(session: Session) -> Ways:
    following: dict[int, tuple[int, date]] = {}
    former, into = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    wanted = select(AdminChange.old_id, AdminChange.new_id, AdminChange.effective_on)
    ordered = wanted.order_by(AdminChange.effective_on, AdminChange.new_id.desc())
    for old, new, day in session.execute(ordered):
        if old != new:
            following[old] = (new, day)
            former[new].add(old)
            into[old].add(new)
    return following, dict(former), dict(into)
