"""What the server does for notes without a network: worker, answers, what is kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from config import ROOT
from marketplace.domain.words import Side
from models.deliveries import DeliveryNote
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW

NOTE_ID = "A" * 22
SCRIPT = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def deal(session, make):
    return Deals(session, make).in_force()


@pytest.fixture
def seller(client, session, make, deal):
    return enter(client, session, Deals(session, make).actor(deal, Side.SELLER))


def own_phone(client):
    with client.session_transaction() as cookie:
        cookie.permanent = True


def form_of(contract):
    return f"/hop-dong/{contract.public_id}/giao/1/phieu"


def note(**changed):
    return {
        "note_id": NOTE_ID,
        "day": "02/03/2026",
        "hour": "14:30",
        "place": "Kho",
        "lots-0-code": "L1",
        "lots-0-gross": "900",
        "written_at": "2026-03-02T07:31:00Z",
        **changed,
    }


def stored(session):
    return session.scalar(select(func.count()).select_from(DeliveryNote))


def test_a_note_of_the_outbox_is_stored_once_and_found(session, seller, deal):
    answers = [
        seller.post(form_of(deal), data=note(), headers=SCRIPT) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json == {"url": f"/phieu/{NOTE_ID}"}
    assert stored(session) == 1
    written = session.scalars(select(DeliveryNote)).one()
    assert written.written_at == NOW.replace(hour=7, minute=31)
    assert written.received_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "clock", ["0001-01-01T00:00:00+23:59", "1970-01-01T00:00:00Z", "soon"]
)
def test_a_phone_whose_clock_was_never_set_can_send_its_note(
    session, seller, deal, clock
):
    sent = note(written_at=clock)

    answer = seller.post(form_of(deal), data=sent, headers=SCRIPT)

    assert answer.status_code == 201
    written = session.scalars(select(DeliveryNote)).one()
    assert written.written_at == written.received_at


def test_a_note_that_is_refused_says_why_and_leaves_nothing(session, seller, deal):
    wrong = note(**{"lots-0-gross": "900.000"})
    answer = seller.post(form_of(deal), data=wrong, headers=SCRIPT)

    assert answer.status_code == 422
    assert "Vượt hợp đồng" in answer.json["said"][0]
    assert stored(session) == 0


def test_other_words_under_the_same_number_are_refused(session, seller, deal):
    seller.post(form_of(deal), data=note(), headers=SCRIPT)
    answer = seller.post(form_of(deal), data=note(place="Xưởng"), headers=SCRIPT)

    assert answer.status_code == 422
    assert answer.json["said"] == ["Phiếu này đã gửi rồi với nội dung khác"]
    assert stored(session) == 1


def test_a_contract_of_others_is_not_found(session, make, client, deal):
    enter(client, session, make.member())
    answer = client.post(form_of(deal), data=note(), headers=SCRIPT)

    assert (answer.status_code, len(answer.json["said"])) == (404, 1)
    assert stored(session) == 0


def test_without_a_script_a_note_leads_on_as_before(seller, deal):
    answer = seller.post(form_of(deal), data=note())

    assert (answer.status_code, answer.location) == (302, f"/phieu/{NOTE_ID}")


def test_a_form_is_kept_on_an_own_phone_alone(seller, deal):
    shared = seller.get(form_of(deal))
    own_phone(seller)
    own = seller.get(form_of(deal))

    assert "X-Keep-For" not in shared.headers
    assert own.headers["X-Keep-For"] == seller.get("/ngoai-tuyen/phien").json["who"]


def test_a_page_with_a_message_is_not_kept(seller, deal):
    own_phone(seller)
    with seller.session_transaction() as cookie:
        cookie["_flashes"] = [("ok", "Xong")]

    assert "X-Keep-For" not in seller.get(form_of(deal)).headers
    assert "X-Keep-For" in seller.get(form_of(deal)).headers


def test_what_is_fetched_ahead_takes_no_message(seller, deal):
    own_phone(seller)
    with seller.session_transaction() as cookie:
        cookie["_flashes"] = [("ok", "Xong rồi")]

    ahead = seller.get(form_of(deal), headers={"Purpose": "prefetch"})

    assert "Xong rồi" not in ahead.text
    assert "X-Keep-For" in ahead.headers
    assert "Xong rồi" in seller.get(form_of(deal)).text


def test_an_answer_that_changed_nothing_leaves_the_cookie_alone(seller, deal):
    own_phone(seller)
    seller.get(form_of(deal))

    answers = [seller.get(form_of(deal)), seller.get("/ngoai-tuyen/phien")]

    named = [one.headers.getlist("Set-Cookie") for one in answers]
    assert not [cookie for some in named for cookie in some if "lienket" in cookie]


def test_what_may_be_kept_names_no_price(seller, deal):
    own_phone(seller)
    main = re.search(r"<main.*</main>", seller.get(form_of(deal)).text, re.DOTALL)

    assert "Phiếu giao nhận" in main[0]
    assert not re.search(r"\d\s*(đ|VND)\b|đ/kg", main[0])


@pytest.mark.databases("sqlite")
def test_who_is_signed_in_is_told_by_a_mark_of_the_seat(client, session, make, deal):
    nobody = client.get("/ngoai-tuyen/phien").json
    deals = Deals(session, make)
    marks = set()
    for side in (Side.SELLER, Side.SELLER, Side.BUYER):
        enter(client, session, deals.actor(deal, side))
        marks.add(client.get("/ngoai-tuyen/phien").json["who"])

    assert nobody["who"] == ""
    assert nobody["csrf"]
    assert len(marks) == 3


@pytest.mark.databases("sqlite")
def test_the_worker_keeps_files_that_are_there(client):
    answer = client.get("/worker.js")
    known = json.loads(re.match(r"const KNOWN = (.*);\n", answer.text)[1])

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert known["outbox"] in known["files"]
    style = (ROOT / "static" / "css" / "tokens.css").read_text()
    for address in known["files"]:
        assert client.get(address).status_code == 200
        if "/fonts/" in address:
            assert address.removeprefix("/static/") in style
    for lang, said in (("vi", "Không có mạng"), ("en", "No network")):
        page = client.get(known["pages"][lang])
        assert page.headers["Content-Language"] == lang
        assert f"<h1>{said}" in page.text
