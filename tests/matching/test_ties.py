"""Among equally good allocations: more, fairer, nearer, true to its word, older, id."""

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
        ({"record": 0}, {"record": 1}),
        ({"posted": 1}, {"posted": 2}),
        ({"lat": 21.1, "record": 9}, {"lat": 21.9, "record": 0}),
        ({"record": 1, "posted": 9}, {"record": 2, "posted": 1}),
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


def test_a_record_never_costs_a_single_dong():
    """Who asks a đồng less sells, however little it has kept its word."""
    true, false = replace(LOT, id=1, owner=11), replace(LOT, id=2, owner=12, record=10)

    assert winner(true, replace(false, ask_vnd=LOT.ask_vnd - 1)) == 2


def test_who_buys_and_keeps_its_word_is_served_first():
    late = replace(FREE, id=1, offer=1, owner=31, record=3)
    true = replace(FREE, id=2, offer=2, owner=32, record=0, posted=9)

    for one, other in ((late, true), (true, late)):
        needs = (replace(one, id=1, offer=1), replace(other, id=2, offer=2))
        (allocation,) = solve(replace(MARKET, needs=needs)).allocations
        assert needs[allocation.need - 1].owner == 32


def test_the_older_need_is_served_first():
    young = replace(FREE, id=1, offer=1, posted=9)
    old = replace(FREE, id=2, offer=2, posted=1)
    market = replace(MARKET, needs=(young, old))

    assert [a.need for a in solve(market).allocations] == [2]
