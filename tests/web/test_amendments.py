"""An amendment through the browser's eyes: proposed, read, signed, refused, printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.majeure import Hindered
from marketplace.services.majeure_answers import acknowledge_notice
from models.contracts import ContractVersion
from tests.acting import Acted
from tests.amending import proposed
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW, PASSWORD, TODAY
from tests.majeure_rows import told
from tests.pages import problems_of

DAY = timedelta(days=1)

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def filled(client, url, **over):
    """The form as it is on the page, with what is given typed over it."""
    page = client.get(url)
    assert page.status_code == 200
    assert problems_of(page.text) == []
    return dict(form_to(url, page.text, url).values) | over


def test_both_sides_amend_the_contract_through_the_pages(client, session, acted):
    base = f"/hop-dong/{acted.contract.public_id}"
    enter(client, session, acted.seller)
    asked = filled(
        client,
        f"{base}/phu-luc/moi",
        reason="agreement",
        text="Giá chợ tăng",
        price="15.200",
    )

    sent = client.post(f"{base}/phu-luc/moi", data=asked)

    assert sent.status_code == 302, sent.text
    assert sent.location.endswith("/phu-luc/2")
    for who in (acted.seller, acted.buyer):
        enter(client, session, who)
        assert "Trả lời phụ lục" in client.get("/hom-nay").text
        told = filled(client, f"{base}/phu-luc/2/ky", agreed="y", password=PASSWORD)
        done = client.post(f"{base}/phu-luc/2/ky", data=told)
        assert done.status_code == 302, done.text
    session.refresh(acted.contract)
    assert acted.contract.price_vnd == 15_200
    assert acted.contract.current_version == 2


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_old_and_new_stand_side_by_side_and_stay_on_paper(client, session, acted, lang):
    proposed(session, acted.seller, acted.contract, price_vnd=15_200)
    base = f"/hop-dong/{acted.contract.public_id}"
    enter(client, session, acted.buyer)

    page = client.get(f"{base}/phu-luc/2?lang={lang}")

    old, new = ("14,500", "15,200") if lang == "en" else ("14.500", "15.200")
    assert page.status_code == 200
    assert problems_of(page.text) == []
    assert old in page.text
    assert new in page.text
    for path in ("", "/phu-luc/2/ky", "/phu-luc/2/tu-choi", "/phu-luc/moi"):
        shown = client.get(f"{base}{path}?lang={lang}")
        assert shown.status_code == 200
        assert problems_of(shown.text) == []
    for path in ("/phu-luc/2/pdf", "/ban/1/pdf"):
        paper = client.get(f"{base}{path}?lang={lang}")
        assert paper.data.startswith(b"%PDF")
    assert client.get(f"{base}/ban/2/pdf").status_code == 404


def test_a_refusal_says_why_on_the_page_of_both(client, session, acted):
    proposed(session, acted.seller, acted.contract, price_vnd=15_200)
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/2"
    enter(client, session, acted.buyer)
    assert client.post(f"{url}/tu-choi", data={"answer": " "}).status_code == 422

    done = client.post(f"{url}/tu-choi", data={"answer": "Cao hơn giá chợ"})

    assert done.status_code == 302
    for who in (acted.buyer, acted.seller):
        enter(client, session, who)
        assert "Cao hơn giá chợ" in client.get(url).text


def test_whoever_proposed_takes_it_back(client, session, acted):
    proposed(session, acted.seller, acted.contract, price_vnd=15_200)
    base = f"/hop-dong/{acted.contract.public_id}"
    enter(client, session, acted.seller)

    client.post(f"{base}/phu-luc/2/rut-lai")

    assert "Đã rút lại" in client.get(f"{base}/phu-luc/2").text
    assert "Đề nghị sửa đổi" in client.get(base).text


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"penalty": "9"}, "Nhiều nhất 8"),
        ({"mode": "floor", "market": ""}, "Chọn chợ hoặc nơi ghi giá"),
        ({"price": ""}, "Nhập giá một kg"),
        ({"text": ""}, "Nói rõ vì sao cần sửa"),
        ({"price_from": "01/01/2026"}, "Giá mới không áp dụng"),
        ({"digest": "0" * 64}, "vừa được sửa đổi"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, session, acted, over, words):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Vì thế", price="15.200")

    page = client.post(url, data=asked | over)

    assert page.status_code == 422
    assert words in page.text
    assert problems_of(page.text) == []


@pytest.mark.parametrize("number", ["0", "-4", "abc", "99", "1 0"])
def test_a_row_that_names_no_delivery_is_refused_in_its_place(
    client, session, acted, number
):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Vì thế", price="15.200")

    page = client.post(url, data=asked | {"lines-0-number": number})

    assert page.status_code == 422
    assert "Không có đợt này để sửa" in page.text.split('id="lines"')[1]
    assert session.get(ContractVersion, (acted.contract.id, 2)) is None


def test_two_rows_never_name_one_delivery(client, session, acted):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Vì thế")
    twice = {
        name.replace("-0-", "-1-"): said
        for name, said in asked.items()
        if name.startswith("lines-0-")
    }

    page = client.post(url, data=asked | twice)

    assert page.status_code == 422
    assert "Không có đợt này để sửa" in page.text


@pytest.mark.parametrize("row", [0, 1])
def test_a_day_that_is_over_is_refused_in_its_place(client, session, acted, row):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Vì thế")
    typed = {"first_day": f"{TODAY - DAY:%d/%m/%Y}", "kg": "2"}
    if row:
        typed |= {"last_day": "", "number": ""}

    page = client.post(
        url, data=asked | {f"lines-{row}-{name}": said for name, said in typed.items()}
    )

    assert page.status_code == 422
    assert "Ngày này đã qua" in page.text.split('id="lines"')[1]


def test_the_page_says_what_of_a_delivery_never_comes(client, session, acted):
    told(session, acted.seller, acted.contract, Hindered(1, 5_000))
    public_id = acted.contract.public_id
    acknowledge_notice(session, acted.buyer, public_id, 1, now=NOW)
    enter(client, session, acted.seller)

    page = client.get(f"/hop-dong/{public_id}/phu-luc/moi").text

    assert "Đợt 1: 5 tấn đã mất hoặc đã trả lại" in page
    assert "lines-0-kg" in page


def test_another_row_is_another_delivery(client, session, acted):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Thêm hàng")
    day = acted.contract.lines[0].deliver_to

    grown = client.post(url, data=asked | {"add_row": "lines"})
    typed = {"first_day": f"{day:%d/%m/%Y}", "last_day": "", "kg": "2", "number": ""}
    done = client.post(
        url, data=asked | {f"lines-1-{name}": said for name, said in typed.items()}
    )

    assert grown.status_code == 200
    assert "lines-1-kg" in grown.text
    assert done.status_code == 302, done.text
    words = session.get_one(ContractVersion, (acted.contract.id, 2))
    assert '"kg":2000' in words.content
    assert acted.contract.total_kg == 12_000


def test_a_row_is_called_by_the_number_of_its_delivery(client, session, acted):
    url = f"/hop-dong/{acted.contract.public_id}/phu-luc/moi"
    enter(client, session, acted.seller)
    asked = filled(client, url, reason="agreement", text="Thêm hàng")
    number = acted.contract.lines[0].number

    grown = client.post(url, data=asked | {"add_row": "lines"}).text
    wrong = client.post(url, data=asked | {"lines-0-kg": "x", "lines-1-kg": "y"}).text

    assert f">Đợt giao {number}</span>" in grown
    assert ">Đợt giao mới</span>" in grown
    assert "Dòng" not in grown
    assert f"Đợt giao {number}, " in wrong
    assert "Đợt giao mới, " in wrong
    assert (
        "New delivery"
        in client.post(f"{url}?lang=en", data=asked | {"add_row": "lines"}).text
    )


def test_deposit_and_grade_terms_are_typed_and_read_side_by_side(
    client, session, acted
):
    base = f"/hop-dong/{acted.contract.public_id}"
    enter(client, session, acted.seller)
    asked = filled(
        client, f"{base}/phu-luc/moi", reason="agreement", text="Bàn lại", deposit="10"
    )
    asked["grades-0-term"] = "+500"

    sent = client.post(f"{base}/phu-luc/moi", data=asked)

    assert sent.status_code == 302, sent.text
    page = client.get(f"{base}/phu-luc/2").text
    assert problems_of(page) == []
    assert "Đặt cọc" in page
    assert "+500 đ/kg" in page
