"""The band of weekly call-offs: what may be called, and what never can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.call_offs import (
    Call,
    CallFault,
    FrameFault,
    FrameTerms,
    Source,
    earliest_day,
    fault_of_call,
    fault_of_frame,
    week_of,
)

MONDAY = date(2026, 8, 3)
SOURCE = Source(12_000, MONDAY, MONDAY + timedelta(days=27))
TERMS = FrameTerms(1_000, 4_000, 3, 24, MONDAY, MONDAY + timedelta(days=21))
CALL = Call(2_000, MONDAY + timedelta(days=8), MONDAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("over", "fault"),
    [
        ({}, None),
        ({"least_kg": 0}, FrameFault.BAND),
        ({"least_kg": 4_001}, FrameFault.BAND),
        ({"most_kg": 12_001}, FrameFault.TOO_MUCH),
        ({"lead_days": 0}, FrameFault.LEAD),
        ({"lead_days": 31}, FrameFault.LEAD),
        ({"answer_hours": 73}, FrameFault.HOURS),
        ({"first_week": MONDAY + timedelta(days=28)}, FrameFault.WEEKS),
        ({"first_week": MONDAY - timedelta(days=7)}, FrameFault.WINDOW),
        ({"last_week": MONDAY + timedelta(days=28)}, FrameFault.WINDOW),
    ],
)
def test_a_frame_stays_within_the_delivery_that_it_draws_from(over, fault):
    terms = replace(TERMS, **over)

    found = fault_of_frame(terms, SOURCE)

    assert found == fault


@pytest.mark.parametrize(
    ("over", "fault"),
    [
        ({}, None),
        ({"kg": 1_000}, None),
        ({"kg": 4_000}, None),
        ({"kg": 999}, CallFault.BELOW),
        ({"kg": 4_001}, CallFault.ABOVE),
        ({"last_day": MONDAY + timedelta(days=14)}, CallFault.DAYS),
        ({"last_day": MONDAY + timedelta(days=7)}, CallFault.DAYS),
        ({"first_day": MONDAY + timedelta(days=7)}, None),
    ],
)
def test_a_call_stays_within_the_band_and_its_week(over, fault):
    call = replace(CALL, **over)

    found = fault_of_call(TERMS, SOURCE, call, today=MONDAY)

    assert found == fault


def test_a_call_comes_in_time_and_within_the_weeks_and_days_that_were_signed():
    lead = CALL.first_day - timedelta(days=TERMS.lead_days)
    later = replace(TERMS, first_week=MONDAY + timedelta(days=14))
    short = replace(SOURCE, last_day=CALL.first_day)

    assert fault_of_call(TERMS, SOURCE, CALL, today=lead) is None
    late = fault_of_call(TERMS, SOURCE, CALL, today=lead + timedelta(days=1))
    assert late is CallFault.TOO_LATE
    assert fault_of_call(later, SOURCE, CALL, today=MONDAY) is CallFault.WEEKS
    assert fault_of_call(TERMS, short, CALL, today=MONDAY) is CallFault.WINDOW
    assert earliest_day(TERMS, SOURCE, lead) == CALL.first_day


def test_the_last_rest_may_be_less_than_the_least():
    source = replace(SOURCE, left_kg=400)

    assert fault_of_call(TERMS, source, replace(CALL, kg=400), today=MONDAY) is None
    less = fault_of_call(TERMS, source, replace(CALL, kg=399), today=MONDAY)
    assert less is CallFault.BELOW
    more = fault_of_call(TERMS, source, CALL, today=MONDAY)
    assert more is CallFault.NOT_LEFT
    empty = replace(SOURCE, left_kg=0)
    nothing = fault_of_call(TERMS, empty, replace(CALL, kg=0), today=MONDAY)
    assert nothing is CallFault.BELOW


@given(
    total=st.integers(1, 60_000),
    least=st.integers(1, 10_000),
    band=st.integers(0, 10_000),
    calls=st.lists(
        st.tuples(st.integers(-1, 20_000), st.integers(-10, 40), st.integers(-1, 8)),
        max_size=12,
    ),
)
def test_whatever_is_called_band_and_total_hold(total, least, band, calls):
    terms = replace(TERMS, least_kg=least, most_kg=least + band)
    left = total

    for kg, day, days in calls:
        first = MONDAY + timedelta(days=day)
        call = Call(kg, first, first + timedelta(days=days))
        source = replace(SOURCE, left_kg=left)
        if fault_of_call(terms, source, call, today=MONDAY) is None:
            assert 0 < kg <= terms.most_kg
            assert kg >= terms.least_kg or kg == left
            assert call.first_day >= MONDAY + timedelta(days=terms.lead_days)
            assert week_of(call.last_day) == call.week
            left -= kg

    assert 0 <= left <= total
