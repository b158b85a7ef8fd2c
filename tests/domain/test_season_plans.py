"""The seasons of a long contract: apart from each other, and by the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.renewals import PlanLine, year_after
from marketplace.domain.season_content import running_season, stage_of
from marketplace.domain.season_plans import (
    later_code,
    place_lines,
    plan_ahead,
    season_spans,
)
from marketplace.domain.seasons import HarvestMonths
from marketplace.domain.words import SeasonClass
from marketplace.domain.words_seasons import SeasonStage

CODE = "LONGAN-2026-MAIN"
MONTHS = (HarvestMonths("longan", None, SeasonClass.MAIN, 7, 8),)
ALL_YEAR = (HarvestMonths("longan", None, SeasonClass.MAIN, 1, 12),)
FIRST = (PlanLine(date(2026, 7, 20), date(2026, 7, 25), 6_000),)


def spans(seasons=3, months=MONTHS, first=FIRST, slack=30):
    return season_spans(CODE, first, months, None, seasons, slack_days=slack)


@st.composite
def plans(draw):
    """A season's deliveries: up to eight of them within less than a year."""
    start = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        first = start + timedelta(days=draw(st.integers(0, 150)))
        last = first + timedelta(days=draw(st.integers(0, 150)))
        lines.append(PlanLine(first, last, draw(st.integers(1, 50_000))))
    return tuple(lines)


@given(
    plans(),
    st.integers(2, 10),
    st.sampled_from([(), MONTHS, ALL_YEAR]),
    st.integers(0, 60),
)
def test_the_plan_repeats_within_seasons_that_share_no_day(first, count, months, slack):
    found = spans(count, months, first, slack)

    placed = place_lines(plan_ahead(first, count), found[1:])

    assert len(found) == count
    for before, after in pairwise(found):
        assert before.first_day <= before.last_day < after.first_day
    assert all(span.holds(line) for span, line in placed)
    assert all(found[0].holds(line) for line in first)
    for years, span in enumerate(found[1:], 1):
        assert span.code == later_code(CODE, years)
        kg = sum(line.kg for held, line in placed if held is span)
        assert kg == sum(line.kg for line in first)


def test_the_crop_calendar_gives_the_days_of_each_season():
    found = spans()

    assert [one.year for one in found] == [2026, 2027, 2028]
    assert found[1].first_day == date(2027, 6, 1)
    assert found[1].last_day == date(2027, 9, 30)


def test_a_delivery_between_two_seasons_is_refused():
    winter = PlanLine(date(2027, 1, 5), date(2027, 1, 6), 1_000)

    with pytest.raises(Refused, match="nằm ngoài các vụ"):
        place_lines([*plan_ahead(FIRST, 3), winter], spans()[1:])


def test_a_season_without_a_delivery_is_refused():
    with pytest.raises(Refused, match="chưa có đợt giao nào"):
        place_lines(plan_ahead(FIRST, 2), spans()[1:])


def test_a_plan_longer_than_a_year_cannot_repeat():
    long = (PlanLine(FIRST[0].first_day, year_after(FIRST[0].first_day), 1),)

    with pytest.raises(Refused, match="dài hơn một năm"):
        spans(first=long)


@given(st.dates(date(2025, 1, 1), date(2030, 1, 1)))
def test_one_season_runs_at_most_and_those_before_are_over(today):
    found = spans()

    stages = [stage_of(found, place, today) for place in range(3)]

    order = [SeasonStage.OVER, SeasonStage.RUNNING, SeasonStage.AHEAD]
    assert stages == sorted(stages, key=order.index)
    assert stages.count(SeasonStage.RUNNING) <= 1
    assert found[running_season(found, today)].first_day <= max(
        today, found[0].first_day
    )
