"""Windows of days, and the ten-day periods farmers think in."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from marketplace.domain.errors import N_, Refused

_PART_TITLES = (
    N_("đầu tháng %(month)s"),
    N_("giữa tháng %(month)s"),
    N_("cuối tháng %(month)s"),
)


@dataclass(frozen=True, order=True)
class Window:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a window ends before it begins")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def covers(self, other: Window) -> bool:
        return self.first <= other.first and other.last <= self.last

    def overlap_days(self, other: Window) -> int:
        """How many days both have in common."""
        shared = min(self.last, other.last) - max(self.first, other.first)
        return max(0, shared.days + 1)

    def widened(self, days: int) -> Window:
        margin = timedelta(days=days)
        return Window(self.first - margin, self.last + margin)


@dataclass(frozen=True, order=True)
class Dekad:
    """The beginning, middle or end of a month: part 1, 2 or 3."""

    year: int
    month: int
    part: int

    @property
    def first(self) -> date:
        return date(self.year, self.month, 10 * self.part - 9)

    @property
    def last(self) -> date:
        if self.part < 3:
            return date(self.year, self.month, 10 * self.part)
        return date(self.year, self.month, month_length(self.year, self.month))

    @property
    def following(self) -> Dekad:
        return dekad_of(self.last + timedelta(days=1))

    @property
    def code(self) -> str:
        """For a form field: `2026-07-1`."""
        return f"{self.year:04d}-{self.month:02d}-{self.part}"

    def title(self) -> tuple[str, dict[str, int]]:
        """Message id and parameters of "đầu tháng 7"."""
        return _PART_TITLES[self.part - 1], {"month": self.month}


def dekad_of(day: date) -> Dekad:
    """The dekad in which a day lies; the third takes the 31st as well."""
    return Dekad(day.year, day.month, min(3, (day.day + 9) // 10))


def parse_dekad(code: str, field: str | None = None) -> Dekad:
    """Read the code of a form field; refuse anything else."""
    match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])-([123])", code)
    if match is None or match[1] == "0000":
        raise Refused(N_("Chọn lại thời gian thu hoạch"), field)
    return Dekad(int(match[1]), int(match[2]), int(match[3]))


def dekads_between(first: date, last: date) -> list[Dekad]:
    """The dekads that touch these days, in order."""
    dekads = []
    dekad = dekad_of(first)
    while dekad.first <= last:
        dekads.append(dekad)
        dekad = dekad.following
    return dekads


def window_of(dekads: Iterable[Dekad], field: str | None = None) -> Window:
    """One window of dekads that follow each other without a gap."""
    chosen = sorted(set(dekads))
    if not chosen:
        raise Refused(N_("Chọn ít nhất một khoảng 10 ngày"), field)
    for before, after in pairwise(chosen):
        if before.following != after:
            raise Refused(N_("Chọn các khoảng 10 ngày liền nhau"), field)
    return Window(chosen[0].first, chosen[-1].last)


def month_length(year: int, month: int) -> int:
    """The number of days of a month."""
    return calendar.monthrange(year, month)[1]
