"""The engine's optimum against three independent ways to find it."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest
from hypothesis import assume, given, settings

from marketplace.matching import (
    Market,
    SolverFailed,
    check,
    columns,
    optimise,
    solve,
)
from marketplace.matching.examples import example
from tests.matching import oracle
from tests.matching.markets import markets


@settings(max_examples=300, deadline=None)
@given(markets())
def test_quantities_alone_reach_the_linear_optimum_with_gap_zero(market: Market):
    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == pytest.approx(oracle.linear_optimum(market))
    assert result.surplus_vnd == result.bound_vnd
    assert result.gap == 0
    assert result.status == "optimal"


@settings(max_examples=300, deadline=None)
@given(markets(side_rules=True))
def test_smallest_lots_and_limits_reach_the_whole_optimum(market: Market):
    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == pytest.approx(oracle.whole_optimum(market))
    assert result.gap == 0


@settings(max_examples=150, deadline=None)
@given(markets(most_lots=3, most_offers=2, most_kg=4, side_rules=True))
def test_no_allocation_tried_one_by_one_is_better(market: Market):
    pairs = list(oracle.feasible_pairs(market))
    assume(prod(min(lot.kg, need.kg) + 1 for lot, need, _ in pairs) < 20_000)

    result = solve(market)

    assert result.surplus_vnd == oracle.best_by_trying(market)


@pytest.mark.parametrize("seed", range(4))
def test_a_district_reaches_the_linear_optimum(seed: int):
    market = example(60, 50, seed=seed)

    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == pytest.approx(oracle.linear_optimum(market), rel=1e-12)
    assert result.gap == 0


@pytest.mark.parametrize("seed", range(4))
def test_a_district_with_all_rules_reaches_the_whole_optimum(seed: int):
    market = example(30, 24, seed=seed, side_rules=True)

    result = solve(market)

    check(market, result)
    assert result.surplus_vnd == pytest.approx(oracle.whole_optimum(market), rel=1e-9)
    assert result.gap == 0


def test_a_billion_kilograms_are_exact():
    market = example(1, 1)
    lot = replace(market.lots[0], kg=10**9, grade_kg=((1, 10**9),), window=(0, 9))
    lot = replace(lot, ask_vnd=1, segments=())
    need = replace(market.needs[0], kg=10**9, bid_vnd=99_999, first_day=0, last_day=9)
    need = replace(need, requires=0, varieties=frozenset(), least_grade=0)
    market = replace(market, lots=(lot,), needs=(need,))

    result = solve(market)

    kilogram = 99_998 - result.allocations[0].transport_vnd
    assert result.surplus_vnd == kilogram * 10**9 == result.bound_vnd


@pytest.mark.parametrize("seed", range(4))
def test_looking_at_few_pairs_first_finds_the_same_optimum(monkeypatch, seed: int):
    market = example(40, 40, seed=seed)
    at_once = solve(market)
    monkeypatch.setattr(columns, "FEW", 0)
    monkeypatch.setattr(columns, "BEST", 1)

    by_columns = solve(market)

    check(market, by_columns)
    assert by_columns.surplus_vnd == at_once.surplus_vnd == by_columns.bound_vnd


@settings(max_examples=50, deadline=None)
@given(markets(side_rules=True))
def test_without_time_the_result_is_legal_and_its_bound_holds(market: Market):
    def too_slow(*_args: object, **_kwargs: object) -> None:
        raise SolverFailed("Time limit reached")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimise, "settle", too_slow)
        result = solve(market)

    check(market, result)
    assert result.bound_vnd >= oracle.whole_optimum(market) - 1e-6


def test_an_empty_market_is_solved():
    market = example(1, 1)

    result = solve(replace(market, lots=(), needs=()))

    assert (result.allocations, result.surplus_vnd, result.gap) == ((), 0, 0)
