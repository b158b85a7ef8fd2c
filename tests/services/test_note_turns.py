"""A note confirmed by the other side's person on this side's device."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from marketplace.domain.actor import Role
from marketplace.domain.commands_deliveries import LotWeight, WriteNote
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import NoteState
from marketplace.services.attempts import TooOften
from marketplace.services.contract_events import first_broken_link
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.note_turns import TRIES, other_side_waits, prove_guest
from marketplace.services.note_writing import write_note
from marketplace.services.people import SignIn
from models.database import new_public_id
from models.organisations import User
from models.sessions import UserSession
from tests.acting import Acted
from tests.factories import NOW, PASSWORD


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def note(acted, session):
    lots = (LotWeight("L1", 1_100, 100),)
    command = WriteNote(new_public_id(), 1, NOW, "Kho", lots)
    number = acted.contract.public_id
    return write_note(session, acted.seller, number, command, now=NOW)


def proved(acted, note, who, password=PASSWORD):
    email = acted.session.get_one(User, who.user_id).email
    command = SignIn(str(email), password, address="::1")
    return prove_guest(acted.session, acted.seller, note.public_id, command, now=NOW)


def test_the_buyers_person_confirms_on_the_sellers_phone(acted, session, note):
    assert other_side_waits(note, acted.seller)
    guest = proved(acted, note, acted.buyer)

    assert (guest.user_id, guest.organisation_id) == (
        acted.buyer.user_id,
        acted.contract.buyer_id,
    )
    host, number = acted.seller, note.public_id
    confirm_note(session, guest, number, note.digest, now=NOW, host=host)

    assert note.state is NoteState.CONFIRMED
    told = next(one for one in note.confirmations if one.side is Side.BUYER)
    assert (told.user_id, told.host_user_id) == (guest.user_id, host.user_id)
    assert acted.contract.events[-1].event == "note_confirmed_in_turn"
    assert first_broken_link(acted.contract) is None
    assert session.scalar(select(func.count(UserSession.id))) == 0
    assert not other_side_waits(note, acted.seller)


def test_who_is_not_of_the_other_side_proves_nothing(acted, make, note):
    stranger = make.member(make.buyer(), Role.BUYER)

    for who in (acted.seller, stranger, make.officer()):
        assert proved(acted, note, who) is None


def test_after_five_wrong_tries_even_the_right_password_waits(acted, note):
    for _ in range(TRIES):
        assert proved(acted, note, acted.buyer, "sai mat khau") is None

    with pytest.raises(TooOften):
        proved(acted, note, acted.buyer)
