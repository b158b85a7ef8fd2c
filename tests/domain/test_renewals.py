"""The plan of a season carried into the next: days, order, kilograms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.renewals import (
    Opening,
    PlanLine,
    fit_plan,
    is_time,
    plan_again,
    year_after,
    years_on,
)
from marketplace.domain.words import ContractState

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
SPANS = st.integers(0, 60)


@st.composite
def plans(draw):
    starts = draw(st.lists(DAYS, min_size=1, max_size=6))
    return [
        PlanLine(day, day + timedelta(days=draw(SPANS)), draw(st.integers(1, 50_000)))
        for day in starts
    ]


@st.composite
def openings(draw):
    first = draw(DAYS)
    last = first + timedelta(days=draw(SPANS))
    return first, last, draw(st.integers(1, 50_000))


def test_the_last_of_february_is_the_28th_in_a_common_year():
    assert year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert year_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


@given(DAYS, st.integers(1, 8))
def test_a_day_keeps_its_month_and_all_but_a_leap_day_its_number(day, years):
    again = year_after(day, years)

    assert (again.year, again.month) == (day.year + years, day.month)
    assert again.day == day.day or (day.day, again.day) == (29, 28)


@given(DAYS, DAYS)
def test_the_season_ahead_is_the_first_after_today(first, today):
    years = years_on(first, today)

    assert years >= 1
    assert year_after(first, years) > today
    assert years == 1 or year_after(first, years - 1) <= today


@given(plans(), DAYS)
def test_a_plan_again_keeps_kilograms_order_and_whole_windows(plan, today):
    years = years_on(min(line.first_day for line in plan), today)

    again = plan_again(plan, years)

    assert [line.kg for line in again] == [line.kg for line in sorted(plan)]
    firsts = [line.first_day for line in again]
    assert firsts == sorted(firsts)
    assert all(today < line.first_day <= line.last_day for line in again)


@given(plans(), st.lists(openings(), max_size=5), st.integers(0, 200_000))
def test_no_more_is_carried_than_posts_and_plan_allow(plan, taken, most_kg):
    opened = [Opening(n, *one) for n, one in enumerate(taken, 1)]
    known = {one.tranche_id: one for one in opened}

    lines = fit_plan(plan, opened, most_kg)

    assert sum(line.kg for line in lines) <= min(most_kg, sum(one.kg for one in plan))
    assert len({line.tranche_id for line in lines}) == len(lines)
    for line in lines:
        tranche = known[line.tranche_id]
        assert 0 < line.kg <= tranche.kg
        assert tranche.first_day <= line.deliver_from <= line.deliver_to
        assert line.deliver_to <= tranche.last_day


@given(plans())
def test_tranches_made_for_the_plan_carry_all_of_it(plan):
    total = sum(line.kg for line in plan)
    first = min(line.first_day for line in plan)
    last = max(line.last_day for line in plan)

    lines = fit_plan(plan, [Opening(1, first, last, total)], total)

    assert [(x.kg, x.deliver_from, x.deliver_to) for x in lines] == [
        (total, first, last)
    ]


END = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("state", "today", "perennial", "due"),
    [
        ("in_force", date(2026, 8, 16), True, False),
        ("in_force", date(2026, 8, 17), True, True),
        ("fulfilled", date(2026, 6, 1), True, True),
        ("fulfilled", date(2026, 6, 1), False, False),
        ("fulfilled", date(2026, 11, 15), True, True),
        ("fulfilled", date(2026, 11, 16), True, False),
        ("terminated", date(2026, 9, 1), True, False),
        ("proposed", date(2026, 9, 1), True, False),
    ],
)
def test_the_next_season_is_spoken_of_around_the_end(state, today, perennial, due):
    found = is_time(ContractState(state), END, today, 45, perennial=perennial)

    assert found is due
