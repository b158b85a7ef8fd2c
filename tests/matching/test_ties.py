"""Among equally good allocations: more, fairer, nearer, older, then by id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.matching import check, solve
from tests.matching.test_rules import LOT, MARKET, NEED

FREE = replace(NEED, rate_vnd_per_kg_km=0.0, fixed_vnd_per_kg=0.0)


def winner(first, second, need=FREE):
    """Which of two lots serves one need; free transport, equal floors."""
    market = replace(MARKET, lots=(first, second), needs=(need,))
    result = solve(market)
    check(market, result)
    assert {a.kg for a in result.allocations} == {need.kg}
    return result.allocations[0].lot


@pytest.mark.parametrize(
    ("preferred", "other"),
    [
        ({"promised_before_kg": 10}, {"promised_before_kg": 90}),
        ({"lat": 21.1}, {"lat": 21.9}),
        ({"posted": 1}, {"posted": 2}),
        ({"promised_before_kg": 10, "lat": 21.9}, {"promised_before_kg": 90}),
        ({"lat": 21.1, "posted": 9}, {"lat": 21.9, "posted": 1}),
    ],
)
@pytest.mark.parametrize("side_rules", [False, True])
def test_the_wish_decides_whatever_the_ids(preferred, other, side_rules):
    least = {"smallest_kg": 700} if side_rules else {}
    need = replace(FREE, most_suppliers=1 if side_rules else 0)
    one = replace(LOT, owner=11, **preferred, **least)
    two = replace(LOT, owner=12, **other, **least)

    assert winner(replace(one, id=1), replace(two, id=2), need) == 1
    assert winner(replace(one, id=2), replace(two, id=1), need) == 2


def test_no_wish_costs_a_single_dong():
    """A đồng a kilogram outweighs any difference in fairness and distance."""
    poor = replace(LOT, id=1, owner=11, promised_before_kg=0, posted=0)
    rich = replace(
        LOT, id=2, owner=12, promised_before_kg=10**9, posted=10**6, lat=21.9
    )

    assert winner(poor, replace(rich, ask_vnd=LOT.ask_vnd - 1)) == 2


def test_the_older_need_is_served_first():
    young = replace(FREE, id=1, offer=1, posted=9)
    old = replace(FREE, id=2, offer=2, posted=1)
    market = replace(MARKET, needs=(young, old))

    assert [a.need for a in solve(market).allocations] == [2]
