"""A post matched at once: legal, near the best, and never worse than it says."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.words import HarvestState, ProposalState, Side
from marketplace.matching import Verdict, check_allocations, explain_pair, solve
from marketplace.matching.pair import Pair
from marketplace.matching.result import Allocation
from marketplace.services import matching
from marketplace.services.matching import run_matching
from marketplace.services.matching_code import variety_bits
from marketplace.services.matching_inputs import read_market
from marketplace.services.matching_post import match_harvest, match_offer
from marketplace.services.matching_price_rows import lot_rows, need_row
from marketplace.services.matching_terms import carriage
from marketplace.services.matching_top import best_lots, best_needs, explain_best
from models.harvests import Harvest
from models.matching import LotPrice, MatchRun, NeedPrice
from models.offers import Offer
from models.proposals import Proposal
from tests.factories import NOW, TODAY
from tests.services.test_matching_sheet import a_market

DAY = date(2026, 7, 28)


def run(session):
    return run_matching(session, today=TODAY, now=NOW)


def live(session):
    wanted = select(Proposal).where(Proposal.state == ProposalState.PROPOSED)
    return list(session.scalars(wanted.order_by(Proposal.id)))


def on_the_table(session, market):
    """What lies there as allocations; everything in it must be legal."""
    found = [
        Allocation(
            one.harvest_id,
            line.tranche_id,
            line.kg,
            one.terms[0].price_vnd,
            one.transport_vnd,
            line.deliver_from.toordinal(),
        )
        for one in live(session)
        for line in one.terms[0].lines
    ]
    check_allocations(market, found)
    return sum(
        a.kg
        * (market.need[a.need].bid_vnd - market.lot[a.lot].ask_vnd - a.transport_vnd)
        for a in found
    )


def a_post(session, make, dice):
    """A new or a revised harvest or offer, matched at once."""
    market = read_market(session, today=TODAY).market
    kind = dice.choice(["harvest", "offer", "dearer", "smaller"])
    if kind == "harvest":
        post = make.harvest(
            likely_kg=dice.randrange(3, 40) * 1000,
            floor_price_vnd=dice.randrange(9, 15) * 1000,
            smallest_lot_kg=dice.choice([0, 2000]),
            window_start=DAY - timedelta(days=dice.randrange(20)),
        )
    elif kind == "offer":
        days = [(DAY + timedelta(days=7 * n), 5_000 + 1000 * n) for n in range(3)]
        post = make.offer(
            tranches=days[: dice.randrange(1, 4)],
            ceiling_price_vnd=dice.randrange(13, 19) * 1000,
            most_suppliers=dice.choice([0, 1]),
            smallest_lot_kg=dice.choice([0, 1000]),
        )
    elif kind == "dearer":
        lots = [post.id for post in market.lots]
        post = session.get_one(Harvest, dice.choice(lots))
        post.floor_price_vnd += dice.choice([-1000, 700])
    else:
        offers = sorted({need.offer for need in market.needs})
        post = session.get_one(Offer, dice.choice(offers))
        for tranche in post.tranches:
            tranche.ceiling_price_vnd += dice.choice([-900, 1100])
    session.flush()
    session.expire_all()
    match = match_offer if kind in ("offer", "smaller") else match_harvest
    return match(session, post.id, today=TODAY, now=NOW)


@pytest.mark.parametrize("few", [500, 0], ids=["rows", "columns"])
@pytest.mark.parametrize("seed", range(5))
def test_never_illegal_and_no_more_lost_than_it_says(
    session, make, monkeypatch, seed, few
):
    monkeypatch.setattr(matching, "FEW", few)
    dice = random.Random(seed)
    a_market(make, dice)
    found = run(session)
    matched = 0
    for _ in range(5):
        matched += a_post(session, make, dice) is not None
        session.expire_all()
        market = read_market(session, today=TODAY).market
        surplus = on_the_table(session, market)
        best = solve(market).surplus_vnd
        assert best - surplus <= session.get_one(MatchRun, found.id).loss_vnd
    assert found.changed == matched > 0


def test_a_new_offer_is_served_at_once_and_the_night_changes_nothing(session, make):
    make.harvest(likely_kg=20_000)
    make.offer(tranches=[(DAY, 5_000)])
    run(session)
    offer = make.offer(tranches=[(DAY, 12_000)], ceiling_price_vnd=16_000)

    match_offer(session, offer.id, today=TODAY, now=NOW)
    at_once = [(one.offer_id, one.state) for one in live(session)]
    again = run(session)

    assert len(at_once) == 2
    assert (again.proposals_new, again.proposals_kept) == (0, 2)


def test_who_pays_more_takes_the_place_of_who_paid_less(session, make):
    make.harvest(likely_kg=12_000)
    cheap = make.offer(tranches=[(DAY, 12_000)], ceiling_price_vnd=15_000)
    run(session)
    dear = make.offer(tranches=[(DAY, 12_000)], ceiling_price_vnd=18_000)

    found = match_offer(session, dear.id, today=TODAY, now=NOW)

    assert [one.offer_id for one in live(session)] == [dear.id]
    assert found.changed == 1
    left = dict(session.execute(select(NeedPrice.offer_id, NeedPrice.left_kg)).all())
    assert left == {cheap.id: 12_000, dear.id: 0}


def test_a_no_stays_a_no_and_what_is_bargained_over_stays(session, make):
    harvest, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    make.offer(tranches=[(DAY, 9_000)])
    run(session)
    for one in live(session):
        if one.offer_id == offer.id:
            one.state, one.declined_by = ProposalState.DECLINED, Side.BUYER
        else:
            one.state = ProposalState.NEGOTIATING
    session.flush()

    match_harvest(session, harvest.id, today=TODAY, now=NOW)

    assert live(session) == []


@pytest.mark.parametrize("state", ["withdrawn", "running", "never"])
def test_what_is_not_on_the_market_is_left_to_the_run(session, make, state):
    harvest = make.harvest()
    make.offer(tranches=[(DAY, 12_000)])
    if state != "never":
        run(session)
    if state == "withdrawn":
        harvest.state = HarvestState.WITHDRAWN
    if state == "running":
        session.add(MatchRun(trigger="post", started_at=NOW))
    session.flush()

    assert match_harvest(session, harvest.id, today=TODAY, now=NOW) is None


@pytest.mark.parametrize("seed", range(3))
def test_the_query_finds_the_best_that_there_are(session, make, seed):
    a_market(make, random.Random(seed))
    run(session)
    market = read_market(session, today=TODAY).market
    costs = carriage(session, TODAY)
    known = variety_bits(session, {lot.product for lot in market.lots})
    price = dict(session.execute(select(LotPrice.harvest_id, LotPrice.price_vnd)).all())
    gain = dict(session.execute(select(NeedPrice.tranche_id, NeedPrice.gain_vnd)).all())
    worth = {
        (lot.id, need.id): surplus
        for lot in market.lots
        for need in market.needs
        if (surplus := feasible_surplus(market, lot, need)) is not None
    }

    for (lot, need), surplus in worth.items():
        ask = market.lot[lot].ask_vnd
        assert surplus <= price[lot] - ask + gain[need]
    for need in market.needs:
        row = NeedPrice(**as_row(NeedPrice, need_row(need, known, 0, 0)))
        told = dict(best_lots(session, row, costs, limit=99))
        for lot in market.lots:
            if (lot.id, need.id) in worth:
                exact = worth[lot.id, need.id] + lot.ask_vnd - price[lot.id]
                if exact > 0:
                    assert abs(told[lot.id] - exact) <= 1
    for lot in market.lots:
        rows = [LotPrice(**as_row(LotPrice, r)) for r in lot_rows(lot, known, 0, 0)]
        told = [one.gain_vnd for row in rows for one in best_needs(session, row, costs)]
        for (one, need), surplus in worth.items():
            if one == lot.id:
                assert max(told) >= surplus - gain[need] - 1


def as_row(model, row):
    return dict(zip([column.name for column in model.__table__.c], row, strict=True))


def feasible_surplus(market, lot, need):
    if any(r.verdict is Verdict.FAIL for r in explain_pair(lot, need, market)):
        return None
    return Pair(lot, need, market).surplus_vnd


def test_the_ten_best_come_with_their_reasons(session, make):
    for n in range(12):
        make.harvest(floor_price_vnd=12_000 + 10 * n, likely_kg=1_000)
    make.offer(tranches=[(DAY, 12_000)])
    run(session)
    offer = make.offer(tranches=[(DAY, 3_000)], ceiling_price_vnd=19_000)
    match_offer(session, offer.id, today=TODAY, now=NOW)

    told = explain_best(session, offer.id, today=TODAY)

    assert len(told) == 10
    assert [best.gain_vnd for best, _ in told] == sorted(
        (best.gain_vnd for best, _ in told), reverse=True
    )
    assert {reason.code for reason in told[0][1]} >= {"price", "papers", "window"}
