"""What a purchase offer must be, and how its tranches are filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import Refused
from marketplace.domain.offers import (
    MOST_TRANCHES,
    OfferLimits,
    check_offer,
    split_evenly,
    weekly_days,
)
from marketplace.domain.prices import PriceBand
from marketplace.domain.words import CertificateScheme, Market, Severity

TODAY = date(2026, 3, 2)
LINE = TrancheLine(date(2026, 8, 4), date(2026, 8, 4), 12_000, 15_500)
GOOD = PostOffer("longan", "Kho Đông Anh", 7, tranches=(LINE,))
LIMITS = OfferLimits(varieties=("t6",), band=PriceBand("longan", 8_000, 60_000))


def faults(limits=LIMITS, **over):
    found = check_offer(replace(GOOD, **over), limits, today=TODAY)
    return [(one.code, one.field) for one in found if one.severity is Severity.ERROR]


def test_a_plain_offer_has_no_fault_and_no_warning():
    assert check_offer(GOOD, LIMITS, today=TODAY) == []


@pytest.mark.parametrize(
    ("over", "fault"),
    [
        ({"place": ""}, ("PO-01", "place")),
        ({"tranches": ()}, ("PO-01", "tranches")),
        ({"tranches": (LINE,) * (MOST_TRANCHES + 1)}, ("PO-01", "tranches")),
        ({"tranches": (replace(LINE, kg=0),)}, ("PO-01", "tranches-0-kg")),
        (
            {"tranches": (LINE, replace(LINE, window_end=date(2026, 8, 3)))},
            ("PO-01", "tranches-1-window_end"),
        ),
        (
            {"tranches": (replace(LINE, window_end=date(2026, 12, 31)),)},
            ("PO-01", "tranches-0-window_end"),
        ),
        (
            {
                "tranches": (
                    TrancheLine(TODAY - timedelta(1), TODAY - timedelta(1), 1, 1),
                )
            },
            ("PO-01", "tranches-0-window_start"),
        ),
        (
            {"tranches": (replace(LINE, ceiling_price_vnd=0),)},
            ("PO-01", "tranches-0-ceiling"),
        ),
        ({"variety_codes": ("gl",)}, ("PO-01", "varieties")),
        ({"least_grade": 4}, ("PO-01", "least_grade")),
        ({"smallest_lot_kg": 12_001}, ("PO-01", "smallest_lot")),
        ({"most_suppliers": -1}, ("PO-01", "most_suppliers")),
        ({"deposit_pct": 101}, ("PO-01", "deposit_pct")),
        ({"answer_by": TODAY - timedelta(1)}, ("PO-01", "answer_by")),
        ({"answer_by": date(2026, 8, 5)}, ("PO-01", "answer_by")),
        ({"requirements": (Requirement(),)}, ("PO-02", "schemes")),
        (
            {"requirements": (Requirement(market=Market.CN, least_stars=3),)},
            ("PO-02", "least_stars"),
        ),
        (
            {
                "requirements": (
                    Requirement(scheme=CertificateScheme.OCOP, least_stars=6),
                )
            },
            ("PO-02", "least_stars"),
        ),
        ({"payment_term_days": 91}, ("PO-03", "payment_term_days")),
    ],
)
def test_each_fault_is_named_at_its_field(over, fault):
    assert faults(**over) == [fault]


def test_a_delivery_that_is_under_way_may_still_be_revised():
    past = TrancheLine(TODAY - timedelta(9), TODAY - timedelta(1), 5, 9_000, number=1)

    assert faults(tranches=(past,)) == []


@pytest.mark.parametrize("ceiling", [3_999, 120_001])
def test_an_odd_price_is_a_warning_that_stays(ceiling):
    odd = replace(GOOD, tranches=(replace(LINE, ceiling_price_vnd=ceiling),))

    found = check_offer(odd, LIMITS, today=TODAY)

    assert [(one.code, one.severity) for one in found] == [("PO-04", Severity.WARNING)]


def test_a_long_payment_term_is_a_warning():
    found = check_offer(replace(GOOD, payment_term_days=16), LIMITS, today=TODAY)

    assert [(one.code, one.severity) for one in found] == [("PO-03", Severity.WARNING)]


def test_a_product_without_a_known_band_is_not_judged():
    odd = replace(GOOD, tranches=(replace(LINE, ceiling_price_vnd=1),))

    assert check_offer(odd, replace(LIMITS, band=None), today=TODAY) == []


def test_totals_are_those_of_the_tranches():
    offer = replace(GOOD, tranches=(LINE, replace(LINE, kg=8_000)))

    assert offer.total_kg == 20_000
    assert offer.most_value_vnd == 20_000 * 15_500


def test_weekly_days_run_from_the_first_to_the_last():
    days = weekly_days(date(2026, 7, 28), date(2026, 8, 20))

    assert days == [
        date(2026, 7, 28),
        date(2026, 8, 4),
        date(2026, 8, 11),
        date(2026, 8, 18),
    ]


@pytest.mark.parametrize(
    ("first", "last", "every", "field"),
    [
        (date(2026, 8, 4), date(2026, 8, 3), 7, "fill_to"),
        (date(2026, 8, 4), date(2026, 8, 30), 0, "fill_every"),
        (date(2026, 1, 1), date(2030, 1, 1), 7, "fill_to"),
    ],
)
def test_days_that_cannot_be_filled_are_refused(first, last, every, field):
    with pytest.raises(Refused) as refusal:
        weekly_days(first, last, every)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("total", "parts", "shares"),
    [
        (48_000, 4, [12_000] * 4),
        (50_000, 4, [12_500] * 4),
        (50_000, 3, [17_000, 17_000, 16_000]),
        (7, 3, [3, 2, 2]),
    ],
)
def test_a_total_is_split_into_round_shares(total, parts, shares):
    assert split_evenly(total, parts) == shares


@given(st.integers(1, 10_000_000), st.integers(1, 60))
def test_shares_sum_exactly_and_hardly_differ(total, parts):
    if total < parts:
        with pytest.raises(Refused):
            split_evenly(total, parts)
        return

    shares = split_evenly(total, parts)

    assert sum(shares) == total
    assert len(shares) == parts
    assert min(shares) > 0
    assert max(shares) - min(shares) <= 1000
