"""The live count of supply: hard rules only, never a price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.words import CertificateScheme, HarvestState, Market
from marketplace.services.supply import count_supply
from marketplace.services.supply_levers import apply_lever, find_levers
from tests.factories import TODAY

AUGUST = date(2026, 8, 4)


def ask(*lines, **over):
    rows = tuple(
        TrancheLine(day, day, kg, 1) for day, kg in lines or [(AUGUST, 12_000)]
    )
    values = {"place": "Hà Nội", "payment_term_days": 7, "tranches": rows}
    return PostOffer("longan", **(values | over))


@pytest.fixture
def who(make):
    return make.member(make.buyer())


def count(session, who, command):
    return count_supply(session, who, command, today=TODAY)


def test_each_delivery_tells_cooperatives_and_kilograms(session, make, who):
    make.harvest(likely_kg=60_000)
    make.harvest(likely_kg=20_000, promised_kg=5_000)

    found = count(session, who, ask((AUGUST, 12_000), (date(2026, 12, 1), 5_000)))

    assert [(t.cooperatives, t.kg, t.covered_kg) for t in found.tranches] == [
        (2, 75_000, 12_000),
        (0, 0, 0),
    ]
    assert (found.cooperatives, found.kg) == (2, 75_000)
    assert (found.covered_kg, found.asked_kg) == (12_000, 17_000)
    assert found.tranches[1].lacking_kg == 5_000


def test_a_kilogram_covers_one_delivery_only(session, make, who):
    make.harvest(likely_kg=15_000)

    found = count(session, who, ask((AUGUST, 12_000), (AUGUST + timedelta(7), 12_000)))

    assert [t.kg for t in found.tranches] == [15_000, 15_000]
    assert found.covered_kg == 15_000


def test_no_price_changes_any_answer(session, make, who):
    """Who tries every ceiling learns nothing about a floor."""
    make.harvest(likely_kg=60_000, floor_price_vnd=14_000)
    make.harvest(likely_kg=20_000, floor_price_vnd=99_000)
    line = TrancheLine(AUGUST, AUGUST, 90_000, 1)

    answers = {
        (found.cooperatives, found.kg, found.covered_kg)
        for price in (1, 13_999, 14_000, 98_999, 99_000, 10_000_000)
        for found in [
            count(session, who, ask(tranches=(replace(line, ceiling_price_vnd=price),)))
        ]
    }

    assert answers == {(2, 80_000, 80_000)}


def test_papers_must_hold_on_the_day_of_delivery(session, make, who):
    cooperative = make.organisation()
    until = make.certificate(cooperative, expires_on=AUGUST - timedelta(1))
    make.harvest(cooperative, papers=[until])
    asked = (Requirement(scheme=CertificateScheme.VIETGAP),)

    before = count(session, who, ask((date(2026, 7, 30), 9_000), requirements=asked))
    after = count(session, who, ask((AUGUST, 9_000), requirements=asked))

    assert (before.cooperatives, after.cooperatives) == (1, 0)


def test_a_market_abroad_asks_for_its_code(session, make, who):
    cooperative = make.organisation()
    code = make.code(make.area(cooperative), Market.CN)
    make.harvest(cooperative, papers=[code])

    counts = {
        market: count(session, who, ask(market=market)).cooperatives
        for market in (Market.DOMESTIC, Market.CN, Market.US)
    }

    assert counts == {Market.DOMESTIC: 1, Market.CN: 1, Market.US: 0}


@pytest.mark.parametrize("state", sorted(set(HarvestState) - {HarvestState.OPEN}))
def test_only_open_harvests_count(session, make, who, state):
    make.harvest(state=state)

    assert count(session, who, ask()).cooperatives == 0


def test_nobody_supplies_themselves_and_the_unverified_do_not_count(session, make):
    mine = make.organisation()
    make.harvest(mine)
    make.harvest(make.organisation(verified=False))

    found = count(session, make.member(mine), ask())

    assert (found.cooperatives, found.nearest) == (0, ())


def test_grade_and_variety_narrow_the_supply(session, make, who):
    variety = make.variety()
    make.harvest(grades=((1, 300), (2, 700)), variety_id=variety.id)

    first = count(session, who, ask(least_grade=1))
    other = count(session, who, ask(variety_codes=("t6",)))

    assert first.kg == 18_000
    assert other.kg == 0


def test_the_nearest_harvests_are_shown_without_their_floors(session, make, who):
    for start in (1, 10, 20, 28):
        make.harvest(
            window_start=date(2026, 8, start), window_end=date(2026, 8, start + 2)
        )

    found = count(session, who, ask((date(2026, 8, 11), 1_000)))

    assert len(found.nearest) == 3
    assert date(2026, 8, 28) not in [one.window_start for one in found.nearest]
    assert "floor" not in repr(found)


def test_an_offer_without_deliveries_finds_nothing(session, make, who):
    make.harvest()

    found = count(session, who, ask(tranches=()))

    assert (found.tranches, found.cooperatives, found.kg) == ((), 0, 0)


def test_an_offer_that_is_covered_needs_no_change(session, make, who):
    make.harvest()

    assert find_levers(session, who, ask(), today=TODAY) == []


def test_a_later_day_that_brings_more_is_counted_anew(session, make, who):
    make.harvest(
        likely_kg=20_000,
        window_start=date(2026, 8, 10),
        window_end=date(2026, 8, 20),
    )
    command = ask((AUGUST, 12_000))

    levers = find_levers(session, who, command, today=TODAY)

    shift = next(one for one in levers if one.kind == "shift")
    assert shift.day is not None
    assert shift.day >= date(2026, 8, 10)
    moved = apply_lever(command, shift.code)
    assert count(session, who, moved).covered_kg == shift.supply.covered_kg == 12_000
    assert shift.more_cooperatives == 1


def test_kilograms_move_to_the_delivery_that_has_more(session, make, who):
    make.harvest(
        likely_kg=8_000, window_start=date(2026, 7, 20), window_end=date(2026, 7, 25)
    )
    make.harvest(
        likely_kg=40_000, window_start=date(2026, 8, 10), window_end=date(2026, 8, 20)
    )
    command = ask((date(2026, 7, 24), 12_000), (date(2026, 8, 14), 12_000))

    levers = find_levers(session, who, command, today=TODAY)

    move = next(one for one in levers if one.kind == "move")
    moved = apply_lever(command, move.code)
    assert [line.kg for line in moved.tranches] == [8_000, 16_000]
    assert count(session, who, moved).covered_kg == 24_000


def test_lower_grades_and_other_varieties_are_tried(session, make, who):
    make.harvest(grades=((2, 1000),), variety_id=make.variety().id)
    strict = ask(least_grade=1)
    picky = ask(variety_codes=("t6",))

    grade = find_levers(session, who, strict, today=TODAY)
    variety = find_levers(session, who, picky, today=TODAY)

    assert [one.code for one in grade] == ["grade:2"]
    assert [one.code for one in variety] == ["variety:any"]
    assert apply_lever(picky, "variety:any").variety_codes == ()


@pytest.mark.parametrize(
    "code",
    ["", "fly:1", "shift:9:2026-08-01", "shift:-1:2026-08-01", "shift:0:soon",
     "shift:0", "move:0:1:999999", "move:0:1:-5", "grade:best"],
)  # fmt: skip
def test_a_code_that_is_no_lever_changes_nothing(code):
    command = ask((AUGUST, 12_000), (AUGUST, 9_000))

    assert apply_lever(command, code) == command
