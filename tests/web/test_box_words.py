"""The words of a box's page: places, ages, boxes, what is missing, how to keep it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from marketplace.domain.commands_lots import HarvestLot, Origin
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.words import Market
from marketplace.domain.words_codes import PackLevel
from marketplace.domain.words_trace import LotStep
from marketplace.services.days import day_of
from marketplace.services.sprays import declare_spray_wrong, write_spray
from marketplace.services.trade_items import name_lot_item
from models.database import new_public_id
from models.papers import GrowingArea
from models.reference import Grade, Rule
from models.sprays import Spray
from tests.box_rows import Boxes
from tests.factories import NOW
from tests.pages import problems_of


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def boxes(session, make):
    owner = make.organisation(name="HTX Nhãn Thơm", short_name="Nhãn Thơm")
    area = make.area(owner)
    make.certificate(owner, verified_at=NOW - timedelta(days=90))
    found = Boxes(session, make, owner)
    sprayed(found, area)
    return found


def sprayed(boxes, area, days_before=12, interval=10):
    """The garden was sprayed so many days before its first lot."""
    day = day_of(boxes.lots.at) - timedelta(days=days_before)
    line = WriteSpray(new_public_id(), day, "Thuốc sinh học", interval)
    return write_spray(boxes.session, boxes.who, area.public_id, line, now=NOW)


def read(client, lot, lang="vi"):
    page = client.get(f"/q/{lot.public_id}", headers={"Accept-Language": lang})
    assert problems_of(page.text) == []
    return page.text


def only_garden(session):
    return session.scalars(select(GrowingArea).order_by(GrowingArea.id)).first()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("vi", "VN-SLOR-0107 (mã cho thị trường Trung Quốc)"),
        ("en", "VN-SLOR-0107 (code for the market: China)"),
    ],
)
def test_a_code_for_a_market_is_no_origin(client, session, make, boxes, lang, words):
    long_ago = NOW - timedelta(days=90)
    make.code(
        only_garden(session), Market.CN, code="VN-SLOR-0107", verified_at=long_ago
    )

    assert words in read(client, boxes.lot(), lang)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("vi", "Bản Một, xã Chiềng Khoong, Sơn La, Việt Nam"),
        ("en", "Bản Một, Chiềng Khoong, Sơn La, Vietnam"),
    ],
)
def test_the_address_leads_up_to_the_country(client, boxes, lang, words):
    item = boxes.item()
    lot = boxes.lot(item)

    page = read(client, lot, lang)
    about = client.get(f"/m/{item.public_id}", headers={"Accept-Language": lang}).text
    place = boxes.place()
    where = client.get(f"/d/{place.gln}", headers={"Accept-Language": lang}).text

    assert words in page
    assert words in about
    assert words.removeprefix("Bản Một, ").removeprefix("xã ") in where
    assert page.count("Sơn La") > 4  # steps and growers have it too


def test_an_empty_diary_is_not_whole(client, session, boxes):
    lot = boxes.lot()
    assert "Đúng hồ sơ" in read(client, lot)

    session.execute(delete(Spray))
    page = read(client, lot)

    assert "Đúng hồ sơ" not in page
    assert "Còn thiếu: nhật ký phun thuốc của vườn." in page
    assert "Missing: the orchard's spray diary." in read(client, lot, "en")


def test_a_line_that_was_wrong_is_no_diary(client, session, boxes):
    lot = boxes.lot()
    line = session.scalars(select(Spray)).one()

    declare_spray_wrong(session, boxes.who, line.public_id, "Nhầm vườn", now=NOW)

    assert "Còn thiếu: nhật ký phun thuốc của vườn." in read(client, lot)


def test_each_garden_needs_its_diary(client, session, make, boxes):
    other = make.area(boxes.owner, name="Vườn không ghi")
    first = boxes.lots.harvested(boxes.who, 500)
    told = HarvestLot(new_public_id(), other.id, 500, boxes.lots.tick())
    second = boxes.lots.made(boxes.lots.tell(boxes.who, told))[0]
    (mixed,) = boxes.lots.turned(boxes.who, {first: 500, second: 500}, [1000])

    page = read(client, mixed)

    assert "Có vườn để trống nhật ký phun thuốc" in page
    assert "Đúng hồ sơ" not in page


def test_dried_fruit_answers_for_the_gardens_of_its_raw_fruit(client, make, session):
    owner, mango = make.organisation(), make.product("mango")
    area = make.area(owner, product_id=mango.id)
    make.certificate(owner, product_id=mango.id, verified_at=NOW - timedelta(days=90))
    boxes = Boxes(session, make, owner)
    raw = boxes.lots.harvested(boxes.who, 1200)
    dried = make.product("mango_dried")
    (lot,) = boxes.lots.turned(boxes.who, {raw: 1200}, [100], LotStep.DRY, dried)
    assert "Chưa đủ hồ sơ" in read(client, lot)

    sprayed(boxes, area)

    assert "Đúng hồ sơ" in read(client, lot)
    assert "Nơi khô, không quá 25 °C" in read(client, lot)


@pytest.mark.parametrize(
    ("days", "vi", "en"),
    [
        (0, "hái 2 ngày trước", "picked 2 days ago"),
        (-2, "hái hôm nay", "picked today"),
        (-1, "hái 1 ngày trước", "picked 1 day ago"),
    ],
)
def test_how_long_ago_it_was_picked(client, boxes, days, vi, en):
    lot = boxes.lot()

    with time_machine.travel(NOW + timedelta(days=days)):
        assert vi in read(client, lot)
        assert en in read(client, lot, "en")


def test_how_to_keep_it_is_a_dated_row(client, session, boxes):
    lot = boxes.lot()
    assert "Giữ được lâu nhất ở 2 °C, độ ẩm 90–95%" in read(client, lot)
    assert "Keeps longest at 2 °C, 90–95% humidity" in read(client, lot, "en")

    session.execute(delete(Rule).where(Rule.code == "storage.longan"))

    assert "Cách giữ" not in read(client, lot)


def packed(boxes, kg, net_g=10_000, level=PackLevel.CASE, rest=0):
    """A lot of an item, and what was sorted out beside it."""
    picked = boxes.lots.harvested(boxes.who, kg + rest)
    made = [kg, rest] if rest else [kg]
    lot, *others = boxes.lots.turned(boxes.who, {picked: kg + rest}, made)
    item = boxes.item(net_g=net_g, level=level)
    name_lot_item(boxes.session, boxes.who, lot, item.public_id)
    boxes.session.flush()
    return lot, others


@pytest.mark.parametrize(
    ("net_g", "level", "vi", "en"),
    [
        (10_000, PackLevel.CASE, "210 thùng 10 kg", "210 boxes of 10 kg"),
        (500, PackLevel.UNIT, "4.200 gói 500 g", "4,200 packs of 500 g"),
        (700_000, PackLevel.PALLET, "3 kiện 700 kg", "3 pallets of 700 kg"),
    ],
)
def test_packing_is_told_in_boxes(client, boxes, net_g, level, vi, en):
    lot, _others = packed(boxes, 2100, net_g, level)

    assert f"{vi}, 2.100 kg" in read(client, lot)
    assert f"{en}, 2,100 kg" in read(client, lot, "en")


def test_what_went_another_way_is_told_by_its_grade(client, session, boxes):
    lot, (other,) = packed(boxes, 2000, rest=400)
    assert "ngoài ra 400 kg thành lô khác" in read(client, lot)

    second = select(Grade).where(Grade.product_id == lot.product_id, Grade.rank == 2)
    other.grade_id = session.scalars(second).one().id
    session.flush()
    session.expire_all()

    assert "ngoài ra 400 kg loại 2" in read(client, lot)
    assert other.code not in read(client, lot)


def test_a_recall_shows_at_the_next_look(client, session, boxes):
    lot = boxes.lot()
    first = client.get(f"/q/{lot.public_id}")
    assert first.headers["Cache-Control"] == "public, no-cache"

    lot.held = True
    session.flush()

    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/q/{lot.public_id}", headers=known)
    assert again.status_code == 200
    assert "Lô đang bị giữ lại" in again.text


def test_origins_of_one_harvest_share_its_diary(client, session, make, boxes):
    garden = only_garden(session)
    plots = (Origin(300), Origin(200))
    told = HarvestLot(new_public_id(), garden.id, 500, boxes.lots.tick(), origins=plots)

    lot = boxes.lots.made(boxes.lots.tell(boxes.who, told))[0]

    assert "Đúng hồ sơ" in read(client, lot)
