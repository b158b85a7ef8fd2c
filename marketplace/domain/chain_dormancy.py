"""Whether a chain sleeps: nothing was delivered for whole seasons on end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

_MONTHS = range(1, 13)


def quiet_since(seasons: Iterable[tuple[int, int]], today: date, most: int) -> date:
    """The first day of the earliest of the last `most` complete seasons.

    Who delivered nothing from that day on has missed them all. `seasons` are first
    and last months of the product's harvests, one a year together; without any, or
    if they fill the year, a season is a calendar year.
    """
    first, months = _span(seasons)
    begins = [
        date(year, first, 1) for year in range(today.year - most - 2, today.year + 1)
    ]
    complete = [day for day in begins if _month_after(day, months) <= today]
    return complete[-most]


def _span(seasons: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """First month and length in months, with the longest rest of the year left out."""
    picked = {month for first, last in seasons for month in _between(first, last)}
    if not picked or len(picked) == len(_MONTHS):
        return 1, len(_MONTHS)
    first = max(picked, key=lambda month: (_rest_before(picked, month), -month))
    return first, len(_MONTHS) - _rest_before(picked, first)


def _between(first: int, last: int) -> list[int]:
    length = (last - first) % len(_MONTHS) + 1
    return [(first - 1 + n) % len(_MONTHS) + 1 for n in range(length)]


def _rest_before(picked: set[int], month: int) -> int:
    rest = 0
    while (month - 2 - rest) % len(_MONTHS) + 1 not in picked:
        rest += 1
    return rest


def _month_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
