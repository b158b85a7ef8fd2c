"""Signs that a contract may not be kept: what is told, to whom, and how gravely."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.early_warning import find_alerts
from marketplace.domain.early_warning_facts import (
    WAITING_CODES,
    AlertCode,
    Concern,
    ContractSigns,
    PlannedFacts,
    Thresholds,
    Waiting,
)
from marketplace.domain.early_warning_words import REASONS, advice_for
from marketplace.domain.words import PriceMode, Severity, Side
from marketplace.services.notice_params import shown_params
from tests.domain.test_reference import params

TODAY = date(2026, 6, 20)
LIMITS = Thresholds(
    silent_days=7,
    silent_warn_days=3,
    late_days=3,
    rejected_pct=20,
    gap_pct=15,
    urgent_gap_pct=30,
    answer_days=2,
    urgent_answer_days=5,
    urgent_overdue_days=14,
    paper_days=60,
)
FAR = PlannedFacts(10_000, TODAY + timedelta(90), TODAY + timedelta(95))
QUIET = ContractSigns(20_000, deliveries=(FAR,))
DAYS = st.integers(-120, 120).map(lambda days: TODAY + timedelta(days))
PAST = st.integers(0, 60).map(lambda days: TODAY - timedelta(days))


@st.composite
def planned(draw):
    first, second = sorted((draw(DAYS), draw(DAYS)))
    kg = draw(st.integers(1, 50_000))
    return PlannedFacts(
        kg,
        draw(st.sampled_from([first, second])),
        second,
        draw(st.sampled_from(DeliveryState)),
        noted_kg=draw(st.integers(0, kg + 5_000)),
        released_kg=draw(st.sampled_from([0, kg // 3, kg])),
        blocked_on=draw(st.none() | PAST),
    )


@st.composite
def signs(draw):
    market = sorted(draw(st.lists(st.integers(1, 90_000), min_size=2, max_size=2)))
    quoted = draw(st.booleans())
    inspected = draw(st.integers(0, 20_000))
    return ContractSigns(
        draw(st.integers(1, 90_000)),
        draw(st.sampled_from(PriceMode)),
        draw(st.integers(0, 30)),
        draw(st.booleans()),
        tuple(draw(st.lists(planned(), max_size=4))),
        short_kg=draw(st.integers(0, 9_000)),
        short_since=draw(st.none() | PAST),
        inspected_kg=inspected,
        accepted_kg=draw(st.integers(0, inspected)),
        inspected_on=draw(st.none() | PAST),
        market_low_vnd=market[0] if quoted else None,
        market_high_vnd=market[1] if quoted else None,
        market_day=draw(PAST),
        waiting=tuple(
            draw(
                st.lists(
                    st.builds(
                        Waiting,
                        st.sampled_from(sorted(WAITING_CODES)),
                        st.sampled_from(Side),
                        PAST,
                    ),
                    max_size=4,
                )
            )
        ),
        overdue_vnd=draw(st.integers(0, 10**9)),
        overdue_since=draw(PAST),
        paper_end=draw(st.none() | DAYS),
    )


def codes(found):
    return [alert.code for alert in found]


def alert_of(signs_, today=TODAY):
    [alert] = find_alerts(signs_, LIMITS, today)
    return alert


@given(signs())
def test_an_alert_has_words_a_reader_and_a_day_that_has_come(contract):
    found = find_alerts(contract, LIMITS, TODAY)

    assert len(set(codes(found))) == len(found)
    for alert in found:
        assert REASONS[alert.code] % shown_params(alert.params, "vi")
        assert alert.concerns
        assert all(advice_for(alert.code, one) for one in Concern)
        assert alert.since <= TODAY
        assert (Concern.OFFICER in alert.concerns) is (alert.severity is Severity.ERROR)
        assert json.loads(json.dumps(alert.params)) == alert.params


@given(signs(), st.randoms())
def test_the_order_in_which_facts_come_changes_nothing(contract, chance):
    deliveries, waiting = list(contract.deliveries), list(contract.waiting)
    chance.shuffle(deliveries)
    chance.shuffle(waiting)

    other = replace(contract, deliveries=tuple(deliveries), waiting=tuple(waiting))

    assert find_alerts(other, LIMITS, TODAY) == find_alerts(contract, LIMITS, TODAY)


@given(signs(), st.integers(1, 60))
def test_what_waits_for_an_answer_never_grows_milder_with_time(contract, days):
    contract = replace(contract, live=False)
    later = {a.code: a for a in find_alerts(contract, LIMITS, TODAY + timedelta(days))}

    for alert in find_alerts(contract, LIMITS, TODAY):
        assert later[alert.code].concerns >= alert.concerns


@given(signs())
def test_once_a_contract_is_over_only_answers_and_money_are_left(contract):
    over = find_alerts(replace(contract, live=False), LIMITS, TODAY)

    assert set(codes(over)) <= WAITING_CODES | {AlertCode.PAYMENT_OVERDUE}


def test_a_contract_on_its_way_gives_no_alert():
    assert find_alerts(QUIET, LIMITS, TODAY) == []


def test_the_reference_rules_hold_every_threshold_once():
    assert Thresholds.of(params("alert.").values()) == LIMITS
    with pytest.raises(TypeError):
        Thresholds.of([{"silent_days": 7}])


@pytest.mark.parametrize(
    ("days", "severity"), [(7, Severity.INFO), (3, Severity.WARNING)]
)
def test_silence_before_a_delivery_grows_graver_as_it_nears(days, severity):
    near = replace(FAR, day=TODAY + timedelta(days))

    alert = alert_of(replace(QUIET, deliveries=(near,)))

    assert (alert.code, alert.severity) == (AlertCode.DELIVERY_SILENT, severity)


def test_goods_said_to_be_ready_are_no_sign():
    ready = replace(FAR, day=TODAY, state=DeliveryState.READY)

    assert find_alerts(replace(QUIET, deliveries=(ready,)), LIMITS, TODAY) == []


def test_a_shortfall_within_the_tolerance_is_not_late():
    over = replace(FAR, day=TODAY - timedelta(9), last_day=TODAY - timedelta(4))
    within = replace(over, noted_kg=9_500)
    short = replace(over, noted_kg=9_499)

    contract = replace(QUIET, tolerance_pct=5)

    assert not find_alerts(replace(contract, deliveries=(within,)), LIMITS, TODAY)
    alert = alert_of(replace(contract, deliveries=(short,)))
    assert (alert.code, alert.severity) == (AlertCode.DELIVERY_LATE, Severity.ERROR)
    assert alert.params["kg"] == 501


@pytest.mark.parametrize(
    ("price", "mode", "expected"),
    [
        (17_000, PriceMode.FIXED, [AlertCode.PRICE_BELOW]),
        (17_001, PriceMode.FIXED, []),
        (17_000, PriceMode.FLOOR, []),
        (28_750, PriceMode.FLOOR, [AlertCode.PRICE_ABOVE]),
        (28_749, PriceMode.FIXED, []),
        (99_000, PriceMode.MARKET, []),
    ],
)
def test_a_price_warns_only_outside_the_band_of_the_market(price, mode, expected):
    contract = ContractSigns(
        price, mode, market_low_vnd=20_000, market_high_vnd=25_000, market_day=TODAY
    )

    assert codes(find_alerts(contract, LIMITS, TODAY)) == expected


def test_who_has_to_answer_is_told_first_and_then_everybody():
    asked = Waiting(AlertCode.NOTE_WAITING, Side.BUYER, TODAY)
    contract = replace(QUIET, waiting=(asked,))

    assert find_alerts(contract, LIMITS, TODAY + timedelta(2)) == []
    first = alert_of(contract, TODAY + timedelta(3))
    later = alert_of(contract, TODAY + timedelta(6))

    assert first.concerns == {Concern.BUYER}
    assert later.concerns == frozenset(Concern)


def test_a_paper_counts_only_if_a_delivery_comes_after_it():
    ends = TODAY + timedelta(30)

    lapsing = replace(QUIET, paper_end=ends)
    done = replace(FAR, noted_kg=10_000)

    assert alert_of(lapsing).code is AlertCode.PAPER_LAPSING
    assert not find_alerts(replace(lapsing, deliveries=(done,)), LIMITS, TODAY)


def test_only_what_waits_can_wait():
    with pytest.raises(ValueError, match="price_below"):
        Waiting(AlertCode.PRICE_BELOW, Side.BUYER, TODAY)
