"""Harvests through the browser's eyes: posted, refused, revised, foreign."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.windows import dekad_of
from marketplace.domain.words import HarvestState
from marketplace.services.quantities import promise_kg
from marketplace.web import clock
from models.harvests import Harvest
from tests.doors import enter
from tests.pages import problems_of


def next_summer():
    """The year in which longan is next picked in July and August."""
    today = clock.today()
    return today.year + (today.month > 6)


def typed(**over):
    year = next_summer()
    values = {
        "product": "longan",
        "likely": "60",
        "dekads": [f"{year}-07-3", f"{year}-08-1", f"{year}-08-2"],
        "floor_price": "14.000",
        "action": "post",
        "idempotency_key": "one",
    }
    return values | over


@pytest.fixture
def seller(client, session, make):
    who = make.member()
    enter(client, session, who)
    return who


def only(session):
    return session.scalars(select(Harvest)).one()


def test_a_harvest_is_posted_from_the_first_screen(client, session, seller):
    page = client.get("/vu-thu-hoach/moi")
    assert problems_of(page.text) == []

    done = client.post("/vu-thu-hoach/moi", data=typed())

    harvest = only(session)
    assert done.status_code == 302, done.text
    assert done.location.endswith(f"/vu-thu-hoach/{harvest.public_id}/da-dang")
    assert harvest.state is HarvestState.OPEN
    assert (harvest.likely_kg, harvest.floor_price_vnd) == (60_000, 14_000)
    assert dekad_of(harvest.window_start).code == f"{next_summer()}-07-3"
    assert problems_of(client.get(done.location).text) == []


def test_the_first_screen_asks_six_things(client, session, make):
    organisation = make.organisation()
    make.area(organisation)
    enter(client, session, make.member(organisation))

    page = client.get("/vu-thu-hoach/moi").text
    screen = page[page.index('<form class="form"') : page.index('<details class="more')]

    names = {"product", "likely", "dekads", "floor_price", "areas"}
    assert {name for name in names if f'name="{name}"' in screen} == names
    assert 'name="variety"' not in screen
    assert 'name="low"' not in screen


def test_a_form_sent_twice_posts_once(client, session, seller):
    for _ in range(2):
        done = client.post("/vu-thu-hoach/moi", data=typed())

    assert done.status_code == 302
    assert only(session).revision == 1


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"likely": ""}, "Nhập số tấn dự kiến, ví dụ 60"),
        ({"likely": "sáu mươi"}, "Nhập số tấn hoặc số kg"),
        ({"dekads": []}, "Chọn ít nhất một khoảng 10 ngày"),
        ({"dekads": ["2026-02-x"]}, "Chọn lại thời gian thu hoạch"),
        ({"product": ""}, "Chọn sản phẩm"),
        ({"floor_price": "14"}, "Giá quá thấp"),
        ({"grade_1": "70", "grade_2": "20"}, "phải đủ 100%"),
        ({"variety": "pomelo/dien"}, "Giống này không thuộc sản phẩm đã chọn"),
        ({"asking_price": "13.000"}, "không được thấp hơn giá mong muốn"),
        ({"areas": ["nowhere"]}, "Vườn và chứng nhận"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    client, session, seller, over, words
):
    data = typed(notes="Đường xe tải vào được", **over)

    page = client.post("/vu-thu-hoach/moi", data=data)

    assert page.status_code == 422
    assert words in page.text
    assert "Đường xe tải vào được" in page.text
    assert "<title>Có lỗi:" in page.text
    assert problems_of(page.text) == []
    assert session.scalars(select(Harvest)).all() == []


def test_several_mistakes_are_told_at_once(client, seller):
    year = next_summer()
    gap = [f"{year}-07-3", f"{year}-08-2"]

    page = client.post("/vu-thu-hoach/moi", data=typed(likely="", dekads=gap))

    assert "Cần sửa 2 chỗ" in page.text
    assert "Chọn các khoảng 10 ngày liền nhau" in page.text


def test_who_is_not_verified_keeps_a_draft(client, session, make):
    enter(client, session, make.member(make.organisation(verified=False)))

    refused = client.post("/vu-thu-hoach/moi", data=typed())
    kept = client.post("/vu-thu-hoach/moi", data=typed(action="draft"))

    assert refused.status_code == 422
    assert "chờ cơ quan xác minh" in refused.text
    assert kept.status_code == 302
    assert only(session).state is HarvestState.DRAFT
    assert problems_of(client.get(kept.location).text) == []


def test_a_draft_is_completed_and_posted_later(client, session, seller):
    client.post("/vu-thu-hoach/moi", data=typed(action="draft"))
    draft = only(session)
    page = client.get(f"/vu-thu-hoach/{draft.public_id}/sua")
    assert problems_of(page.text) == []
    assert 'value="14.000"' in page.text

    data = typed(likely="55,5 tấn", idempotency_key="two")
    done = client.post(f"/vu-thu-hoach/{draft.public_id}/sua", data=data)

    session.refresh(draft)
    assert done.status_code == 302, done.text
    assert (draft.state, draft.likely_kg) == (HarvestState.OPEN, 55_500)


def test_a_stored_draft_is_posted_by_one_button(client, session, seller):
    client.post("/vu-thu-hoach/moi", data=typed(action="draft"))
    draft = only(session)

    client.post(f"/vu-thu-hoach/{draft.public_id}/dang")

    session.refresh(draft)
    assert draft.state is HarvestState.OPEN


def test_last_season_stands_in_the_form(client, session, make):
    organisation = make.organisation()
    year = next_summer() - 1
    make.harvest(
        organisation,
        likely_kg=55_000,
        window_start=clock.today().replace(year=year, month=7, day=25),
        window_end=clock.today().replace(year=year, month=8, day=10),
        state=HarvestState.CLOSED,
    )
    enter(client, session, make.member(organisation))

    page = client.get("/vu-thu-hoach/moi").text

    assert 'value="55"' in page
    ticked = [one for one in page.split("<input") if 'name="dekads"' in one]
    on = [one for one in ticked if " checked" in one.split(">")[0]]
    assert [one.split('value="')[1][:9] for one in on] == [
        f"{year + 1}-07-3",
        f"{year + 1}-08-1",
    ]


def test_a_revision_keeps_what_was_said_before(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/sua"
    assert problems_of(client.get(address).text) == []

    data = typed(likely="45", reason="Mưa đá, mất 25% quả")
    done = client.post(address, data=data)

    session.refresh(harvest)
    assert done.status_code == 302, done.text
    assert [one.likely_kg for one in harvest.revisions] == [60_000, 45_000]
    page = client.get(f"/vu-thu-hoach/{harvest.public_id}")
    assert problems_of(page.text) == []
    assert "Mưa đá, mất 25% quả" in page.text


def _ahead(make, organisation, **over):
    year = next_summer()
    day = clock.today().replace(year=year, month=7, day=21)
    values = {"window_start": day, "window_end": day.replace(month=8, day=20)}
    return make.harvest(organisation, **(values | over))


def test_less_than_promised_needs_a_reason_and_says_so(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation)
    promise_kg(session, harvest.id, 48_000)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/sua"

    page = client.post(address, data=typed(likely="40", reason=""))

    assert page.status_code == 422
    assert "Dự báo thấp hơn số đã hứa" in page.text
    session.refresh(harvest)
    assert harvest.likely_kg == 60_000


def test_a_harvest_is_withdrawn_after_a_question(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/go"

    assert problems_of(client.get(address).text) == []
    client.post(address)
    again = client.post(address)

    session.refresh(harvest)
    assert harvest.state is HarvestState.WITHDRAWN
    assert again.status_code == 422


def test_a_harvest_is_closed_with_what_it_was(client, session, make):
    organisation = make.organisation()
    today = clock.today()
    harvest = make.harvest(organisation, window_start=today, window_end=today)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/ket-thuc"

    assert problems_of(client.get(address).text) == []
    assert client.post(address, data={"actual": "nhiều"}).status_code == 422
    assert client.post(address, data={"actual": "58,5"}).status_code == 302

    session.refresh(harvest)
    assert (harvest.state, harvest.actual_kg) == (HarvestState.CLOSED, 58_500)


def test_the_list_shows_what_is_promised_and_what_is_free(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation)
    promise_kg(session, harvest.id, 48_000)
    enter(client, session, make.member(organisation))

    for address in ("/vu-thu-hoach/", "/vu-thu-hoach/?loai=dang-ban"):
        page = client.get(address).text
        assert problems_of(page) == []
        assert "đã hứa 48 tấn" in page
        assert "12 tấn" in page
    empty = client.get("/vu-thu-hoach/?loai=nhap").text
    assert "Không có vụ nào ở mục này" in empty


def test_the_floor_price_is_the_sellers_alone(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation, floor_price_vnd=13_370)
    address = f"/vu-thu-hoach/{harvest.public_id}"

    mine = enter(client, session, make.member(organisation)).get(address)
    theirs = enter(client, session, make.officer()).get(address)

    assert "13.370" in mine.text
    assert theirs.status_code == 200
    assert "13.370" not in theirs.text


@pytest.mark.parametrize("page", ["", "/sua", "/go", "/ket-thuc", "/da-dang"])
def test_a_foreign_harvest_is_not_there(client, session, make, page):
    harvest = _ahead(make, make.organisation())
    enter(client, session, make.member())

    assert client.get(f"/vu-thu-hoach/{harvest.public_id}{page}").status_code == 404


def test_a_buyer_without_the_right_to_sell_may_not_post(client, session, make):
    enter(client, session, make.member(make.buyer(), Role.BUYER))

    assert client.get("/vu-thu-hoach/moi").status_code == 403


def test_odd_yields_are_shown_on_the_page_of_the_posted_harvest(client, session, make):
    organisation = make.organisation()
    area = make.area(organisation, area_ha=Decimal(3))
    enter(client, session, make.member(organisation))

    done = client.post("/vu-thu-hoach/moi", data=typed(areas=[area.public_id]))
    page = client.get(done.location).text

    assert "20 tấn/ha, thường từ 2 đến 15" in page


def test_today_shows_what_waits_for_a_seller(client, session, make):
    organisation = make.organisation()
    today = clock.today()
    make.certificate(organisation, expires_on=today + timedelta(days=20))
    make.harvest(organisation, window_start=today, window_end=today + timedelta(20))
    make.harvest(
        organisation,
        window_start=today - timedelta(30),
        window_end=today - timedelta(1),
    )
    _ahead(make, organisation, promised_kg=70_000, over_promised=True)
    enter(client, session, make.member(organisation))

    page = client.get("/hom-nay").text

    assert "hứa nhiều hơn dự báo" in page
    assert "thu được bao nhiêu" in page
    assert "Xem lại dự báo vụ nhãn" in page
    assert "sắp hết hạn" in page
    assert page.index("hứa nhiều hơn") < page.index("sắp hết hạn")
    assert "Vụ của tôi" in page
    assert problems_of(page) == []


def test_a_closed_harvest_says_so_in_its_forecasts(client, session, make):
    organisation = make.organisation()
    today = clock.today()
    harvest = make.harvest(organisation, window_start=today, window_end=today)
    enter(client, session, make.member(organisation))
    client.post(f"/vu-thu-hoach/{harvest.public_id}/ket-thuc", data={"actual": "0"})

    page = client.get(f"/vu-thu-hoach/{harvest.public_id}").text

    assert "Đã thu hoạch xong" in page
    assert "Thực tế thu được 0 tấn" in page
    assert problems_of(page) == []


def test_an_officer_sees_the_papers_that_wait_among_the_tasks(client, session, make):
    make.certificate(make.organisation(), verified=False)
    enter(client, session, make.officer())

    page = client.get("/hom-nay").text

    assert "1 giấy tờ chờ xác minh" in page


def test_a_price_changed_too_often_is_told_beside_its_field(client, session, make):
    organisation = make.organisation()
    harvest = _ahead(make, organisation)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/sua"

    def save(number, **over):
        data = {"reason": "Giá chợ", "idempotency_key": f"n{number}"} | over
        return client.post(address, data=typed(**data))

    saved = [save(n, floor_price=f"15.00{n}").status_code for n in range(1, 4)]
    refused = save(4, floor_price="15.777", likely="55")
    other = save(5, floor_price="15.003", likely="55")
    client.post("/ngon-ngu", data={"locale": "en"})
    english = save(6, floor_price="15,777")

    assert saved == [302, 302, 302]
    assert refused.status_code == 422
    assert "Giá của bài này đã đổi 3 lần trong 24 giờ" in refused.text
    assert 'value="15.777"' in refused.text
    assert re.search(
        r"floor_price[^>]*aria-invalid|aria-invalid[^>]*floor_price", refused.text
    )
    assert problems_of(refused.text) == []
    assert "has changed 3 times within 24 hours" in english.text
    session.refresh(harvest)
    assert other.status_code == 302
    assert (harvest.floor_price_vnd, harvest.likely_kg) == (15_003, 55_000)


def test_who_changes_the_price_alone_changes_no_day(client, session, make):
    organisation, year = make.organisation(), next_summer()
    first = clock.today().replace(year=year, month=7, day=22)
    days = {"window_start": first, "window_end": first.replace(month=8, day=18)}
    harvest = make.harvest(organisation, **days, low_kg=50_000, high_kg=61_000)
    enter(client, session, make.member(organisation))
    address = f"/vu-thu-hoach/{harvest.public_id}/sua"

    client.post(address, data=typed(floor_price="14.500", reason="x"))

    session.refresh(harvest)
    assert harvest.floor_price_vnd == 14_500
    assert (harvest.window_start, harvest.window_end) == tuple(days.values())
    assert (harvest.low_kg, harvest.high_kg) == (50_000, 61_000)

    later = {"dekads": [f"{year}-07-3", f"{year}-08-1"], "idempotency_key": "two"}
    client.post(address, data=typed(**later, likely="50", reason="x"))

    session.refresh(harvest)
    assert harvest.window_start == first
    assert harvest.window_end == first.replace(month=8, day=10)
    assert (harvest.low_kg, harvest.high_kg) == (40_000, 60_000)


def test_a_buyer_is_not_invited_to_post_a_harvest(client, session, make):
    enter(client, session, make.member(make.buyer()))

    page = client.get("/vu-thu-hoach/")

    assert "Đăng vụ đầu tiên" not in page.text
    assert 'href="/don-mua/"' in page.text
    assert problems_of(page.text) == []
