"""The pages on which a cooperative shares a load among its households."""

from __future__ import annotations

import io
import re

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from marketplace.domain.commands_households import SaveHousehold
from marketplace.services.households import add_household
from marketplace.services.member_shares import shares_of
from tests.acting import Acted
from tests.doors import enter
from tests.factories import NOW

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
    unit = acted.contract.seller.unit_id
    for name, code in (("=Lò Văn Pâng", ""), ("Quàng Thị Hoa", "H2")):
        add_household(session, acted.seller, SaveHousehold(name, unit, code))
    return acted.delivered(3_000)


@pytest.fixture
def seller(client, session, acted):
    return enter(client, session, acted.seller)


def page_of(note):
    return f"/phieu/{note.public_id}/ho-thanh-vien"


def rows(page, *kg):
    """What the form holds, with these kilograms typed into it."""
    ids = re.findall(r'name="rows-\d+-household"[^>]*value="([^"]+)"', page)
    data = {}
    for number, (one, typed) in enumerate(zip(ids, kg, strict=True)):
        data[f"rows-{number}-household"] = one
        data[f"rows-{number}-kg"] = typed
    return data


def test_a_load_is_typed_checked_spread_and_stored(seller, session, note):
    page = seller.get(page_of(note)).text
    typed = rows(page, "1.000", "500")

    refused = seller.post(page_of(note), data={**typed, "do": "store"})
    spread = seller.post(page_of(note), data={**typed, "do": "spread"})
    stored = seller.post(
        page_of(note), data={**rows(page, "2.000", "1.000"), "do": "store"}
    )

    assert refused.status_code == 422
    assert "Còn thiếu 1.500 kg" in refused.text
    assert spread.status_code == 200
    assert 'value="2.000"' in spread.text
    assert stored.status_code == 302
    assert [one.kg for one in shares_of(session, note)] == [2_000, 1_000]


def test_a_sheet_fills_the_form_and_says_whom_it_does_not_know(seller, note):
    empty = rows(seller.get(page_of(note)).text, "", "") | {"do": "read"}

    known = seller.post(page_of(note), data=empty | {"paste": "H2\t3.000"})
    odd = seller.post(page_of(note), data=empty | {"paste": "Ai đó\t3.000"})

    assert 'value="3.000"' in known.text
    assert odd.status_code == 422
    assert "Không có hộ Ai đó" in odd.text


def test_the_workbook_has_real_numbers_and_no_formula(seller, acted, note):
    page = seller.get(page_of(note)).text
    seller.post(page_of(note), data={**rows(page, "2.000", "1.000"), "do": "store"})

    answer = seller.get(f"/hop-dong/{acted.contract.public_id}/ho-thanh-vien.xlsx")

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    cells = sheet.get_sheet_by_index(0).to_python()
    assert ["=Lò Văn Pâng", "", 2000.0, 2000.0, 0.0, 0.0, 29_000_000.0] in cells
    assert cells[-1][-1] == 43_500_000.0


def test_pages_of_a_contract_and_a_season_add_up(seller, acted, note):
    page = seller.get(page_of(note)).text
    seller.post(page_of(note), data={**rows(page, "2.000", "1.000"), "do": "store"})
    home = f"/hop-dong/{acted.contract.public_id}/ho-thanh-vien"
    seller.post(f"{home}/giu-lai", data={"per_mille": "100"})

    for target in (home, "/ho-thanh-vien/vu", "/ho-thanh-vien/vu?nam=x"):
        answer = seller.get(target)
        assert "26.100.000 đ" in answer.text, target
        assert "4.350.000 đ" in answer.text
        assert "43.500.000 đ" in answer.text


def test_the_buyer_is_shown_no_page_and_no_word_of_it(client, session, acted, note):
    buyer = enter(client, session, acted.buyer)
    home = f"/hop-dong/{acted.contract.public_id}"

    for target in (
        page_of(note),
        f"{home}/ho-thanh-vien",
        f"{home}/ho-thanh-vien.xlsx",
    ):
        assert buyer.get(target).status_code in (403, 404)
    assert "Phần của từng hộ" not in buyer.get(f"{home}/tien").text


def test_the_register_takes_one_household_and_many(seller):
    one = {"name": "Vì Văn Ơn", "phone": "0987 654 321"}
    page = seller.get("/ho-thanh-vien/them").text
    unit = page.split("selected")[1].split('value="')[1].split('"')[0]

    added = seller.post("/ho-thanh-vien/them", data={**one, "commune": unit})
    many = seller.post("/ho-thanh-vien/nhap-bang", data={"paste": "Hộ A\nHộ B\tB1"})

    assert (added.status_code, many.status_code) == (302, 302)
    shown = seller.get("/ho-thanh-vien/").text
    assert all(name in shown for name in ("Vì Văn Ơn", "0987 654 321", "Hộ B"))
