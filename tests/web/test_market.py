"""The public board, the figures and the search, as anybody sees them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from marketplace.domain.text import fold
from marketplace.domain.words import CertificateScheme, Market, OfferState
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.pages import problems_of

FLOOR, CEILING = 13_571, 17_393
PUBLIC = ("/", "/san", "/san?loai=don", "/so-lieu", "/tim?q=nhan", "/tim")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def season(session, make):
    """A harvest and an offer with canaries for limits, and a week's price."""
    seller = make.organisation(
        name="HTX Toàn Thắng",
        name_folded=fold("HTX Toàn Thắng"),
        short_name="Toàn Thắng",
    )
    papers = [make.certificate(seller), make.code(make.area(seller), Market.CN)]
    make.quote(13_000, 16_000)
    harvest = make.harvest(seller, papers=papers, floor_price_vnd=FLOOR)
    offer = make.offer(
        make.buyer(short_name="Sao Xanh"),
        ceiling_price_vnd=CEILING,
        schemes=[CertificateScheme.VIETGAP],
        codes_for=[Market.CN],
    )
    return harvest, offer


def pages(client, harvest, offer):
    for path in (
        *PUBLIC,
        f"/san/vu/{harvest.public_id}",
        f"/san/don/{offer.public_id}",
    ):
        yield path, client.get(path)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_public_page_is_whole(client, season, lang):
    client.get(f"/san?lang={lang}")

    for path, page in pages(client, *season):
        assert (path, page.status_code) == (path, 200)
        assert (path, problems_of(page.text)) == (path, [])


def test_no_limit_is_on_any_page_of_others(client, session, make, season):
    """As a visitor, and as a cooperative and a buyer that own neither post."""
    for who in (None, make.member(), make.member(make.buyer()), make.officer()):
        if who:
            enter(client, session, who)
        for path, page in pages(client, *season):
            for limit in (FLOOR, CEILING):
                grouped = f"{limit:,}"
                for said in (str(limit), grouped, grouped.replace(",", ".")):
                    assert said not in page.text, path


def test_pages_are_whole_on_an_empty_market(client, session):
    for path in PUBLIC:
        page = client.get(path)

        assert page.status_code == 200
        assert problems_of(page.text) == []


def test_the_board_shows_cards_bands_and_papers(client, season):
    page = client.get("/san").text

    for said in (
        "Toàn Thắng",
        "60</span> tấn",
        "13.000–16.000",
        "VietGAP",
        "Mã vùng Trung Quốc",
    ):
        assert said in page


def test_the_chart_says_its_finding(client, season):
    page = client.get("/").text

    assert "Nhãn 2026:" in page
    assert "từ 1 vụ và 1 đơn đang mở" in page


@pytest.mark.parametrize(
    ("has", "wants", "said"),
    [(9_000, 0, "đầu tháng 8 dư 9 tấn"), (0, 9_000, "đầu tháng 8 thiếu 9 tấn"),
     (9_000, 9_000, "có bao nhiêu cần bấy nhiêu")],
)  # fmt: skip
def test_each_finding_is_a_sentence(client, session, make, has, wants, said):
    days = {"window_start": date(2026, 8, 1), "window_end": date(2026, 8, 10)}
    if has:
        make.harvest(likely_kg=has, **days)
    if wants:
        make.offer(tranches=((date(2026, 8, 4), wants),))

    assert said in client.get("/so-lieu").text


def test_filters_live_in_the_address(client, season):
    found = client.get(
        "/san?q=toan+thang&san-pham=longan&thang=2026-08&chung-nhan=VIETGAP&ma-vung=CN"
    )
    none = client.get("/san?q=bao+minh")

    assert "Toàn Thắng" in found.text
    assert 'value="toan thang"' in found.text
    assert "Không có tin nào khớp" in none.text


@pytest.mark.parametrize(
    "query",
    ["thang=2026-13", "thang=9999-12", "xa=%00", "chung-nhan=x", "ma-vung=x", "trang=-1",
     "trang=99999999", "san-pham=" + "x" * 200, "loai=x", "q=" + "%25" * 300],
)  # fmt: skip
def test_an_odd_address_breaks_nothing(client, season, query):
    page = client.get(f"/san?{query}")

    assert page.status_code in (200, 400)


def test_a_long_list_has_pages(client, session, make):
    for _ in range(23):
        make.harvest()

    first, second = client.get("/san").text, client.get("/san?trang=2").text

    assert "1–20 trong 23 vụ" in first
    assert "21–23 trong 23 vụ" in second
    assert client.get("/san?trang=9").text.count('class="b6 cover"') == 3


def test_what_is_not_on_the_market_is_not_found(client, session, make):
    paused = make.offer(state=OfferState.PAUSED)
    draft = make.harvest(make.organisation(verified=False))

    for path in (
        f"/san/don/{paused.public_id}",
        f"/san/vu/{draft.public_id}",
        "/san/vu/x",
    ):
        assert client.get(path).status_code == 404


def test_a_shown_price_is_shown(client, session, make):
    offer = make.offer(show_price=True, ceiling_price_vnd=15_700)
    harvest = make.harvest(asking_price_vnd=16_300)

    assert "15.700" in client.get("/san?loai=don").text
    assert "15.700 đ/kg" in client.get(f"/san/don/{offer.public_id}").text
    assert "16.300" in client.get(f"/san/vu/{harvest.public_id}").text


def test_the_middle_price_appears_only_from_many_offers(client, session, make):
    buyers = [make.buyer() for _ in range(5)]
    for buyer in buyers[:4]:
        make.offer(buyer, ceiling_price_vnd=15_000)
    few = client.get("/san?san-pham=longan").text
    for buyer in buyers:
        make.offer(buyer, ceiling_price_vnd=15_000)
    many = client.get("/san?san-pham=longan").text

    assert "Giá đặt mua ở giữa" not in few
    assert "15.000 đ/kg, từ 9 đơn của 5 bên mua" in many


def test_figures_stand_beside_what_was_declared(client, season):
    page = client.get("/so-lieu").text

    for said in (
        "hơn 982",
        "hơn 600",
        "Báo Sơn La, 2025",
        "mâu thuẫn với 982 ha",
        "47",
    ):
        assert said in page


def test_search_finds_without_marks_and_keeps_contracts_private(
    client, session, make, season
):
    assert "Toàn Thắng" in client.get("/tim?q=toan+thang").text
    assert "Sao Xanh" in client.get("/tim?q=nhan").text
    enter(client, session, make.member())
    page = client.get("/tim?q=toan thang")

    assert problems_of(page.text) == []
    assert "Hợp đồng của tổ chức" not in page.text
    assert "Không tìm thấy gì" in client.get("/tim?q=zzz").text


def test_days_that_are_over_leave_the_board(client, session, make):
    make.harvest(window_start=date(2026, 2, 1), window_end=TODAY)

    with time_machine.travel(NOW + timedelta(days=1)):
        page = client.get("/san").text

    assert "Chưa có tin nào trên sàn" in page


def test_the_landing_offers_each_only_what_they_may_post(client, session, make):
    def offered(who=None):
        if who is not None:
            enter(client, session, who)
        main = client.get("/").text.partition("<main")[2]
        return [one for one in ("Đăng vụ thu hoạch", "Đặt đơn mua") if one in main]

    both = ["Đăng vụ thu hoạch", "Đặt đơn mua"]
    assert offered() == both
    assert "Đăng vụ thu hoạch" in offered(make.member(make.organisation()))
    assert offered(make.member(make.buyer())) == ["Đặt đơn mua"]
    assert offered(make.officer()) == []
