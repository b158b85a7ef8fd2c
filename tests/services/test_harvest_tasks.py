"""What waits for a seller, what stands in the form, and who would buy."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.domain.windows import Window
from marketplace.domain.words import HarvestState, OfferState, PaperState
from marketplace.services.harvest_demand import asked_kg, demand_for
from marketplace.services.harvest_prefill import months_around, own_products, prefill
from marketplace.services.harvest_tasks import (
    has_harvest_after,
    open_harvests,
    over_harvests,
    over_promised_harvests,
    stale_harvests,
)
from marketplace.services.paper_expiries import ending_papers_of
from tests.factories import TODAY


def test_a_paper_that_ends_soon_waits_until_a_newer_one_is_there(session, make):
    organisation = make.organisation()
    soon = make.certificate(organisation, expires_on=TODAY + timedelta(days=38))
    make.certificate(organisation, product_id=make.product("mango").id)
    make.certificate(make.organisation(), expires_on=TODAY + timedelta(days=3))

    own = organisation.id
    assert ending_papers_of(session, own, today=TODAY) == [soon]
    make.certificate(organisation, verified=False)
    assert ending_papers_of(session, own, today=TODAY) == []


def test_a_paper_that_is_suspended_does_not_remind(session, make):
    organisation = make.organisation()
    ends = TODAY + timedelta(days=5)
    make.certificate(organisation, expires_on=ends, state=PaperState.SUSPENDED)

    assert ending_papers_of(session, organisation.id, today=TODAY) == []


def test_a_forecast_is_looked_at_again_near_its_window(session, make):
    organisation = make.organisation()
    who = make.member(organisation)
    harvest = make.harvest(organisation, window_start=date(2026, 5, 20))

    def stale(who, days):
        found = open_harvests(session, who)
        return stale_harvests(session, found, today=TODAY + timedelta(days=days))

    assert stale(who, 29) == []
    assert stale(who, 30) == [harvest]
    far = make.member(make.organisation())
    assert stale(far, 30) == []


def test_what_is_over_or_promised_too_often_waits(session, make):
    organisation = make.organisation()
    who = make.member(organisation)
    over = make.harvest(
        organisation, window_start=date(2026, 1, 1), window_end=date(2026, 2, 1)
    )
    too_much = make.harvest(
        organisation, promised_kg=70_000, over_promised=True, likely_kg=60_000
    )

    assert over_harvests(open_harvests(session, who), today=TODAY) == [over]
    assert over_promised_harvests(open_harvests(session, who)) == [too_much]
    assert has_harvest_after(session, who, date(2026, 8, 30))
    assert not has_harvest_after(session, who, date(2026, 8, 31))


def test_last_season_comes_back_a_year_later(session, make):
    organisation = make.organisation()
    who = make.member(organisation)
    last = make.harvest(
        organisation,
        state=HarvestState.CLOSED,
        window_start=date(2025, 7, 25),
        window_end=date(2025, 8, 10),
    )

    filled = prefill(session, who, today=TODAY)

    assert (filled.product.code, filled.last) == ("longan", last)
    assert filled.ticked == ["2026-07-3", "2026-08-1"]
    assert filled.months == ((2026, 7), (2026, 8))


def test_who_never_posted_sees_the_season_of_what_the_garden_grows(session, make):
    organisation = make.organisation()
    make.area(organisation, product_id=make.product("mango").id)
    who = make.member(organisation)

    filled = prefill(session, who, today=TODAY)

    assert filled.product.code == "mango"
    assert filled.ticked == []
    assert filled.months == ((2026, 5), (2026, 6), (2026, 7), (2026, 8))
    assert own_products(session, who)[0].code == "mango"
    assert len(prefill(session, who, today=TODAY, all_months=True).months) == 14


def test_a_season_that_lasts_all_year_shows_the_next_months(session, make):
    filled = prefill(session, make.member(), "honey", today=TODAY)

    assert filled.months == ((2026, 3), (2026, 4), (2026, 5), (2026, 6))


def test_a_revision_may_move_a_month_either_way_but_not_into_the_past(session, make):
    harvest = make.harvest()

    assert months_around(harvest, TODAY)[0] == "2026-06-1"
    assert months_around(harvest, TODAY)[-1] == "2026-09-3"
    assert months_around(harvest, date(2026, 8, 5))[0] == "2026-08-1"


def test_demand_is_what_verified_buyers_still_need(session, make):
    wanted = make.offer(
        tranches=[(date(2026, 8, 4), 12_000), (date(2026, 9, 9), 5_000)]
    )
    wanted.tranches[0].promised_kg = 2_000
    make.offer(state=OfferState.PAUSED)
    make.offer(make.buyer(verified=False))
    make.offer(tranches=[(TODAY - timedelta(days=1), 9_000)])
    mine = make.offer()
    session.flush()

    demand = demand_for(
        session, make.product().id, today=TODAY, but=mine.organisation_id
    )

    assert demand.by_dekad() == {"2026-08-1": 10_000, "2026-09-1": 5_000}
    august = Window(date(2026, 8, 1), date(2026, 8, 31))
    assert demand.within(august) == (1, 10_000)
    assert demand.within(None) == (0, 0)


def test_a_long_delivery_is_spread_over_its_days_to_the_last_kilogram(session, make):
    offer = make.offer(tranches=[(date(2026, 8, 1), 10_001)])
    offer.tranches[0].window_end = date(2026, 8, 31)
    session.flush()

    loads = demand_for(session, make.product().id, today=TODAY).by_dekad()

    assert sum(loads.values()) == 10_001
    assert sorted(loads) == ["2026-08-1", "2026-08-2", "2026-08-3"]


def test_what_live_proposals_ask_is_told_apart_from_promises(session, make):
    harvest = make.harvest()
    make.proposal(harvest, make.offer(tranches=[(date(2026, 8, 4), 12_000)]))

    assert asked_kg(session, [harvest.id]) == {harvest.id: 12_000}
