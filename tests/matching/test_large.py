"""Parts solved in columns: the same optimum as in rows, and legal."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings

from marketplace.matching import Market, check, solve
from marketplace.matching.examples import example
from marketplace.matching.problem import arrays_of
from marketplace.matching.rows import market_of
from tests.matching import oracle
from tests.matching.markets import markets

MODULE = sys.modules["marketplace.matching.solve"]


@pytest.fixture
def all_large(monkeypatch):
    """Every product is too large to be looked at pair by pair."""
    monkeypatch.setattr(MODULE, "MOST_CELLS", 0)


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("seed", range(3))
def test_columns_reach_the_optimum_of_the_rows(seed):
    market = example(60, 50, seed=seed)

    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == pytest.approx(oracle.linear_optimum(market), rel=1e-12)
    assert result.bound_vnd == result.surplus_vnd == result.relaxed_vnd


def test_large_parts_of_a_product_go_in_columns_too(monkeypatch):
    market = example(40, 40, seed=2)
    expected = solve(market).surplus_vnd
    monkeypatch.setattr(MODULE, "MOST_PAIRS", 1)

    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == result.bound_vnd == expected


@pytest.mark.usefixtures("all_large")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(markets(side_rules=True))
def test_columns_keep_every_rule_and_their_bound_holds(market: Market):
    result = solve(market)

    check(market, result)
    assert result.bound_vnd >= oracle.whole_optimum(market) - 1e-6
    assert result.relaxed_vnd >= result.bound_vnd


@settings(max_examples=60, deadline=None)
@given(markets())
def test_a_problem_in_rows_is_the_market_it_came_from(market: Market):
    again = market_of(arrays_of(market))

    assert solve(again).surplus_vnd == solve(market).surplus_vnd
