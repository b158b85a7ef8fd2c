"""The page that takes many market prices at once."""

from __future__ import annotations

import io

import pytest
import time_machine
from sqlalchemy import func, select

from models.price_quotes import PriceQuote
from tests.doors import enter
from tests.factories import NOW

PAGE = "/gia-tham-chieu/nhap-bang"
GOOD = "02/03/2026\tNhãn\t\tChợ đầu mối Long Biên\t15.000\t20.000\tSở"
BAD = "02/03/2026\tSầu riêng\t\tChợ đầu mối Long Biên\t15.000\t20.000\tSở"
ROW = dict(
    zip(
        ("day", "product", "grade", "market", "low", "high", "source", "link"),
        [*GOOD.split("\t"), ""],
        strict=True,
    )
)


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officer(client, session, make):
    return enter(client, session, make.officer())


def count(session):
    return session.scalar(select(func.count(PriceQuote.id)))


def fields(*rows):
    return {
        f"rows-{number}-{name}": cell
        for number, row in enumerate(rows)
        for name, cell in row.items()
    }


def test_what_is_pasted_is_shown_as_read_and_nothing_is_stored(officer, session):
    answer = officer.post(PAGE, data={"paste": f"{GOOD}\n{BAD}", "do": "read"})

    assert answer.status_code == 422
    assert "2 dòng: 1 đọc được, 1 cần sửa" in answer.text
    assert "Không rõ sản phẩm này" in answer.text
    assert 'value="Sầu riêng"' in answer.text
    assert count(session) == 0


def test_a_file_is_read_too(officer, session):
    text = GOOD.replace("\t", ";").encode("utf-8-sig")

    answer = officer.post(
        PAGE, data={"file": (io.BytesIO(text), "gia.csv"), "do": "read"}
    )

    assert answer.status_code == 200
    assert "Nhập 1 giá mới" in answer.text
    assert count(session) == 0


def test_a_sheet_with_a_mistake_stores_nothing(officer, session):
    rows = fields(ROW, {**ROW, "product": "Sầu riêng"})

    answer = officer.post(PAGE, data={**rows, "do": "send"})

    assert answer.status_code == 422
    assert "Sửa hết các ô sai" in answer.text
    assert count(session) == 0


def test_a_good_sheet_is_stored_at_once_and_twice_is_once(officer, session):
    rows = fields(ROW, {**ROW, "market": "Thu mua tại vườn"})

    first = officer.post(PAGE, data={**rows, "do": "send"}, follow_redirects=True)
    again = officer.post(PAGE, data={**rows, "do": "send"}, follow_redirects=True)

    assert "Đã ghi 2 giá" in first.text
    assert "đã có từ trước" in again.text
    assert count(session) == 2


def test_an_empty_sheet_is_refused(officer, session):
    answer = officer.post(PAGE, data={"do": "send"})

    assert answer.status_code == 422
    assert count(session) == 0


def test_the_template_names_columns_products_and_markets(officer):
    answer = officer.get("/gia-tham-chieu/tep-mau.xlsx")

    again = officer.post(
        PAGE, data={"file": (io.BytesIO(answer.data), "gia.xlsx"), "do": "read"}
    )

    assert "1 dòng: 1 đọc được, 0 cần sửa" in again.text
