"""Inspections by parts, silence, claims and their ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.formats import format_price
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import ClaimState, Outcome
from marketplace.services.contract_events import first_broken_link
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.dispute_records import possible_words
from marketplace.services.disputes import decide_claim, raise_claim, say_in_claim
from marketplace.services.inspection_rules import inspect_until
from marketplace.services.inspections import (
    accept_silently,
    claim_until,
    current_inspection,
    inspect_delivery,
)
from marketplace.services.note_writing import write_note
from marketplace.services.photos import add_photos
from marketplace.services.pictures import prepare_picture
from tests.deals import Deals
from tests.factories import NOW
from tests.photo_rows import jpeg

SPOILT = Part(120, Outcome.REJECTED, reason="Dập do vận chuyển")


@pytest.fixture
def load(session, make):
    """A load of 4,000 kg that both sides stand by."""
    deals = Deals(session, make)
    contract = deals.in_force()
    seller = deals.actor(contract, Side.SELLER)
    buyer = deals.actor(contract, Side.BUYER)
    lots = (LotWeight("L1", 4_100, 100),)
    command = WriteNote("A" * 22, 1, NOW, "Kho", lots)
    note = write_note(session, seller, contract.public_id, command, now=NOW)
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    return note, seller, buyer


def inspect(session, buyer, note, *parts):
    return inspect_delivery(session, buyer, note.public_id, parts, now=NOW, pictures=1)


def test_a_failed_part_does_not_stop_the_rest(session, load):
    note, _, buyer = load

    inspect(session, buyer, note, Part(3_880), SPOILT)

    assert (note.contract.delivered_kg, note.contract.accepted_kg) == (4_000, 3_880)


def test_goods_are_turned_away_with_a_photo_alone(session, load):
    note, seller, buyer = load
    found = [Part(3_880), SPOILT]

    with pytest.raises(Refused, match="phải có ảnh") as refusal:
        inspect_delivery(session, buyer, note.public_id, found, now=NOW)
    assert refusal.value.field == "parts-1-photos"
    assert current_inspection(session, note) is None

    picture = prepare_picture(jpeg(1))
    add_photos(session, seller, note, [picture], most=6, now=NOW)
    inspect_delivery(session, buyer, note.public_id, found, now=NOW)
    assert note.contract.accepted_kg == 3_880


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (Part(3_999),),
        (Part(4_001),),
        (Part(4_000, grade="no such"),),
        (Part(4_000, Outcome.REJECTED),),
        (Part(4_000, deduction_vnd=500),),
        (Part(4_000, deduction_vnd=-1, reason="x"),),
        (Part(4_000), Part(0)),
    ],
)
def test_parts_that_cannot_be_are_refused(session, load, parts):
    note, _, buyer = load

    with pytest.raises(Refused) as refusal:
        inspect(session, buyer, note, *parts)

    assert refusal.value.field == "parts"
    assert note.contract.accepted_kg == 0


def test_only_the_buyer_inspects_and_only_once(session, load):
    note, seller, buyer = load

    with pytest.raises(Refused):
        inspect(session, seller, note, Part(4_000))
    inspect(session, buyer, note, Part(4_000))
    with pytest.raises(Refused):
        inspect(session, buyer, note, Part(4_000))


def test_silence_for_the_hours_of_the_contract_accepts_the_whole(session, load):
    note, _, buyer = load
    until = inspect_until(session, note)

    assert accept_silently(session, now=until - timedelta(seconds=1)) == 0
    assert accept_silently(session, now=until) == 1
    assert accept_silently(session, now=until) == 0
    assert note.contract.accepted_kg == 4_000
    with pytest.raises(Refused):
        inspect_delivery(session, buyer, note.public_id, [Part(4_000)], now=until)


def test_a_taken_offer_writes_a_new_finding_and_keeps_the_old(session, load):
    note, seller, buyer = load
    old = inspect(session, buyer, note, Part(3_880), SPOILT)
    claim = raise_claim(
        session, seller, note.public_id, "Hàng tốt", Offered(4_000, 2_000), now=NOW
    )

    assert ClaimWord.ACCEPT in possible_words(claim, Side.BUYER)
    assert ClaimWord.ACCEPT not in possible_words(claim, Side.SELLER)
    offer = Offered(3_960, 3_000)
    say_in_claim(
        session, buyer, note.public_id, ClaimWord.OFFER, "Nhận 80", offer, now=NOW
    )
    say_in_claim(session, seller, note.public_id, ClaimWord.ACCEPT, "", now=NOW)

    new = current_inspection(session, note)
    assert claim.state is ClaimState.AGREED
    assert claim.outcome_id == new.id
    assert [(part.kg, part.outcome, part.deduction_vnd) for part in new.parts] == [
        (3_880, Outcome.ACCEPTED, 0),
        (80, Outcome.ACCEPTED, 3_000),
        (40, Outcome.REJECTED, 0),
    ]
    assert [part.kg for part in old.parts] == [3_880, 120]
    assert note.contract.accepted_kg == 3_960
    assert first_broken_link(note.contract) is None


def test_an_officer_decides_only_when_called_and_only_in_his_area(session, make, load):
    note, seller, buyer = load
    inspect(session, buyer, note, Part(3_880), SPOILT)
    claim = raise_claim(session, seller, note.public_id, "Hàng tốt", now=NOW)
    officer = make.officer()
    offer = Offered(4_000, 0)

    with pytest.raises(Refused):
        decide_claim(session, officer, note.public_id, offer, "Đúng", now=NOW)
    say_in_claim(
        session, buyer, note.public_id, ClaimWord.CALL_OFFICER, "Nhờ cán bộ", now=NOW
    )
    with pytest.raises(NotFound):
        decide_claim(session, seller, note.public_id, offer, "Đúng", now=NOW)
    decide_claim(session, officer, note.public_id, offer, "Ảnh rõ, nhận đủ", now=NOW)

    assert claim.state is ClaimState.DECIDED
    assert note.contract.accepted_kg == 4_000


def test_a_claim_comes_within_the_hours_and_alone(session, load):
    note, seller, buyer = load
    inspection = inspect(session, buyer, note, Part(3_880), SPOILT)
    late = claim_until(session, inspection)

    with pytest.raises(Refused, match="quá giờ"):
        raise_claim(session, seller, note.public_id, "Muộn", now=late)
    raise_claim(session, seller, note.public_id, "Hàng tốt", now=NOW)
    with pytest.raises(Refused, match="đang có khiếu nại"):
        raise_claim(session, buyer, note.public_id, "Thiếu nữa", now=NOW)


def test_a_withdrawn_claim_leaves_the_finding_as_it_was(session, load):
    note, seller, buyer = load
    inspect(session, buyer, note, Part(3_880), SPOILT)
    claim = raise_claim(session, seller, note.public_id, "Hàng tốt", now=NOW)

    with pytest.raises(Refused):
        say_in_claim(session, buyer, note.public_id, ClaimWord.WITHDRAW, "", now=NOW)
    say_in_claim(session, seller, note.public_id, ClaimWord.WITHDRAW, "", now=NOW)

    assert claim.state is ClaimState.WITHDRAWN
    assert note.contract.accepted_kg == 3_880


def test_a_claim_cannot_offer_more_than_the_load_weighs(session, load):
    note, seller, buyer = load
    inspect(session, buyer, note, Part(3_880), SPOILT)

    with pytest.raises(Refused) as refusal:
        raise_claim(
            session, seller, note.public_id, "Hàng tốt", Offered(4_001), now=NOW
        )

    assert refusal.value.field == "accepted_kg"


def test_what_was_agreed_or_decided_is_not_claimed_again(session, load):
    note, seller, buyer = load
    inspect(session, buyer, note, Part(3_880), SPOILT)
    raise_claim(
        session, seller, note.public_id, "Hàng tốt", Offered(4_000, 2_000), now=NOW
    )
    say_in_claim(session, buyer, note.public_id, ClaimWord.ACCEPT, "", now=NOW)

    for side in (seller, buyer):
        with pytest.raises(Refused, match="thống nhất"):
            raise_claim(session, side, note.public_id, "Đổi ý", now=NOW)


def test_no_more_is_taken_off_a_kilogram_than_it_pays(session, load):
    note, _, buyer = load
    price = note.contract.price_vnd
    good, bad = Part(3_000), Part(1_000, deduction_vnd=price + 1, reason="Quả nhỏ")

    with pytest.raises(Refused, match="nhiều nhất") as refusal:
        inspect(session, buyer, note, good, bad)
    assert refusal.value.field == "parts-1-deduction"
    assert refusal.value.params["price"] == format_price(price)

    found = inspect(session, buyer, note, good, replace(bad, deduction_vnd=price))
    assert found.parts[1].deduction_vnd == price


def test_an_offer_in_a_claim_takes_off_no_more_either(session, load):
    note, seller, buyer = load
    inspect(session, buyer, note, Part(3_880), SPOILT)
    price = note.contract.price_vnd
    offered = Offered(4_000, price + 1)

    with pytest.raises(Refused, match="nhiều nhất") as refusal:
        raise_claim(session, seller, note.public_id, "Tốt", offered, now=NOW)
    assert refusal.value.field == "deduction"

    raise_claim(session, seller, note.public_id, "Tốt", Offered(4_000, price), now=NOW)
