"""Records follow from what is stored; each reader sees what each reader may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.track_record import (
    ContractEnd,
    FactKind,
    FactStanding,
    record_class,
)
from marketplace.domain.words import ContractState, NoticeKind, Side, Verdict
from marketplace.domain.words_delivery import EntryKind, Outcome
from marketplace.services.contract_events import move_contract
from marketplace.services.matching_classes import record_classes
from marketplace.services.matching_held import read_held
from marketplace.services.record_contests import (
    contest_fact,
    decide_contest,
    open_contests,
)
from marketplace.services.record_keeping import contracts_to_record, keep_record
from marketplace.services.track_records import (
    Reader,
    access_record,
    facts_behind,
    track_record,
)
from models.notices import Notice
from models.track_records import RecordDecision, RecordFact
from tests import record_rows
from tests.acting import Acted
from tests.deals import Deals
from tests.factories import NOW, TODAY

ROTTEN = Part(400, Outcome.REJECTED, reason="Dập")


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def kept(acted, day=0):
    """The facts by kind and side, written as of a day after the signature."""
    keep_record(acted.session, acted.contract.id, today=TODAY + timedelta(days=day))
    rows = acted.session.scalars(select(RecordFact).order_by(RecordFact.id)).all()
    sells = acted.contract.seller_id
    found = {}
    for row in rows:
        side = Side.SELLER if row.organisation_id == sells else Side.BUYER
        found.setdefault((side, row.kind), []).append(row)
    return found


def test_a_contract_in_force_without_deeds_has_no_record(acted):
    assert kept(acted) == {}


def test_a_load_is_on_time_and_good_as_far_as_it_was(acted):
    acted.delivered(4_000, Part(3_600), ROTTEN)

    found = kept(acted)

    (on_time,) = found[Side.SELLER, FactKind.ON_TIME]
    (quality,) = found[Side.SELLER, FactKind.QUALITY]
    assert (on_time.good, on_time.total, on_time.days_late) == (4_000, 4_000, 0)
    assert (quality.good, quality.total) == (3_600, 4_000)
    assert (Side.SELLER, FactKind.FULFILMENT) not in found


def test_a_delivery_whose_days_are_over_counts_what_came(acted):
    acted.delivered(4_000, Part(3_600), ROTTEN)

    last = acted.contract.lines[0].deliver_to
    found = kept(acted, day=(last - TODAY).days + 1)

    line = acted.contract.lines[0]
    fulfilment = found[Side.SELLER, FactKind.FULFILMENT][0]
    assert (fulfilment.good, fulfilment.total) == (3_600, line.kg)


def test_a_payment_is_late_by_its_days(acted):
    acted.delivered(4_000)
    term = acted.contract.payment_term_days

    (unpaid,) = kept(acted, day=term + 3)[Side.BUYER, FactKind.PAYMENT]
    assert (unpaid.good, unpaid.total, unpaid.days_late) == (0, 1, 3)
    acted.paid(4_000 * acted.contract.price_vnd, day=term + 5)
    (paid,) = kept(acted, day=term + 9)[Side.BUYER, FactKind.PAYMENT]

    assert (paid.id, paid.good, paid.days_late) == (unpaid.id, 0, 5)


def test_a_late_payment_makes_no_other_late(acted):
    acted.delivered(4_000)
    acted.delivered(4_000, day=20)
    term, worth = acted.contract.payment_term_days, 4_000 * acted.contract.price_vnd
    acted.paid(worth, day=term + 10)
    acted.paid(worth, day=20 + term)

    first, second = kept(acted, day=60 + term)[Side.BUYER, FactKind.PAYMENT]

    assert (first.good, first.days_late) == (0, 10)
    assert (second.good, second.days_late) == (1, 0)


def test_who_leaves_the_other_without_an_answer_is_told_of_it(acted):
    acted.recorded(EntryKind.PAYMENT, 1_000_000)

    assert (Side.SELLER, FactKind.ANSWER) not in kept(acted, day=5)
    (answer,) = kept(acted, day=6)[Side.SELLER, FactKind.ANSWER]

    assert (answer.good, answer.total, answer.days_late) == (0, 1, 1)


def test_a_breach_is_the_sides_that_owes_the_penalty(acted):
    penalty = acted.recorded(EntryKind.PENALTY, 5_000_000)
    acted.answered(penalty)
    move_contract(
        acted.session,
        acted.contract,
        ContractState.TERMINATED,
        "terminated",
        None,
        now=NOW,
        ended_on=TODAY + timedelta(days=1),
        ended_reason="Bán cho người khác",
        ended_for_breach=True,
    )

    found = kept(acted, day=2)

    (seller,) = found[Side.SELLER, FactKind.CONTRACT]
    (buyer,) = found[Side.BUYER, FactKind.CONTRACT]
    assert penalty.owed_by is Side.SELLER
    assert (seller.contract_end, buyer.contract_end) == (
        ContractEnd.BROKEN,
        ContractEnd.BROKEN_BY_OTHER,
    )
    assert (seller.good, seller.total, buyer.total) == (0, 1, 0)


def test_writing_the_facts_again_changes_nothing(acted):
    acted.delivered(4_000)
    first = {row.id: row.public_id for rows in kept(acted).values() for row in rows}

    again = {row.id: row.public_id for rows in kept(acted).values() for row in rows}

    assert again == first


def test_the_night_finds_contracts_of_which_nothing_is_written(acted):
    assert contracts_to_record(acted.session) == [acted.contract.id]

    acted.delivered(4_000)
    kept(acted)

    assert contracts_to_record(acted.session) == []


@pytest.fixture
def market(session, make):
    """One seller with a fact of each of four contracts, all with different buyers."""
    seller = make.organisation()
    deals, contracts = Deals(session, make), []
    for _number in range(4):
        proposal = make.proposal(make.harvest(seller))
        contracts.append(deals.in_force(proposal))
    for contract in contracts:
        record_rows.fact(session, contract, seller)
    return seller, contracts


def test_partners_read_sums_of_enough_contracts_beside_their_own(session, market):
    seller, contracts = market
    partner = somebody_of(contracts[0].buyer_id)

    record = track_record(session, partner, seller, today=TODAY)

    assert record.reader is Reader.PARTNER
    figure = record.figures[FactKind.PAYMENT]
    assert (figure.good_pct, figure.facts) == (100, 4)
    assert record.too_few == frozenset()
    with pytest.raises(NotFound):
        facts_behind(session, record, FactKind.PAYMENT)


def somebody_of(organisation_id):
    return Actor(1, organisation_id, Role.DIRECTOR)


def test_with_one_contract_less_a_partner_learns_nothing(session, market):
    seller, contracts = market
    row = select(RecordFact).where(RecordFact.contract_id == contracts[3].id)
    session.delete(session.scalars(row).one())
    session.flush()

    partner = somebody_of(contracts[0].buyer_id)
    record = track_record(session, partner, seller, today=TODAY)
    own = track_record(session, somebody_of(seller.id), seller, today=TODAY)

    assert record.figures == {}
    assert record.too_few == {FactKind.PAYMENT}
    assert own.figures[FactKind.PAYMENT].facts == 3


def test_matching_knows_the_class_of_the_same_figures(session, make, market):
    seller, contracts = market
    for number, contract in enumerate(contracts):
        record_rows.fact(session, contract, seller, good=0, day=TODAY)
        record_rows.fact(
            session, contract, contract.buyer, kind=FactKind.ANSWER, good=number % 2
        )

    record = track_record(session, somebody_of(seller.id), seller, today=TODAY)

    assert record_class(record.figures, record.least) == 5
    assert record_classes(session, today=TODAY) == {seller.id: 5}
    assert read_held(session, today=TODAY).classes == {seller.id: 5}


def test_what_was_taken_out_breaks_no_tie(session, make, market):
    seller, contracts = market
    make.member(seller)
    for contract in contracts:
        contest = record_rows.contest(session, contract, seller)
        contest.fact.good = 0
        session.flush()
        decide_contest(
            session,
            make.officer(),
            contest.public_id,
            excluded=True,
            reason="Đúng",
            now=NOW,
        )

    assert record_classes(session, today=TODAY) == {}


def test_who_has_no_dealings_finds_nothing(session, make, market):
    seller, _contracts = market
    stranger = make.member(make.buyer())

    assert track_record(session, stranger, seller, today=TODAY) is None
    with pytest.raises(NotFound):
        access_record(session, stranger, seller.public_id, today=TODAY)


def test_its_own_people_and_their_officers_see_the_facts(session, make, market):
    seller, _contracts = market

    for who in (make.member(seller), make.officer()):
        record = access_record(session, who, seller.public_id, today=TODAY)
        assert len(facts_behind(session, record, FactKind.PAYMENT)) == 4


def test_facts_older_than_the_period_are_left_out(session, market):
    seller, contracts = market
    long_ago = TODAY - timedelta(days=800)
    record_rows.fact(session, contracts[0], seller, day=long_ago, good=0)
    own = somebody_of(seller.id)

    record = track_record(session, own, seller, today=TODAY)

    assert record.figures[FactKind.PAYMENT].bad == 0
    assert record.verdict is Verdict.OK


def test_a_contested_fact_counts_until_an_officer_takes_it_out(session, make, market):
    seller, contracts = market
    fact = record_rows.fact(session, contracts[0], seller, good=0, days_late=9)
    director, officer = make.member(seller), make.officer()

    contest = contest_fact(session, director, fact.public_id, "Ngân hàng nghỉ", now=NOW)
    waiting = track_record(session, director, seller, today=TODAY)
    assert open_contests(session, officer)[1] == 1
    decide_contest(
        session, officer, contest.public_id, excluded=True, reason="Đúng", now=NOW
    )
    session.refresh(fact)
    decided = track_record(session, director, seller, today=TODAY)

    before, after = waiting.figures[FactKind.PAYMENT], decided.figures[FactKind.PAYMENT]
    assert (before.good_pct, before.contested) == (80, 1)
    assert (after.good_pct, after.contested, after.excluded) == (100, 0, 1)
    assert fact.standing is FactStanding.EXCLUDED
    assert open_contests(session, officer) == ([], 0)
    told = {(notice.kind, notice.user_id) for notice in session.scalars(select(Notice))}
    assert (NoticeKind.RECORD_CONTESTED, officer.user_id) in told
    assert (NoticeKind.RECORD_DECIDED, director.user_id) in told


def test_what_an_officer_upholds_counts_as_before(session, make, market):
    seller, contracts = market
    contest = record_rows.contest(session, contracts[0], make_seated(make, seller))

    decide_contest(
        session,
        make.officer(),
        contest.public_id,
        excluded=False,
        reason="Phiếu có hai chữ ký",
        now=NOW,
    )

    assert contest.fact.standing is FactStanding.UPHELD


def make_seated(make, organisation):
    make.member(organisation)
    return organisation


def test_a_fact_is_contested_and_answered_once(session, make, market):
    seller, contracts = market
    contest = record_rows.contest(session, contracts[0], make_seated(make, seller))
    officer, director = make.officer(), make.member(seller)
    answer = {"excluded": False, "reason": "Đúng số", "now": NOW}
    decide_contest(session, officer, contest.public_id, **answer)

    with pytest.raises(Refused):
        contest_fact(session, director, contest.fact.public_id, "Lại", now=NOW)
    with pytest.raises(Refused):
        decide_contest(session, officer, contest.public_id, **answer)


def test_both_say_why(session, make, market):
    seller, contracts = market
    fact = record_rows.fact(session, contracts[1], seller)
    contest = record_rows.contest(session, contracts[0], make_seated(make, seller))

    with pytest.raises(Refused):
        contest_fact(session, make.member(seller), fact.public_id, "  ", now=NOW)
    with pytest.raises(Refused):
        decide_contest(
            session,
            make.officer(),
            contest.public_id,
            excluded=True,
            reason=" ",
            now=NOW,
        )


def test_only_its_own_people_contest_a_fact(session, make, market):
    seller, contracts = market
    fact = record_rows.fact(session, contracts[0], seller)
    partner = make.member(contracts[0].buyer)

    with pytest.raises(NotFound):
        contest_fact(session, partner, fact.public_id, "Không đúng", now=NOW)


def test_what_was_decided_is_never_changed(session, make, market):
    seller, contracts = market
    contest = record_rows.contest(session, contracts[0], make_seated(make, seller))
    decision = decide_contest(
        session,
        make.officer(),
        contest.public_id,
        excluded=True,
        reason="Đúng",
        now=NOW,
    )

    decision.excluded = False
    with pytest.raises(DBAPIError, match="tr_record_decisions_no_update"):
        session.flush()


def test_a_dispute_outlives_the_fact_it_was_about(acted):
    acted.delivered(4_000)
    (fact,) = kept(acted)[Side.SELLER, FactKind.QUALITY]
    contest_fact(acted.session, acted.seller, fact.public_id, "Cân sai", now=NOW)
    fact.key = "gone"
    acted.session.flush()

    kept(acted)

    acted.session.refresh(fact)
    assert (fact.good, fact.total) == (0, 0)
    assert acted.session.scalar(select(func.count(RecordDecision.contest_id))) == 0
