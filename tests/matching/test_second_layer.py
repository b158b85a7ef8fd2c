"""Processors: against one joint programme, in balance, and never worse than idle."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from marketplace.matching import BrokenRule, Market, second_layer, solve
from marketplace.matching.checker_layers import check_layers
from marketplace.matching.second_layer import solve_layers
from tests.matching.layers import (
    DAY,
    DRIED,
    FRESH,
    a_lot,
    a_need,
    a_processor,
    joint_optimum,
    layered,
)


@settings(max_examples=40, deadline=None)
@given(layered())
def test_it_is_legal_balanced_and_between_idle_and_the_joint_programme(case):
    market, processors = case
    found = solve_layers(market, processors)
    result, joint = found.result, joint_optimum(market, processors)

    check_layers(processors, found)
    assert solve(market).surplus_vnd <= result.surplus_vnd
    assert result.surplus_vnd <= joint + 1e-4
    assert joint <= result.bound_vnd + 1e-4
    # What whole kilograms out and whole đồng may cost: one of each a processor.
    dearest = max((need.bid_vnd for need in market.needs), default=0)
    slack = sum(2 * dearest + 2 * one.kg + one.most_out_kg for one in processors)
    event("processed" if any(one.out_kg for one in found.processed) else "idle")
    assert result.surplus_vnd >= joint - slack
    assert result.bound_vnd <= joint + slack + 1e-6 * joint


@settings(max_examples=40, deadline=None)
@given(layered(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case, dice):
    market, processors = case
    first = solve_layers(market, processors)
    lots, needs, others = list(market.lots), list(market.needs), list(processors)
    for rows in (lots, needs, others):
        dice.shuffle(rows)
    again = solve_layers(replace(market, lots=tuple(lots), needs=tuple(needs)), others)
    assert again.result.allocations == first.result.allocations
    assert again.result.bound_vnd == first.result.bound_vnd


def ruled(dice, market, processors):
    """The same with smallest lots, largest shares and few suppliers."""

    def lot(row):
        return replace(row, smallest_kg=dice.choice([0, 2, 5, 20]))

    def need(row):
        share = dice.choice([None, row.kg // 2])
        few = dice.choice([0, 0, 1, 2])
        return replace(lot(row), most_share_kg=share, most_suppliers=few)

    ruled = replace(
        market, lots=tuple(map(lot, market.lots)), needs=tuple(map(need, market.needs))
    )
    return ruled, [
        replace(one, intake=lot(one.intake), output=lot(one.output))
        for one in processors
    ]


@settings(max_examples=40, deadline=None)
@given(layered(), st.randoms(use_true_random=False))
def test_under_side_rules_it_is_legal_and_never_worse_than_idle(case, dice):
    market, processors = ruled(dice, *case)
    found = solve_layers(market, processors)
    check_layers(processors, found)
    assert found.result.surplus_vnd >= solve(market).surplus_vnd
    event("processed" if any(one.out_kg for one in found.processed) else "idle")


def test_a_plan_that_does_not_hold_in_the_last_run_is_given_up(monkeypatch):
    """As if a tie were broken otherwise there: half of the intake goes missing."""
    market = Market(
        lots=(a_lot(1, FRESH, 1_200, 5_000),),
        needs=(a_need(2, DRIED, 100, 200_000, DAY + 12, DAY + 40),),
    )
    dryer = a_processor(1, 5_000, 1_000)
    honest = second_layer.solve

    def careless(market, *, advice=True, **options):
        result = honest(market, advice=advice, **options)
        if not advice:
            return result
        return replace(result, allocations=result.allocations[1:])

    assert solve_layers(market, [dryer]).processed[0].out_kg == 100
    monkeypatch.setattr(second_layer, "solve", careless)
    assert solve_layers(market, [dryer]).processed[0].out_kg == 0


@pytest.mark.parametrize("broken", ["in", "out", "price", "surplus"])
def test_the_checker_finds_what_is_wrong(broken):
    market = Market(
        lots=(a_lot(1, FRESH, 1_200, 5_000),),
        needs=(a_need(2, DRIED, 100, 200_000, DAY + 12, DAY + 40),),
    )
    dryer = [a_processor(1, 5_000, 1_000)]
    found = solve_layers(market, dryer)
    check_layers(dryer, found)
    taken, given = found.result.allocations
    changed = {
        "in": {"allocations": (replace(taken, kg=1_188), given)},
        "out": {"allocations": (taken, replace(given, kg=99))},
        "price": {"allocations": (taken, replace(given, price_vnd=1))},
        "surplus": {"surplus_vnd": found.result.surplus_vnd - 1},
    }[broken]
    with pytest.raises(BrokenRule):
        check_layers(dryer, replace(found, result=replace(found.result, **changed)))


@pytest.mark.parametrize(("dried_vnd", "into_drying"), [(60_000, 0), (150_000, 1_200)])
def test_fresh_is_dried_when_dried_pays_more(dried_vnd, into_drying):
    """1,200 kg fresh: 9,000 đ at the market, or a twelfth of the dried price."""
    market = Market(
        lots=(a_lot(1, FRESH, 1_200, 5_000),),
        needs=(
            a_need(1, FRESH, 1_200, 9_000),
            a_need(2, DRIED, 100, dried_vnd, DAY + 12, DAY + 40),
        ),
    )
    found = solve_layers(market, [a_processor(1, 5_000, 1_000)])
    assert found.processed[0].in_kg == into_drying
    assert found.processed[0].out_kg * 12 == into_drying
    assert found.result.surplus_vnd == max(
        1_200 * 4_000, 100 * dried_vnd - 1_200 * 6_000
    )
    assert found.result.gap < 1e-4


def test_nothing_is_delivered_before_it_is_dry():
    market = Market(
        lots=(a_lot(1, FRESH, 1_200, 5_000),),
        needs=(a_need(2, DRIED, 100, 200_000, DAY, DAY + 11),),
    )
    late = replace(market, needs=(replace(market.needs[0], last_day=DAY + 12),))
    dryer = [a_processor(1, 5_000, 1_000, drying=3)]
    assert solve_layers(market, dryer).result.allocations == ()
    assert len(solve_layers(late, dryer).result.allocations) == 2


def test_the_largest_numbers_are_no_fault():
    most = 10**8
    market = Market(
        lots=(a_lot(1, FRESH, 10**9, most - 10**6), a_lot(2, FRESH, 10**9, 0)),
        needs=(
            a_need(1, FRESH, 10**9, most),
            a_need(2, DRIED, 10**9, most, DAY + 12, DAY + 40),
        ),
    )
    for ratio in (1, 100):
        found = solve_layers(market, [a_processor(1, 10**9, 10**6, ratio=ratio)])
        assert found.result.surplus_vnd >= solve(market).surplus_vnd
        assert found.result.gap < 1e-6


def test_many_dryers_of_a_province_are_planned_near_the_optimum():
    dice = random.Random(4)
    lots = [
        a_lot(n, FRESH, dice.randrange(500, 20_000), dice.randrange(4_000, 9_000))
        for n in range(1, 81)
    ]
    needs = [
        a_need(n, FRESH, dice.randrange(500, 9_000), dice.randrange(5_000, 9_000))
        for n in range(1, 41)
    ] + [
        a_need(
            n, DRIED, dice.randrange(50, 900), dice.randrange(70_000, 200_000),
            DAY + 12, DAY + 90,
        )
        for n in range(101, 141)
    ]  # fmt: skip
    dryers = [
        a_processor(n, dice.randrange(2_000, 40_000), dice.randrange(500, 2_000))
        for n in range(1, 11)
    ]
    market = Market(tuple(lots), tuple(needs))
    found = solve_layers(market, dryers, seconds=60)
    assert found.result.surplus_vnd > solve(market).surplus_vnd
    assert found.result.gap < 0.001
    assert found.result.bound_vnd >= joint_optimum(market, dryers) - 1


def test_a_kilogram_used_up_in_part_is_paid_whole():
    """12.5 kg in for one out: 13 kg are bought for it, at 3,000 đ."""
    market = Market(
        lots=(a_lot(1, FRESH, 18, 3_000),),
        needs=(a_need(2, DRIED, 4, 38_000, DAY + 12, DAY + 40),),
    )
    dryer = [a_processor(1, 13, 0, ratio=Fraction(25, 2))]
    assert solve_layers(market, dryer).result.allocations == ()
    needs = (replace(market.needs[0], bid_vnd=45_000),)
    found = solve_layers(replace(market, needs=needs), dryer)
    check_layers(dryer, found)
    assert found.processed[0].in_kg == 13
