"""Nobody feels for the other side's limit by changing a price again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.actor import Role
from marketplace.domain.commands_harvests import ReviseForecast
from marketplace.domain.commands_offers import PostOffer, TrancheLine
from marketplace.domain.errors import Refused
from marketplace.services.harvest_changes import revise_harvest, withdraw_harvest
from marketplace.services.harvest_rows import command_of, forecast_of
from marketplace.services.harvests import post_harvest, publish_harvest, save_draft
from marketplace.services.offers import post_offer, revise_offer
from models.price_changes import PriceChange
from models.reference import Rule
from tests.factories import NOW, TODAY

DAY = TODAY + timedelta(days=148)
HOUR = timedelta(hours=1)


@pytest.fixture
def harvest(make):
    return make.harvest(floor_price_vnd=13_000)


@pytest.fixture
def seller(make, harvest):
    return make.member(harvest.organisation)


def revise(session, who, harvest, floor, *, at=NOW, **over):
    forecast = forecast_of(harvest)
    command = ReviseForecast(forecast, floor_price_vnd=floor, **over)
    return revise_harvest(session, who, harvest.public_id, command, today=TODAY, now=at)


def post_again(session, who, harvest, floor, *, at=NOW):
    command = replace(command_of(harvest), floor_price_vnd=floor)
    return post_harvest(session, who, command, today=TODAY, now=at)


def refusal_of(act, *args, **options):
    with pytest.raises(Refused) as refusal:
        act(*args, **options)
    return refusal.value


def test_a_fourth_price_in_a_day_is_refused_beside_its_field(session, seller, harvest):
    for number in range(3):
        revise(session, seller, harvest, 14_001 + number, at=NOW + number * HOUR)

    refusal = refusal_of(revise, session, seller, harvest, 14_500, at=NOW + 4 * HOUR)

    assert refusal.field == "floor_price"
    assert refusal.params["most"] == 3
    assert refusal.params["day"] == TODAY + timedelta(days=1)


def test_all_but_the_price_may_still_change(session, seller, harvest):
    for number in range(3):
        revise(session, seller, harvest, 14_001 + number)

    revised = revise(session, seller, harvest, 14_003, smallest_lot_kg=700)

    assert revised.smallest_lot_kg == 700


def test_a_day_later_it_may_change_again(session, seller, harvest):
    for number in range(3):
        revise(session, seller, harvest, 14_001 + number)

    revised = revise(session, seller, harvest, 14_500, at=NOW + 24 * HOUR)

    assert revised.floor_price_vnd == 14_500


def test_who_withdraws_and_posts_again_does_not_go_around_it(session, seller, harvest):
    refused = []
    post = harvest
    for number in range(16):
        try:
            again = post_again(session, seller, post, 14_000 + number)
        except Refused as refusal:
            refused.append((number, refusal.field))
            continue
        withdraw_harvest(session, seller, again.public_id, now=NOW)

    assert refused == [(number, "floor_price") for number in range(10, 16)]


def test_many_harvests_at_a_few_prices_are_no_feeling(session, seller, harvest):
    for number in range(30):
        post_again(session, seller, harvest, 14_000 + 500 * (number % 6))

    distinct = select(func.count(func.distinct(PriceChange.price_vnd)))
    assert session.scalar(distinct) == 6


def test_a_draft_names_no_price_until_it_is_posted(session, seller, harvest):
    drafts = []
    for number in range(12):
        command = replace(command_of(harvest), floor_price_vnd=14_000 + number)
        drafts.append(save_draft(session, seller, command, today=TODAY, now=NOW))
    clock = {"today": TODAY, "now": NOW}
    for draft in drafts[:10]:
        publish_harvest(session, seller, draft.public_id, **clock)

    refusal = refusal_of(
        publish_harvest, session, seller, drafts[10].public_id, **clock
    )

    assert refusal.field == "floor_price"


def wanted(*ceilings):
    lines = (
        TrancheLine(
            DAY + timedelta(days=7 * n), DAY + timedelta(days=7 * n), 9_000, one
        )
        for n, one in enumerate(ceilings)
    )
    return PostOffer("longan", "Kho", 15, tuple(lines))


def test_a_buyer_does_not_feel_for_a_floor_either(session, make):
    who = make.member(make.buyer(), Role.BUYER)
    offer = post_offer(session, who, wanted(14_000, 15_000), today=TODAY, now=NOW)

    def numbered(*ceilings):
        rows = enumerate(wanted(*ceilings).tranches, 1)
        lines = tuple(replace(line, number=number) for number, line in rows)
        return replace(wanted(), tranches=lines)

    for number in range(3):
        command = numbered(14_000, 15_001 + number)
        at = NOW + (number + 1) * HOUR
        revise_offer(session, who, offer.public_id, command, today=TODAY, now=at)

    refusal = refusal_of(
        revise_offer,
        session,
        who,
        offer.public_id,
        numbered(14_000, 15_100),
        today=TODAY,
        now=NOW + 5 * HOUR,
    )
    assert refusal.field == "tranches-1-ceiling"


def test_an_offer_with_a_ladder_of_prices_is_refused(session, make):
    who = make.member(make.buyer(), Role.BUYER)
    ladder = wanted(*range(14_000, 14_011))

    refusal = refusal_of(post_offer, session, who, ladder, today=TODAY, now=NOW)

    assert refusal.params["most"] == 10


def test_where_no_rule_says_how_often_nothing_is_refused(session, seller, harvest):
    session.delete(session.scalars(select(Rule).filter_by(code="price.changes")).one())
    session.flush()

    for number in range(20):
        revise(session, seller, harvest, 14_001 + number)

    assert harvest.floor_price_vnd == 14_020
