"""Chains: joined by contracts, recognised by officers, counted by the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    ChainState,
    ContractState,
    FacilityKind,
)
from marketplace.services.chain_decisions import (
    confirm_chain,
    propose_confirmation,
    recognise_chain,
    record_fact,
    return_chain,
    withdraw_recognition,
)
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_linking import apply_for_safe_chain
from marketplace.services.chain_lists import ChainSieve, look_at_chains
from marketplace.services.chains import access_chain, look_at
from marketplace.services.contracts import draw_contract
from marketplace.services.figures import chains_on, count_chains_on
from marketplace.services.invariants import find_violations
from marketplace.services.quantities import promise_kg, promise_tranche
from marketplace.services.signing import Sign, current_version, sign_contract
from models.chain_days import ChainInterval
from models.chains import Chain, ChainEvaluation
from models.papers import Certificate, Facility
from tests.factories import NOW, PASSWORD, TODAY


@pytest.fixture
def in_force(session, make):
    """A contract that both sides signed today."""
    seller = make.organisation()
    vietgap = make.certificate(seller)
    buyer = make.buyer()
    shop = Facility(
        organisation_id=buyer.id,
        kind=FacilityKind.SELLING_POINT,
        name="Cửa hàng Một",
        unit_id=buyer.unit_id,
    )
    session.add(shop)
    session.flush()
    make.certificate(
        buyer, CertificateScheme.FOOD_SAFETY, product_id=None, facility_id=shop.id
    )
    proposal = make.proposal(make.harvest(seller, papers=[vietgap]), make.offer(buyer))
    line = proposal.terms[0].lines[0]
    promise_kg(session, proposal.harvest_id, line.kg)
    promise_tranche(session, line.tranche_id, line.kg)
    proposal.state, proposal.agreed_at = "agreed", NOW
    terms = proposal.terms[0]
    terms.seller_accepted_at = terms.buyer_accepted_at = NOW
    session.flush()
    contract = draw_contract(session, proposal, proposal.terms[0], today=TODAY, now=NOW)
    for side in (seller, buyer):
        command = Sign(current_version(session, contract).digest, PASSWORD, True)
        sign_contract(
            session,
            make.member(side),
            contract.public_id,
            command,
            today=TODAY,
            now=NOW,
        )
    return contract


@pytest.fixture
def waiting(session, in_force):
    """The product-development chain that the contract began."""
    return session.scalars(
        select(Chain).where(Chain.kind == ChainKind.PRODUCT_DEVELOPMENT)
    ).one()


def numbers(session, on=TODAY):
    return count_chains_on(session, on)


def test_a_recognised_chain_counts_from_the_day_and_not_before(session, waiting, make):
    before = numbers(session)["product_development"]

    recognise_chain(session, make.officer(), waiting.public_id, today=TODAY, now=NOW)

    assert waiting.state is ChainState.ACTIVE
    assert numbers(session)["product_development"] == before + 1
    assert numbers(session, TODAY - timedelta(days=1))["product_development"] == before
    assert find_violations(session) == []


def test_every_predicate_is_stored_with_its_reason(session, waiting, make):
    recognise_chain(session, make.officer(), waiting.public_id, today=TODAY, now=NOW)

    rows = session.scalars(
        select(ChainEvaluation).where(ChainEvaluation.chain_id == waiting.id)
    ).all()

    assert {row.predicate for row in rows} == {f"PD{n}" for n in range(1, 9)}
    assert all(row.holds and row.reason and row.rule_version for row in rows)


def test_an_officer_who_belongs_to_a_party_recognises_nothing(session, waiting, make):
    officer = make.officer()
    user = session.get(type(waiting.lead.memberships[0].user), officer.user_id)
    make.membership(waiting.lead, user=user)

    with pytest.raises(Refused):
        recognise_chain(session, officer, waiting.public_id, today=TODAY, now=NOW)


def test_an_officer_of_another_district_does_not_find_the_chain(session, waiting, make):
    stranger = make.officer("D116")

    with pytest.raises(NotFound):
        recognise_chain(session, stranger, waiting.public_id, today=TODAY, now=NOW)
    with pytest.raises(NotFound):
        access_chain(session, make.member(), waiting.public_id)


def test_the_count_of_a_past_day_does_not_move(session, waiting, make):
    officer = make.officer()
    recognise_chain(session, officer, waiting.public_id, today=TODAY, now=NOW)
    then = numbers(session)
    later = TODAY + timedelta(days=10)

    withdraw_recognition(
        session, officer, waiting.public_id, "Sai hồ sơ", today=later, now=NOW
    )

    assert numbers(session) == then
    assert numbers(session, later)["product_development"] == 0
    assert waiting.state is ChainState.REVOKED
    assert numbers(session, later)["product_development_detail"]["operating"] == 0


def test_missed_nights_are_caught_up_day_by_day(session, waiting, make, in_force):
    recognise_chain(session, make.officer(), waiting.public_id, today=TODAY, now=NOW)
    end = in_force.effective_to

    evaluate_chain(session, waiting.id, today=end + timedelta(days=90), now=NOW)

    states = {row.valid_from: row.state for row in waiting.intervals}
    assert states[end] is ChainState.AT_RISK
    assert waiting.state is ChainState.SUSPENDED
    assert find_violations(session) == []


def test_between_seasons_a_fulfilled_contract_carries_the_chain(
    session, waiting, make, in_force
):
    recognise_chain(session, make.officer(), waiting.public_id, today=TODAY, now=NOW)
    in_force.state = ContractState.FULFILLED
    in_force.delivered_kg = in_force.accepted_kg = in_force.total_kg
    session.flush()
    winter = in_force.effective_to + timedelta(days=100)

    evaluate_chain(session, waiting.id, today=winter, now=NOW)

    assert waiting.state is ChainState.ACTIVE
    assert waiting.intervals[-1].between_seasons


def test_evaluating_twice_writes_nothing_more(session, waiting):
    evaluate_chain(session, waiting.id, today=TODAY, now=NOW)
    rows = session.query(ChainEvaluation).count(), session.query(ChainInterval).count()

    evaluate_chain(session, waiting.id, today=TODAY, now=NOW)

    assert rows == (
        session.query(ChainEvaluation).count(),
        session.query(ChainInterval).count(),
    )


def test_a_returned_application_says_why(session, waiting, make):
    officer = make.officer()

    return_chain(
        session, officer, waiting.public_id, "Thiếu bản đồ", today=TODAY, now=NOW
    )

    assert waiting.state is ChainState.RETURNED
    assert waiting.returned_reason == "Thiếu bản đồ"
    with pytest.raises(Refused):
        recognise_chain(session, officer, waiting.public_id, today=TODAY, now=NOW)


@pytest.fixture
def safe(session, make, in_force):
    """A safe supply chain that was applied for, sampled and not yet confirmed."""
    director = make.member(in_force.seller)
    chain = apply_for_safe_chain(session, director, in_force, today=TODAY, now=NOW)
    record_fact(
        session,
        make.officer(),
        chain.public_id,
        "sample",
        passed=True,
        note="",
        today=TODAY,
        now=NOW,
    )
    return chain


def test_a_safe_chain_needs_two_officers(session, safe, make):
    first, second = make.officer(), make.officer()

    with pytest.raises(Refused):
        confirm_chain(session, second, safe.public_id, today=TODAY, now=NOW)
    propose_confirmation(session, first, safe.public_id, today=TODAY)
    with pytest.raises(Refused):
        confirm_chain(session, first, safe.public_id, today=TODAY, now=NOW)
    assert numbers(session)["safe_supply"] == 0

    confirm_chain(session, second, safe.public_id, today=TODAY, now=NOW)

    assert safe.state is ChainState.ACTIVE
    assert numbers(session)["safe_supply"] == 1
    assert numbers(session)["safe_supply_detail"]["cumulative"] == 1


def test_an_expired_vietgap_takes_a_safe_chain_out_of_the_count(
    session, safe, make, in_force
):
    propose_confirmation(session, make.officer(), safe.public_id, today=TODAY)
    confirm_chain(session, make.officer(), safe.public_id, today=TODAY, now=NOW)
    vietgap = in_force.harvest.papers[0].certificate
    vietgap.expires_on = TODAY + timedelta(days=5)
    session.flush()

    evaluate_chain(session, safe.id, today=TODAY + timedelta(days=70), now=NOW)

    assert safe.state is ChainState.SUSPENDED
    failing = [
        r for r in look_at(session, safe, today=TODAY + timedelta(days=70)) if r.fails
    ]
    assert [r.code for r in failing] == ["S2"]


def test_a_confirmation_lasts_as_long_as_the_papers_it_rests_on(session, safe, make):
    proposal = propose_confirmation(
        session, make.officer(), safe.public_id, today=TODAY
    )

    assert proposal.valid_to == TODAY + timedelta(days=400)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [(TODAY + timedelta(days=500), True), (TODAY, False), (date(2030, 1, 1), False)],
)
def test_an_officer_may_choose_another_last_day_within_the_longest_term(
    session, safe, make, wanted, given
):
    def propose():
        officer, chain = make.officer(), safe.public_id
        return propose_confirmation(
            session, officer, chain, today=TODAY, valid_to=wanted
        )

    if given:
        assert propose().valid_to == wanted
    else:
        with pytest.raises(Refused) as refusal:
            propose()
        assert refusal.value.field == "valid_to"


def test_a_proposal_whose_last_day_passed_gives_way_to_another(session, safe, make):
    first, second = make.officer(), make.officer()
    soon = TODAY + timedelta(days=2)
    old = propose_confirmation(
        session, first, safe.public_id, today=TODAY, valid_to=soon
    )
    with pytest.raises(Refused):
        propose_confirmation(session, first, safe.public_id, today=TODAY)

    with pytest.raises(Refused):
        confirm_chain(session, second, safe.public_id, today=soon, now=NOW)
    new = propose_confirmation(session, first, safe.public_id, today=soon)
    confirm_chain(session, second, safe.public_id, today=soon, now=NOW)

    assert (old.withdrawn_on, old.decided_at) == (soon, None)
    assert new.decided_at == NOW


def test_a_confirmed_chain_is_confirmed_anew_once_its_papers_are_renewed(
    session, safe, make, in_force
):
    first, second = make.officer(), make.officer()
    propose_confirmation(session, first, safe.public_id, today=TODAY)
    confirm_chain(session, second, safe.public_id, today=TODAY, now=NOW)
    with pytest.raises(Refused):
        propose_confirmation(session, first, safe.public_id, today=TODAY)
    for paper in session.scalars(select(Certificate)):
        paper.expires_on = TODAY + timedelta(days=600)
    session.flush()

    again = propose_confirmation(session, first, safe.public_id, today=TODAY)
    confirm_chain(session, second, safe.public_id, today=TODAY, now=NOW)

    assert again.valid_to == TODAY + timedelta(days=600)
    assert safe.state is ChainState.ACTIVE
    assert numbers(session)["safe_supply_detail"]["cumulative"] == 1
    assert numbers(session)["safe_supply"] == 1


def test_a_failed_sample_suspends_at_once(session, safe, make):
    officer = make.officer()
    propose_confirmation(session, officer, safe.public_id, today=TODAY)
    confirm_chain(session, make.officer(), safe.public_id, today=TODAY, now=NOW)

    record_fact(
        session,
        officer,
        safe.public_id,
        "sample",
        passed=False,
        note="Dư lượng",
        today=TODAY,
        now=NOW,
    )

    assert safe.state is ChainState.SUSPENDED


def test_a_stop_is_subtracted_from_the_cumulative_number(session, safe, make):
    officer = make.officer()
    propose_confirmation(session, officer, safe.public_id, today=TODAY)
    confirm_chain(session, make.officer(), safe.public_id, today=TODAY, now=NOW)

    record_fact(
        session,
        officer,
        safe.public_id,
        "stop",
        passed=None,
        note="",
        today=TODAY,
        now=NOW,
    )

    detail = numbers(session)["safe_supply_detail"]
    assert (detail["cumulative"], detail["stopped"], detail["operating"]) == (1, 1, 0)


def test_one_lead_and_product_is_one_chain_whoever_buys(session, make, in_force):
    from marketplace.services.chain_linking import join_chains

    again = join_chains(session, in_force, today=TODAY, now=NOW)

    assert len(again) == 1
    assert len(chains_on(session, TODAY)) == 1
    officer = make.officer()
    found = look_at_chains(session, officer, ChainSieve(), TODAY, limit=5)
    assert [one.id for one in found.chains] == [again[0].id]
    assert (found.total, found.counted) == (1, 0)
