"""Numbers that look wrong are asked about once, beside their field, nothing lost."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import func, select

from models.deliveries import DeliveryNote
from models.settlements import AccountEntry
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW

pytestmark = pytest.mark.databases("sqlite")
ASKED = 'name="sure"'


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def payment(amount, **over):
    kind = {"kind": "payment", "method": "transfer", "on": f"{NOW:%d/%m/%Y}"}
    return {**kind, "amount": amount, "reference": "FT123", **over}


def test_more_than_is_owed_is_stored_only_after_a_tick(client, session, acted):
    acted.delivered(1_000)  # at 14,500
    enter(client, session, acted.buyer)
    address = f"/hop-dong/{acted.contract.public_id}/tien/ghi"
    assert ASKED not in client.get(address).text

    asked = client.post(address, data=payment("145.000.000"))

    assert asked.status_code == 422
    assert "Nhiều hơn số còn nợ: 14.500.000" in asked.text
    assert 'id="amount-e"' in asked.text
    assert ASKED in asked.text
    assert "FT123" in asked.text
    assert count(session, AccountEntry) == 0

    done = client.post(address, data=payment("145.000.000", sure="y"))

    assert done.status_code == 302
    assert session.scalars(select(AccountEntry.amount_vnd)).all() == [145_000_000]


def test_what_is_owed_and_a_deposit_within_the_contract_are_not_asked_about(
    client, session, acted
):
    acted.delivered(1_000)
    enter(client, session, acted.buyer)
    address = f"/hop-dong/{acted.contract.public_id}/tien/ghi"

    for typed in (payment("14.500.000"), payment("20.000.000", kind="deposit")):
        assert client.post(address, data=typed).status_code == 302

    asked = client.post(address, data=payment("9.000.000.000", kind="deposit"))
    assert "cả hợp đồng" in asked.text
    assert count(session, AccountEntry) == 2


def note(gross, **over):
    return {
        "note_id": "A" * 22,
        "day": f"{NOW:%d/%m/%Y}",
        "hour": "05:30",
        "place": "Kho riêng",
        "lots-0-code": "L1",
        "lots-0-gross": gross,
        **over,
    }


def test_a_note_far_above_its_planned_delivery_is_asked_about_once(
    client, session, acted
):
    enter(client, session, acted.seller)
    first = acted.contract.lines[0]
    address = f"/hop-dong/{acted.contract.public_id}/giao/{first.number}/phieu"
    acted.weighed(first.kg - 100)

    asked = client.post(address, data=note("300"))

    assert asked.status_code == 422
    assert "Phiếu ghi 300 kg, đợt này chỉ còn 100 kg" in asked.text
    assert ASKED in asked.text
    assert "Kho riêng" in asked.text
    assert count(session, DeliveryNote) == 1
    assert client.post(address, data=note("300", sure="y")).status_code == 302
    assert count(session, DeliveryNote) == 2


def test_a_note_from_a_phones_outbox_is_not_asked_back(client, session, acted):
    enter(client, session, acted.seller)
    first = acted.contract.lines[0]
    address = f"/hop-dong/{acted.contract.public_id}/giao/{first.number}/phieu"
    acted.weighed(first.kg - 100)

    headers = {"Accept": "application/json"}
    answer = client.post(address, data=note("300"), headers=headers)

    assert answer.status_code == 201
