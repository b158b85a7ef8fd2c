"""The small map of a box: true to scale, to the commune, and not crossed by names."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations
from math import hypot

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.services.chain_map import communes_around, km_apart
from marketplace.web.box_map import BOLD, LETTER, LINE, TALL, WIDE, Frame
from models.papers import GrowingArea
from models.reference import AdminUnit
from tests.box_rows import Boxes
from tests.factories import NOW, TODAY
from tests.pages import problems_of

TEXT = re.compile(
    r'<text x="([\d.]+)" y="([\d.]+)"(?: class="(\w*)")?(?: text-anchor="(\w+)")?>([^<]+)'
)
SQUARE = re.compile(r'<rect class="dem" x="(\d+)" y="(\d+)" width="(\d+)"')


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def boxes(session, make):
    owner = make.organisation(name="HTX Nhãn Thơm", short_name="Nhãn Thơm")
    make.area(owner)
    make.certificate(owner, verified_at=NOW - timedelta(days=90))
    return Boxes(session, make, owner)


def held_by(boxes, **over):
    """A lot of which an organisation somewhere has some."""
    buyer = boxes.lots.make.buyer(**over)
    lot = boxes.lot(kg=300)
    ship = boxes.lots.shipped(boxes.who, lot, 300, buyer.id)
    boxes.lots.arrived(boxes.lots.make.member(buyer, Role.STAFF), ship)
    return lot


def read(client, lot, lang="vi"):
    page = client.get(f"/q/{lot.public_id}", headers={"Accept-Language": lang}).text
    assert problems_of(page) == []
    return page


def province(session, name):

    return session.scalars(select(AdminUnit).where(AdminUnit.name == name)).one()


def test_it_names_the_communes_the_province_and_the_country(client, boxes):
    page = read(client, boxes.lot())

    names = {found[4]: found[2] for found in TEXT.findall(page)}
    assert names["Chiềng Khoong"] == "b"
    assert {"Sông Mã", "Mường Hung", "Sơn La", "Việt Nam", "10 km"} <= set(names)
    assert "Vietnam" in {
        one[4] for one in TEXT.findall(read(client, boxes.lot(), "en"))
    }
    assert "<script" not in page


@pytest.mark.parametrize("name", ["Chiềng Khoong", "Chiềng Khương", "Bó Sinh"])
def test_no_name_stands_on_another(client, session, make, boxes, name):
    grown = session.scalars(
        select(GrowingArea).where(GrowingArea.organisation_id == boxes.owner.id)
    )
    grown.one().unit_id = make.commune(name).id
    session.flush()
    texts = [one for one in TEXT.findall(read(client, boxes.lot())) if one[2] != "mut"]
    spans = []
    for x, y, cls, anchor, word in texts:
        wide = len(word) * (BOLD if cls else LETTER)
        left = float(x) - (wide if anchor == "end" else 0)
        spans.append((left, float(y), left + wide, word))

    assert len(spans) >= 7
    assert name in [span[3] for span in spans]
    for one, other in combinations(spans, 2):
        apart = abs(one[1] - other[1]) >= LINE - 1
        assert apart or one[2] <= other[0] or other[2] <= one[0], (one, other)
    assert all(left >= 0 and right <= WIDE for left, _y, right, _name in spans)


def test_a_centimetre_is_as_long_everywhere_and_both_ways(session):
    places = dict(communes_around(session, TODAY))
    frame = Frame(list(places.values()), 0, WIDE)

    for one, other in combinations(places.values(), 2):
        drawn = hypot(
            *(a - b for a, b in zip(frame.at(one), frame.at(other), strict=True))
        )
        assert drawn / frame.scale == pytest.approx(km_apart(one, other), abs=1.2)
    assert all(0 < x < WIDE and 0 < y < TALL for x, y in map(frame.at, places.values()))


def test_the_way_leaves_the_map_towards_who_has_it(client, session, boxes):
    city = province(session, "Thành phố Hà Nội")
    page = read(client, held_by(boxes, short_name="Sao Một", unit_id=city.id))

    edge, country = (tuple(map(int, one)) for one in SQUARE.findall(page))
    km = km_apart((20.98, 103.85), (city.latitude, city.longitude))
    assert f"Đang giữ: Sao Một, Hà Nội, cách vườn {km} km" in page
    assert "đang ở Sao Một, Hà Nội" in page  # what a screen reader says
    assert edge[0] + edge[2] / 2 == pytest.approx(WIDE - 8, abs=1)  # east
    assert country[0] > WIDE


def test_a_holder_nearby_stands_where_it_is(client, make, boxes):
    near = make.commune("Mường Hung")
    page = read(client, held_by(boxes, short_name="Chợ Một", unit_id=near.id))

    assert "Đang giữ: Chợ Một, xã Mường Hung, Sơn La, cách vườn 9 km" in page
    x, y, side = map(int, SQUARE.findall(page)[0])
    assert 20 < x + side / 2 < WIDE - 20
    assert 20 < y + side / 2 < TALL - 20


def test_a_place_without_a_point_is_named_without_a_distance(client, make, boxes):
    far = make.commune("Tô Hiệu")
    assert far.latitude is None

    page = read(client, held_by(boxes, short_name="Chợ Hai", unit_id=far.id))

    assert "Đang giữ: Chợ Hai, phường Tô Hiệu, Sơn La<" in page
    assert SQUARE.findall(page) == []


def test_a_maker_elsewhere_has_a_mark_of_its_own(client, session, make, boxes):
    lot = boxes.lot()
    assert "Làm ra lô" not in read(client, lot)

    boxes.owner.unit_id = make.commune("Mường Hung").id
    session.flush()
    session.expire_all()

    page = read(client, lot)
    assert "Làm ra lô: Nhãn Thơm, xã Mường Hung, Sơn La" in page
    assert "Trồng: xã Chiềng Khoong, Sơn La" in page


def test_nobody_draws_where_nobody_knows(client, session, make):
    owner = make.organisation(unit_id=make.commune("Tô Hiệu").id)
    make.area(owner)

    page = read(client, Boxes(session, make, owner).lot())

    assert "Bản đồ chỉ đến cấp xã." not in page
