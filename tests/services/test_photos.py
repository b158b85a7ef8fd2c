"""Photos as evidence: who may add, see and take back which, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.photos import PhotoOf
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.contract_events import first_broken_link
from marketplace.services.invariants_photos import CHECKS_OF_PHOTOS
from marketplace.services.photo_store import read_file
from marketplace.services.photos import (
    access_photo,
    add_photos,
    list_photos,
    may_remove,
    record_for,
    remove_photo,
)
from models.photos import Photo, PhotoFile
from tests.deals import Deals
from tests.factories import NOW
from tests.photo_rows import picture

SELLER, BUYER = Side.SELLER, Side.BUYER


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def contract(deals):
    return deals.in_force()


@pytest.fixture
def seller(deals, contract):
    return deals.actor(contract, SELLER)


@pytest.fixture
def buyer(deals, contract):
    return deals.actor(contract, BUYER)


@pytest.fixture
def put(session):
    def put(who, record, *numbers, now=NOW, most=6):
        pictures = [picture(number) for number in numbers]
        return add_photos(session, who, record, pictures, most=most, now=now)

    return put


def sound(session) -> bool:
    return not [found for check in CHECKS_OF_PHOTOS for found in check(session)]


def test_photos_of_a_note_are_kept_with_their_bytes(
    session, deals, contract, seller, put
):
    note = deals.note(contract)

    added = put(seller, note, 1, 2)

    assert list_photos(session, note) == added
    first = added[0]
    assert (first.by_user_id, first.at, first.added_later) == (
        seller.user_id,
        NOW,
        False,
    )
    assert read_file(session, first, small=False) == picture(1).data
    assert read_file(session, first, small=True) == picture(1).small
    assert sound(session)


def test_the_same_photo_twice_is_one(session, deals, contract, seller, buyer, put):
    note = deals.note(contract)
    put(seller, note, 1, 1)

    assert put(buyer, note, 1) == []
    assert len(list_photos(session, note)) == 1


def test_the_contract_keeps_the_bytes_once_for_all_its_records(
    session, deals, contract, seller, buyer, put
):
    note = deals.inspected(contract)
    claim = deals.claim(record_for(session, seller, note.public_id, PhotoOf.INSPECTION))
    put(seller, note, 1)
    put(buyer, claim, 1)

    assert session.scalar(select(func.count()).select_from(PhotoFile)) == 1
    assert session.scalar(select(func.count()).select_from(Photo)) == 2


def test_more_than_the_limit_is_refused_and_nothing_is_stored(
    session, deals, contract, seller, put
):
    note = deals.note(contract)
    put(seller, note, 1, 2, most=3)

    with pytest.raises(Refused, match="Nhiều nhất"), session.begin_nested():
        put(seller, note, 3, 4, most=3)

    assert len(list_photos(session, note)) == 2


def test_a_photo_after_both_confirmed_says_that_it_came_later(
    deals, contract, seller, put
):
    note = deals.inspected(contract)

    [photo] = put(seller, note, 1)

    assert photo.added_later


def test_a_photo_of_a_finding_is_of_it_or_came_later(
    session, deals, contract, buyer, put
):
    note = deals.inspected(contract)
    found = record_for(session, buyer, note.public_id, PhotoOf.INSPECTION)

    [with_it] = put(buyer, found, 1, now=found.at)
    [after] = put(buyer, found, 2, now=found.at + timedelta(minutes=1))

    assert not with_it.added_later
    assert after.added_later


def test_a_photo_may_show_one_part_of_a_finding_and_only_one_it_has(
    session, deals, contract, buyer
):
    note = deals.inspected(contract)
    found = record_for(session, buyer, note.public_id, PhotoOf.INSPECTION)

    [photo] = add_photos(session, buyer, found, [picture(1)], most=6, now=NOW, part=1)

    assert photo.part == 1
    for record, part in ((found, 2), (found, 0), (note, 1)):
        with pytest.raises(NotFound):
            add_photos(session, buyer, record, [picture(2)], most=6, now=NOW, part=part)
    assert sound(session)


def test_only_the_buyer_shows_what_was_found(session, deals, contract, seller, put):
    note = deals.inspected(contract)
    found = record_for(session, seller, note.public_id, PhotoOf.INSPECTION)

    with pytest.raises(Refused, match="bên mua"):
        put(seller, found, 1)


def test_a_void_note_takes_no_photo(session, deals, contract, seller, put):
    note = deals.note(contract)
    note.state, note.void_reason = NoteState.VOID, "Sai số"
    session.flush()

    with pytest.raises(Refused, match="đã hủy"):
        put(seller, note, 1)


def test_its_author_takes_a_photo_back_and_the_bytes_go(
    session, deals, contract, seller, put
):
    note = deals.note(contract)
    [photo] = put(seller, note, 1)

    remove_photo(session, seller, photo.public_id, now=NOW)

    assert list_photos(session, note) == []
    assert session.scalar(select(func.count()).select_from(PhotoFile)) == 0
    assert sound(session)


def test_nobody_else_takes_it_back(session, deals, contract, seller, buyer, put):
    note = deals.note(contract)
    [photo] = put(seller, note, 1)

    for other in (buyer, deals.actor(contract, SELLER)):
        assert not may_remove(session, other, photo)
        with pytest.raises(Refused, match="không xóa"):
            remove_photo(session, other, photo.public_id, now=NOW)


def test_nothing_goes_once_both_have_confirmed(session, deals, contract, seller, put):
    note = deals.note(contract)
    [photo] = put(seller, note, 1)
    for side in Side:
        deals.confirmation(note, side)
    note.state, note.confirmed_at = NoteState.CONFIRMED, NOW
    session.flush()

    with pytest.raises(Refused, match="không xóa"):
        remove_photo(session, seller, photo.public_id, now=NOW)


def test_both_sides_and_the_officer_of_the_place_see_it_and_no_one_else(
    session, make, deals, contract, seller, buyer, put
):
    note = deals.note(contract)
    [photo] = put(seller, note, 1)

    for who in (seller, buyer, make.officer()):
        assert access_photo(session, who, photo.public_id) is photo
    for stranger in (make.member(), make.member(make.buyer()), make.officer("D116")):
        with pytest.raises(NotFound):
            access_photo(session, stranger, photo.public_id)
        with pytest.raises(NotFound):
            put(stranger, note, 2)


def test_the_audit_chain_keeps_the_digests(session, deals, contract, seller, put):
    note = deals.note(contract)
    [photo] = put(seller, note, 1)
    remove_photo(session, seller, photo.public_id, now=NOW)

    session.refresh(contract, ["events"])
    told = [(one.event, one.data["digests"]) for one in contract.events[-2:]]
    assert told == [
        ("photos_added", [picture(1).digest]),
        ("photo_removed", [picture(1).digest]),
    ]
    assert first_broken_link(contract) is None
