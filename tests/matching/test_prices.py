"""The published price rule, and what a price may tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.matching import Reference, price_vnd, solve
from marketplace.matching.prices import anchor_vnd
from tests.matching.test_rules import LOT, MARKET, NEED

BAND = Reference(13_000, 16_000)
prices = st.integers(1, 60_000)
bands = st.tuples(prices, prices).map(lambda pair: Reference(min(pair), max(pair)))
steps = st.sampled_from([1, 10, 50, 100, 500])


@given(prices, prices, st.none() | bands, steps)
def test_a_price_lies_in_the_common_zone(ask, most, band, step):
    assume(ask <= most)

    assert ask <= price_vnd(ask, most, band, step) <= most


@given(st.data(), bands, steps)
def test_two_worlds_have_one_price_where_the_clamp_does_not_bind(data, band, step):
    anchor = anchor_vnd(band, step)
    floors, ceilings = st.integers(0, anchor), st.integers(anchor, 2 * anchor)

    here = price_vnd(data.draw(floors), data.draw(ceilings), band, step)
    there = price_vnd(data.draw(floors), data.draw(ceilings), band, step)

    assert here == there == anchor


@pytest.mark.parametrize(
    ("ask", "most", "price"),
    [
        (12_000, 17_000, 14_500),  # the anchor lies in the zone
        (14_500, 14_500, 14_500),
        (15_200, 17_000, 16_000),  # above: not 15.200
        (16_000, 17_000, 16_000),
        (9_000, 12_900, 12_000),  # below: not 12.900
        (15_200, 15_900, 15_500),  # no thousand inside
        (15_230, 15_270, 15_250),  # no hundred inside
        (15_231, 15_234, 15_232),
        (15_231, 15_231, 15_231),
    ],
)
def test_a_clamped_price_is_the_roundest_near_the_anchor(ask, most, price):
    assert price_vnd(ask, most, BAND, 100) == price


def test_without_a_reference_the_roundest_number_is_taken():
    assert price_vnd(12_300, 17_000, None, 100) == 15_000
    assert price_vnd(0, 17_000, None, 100) == 10_000


def test_an_empty_zone_has_no_price():
    with pytest.raises(ValueError, match="no common zone"):
        price_vnd(12_001, 12_000, BAND, 100)


def test_a_clamped_price_hides_the_limit_within_a_thousand():
    seen = {ask: price_vnd(ask, 20_000, BAND, 100) for ask in range(15_001, 16_001)}

    assert set(seen.values()) == {16_000}


@pytest.mark.parametrize("bid", [14_900, 15_500, 17_000, 40_000])
def test_the_seller_sees_the_same_proposal_whatever_the_ceiling(bid):
    world = replace(MARKET, references={1: BAND})
    other = replace(world, needs=(replace(NEED, bid_vnd=bid),))

    here, there = solve(world), solve(other)

    assert here.allocations == there.allocations
    assert here.allocations[0].price_vnd == 14_500


@pytest.mark.parametrize("ask", [0, 9_000, 12_000, 14_400])
def test_the_buyer_sees_the_same_proposal_whatever_the_floor(ask):
    world = replace(MARKET, references={1: BAND})
    other = replace(world, lots=(replace(LOT, ask_vnd=ask),))

    assert solve(world).allocations == solve(other).allocations
