"""The page on which a load is inspected: who gets the form, and what it says."""

from __future__ import annotations

import io

import pytest
import time_machine

from marketplace.services.inspections import current_inspection
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW
from tests.photo_rows import jpeg

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def address(note):
    return f"/phieu/{note.public_id}/nghiem-thu"


def test_whoever_may_not_inspect_learns_it_before_any_form(client, session, acted):
    waiting, done = acted.weighed(1_000), acted.delivered(2_000)
    cases = [
        (acted.seller, waiting, "Nghiệm thu là việc của bên mua"),
        (acted.buyer, done, "Phiếu này đã nghiệm thu rồi"),
    ]

    for who, note, why in cases:
        answer = enter(client, session, who).get(address(note))
        assert answer.status_code == 422
        assert why in answer.text
        assert "<form" not in answer.text

    english = client.get(f"{address(done)}?lang=en").text
    assert "This note is inspected already" in english


def test_the_buyer_gets_the_form_while_the_hours_last(client, session, acted):
    note = acted.weighed(1_000)
    enter(client, session, acted.buyer)

    assert 'name="parts-0-kg"' in client.get(address(note)).text


def test_too_great_a_deduction_is_told_beside_its_own_field(client, session, acted):
    note = acted.weighed(1_000)
    enter(client, session, acted.buyer)
    found = {
        "parts-0-kg": "900",
        "parts-0-outcome": "accepted",
        "parts-1-kg": "100",
        "parts-1-outcome": "accepted",
        "parts-1-deduction": str(note.contract.price_vnd + 1),
        "parts-1-reason": "Quả nhỏ",
    }

    answer = client.post(address(note), data=found)

    assert answer.status_code == 422
    assert 'id="parts-1-deduction-e"' in answer.text
    assert "Trừ nhiều nhất bằng giá một kg" in answer.text
    assert "Quả nhỏ" in answer.text


def test_a_missing_photo_of_rejected_goods_is_told_beside_its_field(
    client, session, acted
):
    note = acted.weighed(1_000)
    enter(client, session, acted.buyer)
    found = {
        "parts-0-kg": "1.000",
        "parts-0-outcome": "rejected",
        "parts-0-reason": "Quả nứt",
    }

    answer = client.post(address(note), data=found)

    assert answer.status_code == 422
    assert 'id="parts-0-photos-e"' in answer.text
    assert "Hàng bị loại phải có ảnh" in answer.text
    assert "Quả nứt" in answer.text
    assert current_inspection(session, note) is None

    shown = {**found, "photos": (io.BytesIO(jpeg(1)), "1.jpg")}
    assert client.post(address(note), data=shown).status_code == 302
    assert current_inspection(session, note) is not None
