"""Entries of one side count once the other has confirmed them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, literal, select
from sqlalchemy.exc import DBAPIError

from marketplace.domain.commands_accounts import RecordEntry, RecordInvoice
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryKind, EntryMethod, EntryState
from marketplace.services import invoices
from marketplace.services.accounts import (
    answer_entry,
    record_entry,
)
from marketplace.services.contract_waiting import waiting_for
from marketplace.services.entries import list_entries
from marketplace.services.invoices import record_invoice
from marketplace.services.statements import statement_of
from models.settlements import AccountEntry
from tests.deals import Deals
from tests.factories import NOW, TODAY

COPIED = (
    *("contract_id", "method", "amount_vnd", "on", "reference", "text", "state"),
    *("recorded_by", "recorded_by_id", "recorded_at", "answer"),
)


@pytest.fixture
def deal(session, make):
    deals = Deals(session, make)
    contract = deals.in_force()
    return (
        contract,
        deals.actor(contract, Side.SELLER),
        deals.actor(contract, Side.BUYER),
    )


def pay(session, who, contract, **over):
    values = {
        "kind": EntryKind.PAYMENT,
        "amount_vnd": 5_000_000,
        "on": TODAY,
        "method": EntryMethod.TRANSFER,
    }
    return record_entry(
        session,
        who,
        contract.public_id,
        RecordEntry(**(values | over)),
        today=TODAY,
        now=NOW,
    )


def answer(session, who, contract, entry, state, text=""):
    return answer_entry(
        session, who, contract.public_id, entry.public_id, state, text, now=NOW
    )


def test_a_payment_waits_for_the_payee(session, deal):
    contract, seller, buyer = deal
    entry = pay(session, buyer, contract)

    assert waiting_for(session, seller).entries == [entry]
    assert waiting_for(session, buyer).entries == []
    for _ in range(2):
        answer(session, seller, contract, entry, EntryState.CONFIRMED)

    assert entry.state is EntryState.CONFIRMED
    with pytest.raises(Conflict):
        answer(session, seller, contract, entry, EntryState.REFUSED, "Chưa nhận")


def test_nobody_confirms_his_own_payment(session, deal):
    contract, seller, buyer = deal
    entry = pay(session, buyer, contract)

    for state in (EntryState.CONFIRMED, EntryState.REFUSED):
        with pytest.raises(Refused):
            answer(session, buyer, contract, entry, state, "x")
    with pytest.raises(Refused):
        answer(session, seller, contract, entry, EntryState.WITHDRAWN)
    answer(session, buyer, contract, entry, EntryState.WITHDRAWN)
    assert entry.state is EntryState.WITHDRAWN


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"amount_vnd": 0}, "amount"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"on": TODAY - timedelta(days=1)}, "on"),
        ({"method": None}, "method"),
        ({"kind": EntryKind.INPUT, "method": None}, "text"),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field(session, deal, over, field):
    contract, _, buyer = deal

    with pytest.raises(Refused) as refusal:
        pay(session, buyer, contract, **over)

    assert refusal.value.field == field
    assert list_entries(session, contract) == []


def test_penalties_stay_within_the_agreed_share_of_the_value(session, deal):
    contract, seller, buyer = deal
    most = contract.value_vnd * contract.penalty_pct // 100
    penalty = {"kind": EntryKind.PENALTY, "method": None, "text": "Giao chậm"}

    first = pay(session, buyer, contract, amount_vnd=most, **penalty)
    with pytest.raises(Refused, match="Phạt không quá"):
        pay(session, buyer, contract, amount_vnd=1, **penalty)
    assert first.owed_by is Side.SELLER
    answer(session, seller, contract, first, EntryState.REFUSED, "Bất khả kháng")
    pay(session, buyer, contract, amount_vnd=most, **penalty)


def test_the_database_keeps_an_entry_as_it_was_recorded(session, deal):
    contract, _, buyer = deal
    entry = pay(session, buyer, contract)
    entry.amount_vnd += 1

    with pytest.raises(DBAPIError, match="tr_account_entries_frozen"):
        session.flush()
    session.rollback()


def test_an_invoice_is_the_sellers_and_its_number_is_taken_once(session, make, deal):
    contract, seller, buyer = deal
    invoice = RecordInvoice("1C26TSM", "0000123", TODAY, 58_000_000)

    def record(who):
        return record_invoice(
            session, who, contract.public_id, invoice, today=TODAY, now=NOW
        )

    with pytest.raises(Refused):
        record(buyer)
    record(seller)
    with pytest.raises(Refused) as refusal:
        record(seller)
    assert refusal.value.field == "number"
    with pytest.raises(NotFound):
        record(make.member())


def test_an_invoice_number_taken_a_moment_before_is_refused(session, deal, monkeypatch):
    contract, seller, _ = deal
    command = RecordInvoice("1C26TSM", "77", TODAY, 5_000)
    where = (session, seller, contract.public_id, command)
    record_invoice(*where, today=TODAY, now=NOW)
    monkeypatch.setattr(invoices, "_is_known", lambda *_: False)  # seen too early

    with pytest.raises(Refused) as refusal:
        record_invoice(*where, today=TODAY, now=NOW)

    assert refusal.value.field == "number"
    assert len(invoices.list_invoices(session, contract)) == 1


def refunded(session, who, contract, vnd):
    return pay(session, who, contract, kind=EntryKind.REFUND, amount_vnd=vnd)


def test_the_seller_gives_back_no_more_than_was_paid_too_much(session, deal):
    contract, seller, buyer = deal
    paid = pay(session, buyer, contract)
    answer(session, seller, contract, paid, EntryState.CONFIRMED)

    back = refunded(session, seller, contract, 3_000_000)

    assert (back.owed_by, back.recorded_by) == (Side.SELLER, Side.SELLER)
    with pytest.raises(Refused) as refusal:
        refunded(session, seller, contract, 2_000_001)
    assert refusal.value.field == "amount"
    assert refusal.value.params["most"] == "2.000.000 đ"
    with pytest.raises(Refused, match="bên bán ghi"):
        refunded(session, buyer, contract, 1)


def test_a_refund_counts_once_the_buyer_has_confirmed_it(session, deal):
    contract, seller, buyer = deal
    paid = pay(session, buyer, contract)
    answer(session, seller, contract, paid, EntryState.CONFIRMED)
    back = refunded(session, seller, contract, 5_000_000)

    before = statement_of(session, contract, today=TODAY)
    with pytest.raises(Refused):
        answer(session, seller, contract, back, EntryState.CONFIRMED)
    answer(session, buyer, contract, back, EntryState.CONFIRMED)
    after = statement_of(session, contract, today=TODAY)

    assert (before.balance_vnd, after.balance_vnd) == (-5_000_000, 0)
    assert after.totals.refunds_vnd == 5_000_000


def test_the_database_knows_no_refund_by_the_buyer(session, deal):
    contract, _, buyer = deal
    paid = pay(session, buyer, contract)

    with pytest.raises(DBAPIError, match=r"the_seller_refunds|frozen"):
        session.execute(
            insert(AccountEntry).from_select(
                ["public_id", "kind", "owed_by", *COPIED],
                select(
                    literal("x" * 22),
                    literal("refund"),
                    literal("buyer"),
                    *(getattr(AccountEntry, name) for name in COPIED),
                ).where(AccountEntry.id == paid.id),
            )
        )
