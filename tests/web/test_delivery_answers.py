"""Answers to another day, and what stands beside which field of a note."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.commands_deliveries import Part
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import Outcome
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.dispute_records import open_claim
from marketplace.services.disputes import decide_claim, raise_claim, say_in_claim
from models.deliveries import DeliverySaid
from tests.acting import Acted
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


def test_an_answer_that_nobody_knows_is_not_taken_for_a_no(client, session, deals):
    contract = deals.in_force()
    address = f"/hop-dong/{contract.public_id}/giao/1/ngay-moi"
    say_of_delivery(
        session,
        deals.actor(contract, Side.BUYER),
        contract.public_id,
        1,
        DeliveryWord.PROPOSE_DAY,
        day=contract.lines[0].deliver_from + timedelta(days=1),
        now=NOW,
        today=TODAY,
    )
    enter(client, session, deals.actor(contract, Side.SELLER))

    unknown = client.post(f"{address}/dong-i")
    after_unknown = session.scalars(select(DeliverySaid.word)).all()
    declined = client.post(f"{address}/giu")

    assert (unknown.status_code, declined.status_code) == (404, 302)
    assert after_unknown == [DeliveryWord.PROPOSE_DAY]
    words = session.scalars(select(DeliverySaid.word)).all()
    assert words == [DeliveryWord.PROPOSE_DAY, DeliveryWord.DECLINE_DAY]


def test_a_wrong_day_of_a_note_is_told_beside_the_day(client, session, deals):
    contract = deals.in_force()
    enter(client, session, deals.actor(contract, Side.SELLER))
    told = {"day": "01/01/2001", "hour": "05:30", "place": "Kho"}
    told |= {"lots-0-code": "L1", "lots-0-gross": "900", "note_id": "A" * 22}

    page = client.post(f"/hop-dong/{contract.public_id}/giao/1/phieu", data=told)

    assert page.status_code == 422
    assert 'href="#day"' in page.text  # the summary leads to the field


@pytest.mark.parametrize("taken", ["0", "50"])
def test_a_small_deduction_or_none_is_an_answer(client, session, make, taken):
    acted = Acted(session, make)
    note = acted.weighed(1_000)
    enter(client, session, acted.buyer)
    told = {"parts-0-kg": "1.000", "parts-0-outcome": "accepted"}
    told |= {"parts-0-deduction": taken, "parts-0-reason": "Hơi ướt"}

    done = client.post(f"/phieu/{note.public_id}/nghiem-thu", data=told)

    assert done.status_code == 302


def test_an_officer_decides_and_does_not_offer(client, session, make):
    acted = Acted(session, make)
    note = acted.delivered(1_000, Part(900), Part(100, Outcome.REJECTED, reason="Dập"))
    who = note.public_id
    raise_claim(session, acted.seller, who, "Hàng tốt", Offered(1_000), now=NOW)
    call = ClaimWord.CALL_OFFICER
    say_in_claim(session, acted.seller, who, call, "Nhờ cán bộ", now=NOW)
    decide_claim(session, make.officer(), who, Offered(980, 500), "Theo ảnh", now=NOW)
    enter(client, session, acted.seller)

    page = client.get(f"/phieu/{who}")

    assert "Hàng tốt<br>Đề nghị nhận 1.000 kg.</p>" in page.text
    assert "Theo ảnh<br>Nhận 980 kg, trừ 500 đ/kg.</p>" in page.text
    assert "Không đồng ý kết quả này" not in page.text


def test_who_calls_an_officer_is_told_in_the_language_of_each_reader(
    client, session, make
):
    acted = Acted(session, make)
    note = acted.delivered(1_000)
    raise_claim(session, acted.seller, note.public_id, "Hàng tốt", now=NOW)
    enter(client, session, acted.seller)

    client.post(f"/phieu/{note.public_id}/khieu-nai/moi-can-bo?lang=en")

    claim = open_claim(session, note)
    assert (claim.words[-1].word, claim.words[-1].text) == ("call_officer", "")
    enter(client, session, acted.buyer)
    for lang, called in (
        ("vi", "mời cán bộ phân xử"),
        ("en", "called an officer"),
    ):
        assert called in client.get(f"/phieu/{note.public_id}?lang={lang}").text
    assert "Hợp đồng" not in client.get("/thong-bao?lang=en").text
    assert "calls an officer to decide" in client.get("/thong-bao?lang=en").text
