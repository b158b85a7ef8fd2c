"""Trying a price: the arithmetic on the page, and mistakes beside their fields."""

from __future__ import annotations

import re

import pytest
import time_machine

from forms.price_rules import MOST_PARTS
from tests.doors import enter
from tests.estate import Estate
from tests.factories import NOW
from tests.pages import problems_of

pytestmark = pytest.mark.databases("sqlite")
FLOOR = {
    "mode": "floor",
    "price": "14.000",
    "share": "50",
    "low": "15.000",
    "high": "17.001",
    "point": "middle",
    "parts-0-grade": "Loại 1",
    "parts-0-kg": "1.001",
    "parts-0-term": "-5%",
}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


def asked(client, lang="vi", **typed):
    return client.post(f"/tinh-gia?lang={lang}", data={**FLOOR, **typed})


def amounts(page):
    return re.findall(r'<td class="n nw[^"]*">([^<]*)</td>', page.text)


def test_the_arithmetic_is_shown_line_by_line(client):
    page = asked(client)

    assert page.status_code == 200
    assert problems_of(page.text) == []
    assert amounts(page) == [
        "14.000 đ/kg",
        "16.000,5 đ/kg",
        "2.000,5 đ/kg",
        "1.000,25 đ/kg",
        "-750,0125 đ/kg",
        "14.250,2375 đ/kg",
        "14.264.488 đ",
    ]
    assert "Trừ Loại 1: 5% của 15.000,25 đ/kg" in page.text
    assert "làm tròn đến đồng" in page.text


def test_the_same_in_english_with_english_numbers(client):
    typed = {"price": "14,000", "low": "15,000", "high": "17,001"}

    page = asked(client, "en", **typed, **{"parts-0-kg": "1,001"})

    assert "Deduction for" in page.text
    assert "14,250.2375 VND/kg" in amounts(page)


def test_a_floor_without_a_reference_is_marked_provisional(client):
    page = asked(client, low="", high="")

    assert "Tạm tính" in page.text
    assert "Chưa có giá tham chiếu, tạm tính theo giá sàn" in page.text


def test_a_market_price_without_a_reference_gives_no_number(client):
    page = asked(client, mode="market", price="", low="", high="")

    assert page.status_code == 200
    assert "Chưa có giá tham chiếu, nên chưa tính được tiền" in page.text
    assert amounts(page) == []


def test_one_market_price_serves_as_both_ends(client):
    page = asked(client, mode="market", high="", **{"parts-0-term": ""})

    assert "15.000 đ/kg" in amounts(page)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"price": ""}, "price", "Nhập giá một kg bằng đồng"),
        ({"price": "abc"}, "price", "Nhập giá một kg bằng đồng"),
        ({"share": "33,333"}, "share", "nhiều nhất 2 số lẻ"),
        ({"share": "140"}, "share", "Nhập phần trăm từ 0 đến 100"),
        ({"high": "14.000"}, "high", "phải từ giá thấp nhất trở lên"),
        ({"parts-0-kg": ""}, "parts-0-kg", "Nhập số kg"),
        ({"parts-0-term": "nhiều"}, "parts-0-term", "-500 hoặc +5%"),
        ({"parts-0-term": "-0,5"}, "parts-0-term", "-500 hoặc +5%"),
        (
            {"parts-1-grade": "loai 1", "parts-1-kg": "5"},
            "parts-1-grade",
            "Gộp số kg lại",
        ),
        ({"mode": "auction"}, "mode", "Chọn một trong các lựa chọn"),
    ],
)
def test_a_mistake_stands_beside_its_field(client, typed, field, words):
    page = asked(client, **typed)

    assert page.status_code == 422
    assert problems_of(page.text) == []
    beside = re.search(rf'id="{field}-e">(.*?)</p>', page.text, re.DOTALL)
    assert words in beside[1]
    assert f'href="#{field}"' in page.text
    assert "Kết quả" not in page.text


def test_rows_come_and_go_without_a_script_but_not_without_end(client):
    more = asked(client, add_row="parts")
    full = {f"parts-{n}-kg": "1" for n in range(MOST_PARTS + 3)}
    fuller = asked(client, add_row="parts", **full)

    assert 'name="parts-1-kg"' in more.text
    assert more.status_code == fuller.status_code == 200
    assert fuller.text.count('-term"') == MOST_PARTS * fuller.text.count('-0-term"')


def test_a_contract_shows_what_its_own_rule_pays(client, session, make):
    estate = Estate(session, make)
    contract = estate.contract
    enter(client, session, estate.director)

    for path in ("", "/ky"):
        page = client.get(f"/hop-dong/{contract.public_id}{path}")
        assert "Ví dụ tính tiền theo hợp đồng này" in page.text
        assert "Giá chốt trong hợp đồng" in page.text
        assert problems_of(page.text) == []


def test_a_proposal_leads_to_its_own_price_worked_out(client, session, make):
    proposal = make.proposal()
    enter(client, session, make.member(proposal.harvest.organisation))
    page = client.get(f"/de-xuat/{proposal.public_id}").text

    form = re.search(r'<form[^>]*action="/tinh-gia.*?</form>', page, re.DOTALL)[0]
    sent = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', form))
    answer = client.post("/tinh-gia", data=sent)

    bid = proposal.terms[0]
    assert answer.status_code == 200
    assert f"{bid.lines[0].kg * bid.price_vnd:,}".replace(",", ".") in answer.text
