"""What both sides say of a planned delivery, and the notes of what was weighed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.deliveries import DeliveryState, DeliveryWord
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.closings import obstacles_to_closing
from marketplace.services.contract_events import first_broken_link, move_contract
from marketplace.services.days import day_of
from marketplace.services.deliveries import planned_delivery, say_of_delivery
from marketplace.services.delivery_notes import confirm_note, list_notes, void_note
from marketplace.services.fulfilment import NOTE_WAITS
from marketplace.services.inspections import inspect_delivery
from marketplace.services.note_writing import most_kg, write_note
from models.notices import Notice
from tests.deals import Deals
from tests.factories import NOW, TODAY

NOTE_ID = "AAAAAAAAAAAAAAAAAAAAA0"


@pytest.fixture
def deal(session, make):
    deals = Deals(session, make)
    contract = deals.in_force()
    return (
        contract,
        deals.actor(contract, Side.SELLER),
        deals.actor(contract, Side.BUYER),
    )


def weigh(gross=4_100, tare=100, **over):
    values = {
        "note_id": NOTE_ID,
        "line": 1,
        "delivered_at": NOW,
        "place": "Kho Hà Đông",
        "lots": (LotWeight("L1", gross, tare),),
    }
    return WriteNote(**(values | over))


def say(session, who, contract, word, **over):
    return say_of_delivery(
        session, who, contract.public_id, 1, word, now=NOW, today=TODAY, **over
    )


def told(session, who, kind):
    return session.scalars(
        select(Notice).where(Notice.user_id == who.user_id, Notice.kind == kind)
    ).all()


def test_ready_reaches_the_buyer_and_stands_in_the_chain_of_events(session, deal):
    contract, seller, buyer = deal

    planned = say(session, seller, contract, DeliveryWord.READY)

    assert planned.delivery.state is DeliveryState.READY
    assert len(told(session, buyer, NoticeKind.DELIVERY_READY)) == 1
    assert contract.events[-1].event == "delivery_ready"
    assert first_broken_link(contract) is None


def test_a_day_moves_only_when_the_other_side_accepts_it(session, deal):
    contract, seller, buyer = deal
    old = contract.lines[0].deliver_from
    new = old + timedelta(days=1)

    asked = say(session, seller, contract, DeliveryWord.PROPOSE_DAY, day=new)
    with pytest.raises(Refused):
        say(session, seller, contract, DeliveryWord.ACCEPT_DAY)
    accepted = say(session, buyer, contract, DeliveryWord.ACCEPT_DAY)

    assert asked.delivery.day == old
    assert accepted.delivery.day == new
    assert len(told(session, seller, NoticeKind.DELIVERY_DAY_ANSWERED)) == 1


def test_cannot_needs_its_reason(session, deal):
    contract, seller, _ = deal

    with pytest.raises(Refused) as refusal:
        say(session, seller, contract, DeliveryWord.BLOCKED)

    assert refusal.value.field == "reason"


def test_strangers_and_contracts_not_in_force_say_nothing(session, make, deal):
    contract, seller, _ = deal

    with pytest.raises(NotFound):
        say(session, make.member(), contract, DeliveryWord.READY)
    contract.state = ContractState.SUSPENDED
    session.flush()
    with pytest.raises(Refused):
        say(session, seller, contract, DeliveryWord.READY)


def test_a_note_counts_once_both_stand_by_it(session, deal):
    contract, seller, buyer = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)

    assert (note.state, contract.delivered_kg) == (NoteState.WRITTEN, 0)
    for _ in range(2):
        confirm_note(session, buyer, note.public_id, note.digest, now=NOW)

    assert (note.state, contract.delivered_kg) == (NoteState.CONFIRMED, 4_000)
    assert planned_delivery(session, contract, 1).delivered_kg == 4_000
    assert {one.side for one in note.confirmations} == set(Side)


def test_the_writer_cannot_confirm_for_the_other_side(session, deal):
    contract, seller, _ = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)

    confirm_note(session, seller, note.public_id, note.digest, now=NOW)

    assert note.state is NoteState.WRITTEN


def test_the_same_note_sent_twice_is_stored_once(session, deal):
    contract, seller, buyer = deal
    first = write_note(session, seller, contract.public_id, weigh(), now=NOW)
    confirm_note(session, buyer, first.public_id, first.digest, now=NOW)

    again = write_note(session, seller, contract.public_id, weigh(), now=NOW)

    assert again is first
    assert len(list_notes(session, contract)) == 1
    with pytest.raises(Conflict):
        write_note(session, seller, contract.public_id, weigh(gross=4_200), now=NOW)


def test_a_note_written_without_a_network_still_arrives_after_the_end_if_known(
    session, deal
):
    contract, seller, _ = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)
    contract.state = ContractState.SUSPENDED
    session.flush()

    assert write_note(session, seller, contract.public_id, weigh(), now=NOW) is note
    other = replace(weigh(), note_id="B" * 22)
    with pytest.raises(Refused):
        write_note(session, seller, contract.public_id, other, now=NOW)


def test_nobody_notes_more_than_the_contract_and_its_tolerance_hold(session, deal):
    contract, seller, _ = deal
    most = most_kg(contract, contract.total_kg)

    with pytest.raises(Refused, match="Vượt hợp đồng"):
        write_note(
            session,
            seller,
            contract.public_id,
            weigh(gross=most + 101, tare=100),
            now=NOW,
        )
    write_note(
        session, seller, contract.public_id, weigh(gross=most + 100, tare=100), now=NOW
    )


def test_a_void_note_gives_its_kilograms_back(session, deal):
    contract, seller, buyer = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)

    void_note(session, buyer, note.public_id, "Cân nhầm", now=NOW)

    assert note.state is NoteState.VOID
    assert planned_delivery(session, contract, 1).noted_kg == 0
    with pytest.raises(Refused):
        confirm_note(session, buyer, note.public_id, note.digest, now=NOW)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"lots": ()}, "lots"),
        ({"lots": (LotWeight("L1", 100, 100),)}, "lots"),
        ({"lots": (LotWeight("L1", 200, 100), LotWeight("L1", 200, 100))}, "lots"),
        ({"delivered_at": NOW + timedelta(hours=1)}, "hour"),
        ({"delivered_at": NOW - timedelta(days=2)}, "day"),
    ],
)
def test_impossible_weights_and_hours_are_refused_beside_their_field(
    session, deal, over, field
):
    contract, seller, _ = deal

    with pytest.raises(Refused) as refusal:
        write_note(session, seller, contract.public_id, weigh(**over), now=NOW)

    assert refusal.value.field == field


def test_freezing_point_is_a_temperature_and_not_a_missing_one(session, deal):
    contract, seller, _ = deal
    contract_id = contract.public_id

    frozen = write_note(
        session, seller, contract_id, weigh(temperature_c=Decimal(0)), now=NOW
    )

    assert json.loads(frozen.content)["temperature_c"] == "0"
    with pytest.raises(Conflict):
        write_note(session, seller, contract_id, weigh(), now=NOW)


def ended(session, contract, state, at=NOW + timedelta(days=1)):
    """The contract leaves its force at that moment."""
    day = day_of(at)
    over = {} if state is ContractState.SUSPENDED else {"ended_on": day}
    move_contract(session, contract, state, "ended", None, now=at, **over)


OVER = [ContractState.EXPIRED, ContractState.TERMINATED, ContractState.SUSPENDED]


@pytest.mark.parametrize("state", OVER)
def test_a_load_of_a_contract_in_force_is_confirmed_and_inspected_after_its_end(
    session, deal, state
):
    contract, seller, buyer = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)
    ended(session, contract, state)
    later = NOW + timedelta(days=2)

    confirm_note(session, buyer, note.public_id, note.digest, now=later)
    found = inspect_delivery(session, buyer, note.public_id, [Part(4_000)], now=later)

    assert note.state is NoteState.CONFIRMED
    assert (contract.delivered_kg, contract.accepted_kg) == (4_000, 4_000)
    assert found.accepted_kg == 4_000
    assert first_broken_link(contract) is None


@pytest.mark.parametrize("state", OVER)
def test_a_load_after_the_end_is_not_confirmed_but_made_void_with_a_reason(
    session, deal, state
):
    contract, seller, buyer = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)
    ended(session, contract, state, at=NOW - timedelta(minutes=1))

    with pytest.raises(Refused, match="không còn hiệu lực"):
        confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    with pytest.raises(Refused, match="vì sao"):
        void_note(session, buyer, note.public_id, " ", now=NOW)
    void_note(session, buyer, note.public_id, "Giao sau khi hết hợp đồng", now=NOW)

    assert (note.state, contract.delivered_kg) == (NoteState.VOID, 0)


def test_a_contract_that_waits_for_a_note_is_not_closed(session, deal):
    contract, seller, _ = deal
    note = write_note(session, seller, contract.public_id, weigh(), now=NOW)
    ended(session, contract, ContractState.EXPIRED)
    later = {"today": TODAY + timedelta(days=2), "now": NOW + timedelta(days=2)}

    assert obstacles_to_closing(session, contract, **later) == [NOTE_WAITS]
    void_note(session, seller, note.public_id, "Cân nhầm", now=later["now"])
    assert obstacles_to_closing(session, contract, **later) == []
