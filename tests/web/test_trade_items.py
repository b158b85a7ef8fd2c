"""Pages of trade items and labels: kept by the packer, printed, scanned."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.actor import Role
from models.gs1_numbers import Sscc
from models.trade_items import TradeItem
from tests.box_rows import Boxes
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.printed import Printed


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def boxes(client, session, make):
    owner = make.organisation()
    make.area(owner)
    boxes = Boxes(session, make, owner)
    enter(client, session, boxes.who)
    return boxes


def fill(client, url, action=None, **told):
    """Send the form of a page with these words in it."""
    form = form_to(action or url, client.get(url).text, url)
    return client.post(action or url, data=dict(form.values) | told)


ITEM = {"product": "longan", "name_vi": "Nhãn thùng", "net": "10", "level": "case"}


def test_a_packer_keeps_prefix_item_and_gtin(client, session, boxes):
    fill(client, "/mat-hang/ma-so", prefix=boxes.prefix)

    answer = fill(client, "/mat-hang/moi", **ITEM, gtin=boxes.gtin())

    assert answer.status_code == 302
    item = session.scalars(select(TradeItem)).one()
    assert (item.net_g, item.gtin) == (10_000, boxes.gtin())
    assert boxes.gtin() in client.get("/mat-hang/").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [("9521234543214", "Số kiểm tra cuối phải là 3"), ("12", "8, 12, 13 hoặc 14 số")],
)
def test_a_wrong_gtin_is_told_beside_its_field(client, session, boxes, typed, words):
    boxes.numbered()

    answer = fill(client, "/mat-hang/moi", **ITEM, gtin=typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(TradeItem)).all() == []


def test_a_gtin_of_another_company_is_refused(client, boxes):
    boxes.numbered()

    answer = fill(client, "/mat-hang/moi", **ITEM, gtin="9521234543213")

    assert answer.status_code == 422
    assert boxes.prefix in answer.text


def test_a_corrected_gtin_stands_beside_the_old_one(client, session, boxes):
    item = boxes.item()
    url = f"/mat-hang/{item.public_id}"

    fill(client, url, gtin=boxes.gtin(2))

    session.expire_all()
    assert item.gtin == boxes.gtin(2)
    page = client.get(url).text
    assert boxes.gtin() in page
    assert boxes.gtin(2) in page


def test_a_lot_gets_its_item_and_prints_its_link(client, boxes):
    item, lot = boxes.item(), boxes.lot()
    url = f"/tem/{lot.public_id}"

    answer = fill(client, url, item=item.public_id)

    assert answer.status_code == 302
    pdf = client.get(f"{url}/pdf?kho=stickers_10&so=3")
    assert pdf.mimetype == "application/pdf"
    codes = Printed(pdf.data).codes()
    assert len(codes) == 3
    assert codes[0].endswith(f"/01/{item.gtin}/10/{lot.code}")


def test_pallets_are_numbered_once_and_printed_again(client, session, boxes):
    lot = boxes.lot(boxes.item())
    url = f"/tem/{lot.public_id}"

    fill(client, url, f"{url}/kien", count="2")

    drawn = list(session.scalars(select(Sscc.sscc)))
    assert len(set(drawn)) == 2
    for _again in range(2):
        pdf = client.get(f"{url}/pdf?kho=pallet")
        assert {f"(00){one}" for one in drawn} <= set(Printed(pdf.data).codes())


def test_labels_of_many_lots_come_in_one_file(client, boxes):
    lots = [boxes.lot(), boxes.lot()]
    chosen = "&".join(f"lo={one.public_id}" for one in lots)

    pdf = client.get(f"/tem/in?{chosen}&kho=stickers_24&so=2")

    codes = Printed(pdf.data).codes()
    assert sorted({code[-22:] for code in codes}) == sorted(o.public_id for o in lots)
    assert len(codes) == 4


def test_labels_of_others_are_not_printed(client, session, make, boxes):
    lot = boxes.lot()
    enter(client, session, make.member(role=Role.STAFF))

    for path in (f"/tem/{lot.public_id}", f"/tem/in?lo={lot.public_id}"):
        assert client.get(path).status_code == 404


def test_an_item_is_chosen_by_its_name_in_the_language_of_the_page(client, boxes):
    boxes.item()
    url = f"/tem/{boxes.lot().public_id}"

    assert ">Nhãn Sông Mã thùng 10 kg</option>" in client.get(url).text
    assert ">Sông Mã longan 10 kg</option>" in client.get(f"{url}?lang=en").text
