"""From an agreement to a signed contract, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.actor import Role
from marketplace.domain.canonical import short_digest
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import ChainState, ContractState, LinkageForm, PriceMode
from marketplace.services.addresses import seat_of
from marketplace.services.contract_content import content_of
from marketplace.services.contract_endings import (
    end_over,
    expire_unsigned,
    withdraw_contract,
)
from marketplace.services.contract_pdf import contract_pdf
from marketplace.services.contracts import access_contract, draw_contract
from marketplace.services.invariants import find_violations
from marketplace.services.offer_rows import command_of
from marketplace.services.offers import post_offer
from marketplace.services.quantities import promise_kg, promise_tranche
from marketplace.services.signing import Sign, current_version, sign_contract
from models.chains import Chain
from models.contracts import Contract
from models.price_quotes import PriceMarket
from tests.deals import Deals
from tests.factories import NOW, PASSWORD, TODAY
from tests.printed import Printed


@pytest.fixture
def drawn(session, make):
    """A contract waiting for two signatures, with its two directors."""
    proposal = make.proposal()
    line = proposal.terms[0].lines[0]
    promise_kg(session, proposal.harvest_id, line.kg)
    promise_tranche(session, line.tranche_id, line.kg)
    proposal.state, proposal.agreed_at = "agreed", NOW
    terms = proposal.terms[0]
    terms.seller_accepted_at = terms.buyer_accepted_at = NOW
    session.flush()
    contract = draw_contract(session, proposal, proposal.terms[0], today=TODAY, now=NOW)
    return contract, make.member(proposal.seller), make.member(proposal.buyer)


def sign(session, who, contract, **over):
    version = current_version(session, contract)
    values = {"digest": version.digest, "password": PASSWORD, "agreed": True}
    return sign_contract(
        session,
        who,
        contract.public_id,
        Sign(**(values | over)),
        today=TODAY,
        now=NOW + timedelta(hours=1),
    )


def test_a_contract_is_drawn_with_every_mandatory_clause(session, drawn):
    contract, _, _ = drawn

    content = content_of(current_version(session, contract))

    assert contract.state is ContractState.PROPOSED
    assert contract.linkage_form is LinkageForm.F3
    assert contract.value_vnd == 12_000 * 14_500
    assert contract.number.startswith("01/2026/HĐLK-")
    assert {"price", "breach", "dispute", "area_list"} <= content["clauses"].keys()
    assert find_violations(session) == []


def test_two_signatures_over_one_digest_put_it_in_force(session, drawn):
    contract, seller, buyer = drawn

    sign(session, seller, contract)
    assert contract.state is ContractState.PROPOSED
    sign(session, buyer, contract)

    assert contract.state is ContractState.IN_FORCE
    assert contract.signed_on == contract.effective_from == TODAY
    chain = session.query(Chain).filter_by(lead_id=contract.seller_id).one()
    assert chain.state is ChainState.SUBMITTED
    assert find_violations(session) == []


def test_signing_twice_is_the_same_as_once(session, drawn):
    contract, seller, _ = drawn

    sign(session, seller, contract)
    sign(session, seller, contract)

    assert len(current_version(session, contract).signatures) == 1


@pytest.mark.parametrize(
    "over",
    [
        {"password": "sai mật khẩu rồi"},
        {"digest": "0" * 64},
        {"agreed": False},
    ],
)
def test_a_signature_needs_the_same_words_the_password_and_the_tick(
    session, drawn, over
):
    contract, seller, _ = drawn

    with pytest.raises(Refused):
        sign(session, seller, contract, **over)

    assert current_version(session, contract).signatures == []


def test_only_a_representative_signs(session, drawn, make):
    contract, _, _ = drawn
    staff = make.member(contract.seller, Role.STAFF)

    with pytest.raises(Refused):
        sign(session, staff, contract)


def test_a_stranger_does_not_find_the_contract(session, drawn, make):
    contract, _, _ = drawn

    with pytest.raises(NotFound):
        access_contract(session, make.member(), contract.public_id)
    with pytest.raises(NotFound):  # an officer sees it once it is signed
        access_contract(session, make.officer(), contract.public_id)


def test_an_unsigned_contract_expires_and_gives_its_kilograms_back(session, drawn):
    contract, _, _ = drawn

    assert expire_unsigned(session, now=contract.sign_by) == 1
    assert expire_unsigned(session, now=contract.sign_by) == 0

    session.refresh(contract.harvest)
    assert contract.state is ContractState.EXPIRED
    assert contract.harvest.promised_kg == 0
    assert contract.lines[0].tranche.promised_kg == 0
    assert find_violations(session) == []


def test_a_contract_past_its_term_expires_once(session, drawn):
    contract, seller, buyer = drawn
    for who in (seller, buyer):
        sign(session, who, contract)
    last = contract.effective_to

    assert end_over(session, today=last - timedelta(days=1), now=NOW) == 0
    assert end_over(session, today=last, now=NOW) == 1
    assert end_over(session, today=last, now=NOW) == 0

    assert contract.state is ContractState.EXPIRED
    assert contract.ended_on == last
    assert find_violations(session) == []


def test_stepping_back_before_both_signed_releases_once(session, drawn):
    contract, seller, buyer = drawn
    sign(session, seller, contract)

    withdraw_contract(session, buyer, contract.public_id, "Hết chỗ chứa", now=NOW)

    session.refresh(contract.harvest)
    assert contract.state is ContractState.TERMINATED
    assert contract.harvest.promised_kg == 0
    with pytest.raises(Refused):
        sign(session, buyer, contract)
    with pytest.raises(Refused):
        withdraw_contract(session, buyer, contract.public_id, "Lần nữa", now=NOW)
    assert find_violations(session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contract_versions SET content = 'khác'",
        "DELETE FROM contract_events",
        "UPDATE signatures SET digest = digest",
        "UPDATE contracts SET state = 'fulfilled'",
        "UPDATE contracts SET state = 'signed'",
        "UPDATE terms SET price_vnd = price_vnd + 1",
        "UPDATE contract_lines SET kg = kg + 1",
    ],
)
def test_the_database_itself_forbids_tampering(session, drawn, statement):
    contract, seller, _ = drawn
    sign(session, seller, contract)
    session.commit()

    with pytest.raises(DBAPIError), session.begin_nested():
        session.connection().exec_driver_sql(statement)


@pytest.mark.usefixtures("drawn")
def test_tampering_behind_the_triggers_is_found(session):
    session.commit()
    connection = session.connection()
    drop = "DROP TRIGGER tr_contract_events_no_update"
    if connection.dialect.name == "postgresql":
        drop += " ON contract_events"
    connection.exec_driver_sql(drop)

    connection.exec_driver_sql("UPDATE contract_events SET event = 'forged'")
    session.expire_all()

    assert any(
        v.rule == "the audit chain is unbroken" for v in find_violations(session)
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.databases("sqlite")
def test_the_pdf_reads_in_both_languages_and_carries_what_was_signed(
    session, drawn, lang
):
    contract, seller, _ = drawn
    sign(session, seller, contract)
    version = current_version(session, contract)
    address = f"https://cho.example.vn/xac-thuc/{version.digest}"
    pdf = contract_pdf(version, lang, address)

    paper = Printed(pdf)

    assert contract.number in paper.text
    assert contract.seller.name in paper.text
    assert seat_of(contract.seller).endswith(", Sơn La")
    assert seat_of(contract.seller) in " ".join(paper.text.split())
    assert ("Điều 1." if lang == "vi" else "Article 1.") in paper.text
    assert paper.attached("contract.json") == version.content
    assert contract_pdf(version, lang, address) == pdf


@pytest.mark.databases("sqlite")
def test_every_page_of_the_pdf_says_how_to_check_it(session, drawn):
    version = current_version(session, drawn[0])
    address = f"https://cho.example.vn/xac-thuc/{version.digest}"

    paper = Printed(contract_pdf(version, "vi", address))

    last = len(paper.pages)
    assert last > 1
    for number, page in enumerate(paper.pages, 1):
        assert f"Trang {number}/{last}" in page
        assert f"Mã kiểm {short_digest(version.digest)}" in page
        assert "cho.example.vn/xac-thuc" in page
    assert version.digest in "".join(paper.pages[-1].split())
    assert paper.codes() == [address]


def test_numbers_run_within_seller_and_year(session, drawn, make):
    first, _, _ = drawn
    again = make.proposal(make.harvest(first.seller), make.offer())
    again.state, again.agreed_at = "agreed", NOW

    second = draw_contract(session, again, again.terms[0], today=TODAY, now=NOW)

    assert second.number.startswith("02/2026/")
    assert session.get(Contract, first.id).number.startswith("01/2026/")


def test_words_that_changed_meanwhile_are_not_signed(session, drawn):
    contract, seller, _ = drawn

    with pytest.raises(Conflict):
        sign(session, seller, contract, digest="f" * 64)


def moving_offer(make, session, mode, share=60):
    offer = make.offer()
    market = session.scalars(select(PriceMarket).order_by(PriceMarket.id)).first()
    offer.price_mode, offer.share_pct = mode, share
    offer.reference_market = market
    session.flush()
    return offer, market


@pytest.mark.parametrize("mode", [PriceMode.FLOOR, PriceMode.MARKET])
def test_a_price_that_moves_stands_in_the_words_that_both_sign(session, make, mode):
    offer, market = moving_offer(make, session, mode)

    contract = Deals(session, make).in_force(make.proposal(offer=offer))

    content = content_of(current_version(session, contract))
    assert content["price"]["mode"] == mode
    assert content["price"]["reference"]["code"] == market.code
    assert market.name_vi in content["clauses"]["price"]["legal_vi"]
    assert contract.reference_market == market.code


def test_a_moving_price_without_its_market_is_refused_beside_the_field(session, make):
    who = make.member(make.buyer())
    command = replace(command_of(make.offer()), price_mode=PriceMode.FLOOR)

    with pytest.raises(Refused) as refusal:
        post_offer(session, who, command, today=TODAY, now=NOW)

    assert refusal.value.field == "reference_market"


def test_a_contract_for_live_tests_is_ended_by_no_job_for_a_year(session, make):
    day = date(2031, 5, 6)  # whatever day it is
    contract = Deals(session, make).running(day)

    later = day + timedelta(days=360)
    end_over(session, today=later, now=NOW + (later - NOW.date()), limit=50)

    assert contract.state is ContractState.IN_FORCE
