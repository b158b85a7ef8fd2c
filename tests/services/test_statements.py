"""The statement of a contract, from what its two sides really wrote down."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.domain.canonical import canonical_bytes, digest_of
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.settlement_lines import LineKind
from marketplace.domain.words_delivery import EntryKind, EntryState, Outcome
from marketplace.services import inspection_rules
from marketplace.services.accounts import answer_entry
from marketplace.services.disputes import raise_claim, say_in_claim
from marketplace.services.statements import statement_of
from models.contract_events import ContractEvent
from models.contracts import Contract, ContractVersion
from models.database import db
from models.settlements import AccountEntry
from models.signatures import Signature
from tests.acting import Acted, at_once
from tests.factories import NOW, TODAY, Make
from tests.worlds import undone

LAST_DAY = 400
WEEK_LATER = TODAY + timedelta(days=7)


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def stated(acted, day=0, **over):
    today = TODAY + timedelta(days=day)
    return statement_of(acted.session, acted.contract, today=today, **over)


def lines_of(statement, kind):
    return [line for line in statement.lines if line.kind is kind]


def test_what_was_accepted_is_priced_by_the_signed_rule_step_by_step(acted):
    spoilt = Part(120, Outcome.REJECTED, reason="Dập")
    acted.delivered(4_000, Part(3_000, grade="I"), Part(880, grade="II"), spoilt)

    statement = stated(acted)

    totals = statement.totals
    assert (totals.delivered_kg, totals.accepted_kg) == (4_000, 3_880)
    assert totals.priced_vnd == 3_880 * 14_500 == statement.balance_vnd
    for line in lines_of(statement, LineKind.PRICED):
        assert line.steps[-1].amount == line.amount_vnd


def test_a_deduction_is_per_kilogram_and_takes_no_more_than_the_line_pays(
    acted, monkeypatch
):
    # A finding from before deductions were bounded is still read.
    monkeypatch.setattr(inspection_rules, "check_deductions", lambda *_: None)
    acted.delivered(
        1_000,
        Part(400, deduction_vnd=500, reason="Nhỏ"),
        Part(600, deduction_vnd=99_000, reason="Hỏng"),
    )

    totals = stated(acted).totals

    assert totals.deductions_vnd == 400 * 500 + 600 * 14_500
    assert totals.owed_vnd == 400 * 14_000


def test_only_what_the_other_side_confirmed_counts(acted):
    acted.delivered(1_000)
    for state in (EntryState.REFUSED, EntryState.WITHDRAWN):
        acted.answered(acted.recorded(EntryKind.PAYMENT, 1_000), state)
    waiting = acted.recorded(EntryKind.PAYMENT, 5_000_000)

    assert stated(acted).totals.paid_vnd == 0
    acted.answered(waiting)

    assert stated(acted).totals.paid_vnd == 5_000_000
    assert stated(acted).balance_vnd == 9_500_000


def test_a_deposit_is_set_off_against_the_last_payment(acted):
    acted.paid(10_000_000, kind=EntryKind.DEPOSIT)
    acted.delivered(4_000, day=1)

    before = stated(acted, 2)
    acted.delivered(8_000, day=3)
    after = stated(acted, 3)

    assert (before.totals.advances_vnd, before.balance_vnd) == (0, 58_000_000)
    assert after.totals.advances_vnd == 10_000_000
    assert after.balance_vnd == 12_000 * 14_500 - 10_000_000


def test_where_not_everything_comes_a_deposit_counts_from_the_end(acted):
    acted.paid(10_000_000, kind=EntryKind.DEPOSIT)
    acted.delivered(4_000)
    end = (acted.contract.effective_to - TODAY).days

    before, after = stated(acted, end - 1).totals, stated(acted, end).totals

    assert (before.advances_vnd, after.advances_vnd) == (0, 10_000_000)


def test_inputs_and_agreed_penalties_are_offset(acted):
    acted.delivered(1_000)
    acted.paid(300_000, kind=EntryKind.INPUT)
    acted.paid(200_000, kind=EntryKind.PENALTY)

    totals = stated(acted).totals

    assert (totals.offset_vnd, totals.seller_penalties_vnd) == (300_000, 200_000)
    assert totals.open_vnd == 14_500_000 - 500_000


def test_a_late_payment_bears_the_interest_of_the_dated_rule(acted):
    acted.delivered(1_000)

    statement = stated(acted, 7 + 73)

    assert statement.totals.overdue_vnd == 14_500_000
    assert statement.totals.interest_vnd == 290_000  # 10 % a year, 73 days of 365


def test_a_claim_changes_how_much_is_owed_but_not_since_when(acted):
    spoilt = Part(500, Outcome.REJECTED, reason="Dập")
    note = acted.delivered(1_000, Part(500), spoilt)
    session = acted.session
    raise_claim(session, acted.seller, note.public_id, "Không dập", now=NOW)
    later = NOW + timedelta(days=30)
    for who, word, offer in (
        (acted.seller, ClaimWord.OFFER, Offered(900, 1_000)),
        (acted.buyer, ClaimWord.ACCEPT, None),
    ):
        say_in_claim(session, who, note.public_id, word, "Chia đôi", offer, now=later)

    (debt,) = stated(acted, 30).debts

    assert debt.debt.due_on == WEEK_LATER
    assert debt.debt.principal_vnd == 900 * 14_500 - 400 * 1_000
    assert stated(acted, 30).totals.accepted_kg == acted.contract.accepted_kg == 900


def resigned(acted, **price):
    """The contract as if another price rule had been signed."""
    version = acted.contract.versions[0]
    content = {**json.loads(version.content), "price": price}
    content.pop("schema")
    acted.session.add(
        ContractVersion(
            contract_id=acted.contract.id,
            version=2,
            content=canonical_bytes(content).decode(),
            digest=digest_of(content),
            template=version.template,
            made_at=NOW,
        )
    )
    acted.session.flush()
    acted.session.add_all(
        Signature(
            contract_id=acted.contract.id,
            version=2,
            side=one.side,
            digest=digest_of(content),
            organisation_id=one.organisation_id,
            user_id=one.user_id,
            signed_at=NOW - timedelta(minutes=1),
            method="password",
        )
        for one in version.signatures
    )
    acted.session.flush()
    acted.contract.current_version = 2
    acted.session.flush()


MARKET = {
    "reference": "Chợ đầu mối Long Biên",
    "reference_day_rule": "thứ Hai",
}


def test_a_market_price_waits_for_its_quote_and_takes_that_of_the_agreed_day(
    acted, make
):
    resigned(acted, mode="market", **MARKET)
    acted.delivered(1_000, day=3)  # a Thursday

    waiting = stated(acted, 3)
    make.quote(15_000, 17_000, day=TODAY)
    make.quote(30_000, 30_000, day=TODAY + timedelta(days=2))
    known = stated(acted, 3)

    assert (waiting.totals.unpriced_kg, waiting.balance_vnd) == (1_000, 0)
    assert (known.totals.unpriced_kg, known.balance_vnd) == (0, 16_000_000)


def test_a_floor_price_is_provisional_until_the_market_is_known(acted, make):
    share = {"price_vnd": 14_000, "share_pct": 50}
    resigned(acted, mode="floor", **share, **MARKET)
    acted.delivered(1_000)

    before = stated(acted)
    make.quote(15_000, 17_000, day=TODAY)
    after = stated(acted)

    assert (before.provisional, before.balance_vnd) == (True, 14_000_000)
    assert (after.provisional, after.balance_vnd) == (False, 15_000_000)


def test_a_grade_term_finds_its_grade_in_either_language(acted):
    terms = [{"grade": "Loại 1", "amount": 500, "unit": "vnd_per_kg"}]
    resigned(acted, mode="fixed", price_vnd=14_000, grade_terms=terms)
    acted.delivered(1_000, Part(600, grade="extra"), Part(400, grade="I"))

    for lang in ("vi", "en"):
        assert stated(acted, lang=lang).balance_vnd == 600 * 14_500 + 400 * 14_000


PARTS = st.tuples(st.integers(1, 900), st.integers(0, 400), st.integers(0, 14_500))
LOADS = st.lists(st.tuples(PARTS, st.integers(0, 3)), max_size=4)
MONEY = st.lists(
    st.tuples(
        st.sampled_from([kind for kind in EntryKind if kind is not EntryKind.REFUND]),
        st.integers(1, 9_000_000),
        st.integers(0, 60),
        st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=20)
@given(loads=LOADS, money=MONEY, day=st.integers(0, 200))
def test_the_statement_of_any_acted_out_contract_reconciles(session, loads, money, day):
    with undone(session):
        acted = Acted(session, Make(session))
        act_out(acted, loads, money)

        whole, some = stated(acted, LAST_DAY), stated(acted, day)

        for statement in (whole, some):
            total = sum(line.signed_vnd for line in statement.lines)
            assert total == statement.balance_vnd
            assert total == statement.totals.owed_vnd - statement.totals.covered_vnd
            priced = lines_of(statement, LineKind.PRICED)
            kilograms = sum(line.params["kg"] for line in priced)
            assert kilograms == statement.totals.accepted_kg
        assert whole.totals.accepted_kg == acted.contract.accepted_kg
        assert whole.totals.delivered_kg == acted.contract.delivered_kg


def act_out(acted, loads, money):
    for (good, bad, less), on in sorted(loads, key=lambda one: one[1]):
        found = [Part(good, deduction_vnd=less, reason="Nhỏ" if less else "")]
        found += [Part(bad, Outcome.REJECTED, reason="Dập")] if bad else []
        acted.delivered(good + bad, *found, day=on)
    for kind, vnd, on, confirmed in money:
        entry = acted.recorded(kind, vnd % 1_000_000 + 1, on)
        if confirmed:
            acted.answered(entry, day=on)


def test_of_two_people_who_confirm_one_payment_at_once_it_counts_once(fresh_app):
    with fresh_app.app_context():
        make = Make(db.session())
        acted = Acted(db.session(), make)
        acted.delivered(1_000)
        entry = acted.recorded(EntryKind.PAYMENT, 5_000_000)
        contract_id, ids = (
            acted.contract.id,
            (
                acted.contract.public_id,
                entry.public_id,
            ),
        )
        people = [acted.seller, make.member(acted.contract.seller)]
        db.session.commit()

    told = at_once(
        fresh_app,
        [
            lambda session, who=who: answer_entry(
                session, who, *ids, EntryState.CONFIRMED, now=NOW
            )
            for who in people
        ],
    )

    with fresh_app.app_context():
        contract = db.session.get_one(Contract, contract_id)
        assert told == ["done", "done"]
        confirmed = select(func.count()).where(ContractEvent.event == "entry_confirmed")
        assert db.session.scalar(confirmed) == 1
        assert db.session.scalar(select(func.count(AccountEntry.id))) == 1
        statement = statement_of(db.session(), contract, today=TODAY)
        assert statement.totals.paid_vnd == 5_000_000


def test_shares_are_told_to_one_decimal(acted):
    acted.delivered(4_000, Part(3_000), Part(1_000, Outcome.REJECTED, reason="Dập"))

    shares = stated(acted).shares

    assert shares.fulfilled_pct == Decimal("25.0")
    assert (shares.on_time_pct, shares.rejected_pct) == (Decimal(100), Decimal("25.0"))
    assert acted.contract.lines[0].kg == 12_000
