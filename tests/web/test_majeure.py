"""Force majeure on a phone: told in a few taps, answered in one."""

from __future__ import annotations

import io

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.majeure import MajeureState
from marketplace.services.deliveries import planned_delivery
from marketplace.services.photos import list_photos
from models.majeure import MajeureNotice
from tests.acting import Acted
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of
from tests.photo_rows import jpeg


@pytest.fixture(autouse=True)
def then():
    """The rows of the factories lie around one day; the clock stands there too."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


@pytest.fixture
def url(acted):
    return f"/hop-dong/{acted.contract.public_id}/bat-kha-khang"


def form_on(client, page):
    path = page.partition("?")[0]
    return dict(form_to(path, client.get(page).text, page).values)


def tell(client, url, **typed):
    page = f"{url}/bao?dot=1"
    values = form_on(client, page)
    filled = {"kind": "flood", "text": "Lũ cuốn vườn", "measures": "Đã che bạt"}
    return client.post(page, data=values | filled | typed)


def notice(session):
    return session.scalars(select(MajeureNotice)).one()


@pytest.mark.databases("sqlite")
def test_from_cannot_deliver_it_is_two_taps(client, session, acted, url):
    enter(client, session, acted.seller)
    cannot = f"/hop-dong/{acted.contract.public_id}/giao/1/khong-giao"
    assert f"{url}/bao?dot=1" in client.get(cannot).text

    answer = tell(client, url)

    assert answer.status_code == 302
    assert notice(session).lost_kg == 12_000  # all that is open stood there already
    page = client.get(url).text
    assert "Lũ cuốn vườn" in page
    assert "Rút lại" in page


@pytest.mark.databases("sqlite")
def test_photos_come_with_it_and_after_it(client, session, acted, url):
    enter(client, session, acted.seller)
    tell(client, url, photos=(io.BytesIO(jpeg()), "vuon.jpg"))
    more = f"{url}/1/anh"

    values = form_on(client, more)
    answer = client.post(
        more, data=values | {"photos": (io.BytesIO(jpeg(1)), "xa.jpg")}
    )

    assert answer.status_code == 302
    photos = list_photos(session, notice(session))
    assert len(photos) == 2
    shown = client.get(f"/anh/{photos[0].public_id}")
    assert shown.status_code == 200
    assert url in shown.text


@pytest.mark.databases("sqlite")
def test_what_is_wrong_stands_on_the_page(client, session, acted, url):
    enter(client, session, acted.seller)

    answer = tell(client, url, **{"lines-0-lost": "12.001"})

    assert answer.status_code == 422
    assert "chỉ còn 12.000 kg" in answer.text
    assert "Lũ cuốn vườn" in answer.text


def test_the_other_side_acknowledges_with_one_tap(client, session, acted, url):
    enter(client, session, acted.seller)
    tell(client, url, **{"lines-0-lost": "5.000"})
    enter(client, session, acted.buyer)
    assert "báo bất khả kháng" in client.get("/hom-nay").text

    answer = client.post(f"{url}/1/ghi-nhan", follow_redirects=True)

    assert "Bên kia đã ghi nhận" in answer.text
    assert planned_delivery(session, acted.contract, 1).open_kg == 7_000
    overview = client.get(f"/hop-dong/{acted.contract.public_id}").text
    assert f"{url}#bao-1" in overview
    assert client.get(f"/hop-dong/{acted.contract.public_id}/giao").status_code == 200
    enter(client, session, acted.seller)
    assert "Sửa dự kiến thu hoạch" in client.get(url).text


def test_contested_it_goes_to_an_officer_who_decides(client, session, make, acted, url):
    enter(client, session, acted.seller)
    tell(client, url)
    enter(client, session, acted.buyer)
    page = f"{url}/1/khong-dong-y"
    client.post(page, data=form_on(client, page) | {"text": "Đường vẫn thông"})
    enter(client, session, make.officer())
    assert "báo bất khả kháng" in client.get("/hom-nay").text
    page = f"{url}/1/xem-xet"
    ruling = {"stands": "dung", "authority": "", "text": "Xã đã lập biên bản"}
    values = form_on(client, page) | ruling
    assert client.post(page, data=values).status_code == 422  # without a paper

    paper = {"authority": "UBND xã, 12/XN"}
    answer = client.post(page, data=form_on(client, page) | ruling | paper)

    assert answer.status_code == 302
    assert notice(session).state is MajeureState.CONFIRMED
    assert "UBND xã, 12/XN" in client.get(url).text


@pytest.mark.databases("sqlite")
def test_a_notice_is_taken_back_before_an_answer(client, session, acted, url):
    enter(client, session, acted.seller)
    tell(client, url)

    client.post(f"{url}/1/rut")

    assert notice(session).state is MajeureState.WITHDRAWN


@pytest.mark.databases("sqlite")
def test_its_giver_says_that_it_is_over(client, session, acted, url):
    enter(client, session, acted.seller)
    tell(client, url)
    page = f"{url}/1/da-het"
    assert page in client.get(url).text

    wrong = client.post(page, data=form_on(client, page) | {"ended": "01/01/2026"})
    answer = client.post(page, data=form_on(client, page))

    assert wrong.status_code == 422
    assert "Ngày hết phải từ ngày xảy ra đến hôm nay" in wrong.text
    assert answer.status_code == 302
    enter(client, session, acted.buyer)
    shown = client.get(url).text
    assert "Đã hết từ" in shown
    assert page not in shown
    assert problems_of(shown) == []


@pytest.mark.databases("sqlite")
def test_a_late_notice_says_what_follows(client, session, acted, url):
    with time_machine.travel(NOW.replace(day=NOW.day + 4), tick=False):
        enter(client, session, acted.seller)
        tell(client, url, began="02/03/2026", learned="02/03/2026", hour="10:00")

        page = client.get(url).text

    assert "Báo muộn" in page
    assert "phải bồi thường" in page


@pytest.mark.databases("sqlite")
def test_a_penalty_names_its_delivery(client, session, acted):
    acted.weighed(1_000)
    enter(client, session, acted.buyer)
    page = f"/hop-dong/{acted.contract.public_id}/tien/ghi?loai=penalty"
    typed = {"amount": "100.000", "text": "Giao thiếu", "line": "1"}

    answer = client.post(page, data=form_on(client, page) | typed)

    assert answer.status_code == 302
