"""Hard rules: one reading for grids, one for reasons, and one from the outside."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from marketplace.matching import (
    Lot,
    Market,
    Need,
    Segment,
    Transport,
    Verdict,
    explain_offer,
    explain_pair,
)
from marketplace.matching.filters import FILTERS
from marketplace.matching.grid import Grid
from marketplace.matching.pair import Pair
from marketplace.matching.reasons import RULES
from tests.matching import oracle
from tests.matching.markets import markets

VIETGAP, CODE_US = 1, 4
LOT = Lot(
    id=1,
    owner=1,
    product=1,
    variety=1,
    grade_kg=((1, 600), (2, 400)),
    kg=1_000,
    smallest_kg=0,
    ask_vnd=12_000,
    segments=(Segment(100, 119, VIETGAP | CODE_US), Segment(120, 135, CODE_US)),
    shelf_life_days=5,
    lat=21.05,
    lon=103.75,
    window=(100, 130),
)
NEED = Need(
    id=1,
    offer=1,
    owner=2,
    product=1,
    varieties=frozenset(),
    least_grade=2,
    requires=VIETGAP,
    first_day=105,
    last_day=110,
    kg=1_000,
    bid_vnd=15_000,
    smallest_kg=0,
    most_suppliers=0,
    lat=21.05,
    lon=103.75,
    rate_vnd_per_kg_km=2.5,
    fixed_vnd_per_kg=150,
)
MARKET = Market((LOT,), (NEED,), Transport(km_per_day=500), market_bits=CODE_US)


def verdict(code: str, lot: Lot = LOT, need: Need = NEED) -> Verdict:
    market = replace(MARKET, lots=(lot,), needs=(need,))
    return {r.code: r.verdict for r in explain_pair(lot, need, market)}[code]


@settings(max_examples=200)
@given(markets(side_rules=True))
def test_grids_and_reasons_read_every_rule_alike(market: Market):
    grid = Grid(market.lots, market.needs, market)

    for code, passes in FILTERS.items():
        matrix = passes(grid)
        for row, lot in enumerate(market.lots):
            for column, need in enumerate(market.needs):
                reason = RULES[code](Pair(lot, need, market))
                assert bool(matrix[row, column]) == (
                    reason.verdict is not Verdict.FAIL
                ), (code, lot, need)


@settings(max_examples=200)
@given(markets())
def test_the_pairs_that_pass_are_those_found_day_by_day(market: Market):
    expected = {(lot.id, need.id) for lot, need, _ in oracle.feasible_pairs(market)}

    passed = {
        (lot.id, need.id)
        for lot in market.lots
        for need in market.needs
        if all(r.verdict is not Verdict.FAIL for r in explain_pair(lot, need, market))
    }

    assert passed == expected


def test_a_pair_that_fits_passes_every_rule():
    reasons = explain_pair(LOT, NEED, MARKET)

    assert [reason.code for reason in reasons] == list(RULES)
    assert {reason.verdict for reason in reasons} == {Verdict.OK}


@pytest.mark.parametrize(
    ("code", "lot", "need"),
    [
        ("parties", {}, {"owner": 1}),
        ("variety", {}, {"varieties": frozenset({2})}),
        ("grade", {"grade_kg": ((3, 1_000),)}, {}),
        ("window", {}, {"first_day": 136, "last_day": 140}),
        ("window", {}, {"first_day": 90, "last_day": 99}),
        ("papers", {}, {"first_day": 120, "last_day": 125}),
        ("market", {"segments": (Segment(100, 135, VIETGAP),)}, {"requires": CODE_US}),
        ("quantity", {}, {"smallest_kg": 1_001, "kg": 2_000, "most_share_kg": 999}),
        ("quantity", {"smallest_kg": 600}, {"least_grade": 1, "most_share_kg": 599}),
        ("quantity", {"smallest_kg": 1_001}, {"most_share_kg": 0}),
        ("quantity", {"smallest_kg": 700}, {"least_grade": 1}),
        ("price", {}, {"bid_vnd": 12_149}),
    ],
)
def test_a_broken_rule_fails_alone(code: str, lot: dict, need: dict):
    changed_lot, changed_need = replace(LOT, **lot), replace(NEED, **need)
    market = replace(MARKET, lots=(changed_lot,), needs=(changed_need,))

    failed = [
        reason.code
        for reason in explain_pair(changed_lot, changed_need, market)
        if reason.verdict is Verdict.FAIL
    ]

    assert failed == [code]


def test_fruit_that_would_spoil_on_the_way_fails_by_transport():
    far = replace(NEED, lat=10.8, lon=106.7)
    slow = replace(MARKET, needs=(far,), transport=Transport(km_per_day=150))

    verdicts = {r.code: r.verdict for r in explain_pair(LOT, far, slow)}

    assert verdicts["transport"] is Verdict.FAIL


def test_a_paper_counts_on_the_day_of_delivery():
    assert verdict("papers", need=replace(NEED, first_day=119, last_day=125)) == "tight"
    assert verdict("papers", need=replace(NEED, first_day=120, last_day=125)) == "fail"


def test_paper_and_code_must_hold_on_the_same_day():
    parted = replace(
        LOT, segments=(Segment(100, 107, VIETGAP), Segment(108, 135, CODE_US))
    )
    need = replace(NEED, requires=VIETGAP | CODE_US)

    assert verdict("papers", parted, need) is Verdict.TIGHT
    assert verdict("market", parted, need) is Verdict.FAIL


def test_the_window_ends_with_the_shelf_life():
    last = replace(NEED, requires=0, first_day=135, last_day=140)
    late = replace(NEED, requires=0, first_day=136, last_day=140)

    assert verdict("window", need=last) is Verdict.TIGHT
    assert verdict("window", need=late) is Verdict.FAIL


def test_what_lapses_is_told_with_its_days():
    need = replace(NEED, first_day=118, last_day=125)

    papers = RULES["papers"](Pair(LOT, need, MARKET))

    assert papers.params == {
        "requires": VIETGAP,
        "held_days": 2,
        "days": 8,
        "first_day": 118,
        "last_day": 119,
        "missing": VIETGAP,
        "missing_from": 120,
        "missing_until": 125,
    }


def test_an_offer_is_tight_where_its_tranches_differ():
    late = replace(NEED, id=2, first_day=120, last_day=125)
    market = replace(MARKET, needs=(NEED, late))

    by_code = {r.code: r for r in explain_offer(LOT, (late, NEED), market)}

    assert by_code["papers"].verdict is Verdict.TIGHT
    assert [t["verdict"] for t in by_code["papers"].params["tranches"]] == [
        "ok",
        "fail",
    ]
    assert by_code["window"].verdict is Verdict.OK


@settings(max_examples=100)
@given(markets(side_rules=True))
def test_reasons_are_json_and_know_no_limit(market: Market):
    """Two worlds whose limits differ, with the same flag, have the same reasons."""
    dearer = replace(
        market,
        lots=tuple(replace(lot, ask_vnd=lot.ask_vnd + 1) for lot in market.lots),
        needs=tuple(replace(n, bid_vnd=n.bid_vnd + 1) for n in market.needs),
    )

    for lot, same_lot in zip(market.lots, dearer.lots, strict=True):
        for need, same_need in zip(market.needs, dearer.needs, strict=True):
            here = explain_pair(lot, need, market)
            assert here == explain_pair(same_lot, same_need, dearer)
            json.dumps([reason.params for reason in here])
