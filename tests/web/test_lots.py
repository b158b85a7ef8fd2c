"""Lots through the browser's eyes: told in a few taps, shown, corrected."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.actor import Role
from marketplace.domain.epcis_events import HOME
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.words_trace import LotStep
from marketplace.services.recalls import open_recall
from models.lot_events import LotEvent
from models.lots import Lot
from tests.crawler import forms_of
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.lots_rows import Lots
from tests.pages import problems_of

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def lots(session, make):
    return Lots(session, make)


@pytest.fixture
def who(client, session, lots):
    found = lots.seller()
    enter(client, session, found)
    return found


def shown(client, url):
    page = client.get(url)
    assert page.status_code == 200, page.text
    assert problems_of(page.text) == []
    return page.text


def sent(client, url, *, to=None, **over):
    """Send the form as it is on the page, with what is given typed over it."""
    page = client.get(url)
    assert page.status_code == 200, page.text
    path = to or url.partition("?")[0]
    form = next(
        one
        for one in forms_of(page.text, url)
        if one.path == path and one.method == "post"
    )
    return client.post(path, data=dict(form.values) | over)


def made(session) -> list[Lot]:
    """The lots that the last event made."""
    event = session.scalars(select(LotEvent).order_by(LotEvent.id.desc())).first()
    return [one.lot for one in event.parts if one.role == "output"]


def test_a_harvest_takes_one_number_and_one_tap(client, session, lots, who):
    answer = sent(client, "/lo/hai", kg="1.200")

    (lot,) = made(session)
    assert answer.status_code == 302
    assert answer.location.startswith("/lo/lan-ghi/")
    assert lots.kg(who, lot) == 1200
    page = shown(client, answer.location)
    assert f"/lo/{lot.public_id}/phan-loai" in page
    assert lot.code in shown(client, "/lo/")


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(client, who):
    answer = sent(client, "/lo/hai", kg="nhiều lắm")

    assert answer.status_code == 422
    assert "nhiều lắm" in answer.text
    assert 'aria-invalid="true"' in answer.text
    late = sent(client, "/lo/hai", kg="100", day="02/03/2027")
    assert late.status_code == 422
    assert 'id="hour-e"' in late.text


def test_sorting_makes_a_lot_of_each_grade_at_once(client, session, lots, who):
    lot = lots.harvested(who, 1000)

    answer = sent(
        client,
        f"/lo/{lot.public_id}/phan-loai",
        **{"made-0-kg": "700", "made-1-kg": "250"},
    )

    first, second = made(session)
    assert answer.status_code == 302
    assert (first.made_kg, second.made_kg) == (700, 250)
    assert first.grade.rank < second.grade.rank
    assert lots.kg(who, lot) == 0
    assert "Vào 1.000 kg, ra 950 kg" in shown(client, f"/lo/{first.public_id}")


def test_a_number_of_ones_own_gets_a_tail_and_too_long_a_one_is_said(
    client, session, lots, who
):
    url = f"/lo/{lots.harvested(who, 1000).public_id}/phan-loai"

    long = sent(client, url, **{"made-0-kg": "700", "made-0-code": "L" * 14})
    assert "Mã lô nhiều nhất 13 ký tự, máy thêm 6 ký tự phía sau" in long.text
    assert "L" * 14 in long.text
    sent(client, url, **{"made-0-kg": "900", "made-0-code": "L12"})

    (first,) = made(session)
    assert re.fullmatch("L12-[0-9A-Z]{6}", first.code)


def test_a_great_loss_and_too_rich_a_garden_are_asked_about_once(
    client, session, lots, who
):
    url = f"/lo/{lots.harvested(who, 1000).public_id}/phan-loai"

    asked = sent(client, url, **{"made-0-kg": "700"})
    assert asked.status_code == 422
    assert "Đưa vào 1.000 kg, ra 700 kg, hao mất 300 kg. Đúng không?" in asked.text
    picked = made(session)
    sent(client, url, **{"made-0-kg": "700", "sure": "y"})
    assert [one.made_kg for one in made(session) if one not in picked] == [700]

    picked = sent(client, "/lo/hai", kg="1000000")
    assert picked.status_code == 422
    assert "tấn/ha. Đúng không?" in picked.text
    assert "1.000.000" in picked.text or "1000000" in picked.text


def test_whoever_looks_on_is_asked_a_kept_note_is_not(client, lots, who):
    url = f"/lo/{lots.harvested(who, 1000).public_id}/phan-loai"
    form = next(one for one in forms_of(client.get(url).text, url) if one.path == url)
    told = dict(form.values) | {"made-0-kg": "700"}
    kept = {"Accept": "application/json"}

    asked = client.post(url, data=told, headers=kept | {"X-Here": "1"})
    taken = client.post(url, data=told, headers=kept)

    assert (asked.status_code, taken.status_code) == (422, 201)
    assert "hao mất 300 kg" in asked.json["said"][0]


def test_nothing_made_is_said_beside_the_lots_made(client, session, lots, who):
    lot = lots.harvested(who, 1000)

    told = sent(client, f"/lo/{lot.public_id}/dong-thung", **{"made-0-kg": "0"})

    assert told.status_code == 422
    assert "Số kg từ 1 đến 1.000.000" in told.text
    assert lots.kg(who, lot) == 1000


def test_more_rows_than_there_may_be_are_told_not_dropped(client, session, lots, who):
    lot = lots.harvested(who, 1000)
    rows = {f"made-{n}-kg": "1" for n in range(60)}

    told = sent(client, f"/lo/{lot.public_id}/dong-thung", **rows, sure="y")

    assert told.status_code == 422
    assert "Nhiều nhất 50 dòng, ở đây có 60 dòng" in told.text
    assert lots.kg(who, lot) == 1000


def test_goods_on_hold_get_no_labels(client, lots, who):
    lot = lots.harvested(who, 100)
    command = OpenRecall((lot.public_id,), RecallKind.HOLD, "Nghi dư lượng")
    open_recall(lots.session, who, command, now=NOW)

    page = client.get(f"/tem/{lot.public_id}/pdf", follow_redirects=True)
    many = client.get(f"/tem/in?lo={lot.public_id}", follow_redirects=True)

    for answer in (page, many):
        assert answer.mimetype == "text/html"
        assert "đang bị giữ lại, không in tem" in answer.text


def test_a_lot_is_found_by_whatever_its_label_says(client, lots, who):
    lot = lots.harvested(who, 100)
    lots.ended(who, lot, 100)

    for text in (
        lot.code.lower(),
        f"https://x.vn/q/{lot.public_id}",
        f"a.b.{lot.code}.c",
    ):
        assert f"/lo/{lot.public_id}" in client.get(f"/lo/?q={text}").text, text
        assert f"/lo/{lot.public_id}" in client.get(f"/tim?q={text}").text, text
    assert f"/lo/{lot.public_id}" not in client.get("/lo/").text


def test_packing_is_filled_with_all_that_is_left_and_others_join(
    client, session, lots, who
):
    lot, other = lots.harvested(who, 600), lots.harvested(who, 400)
    url = f"/lo/{lot.public_id}/dong-thung"

    assert 'value="600"' in shown(client, url)
    answer = sent(client, url, **{"used-1-kg": "400", "made-0-kg": "1.000"})

    (packed,) = made(session)
    assert answer.status_code == 302
    assert packed.made_kg == 1000
    page = shown(client, f"/lo/{packed.public_id}")
    assert lot.code in page
    assert other.code in page


def test_more_out_than_in_is_said_beside_the_lots_made(client, lots, who):
    lot = lots.harvested(who, 600)

    answer = sent(client, f"/lo/{lot.public_id}/dong-thung", **{"made-0-kg": "700"})

    assert answer.status_code == 422
    assert "nhiều nhất 603 kg, kể cả cân lệch 0,5%" in answer.text
    assert 'value="700"' in answer.text


def test_drying_shows_what_is_expected(client, session, lots, make):
    cooperative = make.organisation()
    who = lots.of(cooperative)
    area = make.area(cooperative, product_id=make.product("mango").id)
    lot = lots.harvested(who, 1200, area_id=area.id)
    enter(client, session, who)
    url = f"/lo/{lot.public_id}/che-bien"

    assert "dự kiến ra 100 kg" in shown(client, url)
    answer = sent(client, url)

    assert answer.status_code == 302
    assert [(one.product.code, one.made_kg) for one in made(session)] == [
        ("mango_dried", 100)
    ]


def test_stored_sent_sold_and_destroyed(client, session, lots, who):
    lot = lots.harvested(who, 100)
    url = f"/lo/{lot.public_id}"

    stored = sent(client, f"{url}/tru", place="Kho lạnh số 2", temperature="4")
    outside = {"used-0-kg": "30", "to_name": "Chợ Long Biên"}
    told = [
        stored,
        sent(client, f"{url}/gui", **outside),
        sent(client, f"{url}/ban-le", **{"used-0-kg": "20"}),
        sent(client, f"{url}/huy", **{"used-0-kg": "10"}, reason="Dập"),
    ]

    assert [one.status_code for one in told] == [302] * 4
    assert lots.kg(who, lot) == 40
    page = shown(client, url)
    for words in ("Kho lạnh số 2", "4 °C", "Chợ Long Biên", "Dập", "40 kg"):
        assert words in page


@pytest.mark.parametrize("seen", ["tru", "xu-ly"])
def test_a_lot_is_not_stored_before_it_was_picked(client, lots, who, seen):
    lot = lots.harvested(who, 100, at=lots.at + timedelta(seconds=40))
    url = f"/lo/{lot.public_id}"
    day, minute = f"{lots.at.astimezone(HOME):%Y-%m-%d %H:%M}".split()

    early = sent(client, f"{url}/{seen}", day=day, hour="00:00")
    picked = sent(client, f"{url}/{seen}", day=day, hour=minute)

    assert early.status_code == 422
    assert f"Lúc đó lô {lot.code} chưa có trong kho" in early.text
    assert picked.status_code == 302


def test_a_reason_is_asked_for_before_goods_are_destroyed(client, lots, who):
    lot = lots.harvested(who, 100)

    answer = sent(client, f"/lo/{lot.public_id}/huy")

    assert answer.status_code == 422
    assert 'id="reason-e"' in answer.text
    assert lots.kg(who, lot) == 100


def test_a_shipment_is_taken_over_whole_in_one_tap(client, session, lots, make, who):
    buyer = lots.of(make.buyer(), Role.BUYER)
    lot = lots.harvested(who, 500)
    ship = lots.shipped(who, lot, 300, buyer.organisation_id)
    enter(client, session, buyer)

    answer = sent(client, "/lo/", to=f"/lo/chuyen/{ship.public_id}/nhan-du")

    assert answer.status_code == 302
    assert lots.kg(buyer, lot) == 300
    assert "Nhận đủ" not in shown(client, "/lo/")
    page = shown(client, f"/lo/{lot.public_id}")
    assert "200 kg" not in page  # what the seller kept is the seller's own affair


def test_less_than_was_sent_is_a_loss(client, session, lots, make, who):
    buyer = lots.of(make.buyer(), Role.BUYER)
    lot = lots.harvested(who, 500)
    ship = lots.shipped(who, lot, 300, buyer.organisation_id)
    enter(client, session, buyer)

    url = f"/lo/chuyen/{ship.public_id}/nhan"
    page = shown(client, url)
    assert f"Lô {lot.code}, gửi 300 kg" in page
    assert ", còn 300 kg" not in page
    answer = sent(client, url, **{"used-0-kg": "296"})

    assert answer.status_code == 302
    assert lots.kg(buyer, lot) == 296
    assert "hao 4 kg" in shown(client, answer.location)


def test_the_button_takes_a_shipment_in_english_too(client, session, lots, make, who):
    buyer = lots.of(make.buyer(), Role.BUYER)
    lot = lots.harvested(who, 500)
    ship = lots.shipped(who, lot, 300, buyer.organisation_id)
    enter(client, session, buyer)

    page = shown(client, f"/lo/chuyen/{ship.public_id}/nhan?lang=en")

    assert "Receive</button>" in page
    assert f"Lot {lot.code}, 300 kg sent" in page


def test_nothing_of_a_shipment_is_no_arrival(client, session, lots, make, who):
    buyer = lots.of(make.buyer(), Role.BUYER)
    ship = lots.shipped(who, lots.harvested(who, 500), 300, buyer.organisation_id)
    enter(client, session, buyer)

    answer = sent(client, f"/lo/chuyen/{ship.public_id}/nhan", **{"used-0-kg": "0"})

    assert answer.status_code == 422
    assert "bên gửi báo sai chuyến này" in answer.text


def test_a_receiver_declares_no_event_of_the_sender_wrong(
    client, session, lots, make, who
):
    buyer = lots.of(make.buyer(), Role.BUYER)
    ship = lots.shipped(who, lots.harvested(who, 500), 300, buyer.organisation_id)
    enter(client, session, buyer)

    seen = client.get(f"/lo/lan-ghi/{ship.public_id}")
    asked = client.get(f"/lo/lan-ghi/{ship.public_id}/sai")

    assert (seen.status_code, asked.status_code) == (200, 404)


def test_a_lot_told_by_mistake_gets_no_labels(client, session, lots, who):
    lot = lots.harvested(who, 100)
    event = session.scalars(select(LotEvent)).one()
    assert client.get(f"/tem/{lot.public_id}").status_code == 200

    sent(client, f"/lo/lan-ghi/{event.public_id}/sai", reason="Cân nhầm")

    assert client.get(f"/tem/{lot.public_id}").status_code == 404
    assert client.get(f"/tem/{lot.public_id}/pdf").status_code == 404
    page = shown(client, f"/lo/{lot.public_id}")
    assert f"/tem/{lot.public_id}" not in page
    assert f"/lo/lan-ghi/{event.public_id}" in page  # what was told is still found


def test_a_wrong_event_is_declared_so_with_its_reason(client, session, lots, who):
    lot = lots.harvested(who, 100)
    event = session.scalars(select(LotEvent)).one()
    url = f"/lo/lan-ghi/{event.public_id}/sai"

    empty = sent(client, url)
    answer = sent(client, url, reason="Cân nhầm")

    assert (empty.status_code, answer.status_code) == (422, 302)
    assert lots.kg(who, lot) == 0
    assert "Cân nhầm" in shown(client, answer.location)
    assert lot.code not in shown(client, "/lo/")


def test_search_folds_marks_and_states_filter(client, session, lots, who):
    lot, held = lots.harvested(who, 100), lots.harvested(who, 100)
    held.held = True
    session.commit()

    found = shown(client, "/lo/?q=nhan")
    kept = shown(client, "/lo/?tinh-trang=held")

    assert lot.code in found
    assert held.code in kept
    assert lot.code not in kept
    assert lot.code not in shown(client, "/lo/?q=xoai")
    assert lot.code not in shown(client, "/lo/?tinh-trang=gone")


def test_the_list_is_cut_into_pages(client, lots, who):
    found = [lots.harvested(who, 10) for _ in range(21)]

    assert found[0].code not in shown(client, "/lo/")
    assert found[0].code in shown(client, "/lo/?trang=2")


def test_an_empty_list_says_the_first_step(client, who):
    assert 'href="/lo/hai"' in shown(client, "/lo/")


def test_an_officer_reads_lots_in_scope_and_tells_nothing(
    client, session, lots, make, who
):
    lot = lots.harvested(who, 100)
    enter(client, session, make.officer())

    assert lot.code in shown(client, "/lo/")
    page = shown(client, f"/lo/{lot.public_id}")
    assert f"/lo/{lot.public_id}/huy" not in page
    assert client.get(f"/lo/{lot.public_id}/huy").status_code == 403


def test_a_harvest_for_a_delivery_of_these_days_is_filled(client, session, make):
    harvest = make.harvest(window_start=TODAY, window_end=TODAY + timedelta(days=30))
    offer = make.offer(tranches=[(TODAY + timedelta(days=2), 12_000)])
    contract = Deals(session, make).in_force(make.proposal(harvest, offer))
    area = make.area(contract.seller)
    enter(client, session, make.member(contract.seller))

    page = shown(client, "/lo/hai")
    answer = sent(client, "/lo/hai")

    assert contract.buyer.short_name in page
    assert answer.status_code == 302
    (lot,) = made(session)
    origin = session.scalars(select(LotEvent)).one().origins[0]
    assert (origin.area_id, origin.harvest_id) == (area.id, contract.harvest_id)
    assert lot.made_kg > 0
    assert session.scalars(select(LotEvent)).one().step is LotStep.HARVEST


def test_spaces_in_a_list_of_choices_choose_nothing(client, session, lots, who):
    odd = {"facility": " \t ", "due": " \t ", "variety": " ", "origins-0-plot": " "}

    answer = sent(client, "/lo/hai", kg="100", **odd)

    assert answer.status_code == 302
    assert made(session)[0].variety_id is None


def test_what_was_just_picked_is_packed_by_the_id_that_a_phone_drew(
    client, session, lots, who
):
    lot = lots.harvested(who, 500)
    page = "/lo/vua-hai/dong-thung"
    assert lot.code in shown(client, page)

    answer = sent(client, page)

    assert answer.status_code == 302
    assert [(one.made_kg, one.product.code) for one in made(session)] == [
        (500, "longan")
    ]
    assert lots.kg(who, lot) == 0


def test_packing_waits_for_its_picking_and_for_one_s_own(client, lots, who, make):
    other = lots.seller()
    strange = lots.harvested(other, 100)
    event = lots.session.scalars(
        select(LotEvent).where(LotEvent.organisation_id == other.organisation_id)
    ).one()
    told = {"kg": "100", "made-0-kg": "100"}

    for unknown in ("A" * 22, event.public_id):
        page = "/lo/vua-hai/dong-thung"
        answer = sent(client, page, picked=unknown, **told)

        assert answer.status_code == 422
        assert "Gửi lần hái trước" in answer.text
    assert lots.kg(other, strange) == 100
