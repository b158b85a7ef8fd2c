"""Pairs that may not meet."""

from dataclasses import replace

from marketplace.matching import digest_of, market_from_data, market_to_data, solve
from marketplace.matching.examples import example


def test_a_pair_that_stands_apart_is_never_matched():
    market = example(12, 12, seed=3)
    met = {(a.lot, market.need[a.need].offer) for a in solve(market).allocations}
    lot, offer = min(met)

    result = solve(replace(market, apart=frozenset({(lot, offer)})))

    pairs = {(a.lot, market.need[a.need].offer) for a in result.allocations}
    assert (lot, offer) not in pairs
    assert result.bound_vnd <= solve(market).bound_vnd


def test_pairs_apart_are_part_of_the_digest_and_of_the_file():
    market = example(4, 4)
    apart = replace(market, apart=frozenset({(2, 1), (1, 1)}))

    assert digest_of(market) != digest_of(apart)
    assert market_from_data(market_to_data(apart)) == apart.in_order()
