"""Money in totals, in words, and outside the usual."""

from decimal import Decimal

import pytest

from marketplace.domain.prices import (
    PriceBand,
    check_payment_term,
    check_price,
    line_total_vnd,
    money_words,
)
from marketplace.domain.words import Severity

LONGAN = PriceBand("longan", 8_000, 60_000)


def test_only_the_line_total_is_rounded_and_half_goes_up():
    assert line_total_vnd(3, Decimal("0.5")) == 2
    assert line_total_vnd(48_000, 14_500) == 696_000_000


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (696_400_000, "khoảng 696 triệu đồng"),
        (69_600_000, "khoảng 69,6 triệu đồng"),
        (1_250_000_000, "khoảng 1,25 tỷ đồng"),
        (999_000, "999.000 đồng"),
    ],
)
def test_large_sums_are_said_in_words(amount, words):
    message, params = money_words(amount)

    assert message % params == words


@pytest.mark.parametrize(
    ("price", "odd"), [(3_999, 1), (4_000, 0), (120_000, 0), (120_001, 1)]
)
def test_a_price_far_outside_the_band_is_shown(price, odd):
    findings = check_price(price, LONGAN, field="ceiling_price")

    assert [f.severity for f in findings] == [Severity.WARNING] * odd


@pytest.mark.parametrize(
    ("days", "severity"),
    [(-1, "E"), (0, None), (15, None), (16, "W"), (90, "W"), (91, "E")],
)
def test_a_payment_term_has_a_usual_and_a_longest_length(days, severity):
    findings = check_payment_term(days)

    assert [f.severity for f in findings] == ([severity] if severity else [])
    assert all(str(f) for f in findings)
