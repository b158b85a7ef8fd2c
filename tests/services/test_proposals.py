"""Answers to a proposal: yes, no, other terms, and silence; on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.bargaining import Bid, CounterOffer, Line, Matter, differences
from marketplace.domain.commands_harvests import CloseHarvest
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    NoticeKind,
    OfferState,
    OrganisationState,
    ProposalState,
    Side,
)
from marketplace.services.counters import counter_terms, rounds_left, suggest_bid
from marketplace.services.harvest_changes import close_harvest, withdraw_harvest
from marketplace.services.matching import run_matching
from marketplace.services.matching_asking import POST
from marketplace.services.matching_post import match_harvest, match_offer
from marketplace.services.notice_words import said_of
from marketplace.services.notice_words_gone import GONE
from marketplace.services.offers import close_offer
from marketplace.services.proposal_ending import end_hopeless
from marketplace.services.proposal_expiry import expire_proposals, warn_expiring
from marketplace.services.proposal_making import bid_of
from marketplace.services.proposals import (
    accept_terms,
    access_proposal,
    contract_of,
    current_terms,
    decline_proposal,
    waiting_proposals,
)
from marketplace.services.suspension import suspend_organisation
from models.contracts import Contract
from models.jobs import Job
from models.notices import Notice
from models.organisations import Organisation
from models.proposals import Proposal
from tests.factories import NOW, TODAY

DAY = date(2026, 7, 28)
LATER = NOW + timedelta(hours=1)


class Table:
    """A proposal between two people who answer it."""

    def __init__(self, session, make, **harvest):
        self.session = session
        seller, buyer = make.organisation(), make.buyer()
        self.seller, self.buyer = make.member(seller), make.member(buyer)
        self.harvest = make.harvest(seller, **harvest)
        self.offer = make.offer(
            buyer, tranches=[(DAY, 12_000), (DAY + timedelta(days=7), 12_000)]
        )
        run_matching(session, today=TODAY, now=NOW)
        self.id = session.scalars(select(Proposal.public_id)).one()

    @property
    def proposal(self):
        return access_proposal(self.session, self.seller, self.id)

    @property
    def bid(self):
        return bid_of(current_terms(self.proposal))

    def who(self, side):
        return self.seller if side is Side.SELLER else self.buyer

    def accept(self, who, round_=0, now=LATER):
        return accept_terms(self.session, who, self.id, round_, today=TODAY, now=now)

    def counter(self, who, round_=0, now=LATER, message="", **changes):
        bid = changed(self.bid, **changes)
        command = CounterOffer(bid, message)
        return counter_terms(
            self.session, who, self.id, round_, command, today=TODAY, now=now
        )

    def decline(self, who, reason="Đã bán cho nơi khác", now=LATER):
        return decline_proposal(self.session, who, self.id, reason, now=now)


def changed(bid, price=None, kg=None, days=None):
    """The bid with another price, kilograms by place, or days by place."""
    lines = [
        Line(
            line.tranche_id,
            (kg or {}).get(place, line.kg),
            *(days or {}).get(place, (line.deliver_from, line.deliver_to)),
        )
        for place, line in enumerate(bid.lines)
    ]
    return Bid(price or bid.price_vnd, tuple(line for line in lines if line.kg))


@pytest.fixture
def table(session, make):
    return Table(session, make)


def told(session, kind):
    return [
        notice.user_id
        for notice in session.scalars(select(Notice).order_by(Notice.user_id))
        if notice.kind is kind
    ]


def test_both_sides_are_told_of_a_proposal(session, table):
    users = sorted([table.seller.user_id, table.buyer.user_id])

    assert told(session, NoticeKind.PROPOSAL_NEW) == users
    assert waiting_proposals(session, table.seller, now=LATER) == [table.proposal]
    assert waiting_proposals(session, table.buyer, now=LATER) == [table.proposal]


def test_nobody_else_finds_it(session, make, table):
    for stranger in (make.member(), make.officer()):
        with pytest.raises(NotFound):
            access_proposal(session, stranger, table.id)


def test_the_first_yes_waits_for_the_second(session, table):
    proposal = table.accept(table.seller)

    assert proposal.state is ProposalState.NEGOTIATING
    assert waiting_proposals(session, table.seller, now=LATER) == []
    assert waiting_proposals(session, table.buyer, now=LATER) == [proposal]
    assert told(session, NoticeKind.PROPOSAL_ACCEPTED) == [table.buyer.user_id]
    assert table.harvest.promised_kg == 0


@pytest.mark.parametrize("first", list(Side), ids=str)
def test_the_second_yes_promises_the_kilograms_and_draws_a_contract(
    session, table, first
):
    table.accept(table.who(first))
    second = table.buyer if first is Side.SELLER else table.seller

    proposal = table.accept(second)

    session.refresh(table.harvest)
    assert proposal.state is ProposalState.AGREED
    assert table.harvest.promised_kg == 24_000
    assert [t.promised_kg for t in table.offer.tranches] == [12_000, 12_000]
    contract = contract_of(session, proposal)
    assert (contract.total_kg, contract.price_vnd) == (24_000, table.bid.price_vnd)


def test_a_second_tap_does_nothing_twice(session, table):
    table.accept(table.seller)
    table.accept(table.seller)
    table.accept(table.buyer)
    table.accept(table.buyer)

    session.refresh(table.harvest)
    assert table.harvest.promised_kg == 24_000
    assert session.scalar(select(func.count(Contract.id))) == 1


def test_what_is_sold_meanwhile_is_not_promised_twice(session, table):
    table.accept(table.seller)
    table.harvest.promised_kg = 50_000
    session.flush()

    with pytest.raises(Refused):
        table.accept(table.buyer)

    assert session.scalar(select(func.count(Contract.id))) == 0


@pytest.mark.parametrize("party", list(Side), ids=str)
def test_a_suspended_party_agrees_to_nothing(session, table, party):
    table.accept(table.seller)
    own = table.proposal.seller if party is Side.SELLER else table.proposal.buyer
    own.state = OrganisationState.SUSPENDED

    with pytest.raises(Refused):
        table.accept(table.buyer)


def test_a_withdrawn_harvest_is_not_agreed_on(session, table):
    table.accept(table.seller)
    table.harvest.state = HarvestState.WITHDRAWN

    with pytest.raises(Refused):
        table.accept(table.buyer)


def test_terms_that_have_lapsed_are_refused(table):
    end = current_terms(table.proposal).expires_at

    with pytest.raises(Refused):
        table.accept(table.seller, now=end)
    with pytest.raises(Refused):
        table.counter(table.seller, now=end, price=15_000)


def test_a_counter_offer_is_answered_by_the_other_side(session, table):
    before = table.bid

    proposal = table.counter(
        table.seller, kg={0: 10_000}, message="Đầu vụ chín chưa đều"
    )

    terms = current_terms(proposal)
    assert (proposal.round, terms.made_by) == (1, Side.SELLER)
    assert (terms.message, terms.made_by_user_id) == (
        "Đầu vụ chín chưa đều",
        table.seller.user_id,
    )
    assert terms.expires_at == LATER + timedelta(hours=72)
    assert [one.matter for one in differences(before, bid_of(terms))] == [Matter.KG]
    assert bid_of(proposal.terms[0]) == before
    assert waiting_proposals(session, table.buyer, now=LATER) == [proposal]
    assert waiting_proposals(session, table.seller, now=LATER) == []
    assert told(session, NoticeKind.PROPOSAL_COUNTER) == [table.buyer.user_id]


def test_yes_to_a_counter_offer_agrees_on_its_terms(session, table):
    table.counter(table.seller, kg={0: 10_000}, price=15_000)

    proposal = table.accept(table.buyer, 1)

    session.refresh(table.harvest)
    assert proposal.state is ProposalState.AGREED
    assert table.harvest.promised_kg == 22_000
    assert contract_of(session, proposal).price_vnd == 15_000


def test_yes_to_an_older_round_is_a_conflict(table):
    table.counter(table.seller, price=15_000)

    with pytest.raises(Conflict):
        table.accept(table.buyer, 0)


def test_whoever_has_spoken_waits_for_the_other(table):
    table.counter(table.seller, price=15_000)

    with pytest.raises(Refused):
        table.counter(table.seller, 1, price=15_500)


def test_three_rounds_are_the_most(session, table):
    table.counter(table.seller, 0, price=15_000)
    table.counter(table.buyer, 1, price=14_200)
    table.counter(table.seller, 2, price=14_700)

    assert rounds_left(session, table.proposal, today=TODAY) == 0
    with pytest.raises(Refused):
        table.counter(table.buyer, 3, price=14_400)
    assert table.accept(table.buyer, 3).state is ProposalState.AGREED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"price": -1}, "price"),
        ({"price": 10_000_001}, "price"),
        ({"kg": {0: 0, 1: 0}}, "lines"),
        ({"kg": {0: 12_001}}, "lines"),
        ({"kg": {0: -5}}, "lines"),
        ({"days": {0: (DAY, DAY + timedelta(days=1))}}, "lines"),
        ({"days": {0: (DAY - timedelta(days=1), DAY)}}, "lines"),
        ({"days": {0: (DAY, DAY - timedelta(days=1))}}, "lines"),
    ],
    ids=str,
)
def test_a_counter_offer_keeps_the_hard_rules(table, changes, field):
    with pytest.raises(Refused) as refusal:
        table.counter(table.seller, **changes)

    assert refusal.value.field == field
    assert table.proposal.round == 0


def test_a_counter_offer_keeps_the_smallest_lot_of_both(session, make):
    table = Table(session, make, smallest_lot_kg=20_000)

    with pytest.raises(Refused):
        table.counter(table.buyer, kg={0: 5_000, 1: 5_000})


def test_a_counter_offer_moves_no_delivery_past_a_paper(session, make):
    seller = make.organisation()
    paper = make.certificate(seller, expires_on=DAY)
    make.harvest(seller, papers=[paper])
    buyer = make.buyer()
    offer = make.offer(
        buyer, tranches=[(DAY, 12_000)], schemes=[CertificateScheme.VIETGAP]
    )
    offer.tranches[0].window_end = DAY + timedelta(days=3)
    session.flush()
    run_matching(session, today=TODAY, now=NOW)
    proposal = session.scalars(select(Proposal)).one()
    bid = bid_of(current_terms(proposal))
    later = changed(bid, days={0: (DAY, DAY + timedelta(days=1))})

    with pytest.raises(Refused) as refusal:
        counter_terms(
            session,
            make.member(buyer),
            proposal.public_id,
            0,
            CounterOffer(later),
            today=TODAY,
            now=LATER,
        )

    assert bid.last_day == DAY
    assert refusal.value.field == "lines"


@pytest.mark.parametrize("price", [1_000, 13_999, 15_501, 90_000])
def test_the_price_is_free_and_a_refusal_tells_no_limit(table, price):
    proposal = table.counter(table.buyer, price=price)

    assert current_terms(proposal).price_vnd == price


@pytest.mark.parametrize("side", list(Side), ids=str)
def test_a_no_needs_a_reason_and_reaches_the_other(session, table, side):
    with pytest.raises(Refused):
        table.decline(table.who(side), "  ")

    proposal = table.decline(table.who(side))

    assert (proposal.state, proposal.declined_by) == (ProposalState.DECLINED, side)
    others = [table.buyer if side is Side.SELLER else table.seller]
    assert told(session, NoticeKind.PROPOSAL_DECLINED) == [o.user_id for o in others]
    with pytest.raises(Refused):
        table.accept(table.buyer)


def test_a_declined_pair_is_not_proposed_again(session, table):
    table.decline(table.buyer)

    run_matching(session, today=TODAY, now=LATER)

    assert session.scalar(select(func.count(Proposal.id))) == 1


def test_after_a_no_the_matcher_looks_again(session, table):
    table.decline(table.buyer)

    jobs = session.scalars(select(Job).where(Job.kind == "matching.run")).all()
    assert [job.key for job in jobs] == ["market"]


def test_silence_lets_a_proposal_lapse_once(session, table):
    end = current_terms(table.proposal).expires_at

    early = expire_proposals(session, now=end - timedelta(seconds=1))
    lapsed = expire_proposals(session, now=end)
    again = expire_proposals(session, now=end)

    assert (early, lapsed, again) == (0, 1, 0)
    assert table.proposal.state is ProposalState.EXPIRED
    assert len(told(session, NoticeKind.PROPOSAL_EXPIRED)) == 2


def test_who_has_not_answered_is_warned_once(session, table):
    table.accept(table.seller)
    near = current_terms(table.proposal).expires_at - timedelta(hours=5)

    early = warn_expiring(session, today=TODAY, now=LATER)
    warn_expiring(session, today=TODAY, now=near)
    warn_expiring(session, today=TODAY, now=near)

    assert early == 0
    assert told(session, NoticeKind.PROPOSAL_EXPIRING) == [table.buyer.user_id]


def test_a_new_round_is_not_born_expired(session, table):
    end = current_terms(table.proposal).expires_at
    table.counter(table.seller, now=end - timedelta(minutes=1), price=15_000)

    assert expire_proposals(session, now=end + timedelta(hours=1)) == 0


def test_a_suggestion_never_asks_for_more_than_is_left(session, table):
    table.harvest.promised_kg = 45_000
    session.flush()

    suggested = suggest_bid(session, table.proposal, Side.SELLER, today=TODAY)

    assert [line.kg for line in suggested.lines] == [12_000, 3_000]


def test_a_suggestion_goes_to_the_middle_of_the_market(session, make, table):
    make.quote(16_000, 18_000)

    seller = suggest_bid(session, table.proposal, Side.SELLER, today=TODAY)
    buyer = suggest_bid(session, table.proposal, Side.BUYER, today=TODAY)

    assert (seller.price_vnd, buyer) == (17_000, None)


def ended(session, table, kind=NoticeKind.PROPOSAL_DECLINED):
    """Who was told that it is over, and why."""
    assert table.proposal.state is ProposalState.SUPERSEDED
    rows = session.scalars(select(Notice).where(Notice.kind == kind))
    return [(one.user_id, one.params["gone"]) for one in rows]


def matched_next(session):
    return sorted(session.scalars(select(Job.key).where(Job.kind == POST)))


@pytest.fixture
def slow(monkeypatch):
    """A market so large that posts are matched by themselves."""
    pause = "marketplace.services.matching_asking._pause"
    monkeypatch.setattr(pause, lambda _session: timedelta(hours=1))


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("answered", [False, True])
def test_a_withdrawn_harvest_ends_what_is_not_agreed(session, table, answered):
    if answered:
        table.accept(table.buyer)

    withdraw_harvest(session, table.seller, table.harvest.public_id, now=LATER)

    assert ended(session, table) == [(table.buyer.user_id, "harvest_withdrawn")]
    assert f"None:{table.offer.id}" in matched_next(session)
    assert waiting_proposals(session, table.seller, now=LATER) == []
    assert waiting_proposals(session, table.buyer, now=LATER) == []


@pytest.mark.usefixtures("slow")
def test_the_kilograms_of_the_other_side_are_free_again(session, make, table):
    table.accept(table.buyer)
    another = make.harvest()
    match_harvest(session, another.id, today=TODAY, now=LATER)
    withdraw_harvest(session, table.seller, table.harvest.public_id, now=LATER)

    match_offer(session, table.offer.id, today=TODAY, now=LATER)

    live = select(Proposal).where(Proposal.state == ProposalState.PROPOSED)
    assert session.scalars(live).one().harvest_id == another.id


@pytest.mark.usefixtures("slow")
def test_a_closed_offer_ends_what_is_not_agreed(session, table):
    table.accept(table.seller)

    close_offer(session, table.buyer, table.offer.public_id, now=LATER)

    assert ended(session, table) == [(table.seller.user_id, "offer_closed")]
    assert f"{table.harvest.id}:None" in matched_next(session)


def test_a_harvest_that_is_over_ends_what_is_not_agreed(session, table):
    table.accept(table.buyer)
    last = table.harvest.window_end

    close_harvest(
        session,
        table.seller,
        table.harvest.public_id,
        CloseHarvest(60_000),
        today=last,
        now=LATER,
    )

    assert ended(session, table) == [(table.buyer.user_id, "harvest_closed")]


def test_a_suspended_party_ends_what_is_not_agreed(session, make, table):
    table.accept(table.buyer)
    seller = session.get(Organisation, table.seller.organisation_id)

    suspend_organisation(session, make.officer(), seller, "Giấy tờ giả", now=LATER)

    assert ended(session, table) == [(table.buyer.user_id, "suspended")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda table: setattr(table.harvest, "promised_kg", 50_000), "sold"),
        (lambda table: setattr(table.harvest, "over_promised", True), "sold"),
        (lambda table: setattr(table.offer.tranches[0], "promised_kg", 1), "bought"),
        (
            lambda table: setattr(table.offer, "state", OfferState.CLOSED),
            "offer_closed",
        ),
    ],
)
def test_the_clock_ends_what_nobody_can_agree_to(session, table, change, why):
    table.accept(table.buyer)
    assert end_hopeless(session, now=LATER) == 0
    change(table)
    session.flush()

    found = end_hopeless(session, now=LATER), end_hopeless(session, now=LATER)

    told = table.seller if why in ("bought", "offer_closed") else table.buyer
    assert found == (1, 0)
    assert ended(session, table) == [(told.user_id, why)]


def test_what_ended_with_its_post_is_told_in_its_own_words():
    for why in GONE:
        said = said_of(NoticeKind.PROPOSAL_DECLINED, {"gone": why})
        assert said is GONE[why]
    assert said_of(NoticeKind.PROPOSAL_DECLINED, {}) not in GONE.values()
