"""What a forecast may say."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.findings import refuse_errors
from marketplace.domain.yields import (
    YieldBand,
    check_forecast,
    check_interval_after_spray,
    check_promised,
    check_shares,
    check_yield,
    find_band,
    promise_limit_kg,
    revision_is_due,
)

LONGAN = YieldBand("longan", Decimal(2), Decimal(15), Decimal(25))


@pytest.mark.parametrize(
    ("kilograms", "code"),
    [
        (19_999, "SP-04"),
        (20_000, None),
        (150_000, None),
        (150_001, "SP-04"),
        (250_000, "SP-04"),
        (250_001, "SP-03"),
    ],
)
def test_the_yield_of_ten_hectares(kilograms, code):
    findings = check_yield(kilograms, Decimal(10), LONGAN, field="likely")

    assert [f.code for f in findings] == ([code] if code else [])
    assert [f.forbids for f in findings] == ([code == "SP-03"] if code else [])


def test_an_error_becomes_a_refusal_and_a_warning_is_kept():
    warnings = check_yield(160_000, Decimal(10), LONGAN)
    errors = check_yield(300_000, Decimal(10), LONGAN, field="likely")

    assert refuse_errors(warnings) == warnings
    with pytest.raises(Refused, match="30 tấn/ha") as refused:
        refuse_errors(errors)
    assert refused.value.field == "likely"


@pytest.mark.parametrize(
    ("forecast", "fine"),
    [
        ((1, 2, 3), True),
        ((0, 2, 2), True),
        ((3, 2, 3), False),
        ((0, 0, 3), False),
        ((-1, 2, 3), False),
        ((1, 3, 2), False),
    ],
)
def test_the_three_numbers_of_a_forecast_rise(forecast, fine):
    assert (check_forecast(*forecast) == []) is fine


@given(st.integers(1, 10**7), st.integers(0, 30))
def test_exactly_the_limit_may_be_promised(expected, tolerance):
    limit = promise_limit_kg(expected, tolerance)

    assert check_promised(limit, expected, tolerance) == []
    assert [f.code for f in check_promised(limit + 1, expected, tolerance)] == ["SP-05"]


@pytest.mark.parametrize(
    ("shares", "fine"),
    [
        (["60", "40"], True),
        (["60", "39.9"], True),
        (["60", "39.8"], False),
        (["110", "-10"], False),
        ([], False),
    ],
)
def test_the_shares_of_the_grades_make_a_whole(shares, fine):
    findings = check_shares([Decimal(share) for share in shares])

    assert (findings == []) is fine
    assert all("100%" in str(finding) for finding in findings)


def test_nothing_is_harvested_within_the_interval_after_a_spray():
    start = date(2026, 7, 15)

    assert check_interval_after_spray(start, None, 14) == []
    assert check_interval_after_spray(start, date(2026, 7, 1), 14) == []
    (finding,) = check_interval_after_spray(start, date(2026, 7, 2), 14)
    assert "16/07/2026" in str(finding)


@pytest.mark.parametrize(
    ("revised", "start", "due"),
    [
        (date(2026, 5, 1), date(2026, 7, 1), True),
        (date(2026, 5, 15), date(2026, 7, 1), False),
        (date(2026, 5, 1), date(2026, 10, 1), False),
        (date(2026, 5, 1), date(2026, 5, 20), False),
    ],
)
def test_a_forecast_is_looked_at_again_near_the_harvest(revised, start, due):
    assert revision_is_due(revised, start, date(2026, 6, 1)) is due


def test_a_band_is_found_by_its_product():
    assert find_band([LONGAN], "longan") is LONGAN
    assert find_band([LONGAN], "mango") is None
