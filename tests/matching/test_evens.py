"""Pairs that leave nothing to share: met where nothing better is."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product as cross
from math import prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from marketplace.matching import Market, check, solve
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import Pair
from marketplace.matching.reasons import Verdict, explain_pair
from tests.matching import instances as truth
from tests.matching.instances import instances
from tests.matching.markets import markets
from tests.matching.test_format import LOT, NEED, answer_to

MODULE = sys.modules["marketplace.matching.solve"]
QUIET = [HealthCheck.function_scoped_fixture]
AT_FLOOR = {"transport_vnd_per_kg_km": 0, "transport_fixed_vnd_per_kg": 0}


@pytest.fixture
def all_large(monkeypatch):
    """Every product is too large to be looked at pair by pair."""
    monkeypatch.setattr(MODULE, "MOST_CELLS", 0)


def pair_at(floor: int, ceiling: int) -> dict:
    need = NEED | AT_FLOOR | {"ceiling_vnd": ceiling}
    return {"lots": [LOT | {"floor_vnd": floor}], "needs": [need]}


def assert_met_at(price: int) -> None:
    answer = answer_to(pair_at(price, price))
    (row,) = answer["allocations"]
    (left,) = answer["unmatched"]

    assert (row["kg"], row["price_vnd"]) == (12000, price)
    assert (answer["surplus_vnd"], answer["upper_bound_vnd"]) == (0, 0)
    assert answer["status"] == "optimal"
    assert "price" not in left["why"]


@pytest.mark.parametrize("price", [100, 1, 0])
def test_a_floor_that_is_the_ceiling_is_met_at_it(price):
    assert_met_at(price)


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("price", [100, 1, 0])
def test_so_it_is_in_columns(price):
    assert_met_at(price)


def test_one_dong_too_little_is_told_the_price():
    (lot, need) = answer_to(pair_at(100, 99))["unmatched"]

    assert (lot["why"], need["why"]) == (["price"], ["price"])
    assert {"change": {"floor_vnd": 99}, "kg": 12000} in lot["would_match"]
    assert {"change": {"ceiling_vnd": 100}, "kg": 12000} in need["would_match"]


def test_a_dong_to_share_comes_first():
    data = pair_at(100, 101)
    even = NEED | AT_FLOOR | {"id": "y", "ceiling_vnd": 100, "kg": 48000}
    data["needs"].append(even | {"max_suppliers": 1})

    got = {row["need"]: row["kg"] for row in answer_to(data)["allocations"]}

    assert got == {"x": 12000, "y": 36000}


@settings(max_examples=60, deadline=None)
@given(instances(most=3, kilograms=st.integers(0, 3), side_rules=True))
def test_of_all_allocations_the_most_surplus_and_then_the_most_kilograms(data):
    pairs = truth.feasible_pairs(data)
    ends = [(data["lots"][i], data["needs"][j]) for i, j in pairs]
    ranges = [range(min(lot["kg"], need["kg"]) + 1) for lot, need in ends]
    assume(prod(map(len, ranges)) < 1_000)

    answer = answer_to(data)
    found = answer["surplus_vnd"], sum(row["kg"] for row in answer["allocations"])

    assert found == max(_value(data, ends, kg) for kg in cross(*ranges))


def _value(data, ends, kilograms) -> tuple[int, int]:
    used = [(a, n, kg) for (a, n), kg in zip(ends, kilograms, strict=True) if kg]
    if not truth.allowed(data, used):
        return (-1, 0)
    worth = sum(truth.surplus(lot, need) * kg for lot, need, kg in used)
    return worth, sum(kg for *_, kg in used)


@pytest.mark.usefixtures("all_large")
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(markets(side_rules=True))
def test_nothing_that_shares_nothing_could_be_added_in_columns(market: Market):
    result = solve(market)

    check(market, result)
    left = Leftover(market, result.allocations)
    for lot in market.lots:
        for need in market.needs:
            reasons = explain_pair(lot, need, market)
            even = Pair(lot, need, market).surplus_vnd == 0
            if even and all(one.verdict is not Verdict.FAIL for one in reasons):
                assert left.try_to_add(lot, need) == 0


@settings(max_examples=40, deadline=None)
@given(markets())
def test_surplus_and_proof_are_those_without_them(market: Market):
    every, gaining = solve(market), solve(replace(market, least_surplus_vnd=1))

    assert every.surplus_vnd == gaining.surplus_vnd
    assert every.bound_vnd == gaining.bound_vnd
    assert every.matched_kg >= gaining.matched_kg
