"""Quoted prices: nobody would rather trade with somebody else, and little is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from marketplace.matching import Market, Reference, solve
from marketplace.matching.allocate import Allocation, allocate
from marketplace.matching.arrays import Problem
from marketplace.matching.equilibrium import (
    Sides,
    ceiling,
    highest_below,
    lowest,
    trade_of,
)
from marketplace.matching.prices import anchor_vnd, give_vnd
from marketplace.matching.quotes import Quotes
from marketplace.matching.yielding import Trade
from tests.matching import oracle
from tests.matching.columns import Kind, pairs_of, problems, rolled
from tests.matching.markets import markets

PLAIN = Kind()
FINE = Kind(vnd=tuple(range(0, 1300, 7)), kg=(1, 2, 3, 5, 8, 13))
bands = st.tuples(st.integers(1, 30), st.integers(0, 5)).map(
    lambda pair: Reference(pair[0] * 100, (pair[0] + pair[1]) * 100)
)

Deal = tuple[int, int, int, int]  # lot, need, kg, price above the ask


class World(NamedTuple):
    """The worth of each pair that may meet; kilograms and asks of rows."""

    worth: dict[tuple[int, int], int]
    lot_kg: dict[int, int]
    need_kg: dict[int, int]
    ask: dict[int, int]
    seller: dict[int, int]
    buyer: dict[int, int]


def assert_stable(world: World, deals: Iterable[Deal], give: int = 0) -> None:
    """No pair gains more than the give, a kilogram, by trading what either now
    trades with others, who are other parties.

    Nothing is sold for nothing: where a price would be none it is one đồng,
    for which nobody is held to have a reason to leave.
    """
    sold, got, gain = {}, {}, {}
    for i, j, kg, above in deals:
        assert 0 <= above <= world.worth[i, j]
        assert gain.setdefault(i, above) == above
        sold.setdefault(i, {})[j] = kg
        got.setdefault(j, {})[i] = kg
    paid = {
        i: above - (world.ask[i] + above == 1 == above) for i, above in gain.items()
    }
    for (k, j), worth in world.worth.items():
        loses = [
            gain[k] for other in sold.get(k, ()) if world.buyer[other] != world.buyer[j]
        ]
        loses += [0] * (sum(sold.get(k, {}).values()) < world.lot_kg[k])
        misses = [
            world.worth[i, j] - paid[i]
            for i in got.get(j, ())
            if world.seller[i] != world.seller[k]
        ]
        misses += [0] * (sum(got.get(j, {}).values()) < world.need_kg[j])
        if loses and misses:
            assert worth <= min(loses) + min(misses) + give, (k, j)


def check_quoted(
    problem: Problem, references: dict[int, Reference], step: int, per_mille: int = 0
) -> Allocation:
    found = allocate(problem, quotes=Quotes(references, step, per_mille))
    assert (found.price_vnd >= 1).all()
    for product in range(2):
        asks = problem.lots.ask_vnd[problem.lots.product == product]
        give = give_vnd(references.get(product), asks, per_mille)
        check_stable(problem, found, give, product)
    return found


def deals_of(problem: Problem, found: Allocation) -> list[Deal]:
    gain = found.price_vnd - problem.lots.ask_vnd[found.lot]
    columns = (found.lot, found.need, found.kg, gain)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def check_stable(
    problem: Problem, found: Allocation, give: int = 0, product: int | None = None
) -> None:
    of = problem.lots.product
    world = World(
        {
            (pair.lot, pair.need): pair.worth
            for pair in pairs_of(problem)
            if product in (None, of[pair.lot])
        },
        dict(enumerate(problem.lots.kg.tolist())),
        dict(enumerate(problem.needs.kg.tolist())),
        dict(enumerate(problem.lots.ask_vnd.tolist())),
        dict(enumerate(problem.lots.seller.tolist())),
        dict(enumerate(problem.needs.buyer.tolist())),
    )
    deals = [
        deal for deal in deals_of(problem, found) if product in (None, of[deal[0]])
    ]
    assert_stable(world, deals, give)


@given(problems(PLAIN), st.none() | bands, st.sampled_from([1, 50, 100]))
def test_quotes_of_columns_are_stable(problem, band, step):
    references = {0: band} if band else {}

    check_quoted(problem, references, step)


@given(problems(FINE, most=9), bands)
def test_quotes_are_stable_whatever_the_money(problem, band):
    check_quoted(problem, {0: band, 1: band}, 10)


@given(problems(FINE, most=9), st.none() | bands, st.integers(10, 200))
def test_quotes_with_a_give_are_stable_within_it(problem, band, per_mille):
    references = {0: band, 1: band} if band else {}

    check_quoted(problem, references, 10, per_mille)


@given(problems(FINE, most=9), bands, st.integers(50, 200))
def test_with_a_give_a_price_is_round_wherever_its_own_zone_has_a_round_one(
    problem, band, per_mille
):
    """Whatever others press it to, it does not come to their limit by the đồng.

    But where the give leaves it so little above its own ask that no round number
    lies between.
    """
    found = check_quoted(problem, {0: band, 1: band}, 10, per_mille)

    give = min(give_vnd(band, problem.lots.ask_vnd, per_mille), 10 * 10)
    zone = {}
    for lot, worth in zip(found.lot, found.surplus_vnd, strict=True):
        zone[lot] = min(worth, zone.get(lot, worth))
    for lot, price in zip(found.lot.tolist(), found.price_vnd.tolist(), strict=True):
        ask = problem.lots.ask_vnd[lot]
        first = -(-max(ask, 1) // give) * give
        assert (
            price % give == 0
            or first > ask + zone[lot]
            or price < ask + give
            or price == anchor_vnd(band, 10)
        )


@pytest.mark.parametrize("seed", range(6))
def test_quotes_of_a_larger_market_are_stable(seed):
    problem = rolled(seed, 90, 80, FINE)

    check_quoted(problem, {0: Reference(700, 900)}, 100)


@given(problems(PLAIN))
def test_prices_of_the_proof_are_stable_too(problem):
    check_stable(problem, allocate(problem))


@given(markets(), st.sampled_from([1, 100]))
def test_quotes_of_a_small_part_are_stable(market: Market, step):
    needs = tuple(replace(need, least_grade=0) for need in market.needs)
    market = replace(market, needs=needs, price_step_vnd=step)

    result = solve(market)

    world = World(
        {
            (lot.id, need.id): worth
            for lot, need, worth in oracle.feasible_pairs(market)
        },
        {lot.id: lot.kg for lot in market.lots},
        {need.id: need.kg for need in market.needs},
        {lot.id: lot.ask_vnd for lot in market.lots},
        {lot.id: lot.owner for lot in market.lots},
        {need.id: need.owner for need in market.needs},
    )
    deals = [
        (a.lot, a.need, a.kg, a.price_vnd - world.ask[a.lot])
        for a in result.allocations
    ]
    assert all(a.price_vnd >= 1 for a in result.allocations)
    assert_stable(world, deals)


# --- the range of stable prices --------------------------------------------------


def trade_and_market(problem: Problem, found: Allocation) -> tuple[Trade, list]:
    pairs = [pair for pair in pairs_of(problem) if problem.lots.product[pair.lot] == 0]
    ends = zip(found.lot.tolist(), found.need.tolist(), strict=True)
    carried = dict(zip(ends, found.kg.tolist(), strict=True))
    kg = [carried.get((pair.lot, pair.need), 0) for pair in pairs]
    columns = (
        [p.lot for p in pairs],
        [p.need for p in pairs],
        [p.worth for p in pairs],
    )
    lot, need, worth = (np.array(column, dtype=np.int64) for column in columns)
    nothing = np.zeros(len(pairs), dtype=np.bool_)
    kilograms = np.array(kg, dtype=np.int64)
    lots, needs = problem.lots, problem.needs
    sides = Sides(lots.kg, lots.seller, lots.ask_vnd, needs.kg, needs.buyer)
    trade = trade_of(lot, need, worth, kilograms, nothing, sides)
    return trade, list(zip(lot, need, worth, kg, strict=True))


def range_by_programme(problem: Problem, trade: Trade, pairs) -> list[tuple[int, int]]:
    """The least and the most that each price can be above its ask, over all that
    are stable, where a lot that is not sold out cannot ask for more."""
    count = len(problem.lots.kg)
    rows, most = [], []

    def add(values: dict[int, int], limit: int) -> None:
        row = np.zeros(count)
        row[list(values)] = list(values.values())
        rows.append(row)
        most.append(limit)

    carried = [(i, j, s) for i, j, s, kg in pairs if kg]
    for i, _, s in carried:
        add({i: 1}, s)
    for k, j, s, _ in pairs:
        for i, other, worth in carried:
            if other == j and trade.seller[i] != trade.seller[k]:
                add({i: 1} if trade.left[k] else {i: 1, k: -1}, worth - s)
        own = trade.only[k] == trade.buyer[j]
        if trade.unmet[j] and not trade.left[k] and not own:
            add({k: -1}, -s)
    found = []
    for lot in sorted({i for i, _, _ in carried}):
        cost = np.zeros(count)
        cost[lot] = 1
        low, high = (
            linprog(sign * cost, A_ub=np.array(rows), b_ub=most, bounds=(0, None))
            for sign in (1, -1)
        )
        assert low.success
        assert high.success
        found.append((round(low.x[lot]), round(high.x[lot])))
    return found


@given(problems(Kind(kg=(1, 2, 3, 4, 6)), most=6))
def test_the_range_of_stable_prices_is_that_of_a_programme(problem):
    trade, pairs = trade_and_market(problem, allocate(problem))
    sold = sorted({int(i) for i, _, _, kg in pairs if kg})
    least, most = lowest(trade), highest_below(trade, ceiling(trade))

    bounds = list(zip(least[sold].tolist(), most[sold].tolist(), strict=True))
    assert bounds == range_by_programme(problem, trade, pairs)
