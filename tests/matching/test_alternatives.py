"""What the best alternative is said to lose, it loses when it is solved anew."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import event, given, settings

from marketplace.matching import alternatives, solve
from marketplace.matching.format import read_instance
from marketplace.matching.format_result import result_json
from marketplace.matching.pair import Pair
from tests.matching.markets import markets


def forced(market, lot_id, need_id, kg):
    """The most surplus with `kg` of this pair carried come what may."""
    lots = [
        replace(lot, kg=lot.kg - kg, grade_kg=less(lot.grade_kg, kg))
        if lot.id == lot_id
        else lot
        for lot in market.lots
    ]
    needs = [
        replace(need, kg=need.kg - kg) if need.id == need_id else need
        for need in market.needs
    ]
    left = replace(
        market,
        lots=tuple(lot for lot in lots if lot.kg > 0),
        needs=tuple(need for need in needs if need.kg > 0),
    )
    pair = Pair(market.lot[lot_id], market.need[need_id], market)
    return kg * pair.surplus_vnd + solve(left).surplus_vnd


def less(grades, kg):
    """Grades without the best `kg`."""
    left = []
    for rank, have in sorted(grades):
        take = min(have, kg)
        kg -= take
        left.append((rank, have - take))
    return tuple(left)


@settings(max_examples=200, deadline=None)
@given(markets(side_rules=False))
def test_an_alternative_loses_at_least_what_is_said(market):
    result = solve(market)
    for (lot, need), other in alternatives(market, result).items():
        chosen = []
        if other.need:
            chosen.append((lot, other.need.partner, other.need))
        if other.lot:
            chosen.append((other.lot.partner, need, other.lot))
        for its_lot, its_need, instead in chosen:
            event(f"costs {'nothing' if not instead.cost_vnd else 'something'}")
            assert instead.cost_vnd >= 0
            reached = forced(market, its_lot, its_need, instead.kg)
            assert reached <= result.surplus_vnd - instead.cost_vnd


def test_the_format_tells_whom_else_and_at_what_cost():
    """Each kilogram that goes 500 đ cheaper loses 500 đ."""
    place = {"lon": 103.75, "lat": 21.05}
    days = {"from": "2026-08-01", "to": "2026-08-07"} | place
    lot = {"id": "a", "seller": "c", "product": "longan", "kg": 10, **days}
    need = {"product": "longan", **days}
    data = {
        "on": "2026-07-01",
        "lots": [lot | {"floor_vnd": 10_000}],
        "needs": [
            need | {"id": "x", "buyer": "b1", "kg": 12, "ceiling_vnd": 15_000},
            need | {"id": "y", "buyer": "b2", "kg": 4, "ceiling_vnd": 14_500},
            need | {"id": "z", "buyer": "b3", "kg": 10, "ceiling_vnd": 13_000},
        ],
    }
    instance = read_instance(data)
    (row,) = result_json(instance, solve(instance.market))["allocations"]
    assert row["need"] == "x"
    assert row["instead"] == {
        "need": {"id": "y", "kg": 4, "cost_vnd": 4 * 500},
        "lot": None,
    }
