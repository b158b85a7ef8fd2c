"""Reporting periods and the days whose data belong to each (dossier §2.9).

A period ends before its calendar months do, so that a report can be written in
time: with a first day of 15, November runs from 15 October to 14 November.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """How many months a report covers; the value stands in its code."""

    MONTH = "T"
    QUARTER = "Q"
    HALF = "H"
    NINE_MONTHS = "9T"
    YEAR = "N"


_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
}
# Of these there is one a year, and it needs no number.
_SINGLE = frozenset({PeriodKind.NINE_MONTHS, PeriodKind.YEAR})
_CODE = re.compile(r"([0-9]{4})-(?:(9T|N)|([TQH])([1-9][0-9]?))")


@dataclass(frozen=True)
class ReportPeriod:
    """The `number`-th period of its kind in a year, counted from 1."""

    year: int
    kind: PeriodKind
    number: int = 1

    @property
    def name(self) -> str:
        """Without the year: T11, Q3, H1, 9T or N."""
        return self.kind.value + ("" if self.kind in _SINGLE else str(self.number))

    @property
    def code(self) -> str:
        """As addresses and files carry it: 2026-T11."""
        return f"{self.year}-{self.name}"

    @property
    def first_month(self) -> int:
        return (self.number - 1) * _MONTHS[self.kind] + 1

    @property
    def last_month(self) -> int:
        return self.first_month + _MONTHS[self.kind] - 1


@dataclass(frozen=True)
class ReportDays:
    """First and last day whose data belong to a period, both included."""

    first: date
    last: date


def read_period(code: str) -> ReportPeriod | None:
    """The period of a code; None for what is no period."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    year, single, kind, number = found.groups()
    period = ReportPeriod(int(year), PeriodKind(single or kind), int(number or 1))
    return period if period.last_month <= 12 else None


def periods_of(year: int) -> Iterator[ReportPeriod]:
    """All periods of a year: months, quarters, halves, nine months, the year."""
    for kind, months in _MONTHS.items():
        count = 1 if kind in _SINGLE else 12 // months
        for number in range(1, count + 1):
            yield ReportPeriod(year, kind, number)


def year_before(period: ReportPeriod) -> ReportPeriod:
    """The same period a year earlier."""
    return replace(period, year=period.year - 1)


def period_before(period: ReportPeriod) -> ReportPeriod:
    """The one of its kind that ends where this begins; of nine months a year before."""
    if period.number > 1:
        return replace(period, number=period.number - 1)
    last = 1 if period.kind in _SINGLE else 12 // _MONTHS[period.kind]
    return replace(year_before(period), number=last)


def days_of(period: ReportPeriod, first_day: int) -> ReportDays:
    """The days of a period if each month begins with that day of the one before.

    With a first day of 1 the period is that of the calendar.
    """
    year, month = period.year, period.first_month
    after = _first_of(year, period.last_month + 1, first_day)
    return ReportDays(_first_of(year, month, first_day), after - timedelta(days=1))


def month_of(day: date, first_day: int) -> ReportPeriod:
    """The month whose report the day belongs to."""
    ahead = first_day > 1 and day.day >= first_day
    months = day.year * 12 + day.month - 1 + ahead
    return ReportPeriod(months // 12, PeriodKind.MONTH, months % 12 + 1)


def _first_of(year: int, month: int, first_day: int) -> date:
    """The day on which the data of a month begin; month 13 is next January."""
    months = year * 12 + month - 1 - (first_day > 1)
    return date(months // 12, months % 12 + 1, first_day)
