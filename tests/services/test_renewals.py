"""Renewals: asked by one side, joined by the other, carried on by a proposal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.actor import Role
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import NoticeKind, ProposalState, Side
from marketplace.services.invariants import find_violations
from marketplace.services.proposals import (
    accept_terms,
    contract_of,
    current_terms,
    decline_proposal,
)
from marketplace.services.renewal_posts import NEW
from marketplace.services.renewal_standing import Phase, predecessor_of, standing_of
from marketplace.services.renewal_telling import due_renewals, tell_due
from marketplace.services.renewals import end_renewal, go_on
from models.harvests import Harvest
from models.notices import Letter, Notice
from models.renewals import Renewal
from tests.deals import Deals
from tests.factories import NOW


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def contract(session, deals):
    contract = deals.in_force()
    terms = contract.proposal.terms[0]
    terms.seller_accepted_at = terms.buyer_accepted_at = NOW
    session.flush()
    return contract


@pytest.fixture
def seller(deals, contract):
    return deals.actor(contract, Side.SELLER)


@pytest.fixture
def buyer(deals, contract):
    return deals.actor(contract, Side.BUYER)


def near_the_end(contract):
    today = contract.effective_to - timedelta(days=10)
    return {"today": today, "now": NOW + (today - NOW.date())}


def test_one_side_asks_and_the_other_makes_the_proposal(
    session, contract, seller, buyer
):
    at = near_the_end(contract)
    asked = go_on(session, seller, contract.public_id, NEW, **at)
    assert asked.proposal is None

    renewal = go_on(session, buyer, contract.public_id, NEW, **at)

    proposal = renewal.proposal
    terms = current_terms(proposal)
    assert (proposal.seller_id, proposal.buyer_id) == (
        contract.seller_id,
        contract.buyer_id,
    )
    assert proposal.state is ProposalState.NEGOTIATING
    assert proposal.reasons
    assert terms.price_vnd == contract.price_vnd
    assert terms.buyer_accepted_at
    assert terms.seller_accepted_at is None
    assert [(x.kg, x.deliver_from.month) for x in terms.lines] == [
        (x.kg, x.deliver_from.month) for x in contract.lines
    ]
    assert all(x.deliver_from > at["today"] for x in terms.lines)
    assert find_violations(session) == []


def test_the_second_yes_links_both_contracts(session, contract, seller, buyer):
    at = near_the_end(contract)
    go_on(session, seller, contract.public_id, NEW, **at)
    proposal = go_on(session, buyer, contract.public_id, NEW, **at).proposal

    accept_terms(session, seller, proposal.public_id, 0, **at)

    new = contract_of(session, proposal)
    standing = standing_of(session, buyer, contract, today=at["today"])
    assert (standing.phase, standing.successor) == (Phase.RENEWED, new)
    assert predecessor_of(session, new) is contract
    assert predecessor_of(session, contract) is None
    with pytest.raises(Refused):
        go_on(session, seller, contract.public_id, NEW, **at)
    assert find_violations(session) == []


def test_what_the_partner_has_on_the_market_is_met_at_once(
    session, make, contract, seller
):
    at = near_the_end(contract)
    day = contract.lines[0].deliver_from
    day = day.replace(year=day.year + 1)
    offer = make.offer(contract.buyer, tranches=[(day, 9_000)])

    renewal = go_on(session, seller, contract.public_id, NEW, **at)

    assert renewal.offer_id == offer.id
    assert [x.kg for x in current_terms(renewal.proposal).lines] == [9_000]
    assert current_terms(renewal.proposal).seller_accepted_at


def test_an_offer_on_other_days_does_not_stand_in_the_way(
    session, make, contract, seller
):
    at = near_the_end(contract)
    day = contract.lines[0].deliver_from
    make.offer(contract.buyer, tranches=[(day.replace(year=day.year + 2), 9_000)])

    renewal = go_on(session, seller, contract.public_id, NEW, **at)

    assert renewal.proposal is None
    assert renewal.harvest_id


def test_never_more_is_proposed_than_the_harvest_has(
    session, make, contract, seller, buyer
):
    at = near_the_end(contract)
    old = contract.harvest
    small = make.harvest(
        contract.seller,
        likely_kg=5_000,
        window_start=old.window_start.replace(year=old.window_start.year + 1),
        window_end=old.window_end.replace(year=old.window_end.year + 1),
    )
    go_on(session, seller, contract.public_id, small.public_id, **at)

    proposal = go_on(session, buyer, contract.public_id, NEW, **at).proposal

    assert sum(x.kg for x in current_terms(proposal).lines) == 5_000


def test_a_refused_answer_leaves_no_post_behind(session, contract, seller):
    at = near_the_end(contract)
    before = session.scalar(select(func.count(Harvest.id)))

    with pytest.raises(Refused):
        go_on(session, seller, contract.public_id, "somebody-elses", **at)

    assert session.scalar(select(func.count(Harvest.id))) == before


def test_it_is_too_early_long_before_the_end(session, contract, seller):
    today = contract.effective_to - timedelta(days=46)

    with pytest.raises(Refused):
        go_on(session, seller, contract.public_id, NEW, today=today, now=NOW)


def test_a_declined_proposal_frees_the_contract_for_another_try(
    session, contract, seller, buyer
):
    at = near_the_end(contract)
    go_on(session, seller, contract.public_id, NEW, **at)
    renewal = go_on(session, buyer, contract.public_id, NEW, **at)
    decline_proposal(
        session, seller, renewal.proposal.public_id, "Giá thấp", now=at["now"]
    )
    standing = standing_of(session, seller, contract, today=at["today"])
    assert standing.phase is Phase.FREE

    again = go_on(session, buyer, contract.public_id, NEW, **at)

    assert again.id != renewal.id
    assert renewal.closed_at


def test_either_side_ends_what_waits(session, contract, seller, buyer):
    at = near_the_end(contract)
    go_on(session, seller, contract.public_id, NEW, **at)

    end_renewal(session, buyer, contract.public_id, **at)

    assert standing_of(session, seller, contract, today=at["today"]).may_act
    told = session.scalars(
        select(Notice.user_id).where(Notice.kind == NoticeKind.RENEWAL_ENDED)
    ).all()
    assert seller.user_id in told


def test_the_database_keeps_one_open_renewal_a_contract(session, contract, seller):
    row = {
        "contract_id": contract.id,
        "asked_by": Side.SELLER,
        "asked_by_user_id": seller.user_id,
        "asked_at": NOW,
        "harvest_id": contract.harvest_id,
    }
    session.add(Renewal(**row, closed_at=NOW))
    session.add(Renewal(**row))
    session.flush()

    session.add(Renewal(**row))
    with pytest.raises(IntegrityError):
        session.flush()


def test_both_sides_are_told_once_and_by_letter(session, contract, seller, buyer):
    at = near_the_end(contract)

    told, _ = tell_due(session, **at)

    assert told == 2
    assert tell_due(session, **at)[0] == 0
    due = select(func.count(Letter.id)).where(Letter.kind == NoticeKind.RENEWAL_DUE)
    assert session.scalar(due) == 2
    assert due_renewals(session, seller, today=at["today"]) == [contract]


def test_strangers_officers_and_purchasers_of_the_seller_do_not_renew(
    session, make, deals, contract
):
    at = near_the_end(contract)
    for who in (make.member(), make.officer()):
        with pytest.raises(NotFound):
            go_on(session, who, contract.public_id, NEW, **at)

    purchaser = deals.actor(contract, Side.SELLER, Role.BUYER)
    with pytest.raises(Refused):
        go_on(session, purchaser, contract.public_id, NEW, **at)
