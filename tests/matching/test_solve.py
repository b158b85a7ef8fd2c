"""One run as a whole: order, repetition, digest, progress, stopping."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching import (
    Allocation,
    BrokenRule,
    Cancelled,
    MalformedInstance,
    Market,
    check,
    check_allocations,
    digest_of,
    market_from_data,
    market_to_data,
    solve,
)
from marketplace.matching.examples import example
from tests.matching.markets import markets
from tests.matching.test_rules import LOT, MARKET, NEED


def shuffled(market: Market, dice: random.Random) -> Market:
    return replace(
        market,
        lots=tuple(
            replace(lot, segments=tuple(_mixed(lot.segments, dice)))
            for lot in _mixed(market.lots, dice)
        ),
        needs=tuple(_mixed(market.needs, dice)),
    )


def _mixed(rows, dice):
    return dice.sample(rows, len(rows))


@settings(max_examples=100)
@given(markets(side_rules=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(market: Market, dice: random.Random):
    assert solve(shuffled(market, dice)) == solve(market)


@pytest.mark.parametrize("side_rules", [False, True])
def test_a_district_in_any_order_has_one_result(side_rules: bool):
    market = example(30, 24, seed=7, side_rules=side_rules)

    first = solve(market)

    assert first.allocations
    assert solve(shuffled(market, random.Random(5))) == first


@settings(max_examples=100)
@given(markets())
def test_matching_what_is_left_finds_nothing_more(market: Market):
    result = solve(market)
    sold, bought = _taken(result.allocations)
    left = replace(
        market,
        lots=tuple(
            replace(
                lot,
                kg=lot.kg - sum(sold.get(lot.id, {}).values()),
                grade_kg=_grades_left(lot, sold.get(lot.id, {}), market),
            )
            for lot in market.lots
        ),
        needs=tuple(
            replace(need, kg=need.kg - bought.get(need.id, 0)) for need in market.needs
        ),
    )

    assert solve(left).surplus_vnd == 0


def _taken(allocations):
    sold: dict[int, dict[int, int]] = {}
    bought: dict[int, int] = {}
    for a in allocations:
        sold.setdefault(a.lot, {})[a.need] = a.kg
        bought[a.need] = bought.get(a.need, 0) + a.kg
    return sold, bought


def _grades_left(lot, sold, market):
    """Take each delivery from the worst grade that is good enough."""
    left = dict(lot.grade_kg)
    for need_id, kg in sorted(
        sold.items(), key=lambda s: market.need[s[0]].least_grade
    ):
        wanted = kg
        rank_most = market.need[need_id].least_grade or max(left, default=0)
        for rank in sorted(left, reverse=True):
            if rank <= rank_most:
                used = min(left[rank], wanted)
                left[rank] -= used
                wanted -= used
    return tuple(left.items())


def test_the_digest_is_of_the_market_alone():
    market = example(20, 20, seed=3)
    touched = replace(market, price_step_vnd=50)

    assert digest_of(shuffled(market, random.Random(1))) == digest_of(market)
    assert digest_of(touched) != digest_of(market)


def test_stages_count_what_each_rule_leaves():
    late = replace(NEED, id=2, offer=2, first_day=200, last_day=201)
    cheap = replace(NEED, id=3, offer=3, bid_vnd=1)
    market = replace(MARKET, needs=(NEED, late, cheap))

    result = solve(market)

    of_lot = result.lot_stages[LOT.id]
    assert (of_lot["product"], of_lot["window"], of_lot["price"]) == (3, 2, 1)
    assert result.offer_stages[2] | {"product": 1} == result.offer_stages[2]
    assert result.offer_stages[2]["window"] == 0
    assert result.stages["price"] == 1
    assert result.pairs_considered == 3


def test_progress_is_told_from_begin_to_end():
    heard = []

    solve(MARKET, progress=lambda *step: heard.append(step))

    assert heard[0] == ("pairs", 0, 1)
    assert ("allocation", 1, 1) in heard
    assert heard[-1] == ("advice", 1, 1)


def test_a_run_stops_when_asked():
    answers = iter([False, False, True])

    with pytest.raises(Cancelled):
        solve(MARKET, cancelled=lambda: next(answers))


@settings(max_examples=100)
@given(markets(side_rules=True))
def test_a_market_survives_json(market: Market):
    text = json.dumps(market_to_data(market))

    again = market_from_data(json.loads(text))

    assert digest_of(again) == digest_of(market)
    assert again.in_order() == _sorted_inside(market)


def _sorted_inside(market: Market) -> Market:
    return replace(
        market.in_order(),
        lots=tuple(
            replace(
                lot,
                segments=tuple(sorted(lot.segments)),
                grade_kg=tuple(sorted(lot.grade_kg)),
            )
            for lot in market.in_order().lots
        ),
    )


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (lambda d: d["lots"][0].update(kg="many"), "lots[0].kg"),
        (lambda d: d["lots"][0].update(colour=1), "lots[0].colour"),
        (lambda d: d["lots"][0].pop("kg"), "lots[0]"),
        (lambda d: d["needs"][0].update(varieties=[True]), "needs[0].varieties[0]"),
        (lambda d: d["lots"][0]["segments"].append(3), "lots[0].segments[2]"),
        (lambda d: d.pop("needs"), "$.needs"),
        (lambda d: d.update(references={"x": {}}), "references.x"),
        (lambda d: d.pop("transport"), "transport"),
    ],
)
def test_a_malformed_instance_is_named_by_path(spoil, path):
    data = market_to_data(MARKET)
    spoil(data)

    with pytest.raises(MalformedInstance) as fault:
        market_from_data(data)

    assert fault.value.path == path


@pytest.mark.parametrize(
    ("market", "path"),
    [
        (replace(MARKET, lots=(LOT, LOT)), "lots"),
        (replace(MARKET, lots=(replace(LOT, kg=-1),)), "lots[id=1].kg"),
        (replace(MARKET, lots=(replace(LOT, window=(5, 4)),)), "lots[id=1].window"),
        (replace(MARKET, needs=(replace(NEED, last_day=1),)), "needs[id=1].first_day"),
        (
            replace(MARKET, needs=(NEED, replace(NEED, id=2, owner=9))),
            "needs[offer=1].owner",
        ),
        (replace(MARKET, price_step_vnd=0), "price_step_vnd"),
    ],
)
def test_a_senseless_market_is_refused(market: Market, path: str):
    with pytest.raises(MalformedInstance) as fault:
        solve(market)

    assert fault.value.path == path


GOOD = Allocation(lot=1, need=1, kg=1_000, price_vnd=14_000, transport_vnd=150, day=105)


def test_the_checker_accepts_what_is_legal():
    check_allocations(MARKET, [GOOD])
    check(MARKET, solve(MARKET))


@pytest.mark.parametrize(
    "bad",
    [
        {"kg": 0},
        {"kg": 1_001},
        {"price_vnd": 11_999},
        {"price_vnd": 14_851},
        {"transport_vnd": 149},
        {"day": 111},
        {"day": 104},
    ],
)
def test_the_checker_refuses_a_wrong_number(bad):
    with pytest.raises(BrokenRule):
        check_allocations(MARKET, [replace(GOOD, **bad)])


@pytest.mark.parametrize(
    "market",
    [
        replace(MARKET, lots=(replace(LOT, owner=2),)),
        replace(MARKET, lots=(replace(LOT, grade_kg=((1, 500),)),)),
        replace(MARKET, lots=(replace(LOT, segments=()),)),
        replace(
            MARKET,
            lots=(replace(LOT, kg=2_000, grade_kg=((1, 2_000),)),),
            needs=(replace(NEED, smallest_kg=1_001, kg=2_000),),
        ),
        replace(MARKET, needs=(replace(NEED, most_share_kg=999),)),
        replace(MARKET, needs=(replace(NEED, kg=999),)),
    ],
)
def test_the_checker_refuses_what_breaks_a_rule(market: Market):
    with pytest.raises(BrokenRule):
        check_allocations(market, [GOOD])


def test_the_checker_adds_up_the_share_of_a_seller():
    lots = tuple(replace(LOT, id=id_, kg=500, grade_kg=((1, 500),)) for id_ in (1, 2))
    market = replace(MARKET, lots=lots, needs=(replace(NEED, most_share_kg=600),))
    half = replace(GOOD, kg=500)

    check_allocations(market, [half])
    with pytest.raises(BrokenRule, match="owner"):
        check_allocations(market, [half, replace(half, lot=2)])


@pytest.mark.parametrize(("kg", "lot_kg"), [(1_000, 1_000), (300, 300)])
def test_less_than_the_smallest_lot_may_be_all_there_is(kg, lot_kg):
    lot = replace(LOT, kg=lot_kg, grade_kg=((1, lot_kg),), smallest_kg=5_000)
    market = replace(MARKET, lots=(lot,))

    check_allocations(market, [replace(GOOD, kg=kg)])
    assert [a.kg for a in solve(market).allocations] == [kg]


def test_the_checker_counts_suppliers_and_pairs():
    second = replace(LOT, id=2, owner=3)
    need = replace(NEED, kg=2_000, most_suppliers=1)
    market = replace(MARKET, lots=(LOT, second), needs=(need,))

    with pytest.raises(BrokenRule, match="suppliers"):
        check_allocations(market, [GOOD, replace(GOOD, lot=2)])
    with pytest.raises(BrokenRule, match="twice"):
        check_allocations(market, [GOOD, GOOD])


def test_the_checker_refuses_a_false_sum():
    result = solve(MARKET)

    with pytest.raises(BrokenRule, match="surplus"):
        check(MARKET, replace(result, surplus_vnd=result.surplus_vnd + 1))
    with pytest.raises(BrokenRule, match="bound"):
        check(MARKET, replace(result, bound_vnd=result.surplus_vnd - 1))
