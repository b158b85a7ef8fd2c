"""The matcher on rows: what it reads, proposes, keeps, replaces and leaves alone."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    Market,
    OfferState,
    OrganisationState,
    ProposalState,
    Side,
)
from marketplace.matching import check, solve
from marketplace.services.matching import (
    StaleSnapshotError,
    read_shard,
    run_matching,
    store_shard,
)
from marketplace.services.matching_inputs import read_market
from marketplace.services.matching_leftover import (
    unmatched_of_harvest,
    unmatched_of_offer,
)
from marketplace.services.matching_runs import Order, begin_shard, plan_run
from models.matching import MatchRun, Unmatched
from models.proposals import Proposal, Terms, TermsLine
from tests.factories import NOW, TODAY

DAY = date(2026, 7, 28)


def run(session, now=NOW, today=TODAY):
    return run_matching(session, today=today, now=now)


def proposals(session, *states):
    wanted = select(Proposal).order_by(Proposal.id)
    if states:
        wanted = wanted.where(Proposal.state.in_(states))
    return list(session.scalars(wanted))


def lines(proposal):
    return [
        (line.kg, line.deliver_from, line.deliver_to)
        for line in proposal.terms[-1].lines
    ]


def counted(session):
    tables = (MatchRun, Proposal, Terms, TermsLine, Unmatched)
    return [session.scalar(select(func.count()).select_from(t)) for t in tables]


def digests(found):
    return [shard.input_digest for shard in found.shards]


def reason(proposal, code):
    return next(row for row in proposal.reasons if row["code"] == code)


def test_a_harvest_and_an_offer_that_fit_become_a_proposal(session, make):
    harvest, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])

    found = run(session)

    (proposal,) = proposals(session)
    assert (proposal.harvest_id, proposal.offer_id) == (harvest.id, offer.id)
    assert proposal.seller_id == harvest.organisation_id
    assert proposal.buyer_id == offer.organisation_id
    assert lines(proposal) == [(12_000, DAY, DAY)]
    assert (proposal.terms[0].round, proposal.terms[0].made_by) == (0, None)
    assert (found.matched_kg, found.unmatched_supply_kg) == (12_000, 48_000)
    assert found.surplus_vnd == found.bound_vnd


def test_the_market_of_the_rows_is_solved_as_the_engine_solves_it(session, make):
    dice = random.Random(7)
    for _ in range(8):
        make.harvest(
            likely_kg=dice.randrange(5, 40) * 1000,
            floor_price_vnd=dice.randrange(10, 15) * 1000,
            smallest_lot_kg=dice.choice([0, 2000]),
        )
    for _ in range(6):
        days = [
            (DAY + timedelta(days=7 * n), dice.randrange(3, 15) * 1000)
            for n in range(3)
        ]
        make.offer(tranches=days, ceiling_price_vnd=dice.randrange(13, 18) * 1000)
    market = read_market(session, today=TODAY).market

    found = run(session)

    alone = solve(market)
    check(market, alone)
    stored = {
        (proposal.harvest_id, line.tranche_id): line.kg
        for proposal in proposals(session)
        for line in proposal.terms[0].lines
    }
    assert stored == {(a.lot, a.need): a.kg for a in alone.allocations}
    assert (found.surplus_vnd, found.bound_vnd) == (alone.surplus_vnd, alone.bound_vnd)
    assert [shard.input_digest for shard in found.shards] == [alone.digest]


def test_a_second_run_adds_nothing_but_its_own_record(session, make):
    make.harvest()
    make.harvest(likely_kg=9_000)
    make.offer(tranches=[(DAY, 12_000), (DAY + timedelta(days=7), 70_000)])
    first = run(session)
    before = counted(session)

    second = run(session, now=NOW + timedelta(minutes=5))

    assert counted(session) == [before[0] + 1, *before[1:]]
    assert digests(second) == digests(first)
    assert (second.proposals_new, second.proposals_kept) == (0, first.proposals_new)


def test_a_proposal_that_no_longer_stands_is_replaced(session, make):
    _, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    run(session)
    (old,) = proposals(session)
    offer.tranches[0].kg = 10_000

    run(session)

    (new,) = proposals(session, ProposalState.PROPOSED)
    session.refresh(old)
    assert old.state is ProposalState.SUPERSEDED
    assert lines(new) == [(10_000, DAY, DAY)]


def test_a_replaced_pair_may_come_back_with_the_same_posts(session, make):
    make.harvest(likely_kg=12_000)
    make.offer(tranches=[(DAY, 12_000)])
    run(session)
    better = make.harvest(likely_kg=12_000, floor_price_vnd=12_000)
    run(session)
    better.state = HarvestState.WITHDRAWN

    run(session)

    states = [proposal.state for proposal in proposals(session)]
    assert states == [
        ProposalState.SUPERSEDED,
        ProposalState.SUPERSEDED,
        ProposalState.PROPOSED,
    ]


@pytest.mark.parametrize(
    "state", [ProposalState.NEGOTIATING, ProposalState.AGREED], ids=str
)
def test_what_somebody_acted_on_is_never_touched(session, make, state):
    harvest, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    run(session)
    (proposal,) = proposals(session)
    proposal.state = state
    proposal.agreed_at = NOW if state is ProposalState.AGREED else None
    harvest.low_kg, harvest.likely_kg = 1_000, 5_000
    offer.tranches[0].kg = 3_000
    session.flush()

    run(session)

    session.refresh(proposal)
    assert (proposal.state, lines(proposal)) == (state, [(12_000, DAY, DAY)])


def test_what_is_being_bargained_over_is_not_offered_twice(session, make):
    make.harvest(likely_kg=20_000)
    make.offer(tranches=[(DAY, 12_000)])
    run(session)
    proposals(session)[0].state = ProposalState.NEGOTIATING
    make.offer(tranches=[(DAY, 12_000)])

    run(session)

    fresh = proposals(session, ProposalState.PROPOSED)
    assert [lines(one) for one in fresh] == [[(8_000, DAY, DAY)]]


def test_a_no_stays_a_no_while_the_posts_stay_as_they_are(session, make):
    harvest, _ = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    run(session)
    (declined,) = proposals(session)
    declined.state, declined.declined_by = ProposalState.DECLINED, Side.BUYER

    run(session)
    after_a_no = len(proposals(session))
    harvest.floor_price_vnd -= 500
    run(session)

    assert after_a_no == 1
    assert len(proposals(session, ProposalState.PROPOSED)) == 1


def test_a_market_that_moved_is_not_stored(session, make):
    harvest, _ = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    (planned,) = plan_run(session, Order("post", NOW)).shards
    shard = begin_shard(session, planned.id, now=NOW)
    reading = read_shard(session, shard.products, today=TODAY)
    solved = reading.solve()
    harvest.promised_kg = 50_000
    session.flush()

    with pytest.raises(StaleSnapshotError):
        store_shard(session, shard, reading, solved, today=TODAY, now=NOW)

    assert proposals(session) == []


@pytest.mark.parametrize("papers", ["none", "lapsed", "unverified", "valid"])
def test_papers_count_on_the_day_of_delivery(session, make, papers):
    seller = make.organisation()
    held = {
        "none": [],
        "lapsed": [make.certificate(seller, expires_on=DAY - timedelta(days=1))],
        "unverified": [make.certificate(seller, verified=False)],
        "valid": [make.certificate(seller, expires_on=DAY)],
    }[papers]
    make.harvest(seller, papers=held)
    make.offer(tranches=[(DAY, 12_000)], schemes=[CertificateScheme.VIETGAP])

    run(session)

    assert len(proposals(session)) == (papers == "valid")


def test_only_the_tranches_before_a_paper_lapses_are_proposed(session, make):
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=date(2026, 8, 1))
    make.harvest(seller, papers=[paper])
    make.offer(
        tranches=[(DAY, 12_000), (date(2026, 8, 4), 12_000)],
        schemes=[CertificateScheme.VIETGAP],
    )

    run(session)

    (proposal,) = proposals(session)
    assert lines(proposal) == [(12_000, DAY, DAY)]
    papers = reason(proposal, "papers")
    assert papers["verdict"] == "tight"
    assert papers["missing"] == [
        {"number": 2, "from": "2026-08-04", "names": ["VIETGAP"]}
    ]
    assert papers["papers"][0]["until"] == "2026-08-01"


def test_a_renewal_is_advised_where_it_would_help(session, make):
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=date(2026, 7, 27))
    harvest = make.harvest(seller, papers=[paper])
    offer = make.offer(tranches=[(DAY, 12_000)], schemes=[CertificateScheme.VIETGAP])

    run(session)

    left = unmatched_of_harvest(session, harvest.id)
    assert (left.left_kg, left.rule, left.considered) == (60_000, "papers", 1)
    assert left.advice[0]["names"] == ["VIETGAP"]
    assert left.advice[0]["kg"] == 12_000
    assert [row.left_kg for _, row in unmatched_of_offer(session, offer.id)] == [12_000]


def test_the_market_abroad_asks_for_its_code(session, make):
    seller = make.organisation()
    area = make.area(seller)
    make.harvest(seller, papers=[make.code(area, Market.CN)])
    make.harvest(likely_kg=12_000)
    make.offer(tranches=[(DAY, 80_000)], market=Market.CN)

    run(session)

    assert [one.seller_id for one in proposals(session)] == [seller.id]


@pytest.mark.parametrize("side", ["seller", "buyer"])
@pytest.mark.parametrize(
    "state", [OrganisationState.PENDING, OrganisationState.SUSPENDED]
)
def test_only_verified_organisations_are_matched(session, make, side, state):
    seller, buyer = make.organisation(), make.buyer()
    make.harvest(seller)
    make.offer(buyer, tranches=[(DAY, 12_000)])
    party = seller if side == "seller" else buyer
    party.state = state
    party.verified_at = None

    run(session)

    assert proposals(session) == []


def test_nobody_sells_to_the_same_legal_entity(session, make):
    head = make.organisation(tax_code="5599000010")
    branch = make.buyer(tax_code="5599000010-001")
    make.harvest(head)
    make.offer(branch, tranches=[(DAY, 12_000)])

    run(session)

    assert proposals(session) == []


@pytest.mark.parametrize(
    "state", sorted(set(HarvestState) - {HarvestState.OPEN}), ids=str
)
def test_only_an_open_harvest_is_matched(session, make, state):
    make.harvest(state=state)
    make.offer(tranches=[(DAY, 12_000)])

    run(session)

    assert proposals(session) == []


@pytest.mark.parametrize("state", sorted(set(OfferState) - {OfferState.OPEN}), ids=str)
def test_only_an_open_offer_is_matched(session, make, state):
    make.harvest()
    make.offer(tranches=[(DAY, 12_000)], state=state)

    run(session)

    assert proposals(session) == []


def test_a_dropped_tranche_and_one_whose_day_is_past_take_nothing(session, make):
    make.harvest(window_start=date(2026, 1, 1))
    offer = make.offer(tranches=[(TODAY - timedelta(days=1), 12_000), (DAY, 12_000)])
    offer.tranches[1].dropped = True

    run(session)

    assert proposals(session) == []


def test_an_offer_takes_no_more_suppliers_than_it_wants(session, make):
    make.harvest(likely_kg=10_000)
    make.offer(tranches=[(DAY, 30_000)], most_suppliers=1)
    run(session)
    proposals(session)[0].state = ProposalState.NEGOTIATING
    make.harvest(likely_kg=10_000)

    run(session)

    assert len(proposals(session)) == 1


def test_the_price_is_the_reference_of_the_week_where_it_can_be(session, make):
    make.harvest(floor_price_vnd=12_000)
    make.offer(tranches=[(DAY, 12_000)], ceiling_price_vnd=18_000)
    make.quote(13_000, 16_000)

    run(session)

    (proposal,) = proposals(session)
    assert proposal.terms[0].price_vnd == 14_500
    assert reason(proposal, "price")["reference"] == [13_000, 16_000]


def test_limits_are_nowhere_in_what_both_sides_may_read(session, make):
    make.harvest(floor_price_vnd=12_347)
    make.offer(tranches=[(DAY, 12_000)], ceiling_price_vnd=17_893)

    run(session)

    (proposal,) = proposals(session)
    told = repr(
        (proposal.reasons, [row.advice for row in session.scalars(select(Unmatched))])
    )
    assert "12347" not in told
    assert "17893" not in told


def test_the_terms_lapse_after_the_published_time_or_the_buyers_day(session, make):
    make.harvest()
    make.offer(tranches=[(DAY, 12_000)])
    make.harvest(product="mango")
    make.offer(
        product="mango", tranches=[(DAY, 12_000)], answer_by=TODAY + timedelta(days=1)
    )

    run(session)

    ends = [proposal.terms[0].expires_at - NOW for proposal in proposals(session)]
    assert ends == [timedelta(hours=72), timedelta(hours=38)]


def test_the_digest_knows_every_number_that_the_matcher_sees(session, make):
    harvest, offer = make.harvest(), make.offer(tranches=[(DAY, 12_000)])
    seen = [read_market(session, today=TODAY).digest]
    for row, name, value in (
        (harvest, "floor_price_vnd", 13_000),
        (harvest, "promised_kg", 1_000),
        (harvest, "smallest_lot_kg", 500),
        (offer.tranches[0], "ceiling_price_vnd", 16_000),
        (offer.tranches[0], "window_end", DAY + timedelta(days=1)),
        (offer, "most_suppliers", 3),
    ):
        setattr(row, name, value)
        session.flush()
        seen.append(read_market(session, today=TODAY).digest)

    assert len(set(seen)) == len(seen)


def test_the_order_of_the_rows_changes_nothing(session, make):
    make.harvest(likely_kg=8_000)
    make.harvest(likely_kg=8_000)
    make.offer(tranches=[(DAY, 12_000)])
    market = read_market(session, today=TODAY).market
    turned = dataclasses.replace(market, lots=market.lots[::-1])

    assert solve(turned) == solve(market)
