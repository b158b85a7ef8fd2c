"""Processors: against one joint programme, in balance, and never worse than idle."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from marketplace.matching import Market, check_allocations, solve
from marketplace.matching.instance import Lot, Need, Transport
from marketplace.matching.pair import Pair
from marketplace.matching.processors import Processor
from marketplace.matching.second_layer import solve_layers

DAY = 740_000
FRESH, DRIED = 1, 2


def a_lot(id_, product, kg, ask, first=DAY, last=DAY + 9, shelf=5, place=21.0):
    return Lot(
        id=id_,
        owner=id_,
        product=product,
        variety=0,
        grade_kg=((1, kg),),
        kg=kg,
        smallest_kg=0,
        ask_vnd=ask,
        segments=(),
        shelf_life_days=shelf,
        lat=place,
        lon=103.0,
        window=(first, last),
    )


def a_need(id_, product, kg, bid, first=DAY, last=DAY + 9, place=21.0):
    return Need(
        id=id_,
        offer=id_,
        owner=1000 + id_,
        product=product,
        varieties=frozenset(),
        least_grade=0,
        requires=0,
        first_day=first,
        last_day=last,
        kg=kg,
        bid_vnd=bid,
        smallest_kg=0,
        most_suppliers=0,
        lat=place,
        lon=103.0,
        rate_vnd_per_kg_km=1.0,
    )


def a_processor(id_, kg, fee, ratio=12, place=21.0, drying=3):
    output = a_lot(500 + id_, DRIED, 0, 0, DAY + 9 + drying, DAY + 9 + drying, 300)
    return Processor(
        id_,
        a_need(500 + id_, FRESH, 0, 0, place=place),
        replace(output, owner=1500 + id_, lat=place),
        Fraction(ratio),
        kg,
        fee,
    )


@st.composite
def layered(draw):
    """A few fresh lots, fresh and dried needs, dried lots, and processors."""
    kg, place = st.integers(1, 60), st.sampled_from([21.0, 21.3, 22.0])
    fresh = st.integers(30, 90).map(lambda n: n * 100)
    dried = st.integers(300, 1800).map(lambda n: n * 100)
    late = {"first": DAY + 12, "last": DAY + 60}
    lots, needs = [], []
    lots += [
        a_lot(id_, FRESH, draw(kg), draw(fresh), place=draw(place))
        for id_ in range(1, draw(st.integers(2, 5)))
    ]
    for id_ in range(11, 11 + draw(st.integers(0, 2))):
        few = draw(st.integers(1, 4))
        lots.append(a_lot(id_, DRIED, few, draw(dried), shelf=300, place=draw(place)))
    needs += [
        a_need(id_, FRESH, draw(kg), draw(fresh), place=draw(place))
        for id_ in range(1, draw(st.integers(1, 4)))
    ]
    for id_ in range(11, 12 + draw(st.integers(0, 2))):
        bid, few = draw(dried), draw(st.integers(1, 6))
        needs.append(a_need(id_, DRIED, few, bid, place=draw(place), **late))
    processors = [
        a_processor(
            id_,
            draw(st.integers(0, 90)),
            draw(st.integers(0, 2000)),
            draw(st.sampled_from([1, 8, 10, Fraction(25, 2), 12])),
            draw(place),
        )
        for id_ in range(1, draw(st.integers(2, 4)))
    ]
    return Market(tuple(lots), tuple(needs), Transport()), processors


def joint_optimum(market, processors):
    """The best with fractions of a kilogram, all in one programme."""
    gain, rows, most = [], defaultdict(dict), {}
    lots = [*market.lots, *(one.output for one in processors)]
    needs = [*market.needs, *(one.intake for one in processors)]
    by_lot = {one.output.id: one for one in processors}
    by_need = {one.intake.id: one for one in processors}
    most |= {("lot", lot.id): lot.kg for lot in market.lots}
    most |= {("need", need.id): need.kg for need in market.needs}
    for one in processors:
        most |= {("need", one.intake.id): one.kg, ("mass", one.id): 0}
        most["lot", one.output.id] = one.most_out_kg
    for lot in lots:
        for need in needs:
            pair = Pair(lot, need, market)
            if lot.product != need.product or not pair.days or lot.owner == need.owner:
                continue
            from_, into = by_lot.get(lot.id), by_need.get(need.id)
            bid = -into.fee_vnd if into else need.bid_vnd
            ask = 0 if from_ else lot.ask_vnd
            at = len(gain)
            gain.append(bid - ask - pair.transport_vnd)
            rows["need", need.id][at] = 1
            if from_:
                rows["mass", from_.id][at] = float(from_.ratio)
            rows["lot", lot.id][at] = 1
            if into:
                rows["mass", into.id][at] = -1
    if not gain:
        return 0.0
    keys = list(rows)
    matrix = [[rows[key].get(at, 0) for at in range(len(gain))] for key in keys]
    found = linprog(
        [-one for one in gain], A_ub=matrix, b_ub=[most[key] for key in keys]
    )
    return -found.fun


@settings(max_examples=250, deadline=None)
@given(layered())
def test_it_is_legal_balanced_and_between_idle_and_the_joint_programme(case):
    market, processors = case
    found = solve_layers(market, processors)
    result, joint = found.result, joint_optimum(market, processors)

    check_allocations(found.market, result.allocations)
    for one, moved in zip(processors, found.processed, strict=True):
        assert moved.in_kg == one.raw_kg(moved.out_kg) <= one.kg
    assert solve(market).surplus_vnd <= result.surplus_vnd
    assert result.surplus_vnd <= joint + 1e-4
    assert joint <= result.bound_vnd + 1e-4
    # What whole kilograms out and whole đồng may cost: one of each a processor.
    dearest = max((need.bid_vnd for need in market.needs), default=0)
    slack = sum(2 * dearest + 2 * one.kg + one.most_out_kg for one in processors)
    event("processed" if any(one.out_kg for one in found.processed) else "idle")
    assert result.surplus_vnd >= joint - slack
    assert result.bound_vnd <= joint + slack + 1e-6 * joint


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(layered())
def test_who_works_is_paid_and_nobody_trades_at_a_loss(case):
    market, processors = case
    found = solve_layers(market, processors)
    for one in processors:
        rows = found.result.allocations
        paid = sum(
            row.kg * (row.price_vnd + row.transport_vnd)
            for row in rows
            if row.need == one.intake.id
        )
        earned = sum(row.kg * row.price_vnd for row in rows if row.lot == one.output.id)
        worked = sum(row.kg for row in rows if row.need == one.intake.id)
        assert earned >= paid + one.fee_vnd * worked


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
