"""What is left: the binding rule, and changes proven by solving anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from marketplace.matching import (
    Change,
    Lot,
    Market,
    Need,
    Reference,
    Segment,
    check,
    solve,
)
from marketplace.matching.changes import (
    Candidate,
    changes_of_lot,
    changes_of_need,
    renewals,
)
from marketplace.matching.leftover import Leftover
from marketplace.matching.pair import Pair
from tests.matching.markets import markets
from tests.matching.test_rules import CODE_US, LOT, MARKET, NEED, VIETGAP


def advice_for_lot(lot: Lot, *needs: Need) -> tuple[str, Change | None]:
    result = solve(replace(MARKET, lots=(lot,), needs=needs))
    (about,) = result.unmatched_lots
    return about.binding, about.cheapest


def advice_for_need(need: Need, *lots: Lot) -> tuple[str, Change | None]:
    result = solve(replace(MARKET, lots=lots, needs=(need,)))
    (about,) = result.unmatched_needs
    return about.binding, about.cheapest


def test_thirty_tonnes_would_match_if_the_paper_were_renewed():
    """50 t in all; 20 t are due before VietGAP lapses, 30 t after."""
    lot = replace(LOT, kg=50_000, grade_kg=((1, 50_000),))
    before = replace(NEED, id=1, kg=20_000)
    after = replace(NEED, id=2, kg=10_000, first_day=122, last_day=126)
    later = replace(NEED, id=3, kg=20_000, first_day=129, last_day=133)

    binding, change = advice_for_lot(lot, before, after, later)

    assert binding == "papers"
    assert change == Change(
        "papers", 30_000, {"mask": VIETGAP, "from_day": 122, "until_day": 133}
    )


def test_a_missing_code_of_the_market_is_told():
    need = replace(NEED, requires=CODE_US)
    lot = replace(LOT, segments=(Segment(100, 135, VIETGAP),))

    assert advice_for_lot(lot, need) == (
        "market",
        Change("market", 1_000, {"mask": CODE_US, "from_day": 105, "until_day": 110}),
    )


@pytest.mark.parametrize(
    ("lot", "need", "change"),
    [
        (
            {},
            {"requires": CODE_US, "first_day": 138, "last_day": 140},
            Change("window", 1_000, {"days_later": 3}),
        ),
        (
            {},
            {"first_day": 90, "last_day": 96},
            Change("window", 1_000, {"days_earlier": 4}),
        ),
        (
            {"smallest_kg": 800},
            {"most_share_kg": 500},
            Change("quantity", 500, {"smallest_kg": 500}),
        ),
        (
            {"grade_kg": ((3, 1_000),)},
            {},
            Change("grade", 1_000, {"least_grade": 2}),
        ),
        ({}, {"bid_vnd": 11_000}, Change("price", 1_000, {})),
    ],
)
def test_a_seller_learns_the_cheapest_change(lot, need, change):
    found = advice_for_lot(replace(LOT, **lot), replace(NEED, **need))

    assert found == (change.code, change)


@pytest.mark.parametrize(
    ("lot", "need", "change"),
    [
        (
            {},
            {"requires": CODE_US, "first_day": 138, "last_day": 140},
            Change("window", 1_000, {"days_earlier": 3}),
        ),
        (
            {},
            {"first_day": 90, "last_day": 96},
            Change("window", 1_000, {"days_later": 4}),
        ),
        (
            {},
            {"smallest_kg": 800, "most_share_kg": 500},
            Change("quantity", 500, {"smallest_kg": 500}),
        ),
        (
            {},
            {"most_share_kg": 400},
            Change("share", 600, {}),
        ),
        (
            {"grade_kg": ((3, 1_000),)},
            {},
            Change("grade", 1_000, {"least_grade": 3}),
        ),
        (
            {},
            {"varieties": frozenset({7})},
            Change("variety", 1_000, {"variety": 1}),
        ),
        (
            {"segments": ()},
            {},
            Change("papers", 1_000, {"mask": VIETGAP}),
        ),
        ({}, {"bid_vnd": 11_000}, Change("price", 1_000, {})),
    ],
)
def test_a_buyer_learns_the_cheapest_change(lot, need, change):
    found = advice_for_need(replace(NEED, **need), replace(LOT, **lot))

    assert found == (change.code, change)


def test_a_buyer_learns_that_one_more_supplier_would_do():
    need = replace(NEED, kg=2_000, most_suppliers=1)

    found = advice_for_need(need, LOT, replace(LOT, id=2, owner=3))

    assert found == ("suppliers", Change("suppliers", 1_000, {"most_suppliers": 2}))


def test_who_meets_nobody_or_only_served_needs_is_told_so():
    other = replace(NEED, product=2)
    cheaper = replace(LOT, id=2, owner=3, ask_vnd=11_000)
    market = replace(MARKET, lots=(LOT, cheaper))

    assert advice_for_lot(LOT, other) == ("product", None)
    assert [(u.id, u.binding) for u in solve(market).unmatched_lots] == [
        (LOT.id, "competition")
    ]


def test_a_price_advice_holds_no_number():
    lot = replace(LOT, ask_vnd=20_000)

    worlds = [
        advice_for_lot(lot, replace(NEED, bid_vnd=bid)) for bid in (5_000, 19_000)
    ]

    assert worlds[0] == worlds[1] == ("price", Change("price", 1_000, {}))


@settings(max_examples=60)
@given(markets(side_rules=True))
def test_every_change_of_a_lot_holds_when_solved_anew(market: Market):
    result = solve(market)
    left = Leftover(market, result.allocations)
    for about in result.unmatched_lots:
        lot = market.lot[about.id]
        made = _candidates(market, left, lot=lot)
        for change in about.changes:
            changed = made[change.code, tuple(sorted(change.params.items()))].lot
            assert changed is not None
            rows = tuple(changed if row.id == lot.id else row for row in market.lots)
            before = _worth(result, market, replace(market, lots=rows))
            least = before, result.matched_kg + change.kg
            _assert_gained(replace(market, lots=rows), least)


@settings(max_examples=60)
@given(markets(side_rules=True))
def test_every_change_of_a_need_holds_when_solved_anew(market: Market):
    result = solve(market)
    left = Leftover(market, result.allocations)
    for about in result.unmatched_needs:
        made = _candidates(market, left, need=market.need[about.id])
        for change in about.changes:
            key = change.code, tuple(sorted(change.params.items()))
            changed = {need.id: need for need in made[key].needs}
            rows = tuple(changed.get(need.id, need) for need in market.needs)
            before = _worth(result, market, replace(market, needs=rows))
            least = before, result.matched_kg + change.kg
            _assert_gained(replace(market, needs=rows), least)


def _candidates(
    market: Market, left: Leftover, lot: Lot | None = None, need: Need | None = None
) -> dict[tuple[str, tuple[tuple[str, int], ...]], Candidate]:
    """Every change that could have been told, by how it is told."""
    found: dict[tuple[str, tuple[tuple[str, int], ...]], Candidate] = {}
    if lot is not None:
        for other in market.needs:
            if other.product == lot.product:
                for made in changes_of_lot(Pair(lot, other, market), left):
                    found[made.code, made.params] = made
        for made in renewals(lot, list(found.values())):
            found[made.code, made.params] = made
    if need is not None:
        for row in market.lots:
            if row.product == need.product:
                for made in changes_of_need(Pair(row, need, market), left):
                    found[made.code, made.params] = made
    return found


def _worth(result, market: Market, changed: Market) -> int:
    """What the old allocation is worth under the changed limits."""
    return sum(
        Pair(changed.lot[a.lot], changed.need[a.need], changed).surplus_vnd * a.kg
        for a in result.allocations
    )


def _assert_gained(market: Market, least: tuple[int, int]) -> None:
    """The old surplus and what is added are reached or beaten, in this order."""
    again = solve(market)
    check(market, again)
    assert (again.surplus_vnd, again.matched_kg) >= least


def test_a_reference_is_not_needed_for_advice():
    market = replace(MARKET, references={1: Reference(1, 2)}, needs=())

    (about,) = solve(market).unmatched_lots

    assert (about.binding, about.kg, about.changes) == ("product", LOT.kg, ())
