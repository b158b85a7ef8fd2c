"""Dekads, windows and seasons."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.seasons import (
    HarvestMonths,
    check_months,
    check_window,
    covered_seasons,
    find_season,
    parse_season_code,
    rows_for,
    season_code,
)
from marketplace.domain.windows import (
    Dekad,
    Window,
    dekad_of,
    dekads_between,
    parse_dekad,
    window_of,
)
from marketplace.domain.words import SeasonClass

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
ROWS = [
    HarvestMonths("longan", "t6", SeasonClass.OFF_SEASON, 4, 6),
    HarvestMonths("longan", None, SeasonClass.MAIN, 7, 8),
    HarvestMonths("longan", "chin_muon", SeasonClass.LATE, 8, 9),
    HarvestMonths("pomelo", "dien", SeasonClass.LATE, 11, 1),
]
JULY = Window(date(2026, 7, 10), date(2026, 7, 20))


@given(DAYS)
def test_every_day_lies_in_its_dekad_only(day):
    dekad = dekad_of(day)

    assert dekad.first <= day <= dekad.last
    assert dekad.following.first == dekad.last + timedelta(days=1)
    assert parse_dekad(dekad.code) == dekad


@given(DAYS, st.integers(0, 200))
def test_dekads_cover_a_span_without_a_gap(first, length):
    last = first + timedelta(days=length)

    dekads = dekads_between(first, last)

    window = window_of(dekads)
    assert window.covers(Window(first, last))
    assert window.days <= length + 21


def test_a_dekad_has_a_title():
    message, params = Dekad(2026, 7, 1).title()

    assert message % params == "đầu tháng 7"


def test_dekads_must_follow_each_other():
    july = dekads_between(date(2026, 7, 1), date(2026, 7, 31))

    assert window_of(reversed(july)).days == 31
    with pytest.raises(Refused):
        window_of([july[0], july[2]], field="dekads")
    with pytest.raises(Refused):
        window_of([])


@pytest.mark.parametrize("code", ["", "2026-13-1", "2026-07-4", "0000-01-1", "x"])
def test_a_code_that_is_no_dekad_is_refused(code):
    with pytest.raises(Refused):
        parse_dekad(code)


def test_a_window_knows_its_neighbours():
    assert JULY.days == 11
    assert JULY.contains(date(2026, 7, 10))
    assert not JULY.contains(date(2026, 7, 21))
    assert JULY.overlap_days(Window(date(2026, 7, 20), date(2026, 8, 1))) == 1
    assert JULY.overlap_days(Window(date(2026, 7, 21), date(2026, 8, 1))) == 0
    assert JULY.widened(1).days == 13
    with pytest.raises(ValueError, match="before"):
        Window(JULY.last, JULY.first)


def test_a_window_longer_than_the_limit_is_an_error():
    assert check_window(Window(date(2026, 1, 1), date(2026, 4, 30))) == []

    (finding,) = check_window(Window(date(2026, 1, 1), date(2026, 5, 1)))

    assert finding.forbids


def test_a_season_code_can_be_read_back():
    code = season_code("longan_pulp_dried", 2026, SeasonClass.OFF_SEASON)

    assert code == "LONGAN_PULP_DRIED-2026-OFF_SEASON"
    assert parse_season_code(code) == (
        "longan_pulp_dried",
        2026,
        SeasonClass.OFF_SEASON,
    )


@pytest.mark.parametrize(
    "code", ["LONGAN-26-MAIN", "LONGAN-2026-BEST", "longan", "LONGAN-2026-main"]
)
def test_other_text_is_no_season_code(code):
    with pytest.raises(ValueError, match=code):
        parse_season_code(code)


def test_a_season_over_new_year_is_named_after_its_start():
    window = Window(date(2027, 1, 5), date(2027, 1, 20))

    row, year = find_season(ROWS, "pomelo", "dien", window)

    assert row.season_code(year) == "POMELO-2026-LATE"
    assert row.window(2026) == Window(date(2026, 11, 1), date(2027, 1, 31))


def test_the_variety_decides_the_season():
    may = Window(date(2026, 5, 1), date(2026, 5, 20))

    assert find_season(ROWS, "longan", "t6", may) == (ROWS[0], 2026)
    assert find_season(ROWS, "longan", None, may) is None
    assert find_season(ROWS, "longan", "ghep", JULY) == (ROWS[1], 2026)
    assert rows_for(ROWS, "pomelo", None) == [ROWS[3]]


@pytest.mark.parametrize(
    ("variety", "window", "odd"),
    [
        (None, JULY, False),
        (None, Window(date(2026, 6, 1), date(2026, 6, 20)), False),
        (None, Window(date(2026, 5, 1), date(2026, 5, 20)), True),
        ("t6", Window(date(2026, 5, 1), date(2026, 5, 20)), False),
        ("t6", Window(date(2026, 11, 1), date(2026, 11, 20)), True),
    ],
)
def test_an_unusual_month_is_shown(variety, window, odd):
    findings = check_months(ROWS, "longan", variety, window)

    assert bool(findings) is odd
    assert not any(finding.forbids for finding in findings)


def test_without_reference_months_nothing_is_odd():
    assert check_months(ROWS, "maize", None, JULY) == []


def test_a_late_season_that_began_last_year_is_plausible():
    window = Window(date(2027, 1, 5), date(2027, 1, 20))

    assert check_months(ROWS, "pomelo", "dien", window) == []


def test_contracts_that_touch_cover_a_season_together():
    season = ("LONGAN-2026-MAIN", ROWS[1].window(2026))
    june_to_august = (date(2026, 6, 1), date(2026, 8, 1))
    august = (date(2026, 8, 1), date(2026, 9, 1))

    assert covered_seasons([august, june_to_august], [season]) == {season[0]}
    assert covered_seasons([june_to_august], [season]) == frozenset()
    assert covered_seasons([august], [season]) == frozenset()


def test_a_contract_may_start_a_little_late_but_not_end_early():
    season = ("LONGAN-2026-MAIN", ROWS[1].window(2026))
    late = (date(2026, 7, 31), date(2026, 9, 1))

    assert covered_seasons([late], [season]) == {season[0]}
    assert covered_seasons([late], [season], slack_days=29) == frozenset()
    assert not covered_seasons([(date(2026, 1, 1), date(2026, 8, 31))], [season])
