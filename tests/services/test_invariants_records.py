"""Each rule of records, templates and renewals finds the row that breaks it."""

from __future__ import annotations

import pytest

from marketplace.domain.track_record import ContractEnd, FactKind
from marketplace.domain.words import LinkageForm, Side
from marketplace.domain.words_templates import TemplateStep
from marketplace.services.contract_templates import record_step, template_in_force
from marketplace.services.invariants_records import CHECKS_OF_RECORDS
from marketplace.services.record_keeping import keep_record
from marketplace.services.template_writing import copy_template
from models.renewals import Renewal
from tests import record_rows
from tests.acting import Acted
from tests.deals import Deals
from tests.factories import NOW, TODAY


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


def broken(session):
    """The rules that are broken, and by whom."""
    session.flush()
    return {(v.rule, v.subject) for check in CHECKS_OF_RECORDS for v in check(session)}


def test_what_the_services_write_breaks_none(session, make):
    acted = Acted(session, make)
    acted.delivered(1_000)
    acted.paid(1_000_000)

    assert keep_record(session, acted.contract.id, today=TODAY) > 0
    assert broken(session) == set()


def test_a_fact_is_of_a_side(session, make, deals):
    contract = deals.in_force()
    note = deals.inspected(contract)
    stranger = make.organisation()
    fact = record_rows.fact(session, contract, stranger, key=note.public_id)

    rule = "a fact of a record is of a side of its contract"
    assert broken(session) == {(rule, fact.public_id)}


@pytest.mark.parametrize(
    ("kind", "over", "rule"),
    [
        (FactKind.PAYMENT, {"key": "no such"}, "a fact of a load has its confirmed"),
        (FactKind.ON_TIME, {"total": 4_001}, "a fact of a load has its confirmed"),
        (FactKind.QUALITY, {"good": 3_999}, "a fact of quality is what a finding"),
        (FactKind.CLAIM, {}, "a fact of a claim has its claim"),
        (FactKind.FULFILMENT, {"key": "x:1"}, "a fact has the row that proves it"),
        (FactKind.ANSWER, {"key": "entry:x"}, "a fact has the row that proves it"),
        (FactKind.ANSWER, {"key": "day:1"}, "a fact has the row that proves it"),
        (FactKind.ANSWER, {"key": "note:x"}, "a fact has the row that proves it"),
        (
            FactKind.CONTRACT,
            {"contract_end": ContractEnd.KEPT},
            "a fact of an end is keyed by its own contract",
        ),
    ],
)
def test_a_fact_has_its_evidence_and_agrees_with_it(session, deals, kind, over, rule):
    contract = deals.in_force()
    note = deals.inspected(contract)
    kg = {"good": 4_000, "total": 4_000}
    told = {"kind": kind, "key": note.public_id, **kg, **over}
    fact = record_rows.fact(session, contract, contract.seller, **told)

    [(found, subject)] = broken(session)
    assert found.startswith(rule)
    assert subject == fact.public_id


def test_a_template_is_as_its_journal_says(session, make):
    writer = make.officer()
    first = template_in_force(session, LinkageForm.F3, TODAY)
    draft = copy_template(session, writer, first.public_id, now=NOW)
    assert broken(session) == set()

    record_step(session, draft, TemplateStep.PROPOSED, writer, now=NOW)

    rule = "the state of a template follows from its journal"
    assert broken(session) == {(rule, draft.public_id)}


def test_no_journal_has_one_pair_of_eyes(session, make):
    writer = make.officer()
    first = template_in_force(session, LinkageForm.F3, TODAY)
    draft = copy_template(session, writer, first.public_id, now=NOW)

    record_step(session, draft, TemplateStep.APPROVED, writer, now=NOW)

    rule = "a template is approved by a second person"
    assert (rule, draft.public_id) in broken(session)


def test_a_link_of_a_journal_that_does_not_follow_is_found(session, make):
    first = template_in_force(session, LinkageForm.F3, TODAY)
    draft = copy_template(session, make.officer(), first.public_id, now=NOW)

    draft.public_id = "Z" * 22  # each link names its version

    assert ("the journal of a template holds", draft.public_id) in broken(session)


def renewal(session, make, contract, proposal, closed_at=None):
    row = Renewal(
        contract_id=contract.id,
        asked_by=Side.SELLER,
        asked_by_user_id=make.user().id,
        asked_at=NOW,
        harvest_id=proposal.harvest_id,
        offer_id=proposal.offer_id,
        proposal_id=proposal.id,
        closed_at=closed_at,
    )
    session.add(row)
    session.flush()
    return row


def test_a_renewal_stays_between_the_same_two(session, make, deals):
    contract = deals.in_force()
    other = make.proposal(offer=make.offer(make.buyer()))
    row = renewal(session, make, contract, other)

    rule = "a renewal leads to a contract of the same two sides"
    assert (rule, row.public_id) in broken(session)


def test_a_contract_is_renewed_once(session, make, deals):
    contract, *later = (deals.in_force(make.proposal()) for _ in range(3))
    for one, closed_at in zip(later, (NOW, None), strict=True):
        renewal(session, make, contract, one.proposal, closed_at)

    rule = "a contract is renewed by one signed contract"
    assert (rule, contract.public_id) in broken(session)
