"""The papers of a note: who gets them, in which language, under which address."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.commands_deliveries import Part
from marketplace.domain.words import Side
from marketplace.services.inspections import add_inspection, current_inspection
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW
from tests.printed import Printed

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def note(deals):
    return deals.inspected(deals.in_force())


def test_both_papers_lead_to_their_own_authenticity_page(
    app, client, session, deals, note
):
    enter(client, session, deals.actor(note.contract, Side.BUYER))

    for path, kind in (("pdf", "Phiếu giao nhận"), ("nghiem-thu/pdf", "Biên bản")):
        answer = client.get(f"/phieu/{note.public_id}/{path}")
        assert answer.mimetype == "application/pdf"
        (code,) = Printed(answer.data).codes()
        base = app.config["BASE_URL"]
        assert code.startswith(f"{base}/xac-thuc/")
        page = app.test_client().get(code.removeprefix(base))
        assert "Giấy tờ có thật" in page.text
        assert kind in page.text


def test_an_english_paper_leads_to_an_english_page(app, client, session, deals, note):
    enter(client, session, deals.actor(note.contract, Side.SELLER))

    paper = Printed(client.get(f"/phieu/{note.public_id}/pdf?lang=en").data)

    assert "DELIVERY NOTE" in paper.text
    assert paper.codes()[0].endswith("?lang=en")


def test_the_page_of_a_note_links_to_what_can_be_printed(client, session, deals):
    contract = deals.in_force()
    note = deals.note(contract)
    enter(client, session, deals.actor(contract, Side.BUYER))
    url = f"/phieu/{note.public_id}"

    page = client.get(url)

    assert f"{url}/pdf" in page.text
    assert f"{url}/nghiem-thu/pdf" not in page.text
    assert client.get(f"{url}/nghiem-thu/pdf").status_code == 404


def test_a_stranger_gets_neither(client, session, make, note):
    enter(client, session, make.member())

    for path in ("pdf", "nghiem-thu/pdf"):
        assert client.get(f"/phieu/{note.public_id}/{path}").status_code == 404


def test_every_finding_stays_printable_after_a_later_one(client, session, deals, note):
    first = current_inspection(session, note)
    add_inspection(
        session, note, [Part(note.net_kg)], who=None, now=NOW, reason="Thống nhất"
    )
    enter(client, session, deals.actor(note.contract, Side.SELLER))
    url = f"/phieu/{note.public_id}/nghiem-thu"

    old, new = (Printed(client.get(f"{url}/{n}/pdf").data) for n in (1, 2))

    assert f"{url}/1/pdf" in client.get(f"/phieu/{note.public_id}").text
    assert old.attached("inspection.json") == first.content
    assert "ĐÃ CÓ KẾT QUẢ MỚI HƠN" in old.text
    assert "ĐÃ CÓ KẾT QUẢ MỚI HƠN" not in new.text
    assert client.get(f"{url}/3/pdf").status_code == 404
