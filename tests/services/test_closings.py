"""A contract that is delivered and paid is fulfilled, and both sides close it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.disputes import ClaimWord
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import (
    EntryKind,
    EntryMethod,
    EntryState,
    Outcome,
)
from marketplace.services.accounts import answer_entry, record_entry
from marketplace.services.closings import (
    NOT_ENDED,
    STILL_DISPUTED,
    closing_of,
    confirm_closing,
    let_go_vnd,
    obstacles_to_closing,
)
from marketplace.services.closings_waiting import contracts_to_close
from marketplace.services.contract_endings import end_over
from marketplace.services.contract_events import first_broken_link, move_contract
from marketplace.services.disputes import raise_claim, say_in_claim
from marketplace.services.fulfilling import fulfil_all, in_progress
from marketplace.services.fulfilment import CLAIM_OPEN, ENTRY_WAITS
from models.closings import ClosingConfirmation
from models.contracts import Contract
from models.database import db
from models.notices import Notice
from tests.acting import Acted, at_once
from tests.deals import Deals
from tests.factories import NOW, TODAY, Make

VALUE = 12_000 * 14_500


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def at(day):
    return {"today": TODAY + timedelta(days=day), "now": NOW + timedelta(days=day)}


def confirm(acted, who, digest=None, day=3):
    digest = digest or closing_of(acted.session, acted.contract, **today(day)).digest
    number = acted.contract.public_id
    return confirm_closing(acted.session, who, number, digest, **at(day))


def today(day):
    return {"today": TODAY + timedelta(days=day)}


def obstacles(acted, day=3):
    return obstacles_to_closing(acted.session, acted.contract, **at(day))


@pytest.fixture
def fulfilled(acted):
    acted.delivered(12_000)
    acted.paid(VALUE, day=2)
    assert acted.contract.state is ContractState.FULFILLED
    return acted


# --- fulfilled -------------------------------------------------------------------


def test_what_is_delivered_paid_and_beyond_dispute_is_fulfilled(fulfilled):
    events = [event.event for event in fulfilled.contract.events]

    assert events[-1] == "fulfilled"
    assert first_broken_link(fulfilled.contract) is None


@pytest.mark.parametrize("kg", [11_000, 11_999])
def test_what_is_not_all_delivered_stays_in_force(acted, kg):
    acted.delivered(kg)
    acted.paid(kg * 14_500, day=2)

    assert acted.contract.state is ContractState.IN_FORCE


def test_once_its_days_are_over_the_tolerance_is_enough(acted):
    contract = acted.contract
    acted.delivered(11_999)
    acted.paid(11_999 * 14_500, day=2)
    late = (contract.lines[0].deliver_to - TODAY).days + 1

    before = fulfil_all(acted.session, [contract.id], **at(late - 1))
    after = fulfil_all(acted.session, [contract.id], **at(late))

    assert (before, after) == (0, 1)
    assert contract.state is ContractState.FULFILLED


def test_what_is_paid_short_of_one_dong_stays_in_force(acted):
    acted.delivered(12_000)
    acted.paid(VALUE - 1, day=2)

    assert acted.contract.state is ContractState.IN_FORCE
    acted.paid(1, day=2)
    assert acted.contract.state is ContractState.FULFILLED


def test_what_is_paid_too_much_is_fulfilled_once_it_went_back(acted):
    acted.delivered(12_000)
    acted.paid(VALUE + 500, day=2)
    number, later = acted.contract.public_id, at(2)
    back = RecordEntry(EntryKind.REFUND, 500, later["today"], EntryMethod.CASH)
    entry = record_entry(acted.session, acted.seller, number, back, **later)
    assert acted.contract.state is ContractState.IN_FORCE

    confirmed, now = EntryState.CONFIRMED, later["now"]
    who, key = acted.buyer, entry.public_id
    answer_entry(acted.session, who, number, key, confirmed, now=now)

    assert acted.contract.state is ContractState.FULFILLED


def test_while_a_claim_may_be_raised_nothing_is_fulfilled(acted):
    session, contract = acted.session, acted.contract
    acted.delivered(12_000)
    acted.paid(VALUE)

    assert contract.state is ContractState.IN_FORCE
    assert in_progress(session) == [contract.id]
    assert fulfil_all(session, [contract.id], **at(1)) == 1
    assert fulfil_all(session, [contract.id], **at(1)) == 0
    assert in_progress(session) == []


def test_an_open_claim_holds_it_until_it_is_withdrawn(acted):
    session = acted.session
    spoilt = Part(2_000, Outcome.REJECTED, reason="Dập")
    note = acted.delivered(12_000, Part(10_000), spoilt)
    raise_claim(session, acted.seller, note.public_id, "Không dập", now=NOW)
    acted.paid(10_000 * 14_500, day=2)

    assert acted.contract.state is ContractState.IN_FORCE
    later = NOW + timedelta(days=3)
    word = ClaimWord.WITHDRAW
    say_in_claim(session, acted.seller, note.public_id, word, "", now=later)

    assert acted.contract.state is ContractState.FULFILLED


def test_an_entry_that_waits_holds_it(acted):
    acted.delivered(12_000)
    waiting = acted.recorded(EntryKind.PENALTY, 100_000)
    acted.paid(VALUE, day=2)

    assert acted.contract.state is ContractState.IN_FORCE
    acted.session.expire_all()
    acted.answered(waiting, day=3)
    assert acted.contract.state is ContractState.IN_FORCE  # the buyer paid too much


def test_at_the_end_of_its_term_it_is_fulfilled_rather_than_expired(session, make):
    done, open_still = Acted(session, make), Acted(session, make)
    for acted in (done, open_still):
        acted.delivered(12_000)
    done.paid(VALUE)
    last = max((one.contract.effective_to - TODAY).days for one in (done, open_still))

    end_over(session, **at(last))

    assert done.contract.state is ContractState.FULFILLED
    assert open_still.contract.state is ContractState.EXPIRED


# --- closed ----------------------------------------------------------------------


def test_the_second_confirmation_closes_the_contract_and_keeps_the_record(fulfilled):
    acted, contract, session = fulfilled, fulfilled.contract, fulfilled.session

    confirm(acted, acted.seller)
    assert contract.state is ContractState.FULFILLED
    confirm(acted, acted.buyer)

    assert contract.state is ContractState.CLOSED
    record = contract.events[-1]
    assert (record.event, record.data["state"]) == ("closed", "fulfilled")
    assert record.data["vnd"]["balance_vnd"] == 0
    assert record.data["tenths_of_percent"] == {
        "fulfilled": 1000,
        "on_time": 1000,
        "rejected": 0,
    }
    assert first_broken_link(contract) is None
    told = select(Notice.user_id).where(Notice.kind == NoticeKind.CONTRACT_CLOSED)
    people = {acted.seller.user_id, acted.buyer.user_id}
    assert people <= set(session.scalars(told))


def test_confirming_twice_is_the_same_as_once(fulfilled):
    acted = fulfilled
    for _ in range(2):
        confirm(acted, acted.seller)

    rows = acted.session.scalars(select(ClosingConfirmation)).all()
    assert [row.side for row in rows] == [Side.SELLER]
    confirm(acted, acted.buyer)
    confirm(acted, acted.buyer)
    assert acted.contract.state is ContractState.CLOSED


def test_a_day_later_both_still_confirm_the_same_words(fulfilled):
    confirm(fulfilled, fulfilled.seller, day=3)
    confirm(fulfilled, fulfilled.buyer, day=9)

    assert fulfilled.contract.state is ContractState.CLOSED
    closing = closing_of(fulfilled.session, fulfilled.contract, **today(30))
    assert closing.as_of == TODAY + timedelta(days=3)
    assert closing.sides == set(Side)


def test_what_changed_since_it_was_read_is_a_conflict(fulfilled):
    with pytest.raises(Conflict):
        confirm(fulfilled, fulfilled.seller, digest="0" * 64)

    assert fulfilled.session.scalars(select(ClosingConfirmation)).all() == []


def test_a_contract_in_force_is_not_closed(acted):
    acted.delivered(12_000)

    assert obstacles(acted) == [NOT_ENDED]
    with pytest.raises(Refused, match="chưa xong"):
        confirm(acted, acted.seller)


@pytest.fixture
def expired(acted):
    acted.delivered(4_000)
    end_over(acted.session, **at((acted.contract.effective_to - TODAY).days))
    return acted


LATE = 300


def test_what_expired_is_closed_with_what_is_still_owed(expired):
    for who in (expired.seller, expired.buyer):
        confirm(expired, who, day=LATE)

    record = expired.contract.events[-1].data
    assert expired.contract.state is ContractState.CLOSED
    assert record["state"] == "expired"
    assert record["tenths_of_percent"]["fulfilled"] == 333
    assert record["vnd"]["balance_vnd"] > 4_000 * 14_500  # interest, too


def test_a_payment_after_the_first_confirmation_asks_both_again(expired):
    confirm(expired, expired.seller, day=LATE)
    stale = closing_of(expired.session, expired.contract, **today(LATE)).digest
    waiting = expired.recorded(EntryKind.PAYMENT, 1_000_000, LATE)
    assert obstacles(expired, LATE) == [ENTRY_WAITS]
    expired.answered(waiting, day=LATE)

    with pytest.raises(Conflict):
        confirm(expired, expired.buyer, stale, day=LATE)
    confirm(expired, expired.buyer, day=LATE)
    assert expired.contract.state is ContractState.EXPIRED
    confirm(expired, expired.seller, day=LATE)
    assert expired.contract.state is ContractState.CLOSED


def test_what_ended_early_keeps_its_reason(acted):
    contract = acted.contract
    note = acted.delivered(4_000)
    raise_claim(acted.session, acted.seller, note.public_id, "Thiếu", now=NOW)
    move_contract(
        acted.session,
        contract,
        ContractState.TERMINATED,
        "terminated",
        None,
        now=NOW,
        ended_reason="Bên mua phá sản",
        ended_on=TODAY,
        ended_for_breach=True,
    )

    assert obstacles(acted, 0) == [CLAIM_OPEN, STILL_DISPUTED]
    content = closing_of(acted.session, contract, **today(0)).content
    assert (content["state"], content["reason"]) == ("terminated", "Bên mua phá sản")
    assert content["for_breach"] is True


def test_only_the_representatives_of_the_two_sides_close(session, make, fulfilled):
    staff = Deals(session, make).actor(fulfilled.contract, Side.SELLER, Role.STAFF)

    with pytest.raises(Refused, match="người đại diện"):
        confirm(fulfilled, staff)
    for stranger in (make.member(), make.officer()):
        with pytest.raises(NotFound):
            confirm(fulfilled, stranger)


def test_both_sides_at_once_close_it_once(fresh_app):
    with fresh_app.app_context():
        acted = Acted(db.session(), Make(db.session()))
        acted.delivered(12_000)
        acted.paid(VALUE, day=2)
        contract_id, number = acted.contract.id, acted.contract.public_id
        digest = closing_of(db.session(), acted.contract, **today(3)).digest
        people = [acted.seller, acted.buyer]
        db.session.commit()

    told = at_once(
        fresh_app,
        [
            lambda session, who=who: confirm_closing(
                session, who, number, digest, **at(3)
            )
            for who in people
        ],
    )

    with fresh_app.app_context():
        contract = db.session.get_one(Contract, contract_id)
        assert told == ["done", "done"]
        assert contract.state is ContractState.CLOSED
        assert [event.event for event in contract.events].count("closed") == 1


def with_a_rest(acted, rest):
    """Delivered and paid but for some đồng, the hours for a claim over."""
    acted.delivered(12_000)
    acted.paid(VALUE - rest, day=1)
    return acted.contract


def test_both_let_a_small_rest_go_by_closing_what_lacks_nothing_else(acted):
    contract = with_a_rest(acted, 9_000)
    assert contract.state is ContractState.IN_FORCE
    closing = closing_of(acted.session, contract, **today(3))
    sums = closing.content["vnd"]
    assert (sums["waived_vnd"], sums["balance_vnd"]) == (9_000, 0)
    assert sums["owed_vnd"] - sums["covered_vnd"] - sums["waived_vnd"] == 0
    assert closing.content["state"] == "fulfilled"
    assert obstacles_to_closing(acted.session, contract, **at(3)) == []

    confirm(acted, acted.seller)
    confirm(acted, acted.buyer, day=5)

    assert contract.state is ContractState.CLOSED
    assert first_broken_link(contract) is None
    assert let_go_vnd(acted.session, contract) == 9_000


def test_what_is_more_than_the_rule_has_to_be_paid(acted):
    contract = with_a_rest(acted, 10_001)

    closing = closing_of(acted.session, contract, **today(3))

    assert "waived_vnd" not in closing.content["vnd"]
    assert obstacles_to_closing(acted.session, contract, **at(3)) == [NOT_ENDED]


def test_a_rest_is_not_let_go_while_a_claim_may_come(acted):
    contract = with_a_rest(acted, 5_000)

    soon = {**today(1), "now": NOW + timedelta(hours=23)}
    found = obstacles_to_closing(acted.session, contract, **soon)

    assert found == [STILL_DISPUTED]


def test_a_credit_of_the_buyer_is_never_let_go(acted):
    contract = with_a_rest(acted, -5_000)

    content = closing_of(acted.session, contract, **today(3)).content
    assert "waived_vnd" not in content["vnd"]
    assert content["vnd"]["balance_vnd"] == -5_000


def test_both_sides_are_told_that_it_is_fulfilled(session, acted):
    acted.delivered(12_000)
    acted.paid(VALUE, day=1)

    fulfil_all(session, [acted.contract.id], **at(3))

    told = select(Notice).where(Notice.kind == NoticeKind.CONTRACT_FULFILLED)
    rows = session.scalars(told).all()
    assert {row.organisation_id for row in rows} == {
        acted.contract.seller_id,
        acted.contract.buyer_id,
    }
    assert {row.subject for row in rows} == {f"closing:{acted.contract.public_id}"}


def test_each_side_sees_what_it_may_close_until_it_has_confirmed(session, acted):
    contract = with_a_rest(acted, 1_000)

    def waits_for(who, day=3):
        return contracts_to_close(session, who, **at(day))

    assert waits_for(acted.seller, day=0) == []
    assert waits_for(acted.seller) == waits_for(acted.buyer) == [contract]
    confirm(acted, acted.seller)
    assert (waits_for(acted.seller), waits_for(acted.buyer)) == ([], [contract])
