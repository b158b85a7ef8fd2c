"""How much of several demands a supply can meet at once."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.cover import cover

ASKED = st.lists(st.integers(0, 30), min_size=1, max_size=5)


@st.composite
def markets(draw):
    asked = draw(ASKED)
    places = st.frozensets(st.integers(0, len(asked) - 1))
    supplies = draw(st.lists(st.tuples(places, st.integers(0, 30)), max_size=6))
    return supplies, asked


def least_cut(supplies, asked):
    """The greatest flow by its cuts, an independent way to the same number."""
    demands = range(len(asked))
    cuts = []
    for size in range(len(asked) + 1):
        for given_up in combinations(demands, size):
            left = set(demands) - set(given_up)
            reach = sum(kg for served, kg in supplies if served & left)
            cuts.append(sum(asked[one] for one in given_up) + reach)
    return min(cuts)


@given(markets())
def test_as_much_is_covered_as_any_sharing_can(market):
    supplies, asked = market

    met = cover(supplies, asked)

    assert sum(met) == least_cut(supplies, asked)
    assert all(0 <= kg <= need for kg, need in zip(met, asked, strict=True))


@given(markets())
def test_the_order_of_supplies_changes_no_total(market):
    supplies, asked = market

    assert sum(cover(supplies[::-1], asked)) == sum(cover(supplies, asked))


def test_a_kilogram_is_counted_once():
    assert sum(cover([(frozenset({0, 1}), 10)], [10, 10])) == 10
