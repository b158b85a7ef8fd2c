"""A recall over its pages: opened by the maker, answered by a shop, lifted."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.services.recall_lists import access_recall
from marketplace.services.recalls import open_recall
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.services.test_lot_trace import Road


@pytest.fixture(autouse=True)
def then():
    """The rows lie around one day; the clock stands there too."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def road(session, make) -> Road:
    return Road(session, make)


def send(client, address, **told):
    """Fill in the form of a page and send it."""
    page = client.get(address)
    assert page.status_code == 200, page.status
    fields = dict(form_to(address, page.text, address).values) | told
    return client.post(address, data=fields, follow_redirects=True)


def order_of(session, address, who):
    """What somebody answered to a recall."""
    recall = access_recall(session, who, address.rpartition("/")[2])
    session.refresh(recall)
    return next(
        one for one in recall.answers if one.organisation_id == who.organisation_id
    )


def test_a_recall_from_the_trace_to_the_answer_and_its_end(app, session, road):
    maker = enter(app.test_client(), session, road.grower)
    shop = enter(app.test_client(), session, road.shop)
    trace = maker.get(f"/lo/{road.boxes.public_id}/truy-vet")
    assert f"/lo/{road.boxes.public_id}/thu-hoi" in trace.text

    page = send(
        maker,
        f"/lo/{road.boxes.public_id}/thu-hoi",
        kind="recall",
        reason="Dư lượng thuốc",
    )
    assert "Thương lái" in page.text
    assert "Cửa hàng" not in page.text
    order = page.request.path

    seen = shop.get(order)
    assert "Dư lượng thuốc" in seen.text
    assert "Thương lái" not in seen.text
    done = send(shop, f"{order}/tra-loi", isolated="100", destroyed="20", note="Đã bán")
    assert "Đã gửi trả lời." in done.text

    ended = send(maker, f"{order}/go", text="Đã thu đủ")
    assert "Đã thu đủ" in ended.text
    assert maker.get(f"{order}.xlsx").data.startswith(b"PK")


def test_a_holder_answers_again_when_more_was_found(app, session, road):
    told = OpenRecall((road.boxes.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    order = f"/thu-hoi/{open_recall(session, road.grower, told, now=NOW).public_id}"
    shop = enter(app.test_client(), session, road.shop)
    send(shop, f"{order}/tra-loi", isolated="0", destroyed="20", note="Đang tìm")

    page = send(shop, f"{order}/tra-loi", isolated="30", destroyed="")

    assert "Trả lời lại" in page.text
    own = order_of(session, order, road.shop)
    assert (own.isolated_kg, own.destroyed_kg) == (30, 20)


def test_the_board_of_an_officer_counts_what_stands(app, session, make, road):
    told = OpenRecall((road.boxes.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    drill = OpenRecall((road.boxes.public_id,), RecallKind.RECALL, "Tập", drill=True)
    officer = enter(app.test_client(), session, make.officer())

    open_recall(session, road.grower, drill, now=NOW)
    before = officer.get("/tong-quan/").text
    open_recall(session, road.grower, told, now=NOW)

    assert "<b>0</b><span>lô đang thu hồi hoặc tạm giữ</span>" in before
    after = officer.get("/tong-quan/").text
    assert "<b>1</b><span>lô đang thu hồi hoặc tạm giữ</span>" in after


def test_who_has_goods_but_did_not_make_them_can_not_recall_them(app, session, road):
    shop = enter(app.test_client(), session, road.shop)

    assert shop.get(f"/lo/{road.boxes.public_id}/thu-hoi").status_code == 404


def test_an_empty_answer_is_none(app, session, road):
    told = OpenRecall((road.boxes.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    order = f"/thu-hoi/{open_recall(session, road.grower, told, now=NOW).public_id}"
    shop = enter(app.test_client(), session, road.shop)

    page = send(shop, f"{order}/tra-loi", isolated="", note="Không có")

    assert page.status_code == 422
    assert "Ghi số kg, không còn thì ghi 0" in page.text
    assert "Không có" in page.text
    assert order_of(session, order, road.shop).answered_at is None


def test_too_many_kilograms_are_refused_beside_their_field(app, session, road):
    told = OpenRecall((road.boxes.public_id,), RecallKind.HOLD, "Chờ mẫu")
    order = open_recall(session, road.grower, told, now=NOW)
    shop = enter(app.test_client(), session, road.shop)

    page = send(shop, f"/thu-hoi/{order.public_id}/tra-loi", isolated="1.000")

    assert page.status_code == 422
    assert "Trong kho chỉ có" in page.text


def test_who_has_to_answer_finds_it_on_top_of_today(app, session, road):
    told = OpenRecall((road.picked.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    drill = OpenRecall((road.picked.public_id,), RecallKind.RECALL, "Tập", drill=True)
    shop = enter(app.test_client(), session, road.shop)
    assert "/thu-hoi/" not in shop.get("/hom-nay").text
    orders = [open_recall(session, road.grower, one, now=NOW) for one in (told, drill)]

    page = shop.get("/hom-nay").text

    answers = [f"/thu-hoi/{one.public_id}/tra-loi" for one in orders]
    assert page.index(answers[0]) < page.index(answers[1])  # goods before drills
    assert f"Thu hồi hàng lô {road.picked.code}" in page
    assert "Trả lời trước 10:00, 03/03/2026" in page
    for answer in answers:
        send(shop, answer, isolated="0", destroyed="", note="Đã bán hết")
    assert "/tra-loi" not in shop.get("/hom-nay").text
    maker = enter(app.test_client(), session, road.grower)
    assert answers[0] in maker.get("/hom-nay").text  # it has some left too


def test_a_holder_reads_which_of_its_lots_are_meant(app, session, road):
    told = OpenRecall((road.picked.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    order = f"/thu-hoi/{open_recall(session, road.grower, told, now=NOW).public_id}"
    shop = enter(app.test_client(), session, road.shop)

    for page in (shop.get(order).text, shop.get(f"{order}/tra-loi").text):
        assert f"/lo/{road.boxes.public_id}" in page
        assert f"{road.boxes.code}</span></a> Nhãn, 50 kg" in page
        assert f"{road.bags.code}</span></a> Nhãn, 110 kg" in page


def test_who_answered_is_not_waited_for(app, session, road):
    told = OpenRecall((road.picked.public_id,), RecallKind.RECALL, "Dư lượng thuốc")
    recall = open_recall(session, road.grower, told, now=NOW)
    order = f"/thu-hoi/{recall.public_id}"
    shop = enter(app.test_client(), session, road.shop)
    maker = enter(app.test_client(), session, road.grower)
    assert "Đang chờ trả lời" in shop.get("/thu-hoi").text

    send(shop, f"{order}/tra-loi", isolated="0", destroyed="", note="Đã bán hết")

    assert "Đã trả lời</span>" in shop.get("/thu-hoi").text
    assert "Đang chờ trả lời" in maker.get("/thu-hoi").text
    trader = enter(app.test_client(), session, road.trader)
    for other in (trader, maker):
        send(other, f"{order}/tra-loi", isolated="0", destroyed="", note="Đã bán hết")
    assert "Đã đủ trả lời, chưa gỡ" in maker.get("/thu-hoi").text
    assert "Đã đủ trả lời, chưa gỡ" in maker.get(order).text


def test_a_drill_is_ended_not_lifted(app, session, road):
    told = OpenRecall((road.picked.public_id,), RecallKind.RECALL, "Tập", drill=True)
    order = f"/thu-hoi/{open_recall(session, road.grower, told, now=NOW).public_id}"
    maker = enter(app.test_client(), session, road.grower)

    page = maker.get(f"{order}/go").text
    ended = send(maker, f"{order}/go", text="Trả lời đủ")

    assert "Kết thúc diễn tập</h1>" in page
    assert "Hàng được bán tiếp" not in page
    assert "Diễn tập đã xong" in ended.text
    assert "Đã gỡ lệnh" not in ended.text
