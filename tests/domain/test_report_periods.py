"""Reporting periods: official cut-off days, without gaps or overlaps."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.report_periods import (
    PeriodKind,
    days_of,
    month_of,
    periods_of,
    read_period,
)

years = st.integers(2020, 2100)
first_days = st.integers(1, 28)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-T1", date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-T11", date(2026, 10, 15), date(2026, 11, 14)),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-Q3", date(2026, 6, 15), date(2026, 9, 14)),
        ("2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("2026-9T", date(2025, 12, 15), date(2026, 9, 14)),
        ("2026-N", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_periods_have_the_days_of_the_decree(code, first, last):
    days = days_of(read_period(code), 15)

    assert (days.first, days.last) == (first, last)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-T0", "2026-T13", "2026-Q5", "2026-H3", "2026-9T2", "x"]
)
def test_what_is_no_period_is_none(code):
    assert read_period(code) is None


@given(years)
def test_every_period_is_read_back_from_its_code(year):
    found = list(periods_of(year))

    assert [read_period(one.code) for one in found] == found
    assert len(found) == 12 + 4 + 2 + 1 + 1


@given(years, first_days, st.sampled_from([PeriodKind.MONTH, PeriodKind.QUARTER]))
def test_short_periods_fill_the_year_without_gap_or_overlap(year, first_day, kind):
    parts = [days_of(p, first_day) for p in periods_of(year) if p.kind is kind]
    whole = days_of(read_period(f"{year}-N"), first_day)

    assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
    for before, after in itertools.pairwise(parts):
        assert after.first == before.last + timedelta(days=1)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), first_days)
def test_every_day_belongs_to_its_month(day, first_day):
    days = days_of(month_of(day, first_day), first_day)

    assert days.first <= day <= days.last
