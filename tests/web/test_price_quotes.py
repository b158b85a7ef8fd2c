"""The pages of market prices: read by everybody, written by officers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from models.price_quotes import PriceQuote
from tests.doors import enter
from tests.factories import NOW, TODAY

LIST = "/gia-tham-chieu/"
TYPED = {
    "product": "longan", "market": "long_bien", "grade": "0", "day": "02/03/2026",
    "low": "15.000", "high": "20.000", "source": "Bản tin giá", "link": "",
}  # fmt: skip
MENDED = {
    "low": "16.000", "high": "21.000", "source": "Bản tin giá", "link": "",
    "reason": "Gõ nhầm giá thấp",
}  # fmt: skip


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officer(client, session, make):
    return enter(client, session, make.officer())


def count(session):
    return session.scalar(select(func.count(PriceQuote.id)))


def test_everybody_sees_a_chart_for_each_market_with_its_figures(client, make):
    for weeks in range(3):
        day = TODAY - timedelta(7 * weeks)
        make.quote(15_000 - 500 * weeks, 20_000, day=day)
    make.quote(12_000, 12_000, market="farm_gate", grade_rank=1)

    page = client.get(LIST).text

    said = "Chợ đầu mối Long Biên: 15.000–20.000 đ/kg ngày 02/03/2026"
    assert f'aria-label="{said}. Cao hơn 500 đ/kg so với ngày 16/02/2026."' in page
    assert "Thu mua tại vườn, loại 1: 12.000 đ/kg ngày 02/03/2026" in page
    assert page.count('<svg class="chart"') == 2
    assert page.count("14.500") == 2  # in the figures of the chart, and day by day
    assert "Ghi giá" not in page


def test_the_list_is_narrowed_by_product_market_time_and_words(client, make):
    make.quote(15_000, 20_000)
    make.quote(8_000, 9_000, product="mango", day=TODAY - timedelta(60))
    make.quote(11_000, 12_000, market="farm_gate", source="Phòng Kinh tế")

    def shown(query):
        page = client.get(LIST + query).text
        return [band for band in ("15.000–20", "8.000–9", "11.000–12") if band in page]

    assert shown("") == ["15.000–20", "11.000–12"]
    assert shown("?san-pham=mango") == ["8.000–9"]
    assert shown("?san-pham=mango&ky=30") == []
    assert shown("?cho=farm_gate") == ["11.000–12"]
    assert shown("?q=phong kinh te") == ["11.000–12"]
    assert shown("?san-pham=sao&cho=long_bien&ky=x&trang=-1") == ["15.000–20"]


def test_an_empty_market_says_what_will_be_here(client):
    assert "Chưa có giá nào" in client.get(LIST).text


def test_an_officer_writes_a_price_down(officer, session):
    told = officer.post(f"{LIST}moi", data=TYPED, follow_redirects=True)

    quote = session.scalars(select(PriceQuote)).one()
    assert (quote.low_vnd, quote.high_vnd, quote.day) == (15_000, 20_000, TODAY)
    assert "Đã ghi giá." in told.text
    assert quote.public_id in told.request.path


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"low": "sao"}, "Nhập giá một kg bằng đồng"),
        ({"low": "21.000"}, "Giá cao phải từ giá thấp trở lên"),
        ({"day": "03/03/2026"}, "Ngày chưa tới, chọn đến 02/03/2026"),
        ({"day": "31/02/2026"}, "Không có ngày này trong lịch"),
        ({"source": " "}, "Ghi nguồn của giá"),
        ({"link": "gia.html"}, "Nhập địa chỉ trang"),
        ({"product": "mango_dried", "grade": "3", "sure": "y"}, "không có loại đó"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(officer, session, over, message):
    answer = officer.post(f"{LIST}moi", data={**TYPED, **over})

    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="20.000"' in answer.text
    assert count(session) == 0


def test_an_odd_price_is_asked_about_and_kept_if_it_is_right(officer, session):
    odd = {**TYPED, "low": "1.500"}

    asked = officer.post(f"{LIST}moi", data=odd)
    stored = count(session)
    told = officer.post(f"{LIST}moi", data={**odd, "sure": "y"})

    assert (asked.status_code, stored) == (422, 0)
    assert "Giá này khác xa mức thường gặp" in asked.text
    assert 'name="sure"' in asked.text
    assert (told.status_code, count(session)) == (302, 1)


def test_a_day_that_has_a_price_is_refused_at_its_field(officer, session, make):
    make.quote(15_000, 20_000)

    answer = officer.post(f"{LIST}moi", data=TYPED)

    assert answer.status_code == 422
    assert "hãy sửa dòng đó" in answer.text


def test_a_correction_is_shown_with_what_it_corrects(officer, session, make):
    quote = make.quote(15_000, 20_000)

    told = officer.post(
        f"{LIST}{quote.public_id}/sua", data=MENDED, follow_redirects=True
    )

    assert "16.000–21.000" in told.text
    assert "15.000–20.000" in told.text
    assert "Gõ nhầm giá thấp" in told.text


def test_what_a_colleague_has_corrected_is_not_corrected_over(officer, session, make):
    quote = make.quote(15_000, 20_000)
    officer.post(f"{LIST}{quote.public_id}/sua", data=MENDED)

    answer = officer.post(
        f"{LIST}{quote.public_id}/sua", data={**MENDED, "low": "17.000"}
    )

    assert answer.status_code == 422
    assert "vừa được người khác sửa" in answer.text
    assert "Mở lần ghi mới nhất" in answer.text
    assert 'value="17.000"' in answer.text
    assert count(session) == 2


def test_a_withdrawn_price_is_gone_for_the_public_and_marked_for_officers(
    officer, app, session, make
):
    quote = make.quote(15_000, 20_000)
    gone = {**MENDED, "withdrawn": "y", "reason": "Giá của chợ khác"}

    told = officer.post(f"{LIST}{quote.public_id}/sua", data=gone)

    assert told.status_code == 302
    assert "Đã rút" in officer.get(f"{LIST}").text
    assert "Chưa có giá nào" in app.test_client().get(LIST).text
    assert "Giá này đã rút" in app.test_client().get(told.location).text


def test_only_officers_read_who_wrote_it(officer, app, session, make):
    author = make.user(name="Lường Ngọc Mai")
    quote = make.quote(15_000, 20_000, entered_by_id=author.id)
    path = f"{LIST}{quote.public_id}"

    assert "Lường Ngọc Mai" in officer.get(path).text
    assert "Lường Ngọc Mai" not in app.test_client().get(path).text
