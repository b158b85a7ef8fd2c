"""The page of a chain: what each reader sees, what to do next, and the map."""

from __future__ import annotations

import re

import pytest

from marketplace.domain.chain_advice import ADVICE, advice_for
from marketplace.domain.chain_facts import PredicateResult, no
from marketplace.domain.chain_reasons import REASONS
from marketplace.domain.monitoring import PlaceKind
from marketplace.services.chain_map import map_of
from marketplace.services.chain_pages import (
    alerts_seen,
    contracts_seen,
    papers_seen,
    participants_seen,
    predicates_seen,
)
from tests.deals import Deals
from tests.factories import TODAY
from tests.monitoring_rows import Watched
from tests.plot_rows import plot, square
from tests.web.test_chains import shared  # noqa: F401 - a fixture


def test_whatever_fails_says_what_to_do_next_and_for_whom():
    passing = {"met", "between_seasons", "one_entity", "land_measured"}
    unknown = {code for code in REASONS if re.fullmatch("no_.*_data", code)}

    assert set(ADVICE) == set(REASONS) - passing - unknown - {"failed"}


def test_what_holds_needs_no_advice():
    assert advice_for(PredicateResult("S8", True, "stopped")) is None
    assert advice_for(no("S8", "stopped")).text


@pytest.fixture
def seen(session, make, shared):  # noqa: F811
    chain, (mine, other) = shared
    partner = make.member(mine.buyer)
    return chain, mine, other, partner


def test_a_partner_sees_its_own_side_of_a_chain(session, make, seen):
    chain, mine, other, partner = seen

    assert contracts_seen(partner, chain) == [mine]
    found = participants_seen(chain, contracts_seen(partner, chain))
    names = {one.organisation.id for one in found}
    assert names == {chain.lead_id, mine.buyer_id}
    assert contracts_seen(make.officer(), chain) == [mine, other]
    assert contracts_seen(make.member(chain.lead), chain) == [mine, other]


def test_a_partner_learns_that_something_fails_and_not_by_how_much(session, seen):
    chain, _mine, _other, partner = seen

    results = predicates_seen(session, partner, chain, today=TODAY)

    known = {one.reason for one in results if one.holds is not None}
    assert known <= {"met", "failed"}
    assert any(one.holds is None and one.reason != "met" for one in results)
    assert all(not one.params for one in results)
    assert [one.fails for one in results] == sorted(
        (one.fails for one in results), reverse=True
    )


def test_papers_are_those_of_whom_one_sees(session, make, seen):
    chain, mine, other, partner = seen
    make.certificate(other.buyer, product_id=None)
    own = make.certificate(mine.buyer, product_id=None)

    found = papers_seen(
        session, chain, participants_seen(chain, contracts_seen(partner, chain))
    )

    assert own in found
    assert {one.organisation_id for one in found} <= {chain.lead_id, mine.buyer_id}


def test_papers_of_gardens_that_grow_something_else_are_not_the_chains(
    session, make, seen
):
    chain, mine, other, _partner = seen
    mango = make.product("mango")
    elsewhere = make.area(chain.lead, product_id=mango.id)
    grown, any_crop = make.area(chain.lead), {"product_id": None}
    named = make.certificate(chain.lead, area_id=elsewhere.id, **any_crop)
    odd = make.certificate(chain.lead, area_id=elsewhere.id)
    ours = make.certificate(chain.lead, area_id=grown.id, **any_crop)

    found = papers_seen(session, chain, participants_seen(chain, [mine, other]))

    assert ours in found
    assert not {named, odd} & set(found)


def test_alerts_of_contracts_are_for_officers(session, make, seen):
    _chain, mine, _other, partner = seen
    alert = Deals(session, make).alert(mine)
    alert.concerns = ["officer"]
    session.flush()

    assert alerts_seen(session, make.officer(), [mine]) == {mine.id: [alert]}
    assert alerts_seen(session, partner, [mine]) == {}


def test_the_map_goes_from_the_leads_plots_to_the_buyers_one_sees(session, make, seen):
    chain, mine, _other, partner = seen
    area = make.area(chain.lead)

    found = map_of(session, chain, contracts_seen(partner, chain), today=TODAY)

    assert area.name in {one.name for one in found.near}
    assert {one.kind for one in found.near} == {PlaceKind.PLOT}
    assert all(mine.buyer.short_name in one.name for one in found.shelves)
    assert all(one.km is not None for one in found.shelves)
    assert len(found.communes) >= 9


def test_a_garden_stands_in_the_middle_of_its_outlines(session, make, seen):
    chain = seen[0]
    drawn, pointed = make.area(chain.lead), make.area(chain.lead)
    who = make.member(chain.lead)
    first = plot(session, drawn, who, square(0, 0))
    second = plot(session, drawn, who, square(0, 1000))
    old = plot(session, drawn, who, square(9000, 9000), ended_on=TODAY)

    found = map_of(session, chain, [], today=TODAY)

    at = {one.name: one.at for one in found.near}
    north, east = at[drawn.name]
    assert north == pytest.approx((first.south + second.north) / 2)
    assert east == pytest.approx((first.west + first.east) / 2)
    assert at[pointed.name] == (pointed.latitude, pointed.longitude)
    assert {one.id for one in found.plots} == {first.id, second.id}
    assert old.id not in {one.id for one in found.plots}


def test_without_any_plot_a_chain_lies_in_the_commune_of_its_lead(session, make):
    chain = Watched(session, make).chain

    found = map_of(session, chain, [], today=TODAY)

    assert [one.unit for one in found.near] == [chain.unit.name]
    assert found.shelves == []
