"""What force majeure may touch, and what of a penalty it takes away."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.majeure import Expected, Hindered, add_months, check_hindered
from marketplace.domain.penalties import Asked, Obligation, reliefs

DAY, LATEST = date(2026, 8, 10), date(2026, 9, 30)
PLAN = {1: Expected(1, 4_000, DAY, LATEST), 2: Expected(2, 6_000, DAY, LATEST)}


def test_lost_and_postponed_kilograms_stay_within_what_is_open():
    told = [
        Hindered(2, lost_kg=1_000),
        Hindered(1, 3_000, 1_000, date(2026, 9, 1)),
        Hindered(1),
    ]

    touched = check_hindered(told[:2], PLAN)

    assert [one.line for one in touched] == [1, 2]
    assert check_hindered(told[1:], PLAN) == (told[1],)  # untouched rows are empty


@pytest.mark.parametrize(
    "told",
    [
        [],
        [Hindered(1)],
        [Hindered(3, 10)],
        [Hindered(1, 4_001)],
        [Hindered(1, 3_000, 1_001, LATEST)],
        [Hindered(1, 10), Hindered(1, 20)],
        [Hindered(1, -5, 10, LATEST)],
        [Hindered(1, 0, 10)],
        [Hindered(1, 10, 0, LATEST)],
        [Hindered(1, 0, 10, DAY)],
        [Hindered(1, 0, 10, date(2026, 10, 1))],
    ],
)
def test_what_no_notice_may_say_is_refused(told):
    with pytest.raises(Refused) as refusal:
        check_hindered(told, PLAN)

    assert refusal.value.field == "lines"


def test_months_end_where_the_shorter_one_does():
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert add_months(date(2026, 5, 15), 8) == date(2027, 1, 15)


OWED = Obligation(8, 10_000, {1: 4_000, 2: 6_000}, {1: 4_000})


def test_a_penalty_for_a_delivery_that_is_excused_falls_away_whole():
    asked = [Asked("one", 3_200_000, 1), Asked("two", 1_000_000, 2)]

    assert reliefs(asked, OWED) == {"one": 3_200_000, "two": 0}


def test_a_penalty_for_no_delivery_keeps_the_share_of_what_is_not_excused():
    assert reliefs([Asked("all", 8_000_000)], OWED) == {"all": 3_200_000}


def test_without_an_excuse_every_penalty_stands():
    owed = Obligation(8, 10_000, {1: 4_000}, {1: 0})

    assert reliefs([Asked("one", 9_999_999, 1)], owed) == {"one": 0}


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from([None, 1, 2]))),
    st.integers(0, 4_000),
    st.integers(0, 6_000),
)
def test_relief_never_exceeds_a_penalty_and_leaves_no_more_than_the_rest_carries(
    penalties, one, two
):
    asked = [Asked(str(n), *row) for n, row in enumerate(penalties)]
    owed = Obligation(8, 10_000, OWED.kg, {1: one, 2: two})

    found = reliefs(asked, owed)

    assert all(0 <= found[row.key] <= row.amount_vnd for row in asked)
    left = sum(row.amount_vnd - found[row.key] for row in asked)
    if one or two:
        assert left <= max(owed.most_vnd(), 0)
    else:
        assert left == sum(row.amount_vnd for row in asked)
