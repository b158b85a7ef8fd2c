"""Two worlds that differ in one limit: what a quoted price tells of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import Reference
from marketplace.matching.allocate import Allocation, allocate
from marketplace.matching.arrays import Problem
from marketplace.matching.equilibrium import ceiling, highest_below, lowest
from marketplace.matching.prices import anchor_vnd
from marketplace.matching.quotes import Quotes
from tests.matching.columns import Kind, rolled
from tests.matching.test_engine_prices import bands, trade_and_market

QUOTES = Quotes({0: Reference(1_200, 1_200)})


def one_pair(ask: int, bid: int) -> Problem:
    """One lot and one need in one place."""
    problem = rolled(0, 1, 1, Kind(kg=(5,), speeds=(math.inf,)))
    lots = problem.lots._replace(ask_vnd=np.array([ask]), seller=np.array([0]))
    needs = problem.needs._replace(
        bid_vnd=np.array([bid]),
        product=problem.lots.product,
        rate_vnd=np.zeros(1),
        fixed_vnd=np.zeros(1),
        requires=np.zeros(1, dtype=np.uint64),
        first_day=problem.pieces.first_day[:1],
        last_day=problem.pieces.first_day[:1],
    )
    none = np.zeros(0, dtype=np.int64)
    return problem._replace(lots=lots, needs=needs, apart=none)


def price_of(problem: Problem, band: Reference, step: int) -> int:
    found = allocate(problem, threads=1, quotes=Quotes({0: band, 1: band}, step))
    return int(found.price_vnd[0])


@given(bands, st.data())
def test_a_price_tells_nothing_of_a_limit_beyond_the_anchor(band, data):
    anchor = anchor_vnd(band, 100)
    asks, bids = st.integers(0, anchor - 1), st.integers(anchor + 1, 9_000)

    prices = {
        price_of(one_pair(data.draw(asks), data.draw(bids)), band, 100)
        for _ in range(2)
    }

    assert prices == {anchor}


@given(st.integers(2, 30), st.integers(1, 999), st.integers(1, 999))
def test_beyond_the_anchor_a_price_tells_a_limit_to_the_thousand(number, here, there):
    """Two floors between the same round numbers, both above the anchor."""
    band, below = Reference(1_000, 1_000), number * 1_000

    prices = {
        price_of(one_pair(below + ask, below + 5_000), band, 100)
        for ask in (here, there)
    }

    assert prices == {below + 1_000}


def posts(asks: list[int], bids: list[int], **over: list[int]) -> Problem:
    """Lots of 2.000 kg and needs of 1.000 kg of one product in one place."""
    one, many, more = one_pair(0, 9), len(asks), len(bids)
    lots = type(one.lots)(*(np.repeat(column, many) for column in one.lots))
    needs = type(one.needs)(*(np.repeat(column, more) for column in one.needs))
    lots = lots._replace(
        ask_vnd=np.array(asks),
        kg=np.array(over.get("lot_kg", [2_000] * many)),
        seller=np.array(over.get("seller", range(many)), dtype=np.int32),
    )
    needs = needs._replace(
        bid_vnd=np.array(bids),
        kg=np.array(over.get("need_kg", [1_000] * more)),
        most_kg=np.array(over.get("need_kg", [1_000] * more)),
        offer=np.arange(more, dtype=np.int32),
        buyer=np.array(over.get("buyer", [90 + n for n in range(more)]), np.int32),
    )
    pieces = type(one.pieces)(*(np.repeat(column, many) for column in one.pieces))
    pieces = pieces._replace(lot=np.arange(many, dtype=np.int32))
    return one._replace(lots=lots, needs=needs, pieces=pieces)


def prices_of(problem: Problem, give: int = 0) -> list[int]:
    quotes = Quotes({0: Reference(14_000, 16_000)}, 100, give)
    product = int(problem.lots.product[0])
    quotes = quotes._replace(references={product: quotes.references[0]})
    return allocate(problem, threads=1, quotes=quotes).price_vnd.tolist()


def test_what_a_seller_has_left_does_not_press_its_own_price():
    whole = posts([12_345], [21_000])
    parts = posts([12_345] * 2, [21_000], lot_kg=[1_000] * 2, seller=[7, 7])
    rival = posts([12_345] * 2, [21_000], lot_kg=[1_000] * 2, seller=[7, 8])

    assert prices_of(whole) == prices_of(parts) == [15_000]
    assert prices_of(rival) == [12_345]


def test_what_a_buyer_still_needs_does_not_raise_its_own_price():
    whole = posts([9_000], [20_210], lot_kg=[1_000], need_kg=[3_000])
    parts = posts([9_000], [20_210] * 2, lot_kg=[1_000], buyer=[7, 7])
    rival = posts([9_000], [20_210] * 2, lot_kg=[1_000], buyer=[7, 8])

    assert prices_of(whole) == prices_of(parts) == [15_000]
    assert prices_of(rival) == [20_210]


@given(st.integers(1, 199), st.integers(1, 199))
def test_with_a_give_a_rival_tells_its_limit_to_the_give_alone(here, there):
    """Two sellers with goods left: each presses the other down to its own floor."""
    worlds = [
        prices_of(posts([12_000 + ask, 11_000], [21_000], lot_kg=[3_000, 500]), give=20)
        for ask in (here, there)
    ]

    assert worlds[0] == worlds[1]
    assert all(price % 200 == 0 for price in worlds[0])


def even(seed: int, many: int) -> Problem:
    """As many lots as needs, of one product and equal kilograms, free to carry."""
    kind = Kind(kg=(2,), vnd=tuple(range(0, 1_200, 100)), speeds=(math.inf,))
    problem = rolled(seed, many, many, kind)
    none = np.zeros(many)
    return problem._replace(
        lots=problem.lots._replace(product=none.astype(np.int32)),
        needs=problem.needs._replace(
            product=none.astype(np.int32),
            requires=none.astype(np.uint64),
            rate_vnd=none,
            fixed_vnd=none,
        ),
    )


@pytest.mark.parametrize("side", ["bid", "ask"])
def test_in_a_market_one_limit_moves_no_price_while_the_anchor_is_stable(side):
    """If the same trade is best and the anchor lies in the range of every lot."""
    told = 0
    for seed in range(150):
        world = even(seed, 2 + seed % 5)
        other = moved(world, side, np.random.default_rng(seed))
        here, there = allocate(world, quotes=QUOTES), allocate(other, quotes=QUOTES)
        same = all(np.array_equal(here[n], there[n]) for n in range(3))
        if same and anchored(world, here) and anchored(other, there):
            told += len(here.kg) > 1
            assert here.price_vnd.tolist() == there.price_vnd.tolist()
    assert told > 30


def moved(world: Problem, side: str, dice: np.random.Generator) -> Problem:
    """The world with another limit of one row, on the same side of 1.200 đồng."""
    row, steps = dice.integers(len(world.lots.kg)), int(dice.integers(12))
    if side == "bid":
        bid = world.needs.bid_vnd.copy()
        bid[row] = 1_300 + steps * 100
        return world._replace(needs=world.needs._replace(bid_vnd=bid))
    ask = world.lots.ask_vnd.copy()
    ask[row] = steps * 100
    return world._replace(lots=world.lots._replace(ask_vnd=ask))


def anchored(problem: Problem, found: Allocation) -> bool:
    """Whether 1.200 đồng lies in the range of stable prices of every lot sold."""
    trade, pairs = trade_and_market(problem, found)
    sold = np.array(sorted({int(i) for i, _, _, kg in pairs if kg}), dtype=int)
    above = 1_200 - problem.lots.ask_vnd[sold]
    most = highest_below(trade, ceiling(trade))[sold]
    return bool(((lowest(trade)[sold] <= above) & (above <= most)).all())
