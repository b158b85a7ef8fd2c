"""Deposit, grade terms and added deliveries under an amendment that both sign."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.domain.amendments import PlannedDelivery
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.errors import Refused
from marketplace.domain.price_terms import GradeTerm, TermUnit
from marketplace.domain.words import CertificateScheme, Side
from marketplace.domain.words_delivery import EntryKind
from marketplace.services.contract_content import content_of
from marketplace.services.contract_versions import signed_words
from marketplace.services.days import day_of
from marketplace.services.entries import list_entries
from marketplace.services.inspections import grades_of
from marketplace.services.invariants import find_violations
from marketplace.services.payable import (
    deposit_due_on,
    deposit_left_vnd,
    deposit_waiting_vnd,
)
from marketplace.services.signing import current_version
from marketplace.services.statements import statement_of
from models.offers import OfferRequirement
from tests.acting import Acted
from tests.amending import amended, proposed
from tests.factories import TODAY

DAY = timedelta(days=1)


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def sides(acted):
    return {Side.SELLER: acted.seller, Side.BUYER: acted.buyer}


def content(session, contract):
    return content_of(current_version(session, contract))


def broken(session):
    """What contradicts the rules; the answers before the contract are not told here."""
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def test_a_deposit_is_agreed_and_dropped_by_amendments(session, acted, sides):
    contract = acted.contract
    assert "advance_deposit" not in content(session, contract)["clauses"]

    amended(session, sides, contract, deposit_pct=10)

    entries = list_entries(session, contract)
    agreed_vnd = contract.value_vnd // 10
    assert contract.deposit_pct == 10
    assert deposit_left_vnd(session, contract, entries) == agreed_vnd
    assert "advance_deposit" in content(session, contract)["clauses"]
    amended(session, sides, contract, 1, deposit_pct=0)
    assert contract.deposit_pct == 0
    assert deposit_left_vnd(session, contract, entries) == 0
    assert "advance_deposit" not in content(session, contract)["clauses"]
    assert broken(session) == []


def test_only_a_deposit_that_both_confirmed_is_paid(session, acted, sides):
    amended(session, sides, acted.contract, deposit_pct=10)
    agreed_vnd = acted.contract.value_vnd // 10

    def left():
        entries = list_entries(session, acted.contract)
        found = deposit_left_vnd(session, acted.contract, entries)
        return found, deposit_waiting_vnd(entries)

    entry = acted.recorded(EntryKind.DEPOSIT, agreed_vnd, day=3)
    waits = left()
    acted.answered(entry, day=3)

    assert (waits, left()) == ((agreed_vnd, agreed_vnd), (0, 0))


def test_the_days_of_a_deposit_run_from_the_words_that_agreed_on_it(
    session, acted, sides
):
    contract = acted.contract
    assert deposit_due_on(session, contract) is None

    amended(session, sides, contract, 4, deposit_pct=10)

    words = signed_words(session, contract)
    days = words[-1].content["numbers"]["deposit_days"]
    first, signed = day_of(words[0].since), day_of(words[-1].since)
    assert signed > first
    assert deposit_due_on(session, contract) == signed + days * DAY


def test_a_grade_term_holds_for_what_is_delivered_after_it(session, acted, sides):
    contract = acted.contract
    best = grades_of(session, contract)[0]
    grade = best.name_vi
    acted.delivered(1_000, Part(1_000, grade=best.code))
    terms = (GradeTerm(grade, Decimal(500), TermUnit.VND_PER_KG),)

    amended(session, sides, contract, 1, grade_terms=terms)

    acted.delivered(1_000, Part(1_000, grade=best.code), day=2)
    statement = statement_of(session, contract, today=TODAY + 2 * DAY)
    price = contract.price_vnd
    assert statement.totals.priced_vnd == 1_000 * price + 1_000 * (price + 500)
    assert (
        f"{grade} +500 đ/kg"
        in content(session, contract)["clauses"]["price"]["legal_vi"]
    )
    assert broken(session) == []


def test_a_term_for_a_grade_that_the_contract_does_not_take_is_refused(session, acted):
    terms = (GradeTerm("Loại khác", Decimal(500), TermUnit.VND_PER_KG),)

    with pytest.raises(Refused, match="không có trong hợp đồng"):
        proposed(session, acted.seller, acted.contract, grade_terms=terms)


def added(contract, kg=1_000):
    day = contract.lines[0].deliver_to
    return (PlannedDelivery(day, day, kg),)


def test_an_added_delivery_is_no_less_than_the_smallest_lot(session, acted):
    acted.contract.offer.smallest_lot_kg = 2_000
    session.flush()

    with pytest.raises(Refused, match=r"ít nhất 2\.000 kg"):
        proposed(
            session, acted.seller, acted.contract, deliveries=added(acted.contract)
        )
    enough = added(acted.contract, 2_000)
    assert proposed(session, acted.seller, acted.contract, deliveries=enough)


def test_an_added_delivery_needs_the_papers_that_were_asked(session, acted):
    offer = acted.contract.offer
    offer.requirements.append(OfferRequirement(scheme=CertificateScheme.GLOBALGAP))
    session.flush()

    with pytest.raises(Refused, match="GLOBALGAP không còn hiệu lực"):
        proposed(
            session, acted.seller, acted.contract, deliveries=added(acted.contract)
        )
