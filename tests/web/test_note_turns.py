"""The sheet for the other side's person leaves nothing on this device."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import func, select

from marketplace.domain.commands_deliveries import LotWeight, WriteNote
from marketplace.domain.words_delivery import NoteState
from marketplace.services.note_turns import TRIES
from marketplace.services.note_writing import write_note
from models.database import new_public_id
from models.organisations import User
from models.sessions import UserSession
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW, PASSWORD

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def note(acted, session):
    lots = (LotWeight("L1", 1_100, 100),)
    command = WriteNote(new_public_id(), 1, NOW, "Kho", lots)
    number = acted.contract.public_id
    return write_note(session, acted.seller, number, command, now=NOW)


@pytest.fixture
def typed(acted, session, note):
    email = session.get_one(User, acted.buyer.user_id).email
    return {"identifier": email, "password": PASSWORD, "digest": note.digest}


@pytest.fixture
def phone(client, session, acted):
    return enter(client, session, acted.seller)


def sheet_of(note):
    return f"/phieu/{note.public_id}/xac-nhan-tai-cho"


def test_the_note_is_confirmed_and_the_phone_is_still_its_owners(
    phone, session, acted, note, typed
):
    asked = phone.get(f"/phieu/{note.public_id}")
    before = session.scalar(select(func.count(UserSession.id)))

    done = phone.post(sheet_of(note), data=typed)
    shown = phone.get(f"/phieu/{note.public_id}")

    assert "xác nhận trên máy này" in asked.text
    assert done.status_code == 302
    assert done.headers["Cache-Control"] == "no-store"
    assert note.state is NoteState.CONFIRMED
    assert "Xác nhận trên máy của bên kia" in shown.text
    assert session.scalar(select(func.count(UserSession.id))) == before
    assert typed["identifier"] not in shown.text
    assert phone.get(sheet_of(note)).location == f"/phieu/{note.public_id}"


def test_a_wrong_password_leaves_no_trace_on_the_page_and_is_counted(
    phone, note, typed
):
    wrong = typed | {"password": "sai mat khau"}
    answers = [phone.post(sheet_of(note), data=wrong) for _ in range(TRIES)]

    right = phone.post(sheet_of(note), data=typed)

    # Led on: no page of the history holds what was typed, nor could send it again.
    assert {answer.location for answer in answers} == {sheet_of(note)}
    again = phone.get(sheet_of(note))
    assert "Chưa đúng, hoặc không phải người của bên kia" in again.text
    assert again.headers["Cache-Control"] == "no-store"
    assert typed["identifier"] not in again.text
    assert "sai mat khau" not in again.text
    assert right.status_code == 429
    assert note.state is NoteState.WRITTEN


def test_weights_that_are_not_those_on_the_page_are_not_confirmed(phone, note, typed):
    answer = phone.post(sheet_of(note), data=typed | {"digest": "0" * 64})

    assert answer.location == sheet_of(note)
    assert "Phiếu đã thay đổi" in phone.get(sheet_of(note)).text
    assert note.state is NoteState.WRITTEN


def test_nobody_confirms_for_the_side_that_wrote_the_note(client, session, acted, note):
    buyer = enter(client, session, acted.buyer)

    assert buyer.get(sheet_of(note)).status_code == 302
