"""The public page of a box: what a stranger learns of it, and what nobody does."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
import time_machine
from flask_limiter.util import get_qualified_name
from sqlalchemy import select

from config import ROOT
from marketplace.domain.actor import Role
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.commands_lots import HarvestLot, Origin, ReceiveLot
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.words_codes import BoxComplaint
from marketplace.domain.words_trace import LotStep
from marketplace.services.days import day_of
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.inspections import inspect_delivery
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_labels import label_of
from marketplace.services.note_writing import write_note
from marketplace.services.recalls import open_recall
from marketplace.services.sprays import write_spray
from marketplace.services.trade_items import item_of_lot
from marketplace.web.limits import limiter
from models.box_reports import BoxReport
from models.database import new_public_id
from models.households import Household
from models.lot_events import LotEvent
from models.notices import Notice
from models.organisations import Organisation
from models.papers import GrowingArea
from tests.acting import Acted
from tests.box_rows import Boxes, reported
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.lots_rows import Lots
from tests.pages import problems_of

KB = 1024


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


def sprayed(boxes, days_before, interval):
    """The garden was sprayed so many days before its first lot."""
    day = day_of(boxes.lots.at) - timedelta(days=days_before)
    garden = boxes.session.get_one(GrowingArea, boxes.lots.garden(boxes.who))
    line = WriteSpray(new_public_id(), day, "Thuốc sinh học", interval)
    write_spray(boxes.session, boxes.who, garden.public_id, line, now=NOW)


def test_a_stranger_reads_what_the_law_asks_for(client, boxes):
    sprayed(boxes, days_before=12, interval=10)
    lot = boxes.lot(boxes.item(brand="Nhãn Thơm Đặc Biệt"))

    page = client.get(f"/q/{lot.public_id}")

    assert page.status_code == 200
    assert problems_of(page.text) == []
    for said in (
        "Nhãn Sông Mã thùng 10 kg",
        "HTX Nhãn Thơm",
        "Bản Một",
        "Nhãn Thơm Đặc Biệt",
        lot.code,
        f"{lot.harvested_from:%d/%m/%Y}",
        f"{lot.best_before:%d/%m/%Y}",
        "Đúng hồ sơ",
        "Đủ 10 ngày cách ly thuốc (thực tế 12 ngày)",
        "VietGAP",
    ):
        assert said in page.text, said


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        ("vi-VN,vi;q=0.9,en;q=0.8", "Đúng hồ sơ"),
        ("en-US,en;q=0.9", "Matches its record"),
        ("zh-CN,zh;q=0.9", "Matches its record"),
        ("", "Đúng hồ sơ"),
    ],
)
def test_the_page_speaks_as_the_phone_does(client, boxes, browser, words):
    sprayed(boxes, days_before=12, interval=10)
    lot = boxes.lot()

    page = client.get(f"/q/{lot.public_id}", headers={"Accept-Language": browser})

    assert words in page.text


def test_a_chosen_language_outweighs_that_of_the_phone(client, boxes):
    sprayed(boxes, days_before=12, interval=10)
    lot = boxes.lot()
    headers = {"Accept-Language": "en"}

    page = client.get(f"/q/{lot.public_id}?lang=vi", headers=headers)

    assert "Đúng hồ sơ" in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_nobody_is_named_and_no_other_lot(client, session, make, boxes):
    home = Household(
        organisation_id=boxes.owner.id,
        name="Lò Văn Pâng",
        name_folded="lo van pang",
        unit_id=boxes.owner.unit_id,
    )
    session.add(home)
    session.flush()
    garden = boxes.lots.garden(boxes.who)
    origins = (Origin(900, household_id=home.id),)
    told = HarvestLot(new_public_id(), garden, 900, boxes.lots.tick(), origins=origins)
    picked = boxes.lots.made(boxes.lots.tell(boxes.who, told))[0]
    lot, sister = boxes.lots.turned(boxes.who, {picked: 900}, [500, 400])
    buyer, rival = (
        make.buyer(name=f"Siêu thị {name}", short_name=name) for name in ("Một", "Hai")
    )
    for one, kg, to in ((lot, 500, buyer), (sister, 400, rival)):
        ship = boxes.lots.shipped(boxes.who, one, kg, to.id)
        boxes.lots.arrived(make.member(to, Role.STAFF), ship)

    page = client.get(f"/q/{lot.public_id}").text

    assert "Đã nhận hàng" in page
    assert "Một" in page  # who holds the goods now
    others = ("Lò Văn Pâng", sister.code, picked.code, rival.name, "Siêu thị Hai")
    person = session.get_one(type(make.user()), boxes.who.user_id).name
    for secret in (*others, person, boxes.owner.legal_representative):
        assert secret not in page, secret


def test_a_buyer_is_not_named_any_more_once_it_has_nothing(client, make, boxes):
    lot = boxes.lot(kg=300)
    buyer = make.buyer(name="Siêu thị Một", short_name="Sao Một")
    ship = boxes.lots.shipped(boxes.who, lot, 300, buyer.id)
    keeper = make.member(buyer, Role.STAFF)
    boxes.lots.arrived(keeper, ship)
    assert "Sao Một" in client.get(f"/q/{lot.public_id}").text

    boxes.lots.ended(keeper, lot, 300)

    assert "Sao Một" not in client.get(f"/q/{lot.public_id}").text


@pytest.mark.parametrize(
    ("state", "words"),
    [("held", "Lô đang bị giữ lại"), ("voided_at", "Lô không còn giá trị")],
)
def test_a_hold_and_a_void_lot_stand_on_top(client, session, boxes, state, words):
    lot = boxes.lot()
    setattr(lot, state, NOW if state == "voided_at" else True)
    session.flush()

    page = client.get(f"/q/{lot.public_id}").text

    assert words in page
    assert "Đúng hồ sơ" not in page


def test_a_box_past_its_day_says_so(client, boxes):
    lot = boxes.lot()

    with time_machine.travel(NOW + timedelta(days=365)):
        page = client.get(f"/q/{lot.public_id}").text

    assert "Quá ngày nên dùng" in page


def test_without_a_paper_that_day_the_record_is_incomplete(client, make, session):
    owner = make.organisation()
    make.area(owner)
    lot = Boxes(session, make, owner).lot()

    page = client.get(f"/q/{lot.public_id}").text

    assert "Chưa đủ hồ sơ" in page
    assert "Không có giấy nào đã được xác minh." in page


def test_a_corrected_record_is_told(client, session, boxes):
    lot = boxes.lot(kg=500)
    sold = boxes.lots.ended(boxes.who, lot, 100, LotStep.DESTROY)
    declare_wrong(session, boxes.who, sold.public_id, "Nhầm lô", now=NOW)

    page = client.get(f"/q/{lot.public_id}").text

    assert "ghi sai, báo lại ngày 02/03/2026" in page
    assert "Nhầm lô" not in page  # typed by somebody, for colleagues


def test_the_page_and_its_styles_are_light(client, boxes):
    lot = boxes.lot(boxes.item())

    page = client.get(f"/q/{lot.public_id}", headers={"Accept-Encoding": "gzip"})
    styles = sum(
        len(gzip.compress((ROOT / "static" / name).read_bytes(), 9))
        for name in ("css/tokens.css", "css/components.css", "icons/sprite.svg")
    )

    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.data) <= 5 * KB
    assert len(page.data) + styles <= 40 * KB
    text = gzip.decompress(page.data).decode()
    assert "<script" not in text
    assert "woff2" not in text


def test_the_page_is_kept_by_caches_until_it_changes(client, session, boxes):
    lot = boxes.lot()
    first = client.get(f"/q/{lot.public_id}")
    known = {"If-None-Match": first.headers["ETag"]}

    # Asked for again at each look: a recall shows at once.
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert client.get(f"/q/{lot.public_id}", headers=known).status_code == 304
    lot.held = True
    session.flush()
    assert client.get(f"/q/{lot.public_id}", headers=known).status_code == 200


def test_an_address_that_nobody_has_is_not_found(client):
    assert client.get("/q/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_guessing_is_turned_away_on_the_form_of_a_report_too(app):
    name = get_qualified_name(app.view_functions["boxes.report"])

    limits = limiter.limit_manager.decorated_limits(name)

    told = {(str(one.limit), tuple(one.methods or ())) for one in limits}
    assert ("30 per 1 minute", ("get",)) in told


def send(client, lot, **over):
    """The form of the page, filled in as a person would."""
    url = f"/q/{lot.public_id}/bao"
    form = form_to(url, client.get(url).text, url)
    told = dict(form.values) | {"complaint": "spoiled", "text": "Thối cả thùng"}
    return client.post(url, data=told | over)


def test_a_report_reaches_maker_holder_and_officer(client, session, make, boxes):
    lot = boxes.lot(kg=400)
    buyer, officer = make.buyer(), make.officer()
    ship = boxes.lots.shipped(boxes.who, lot, 100, buyer.id)
    keeper = make.member(buyer, Role.STAFF)
    boxes.lots.arrived(keeper, ship)
    stranger = make.member()

    answer = send(client, lot, contact="0987 654 321")

    assert answer.status_code == 302
    assert "Đã nhận." in client.get(answer.location).text
    report = session.scalars(select(BoxReport)).one()
    wanted = select(Notice.user_id).where(Notice.subject == f"box:{report.public_id}")
    told = set(session.scalars(wanted))
    assert {boxes.who.user_id, keeper.user_id, officer.user_id} <= told
    assert stranger.user_id not in told


def test_a_box_of_a_lot_that_nobody_knows_can_be_reported_too(
    client, session, make, boxes
):
    officer = make.officer()
    item = boxes.item()
    asked = client.get(f"/01/{item.gtin}/10/GIA-MAO", follow_redirects=True)
    page = f"/m/{item.public_id}/bao?lo=GIA-MAO"
    assert page in asked.text.replace("&amp;", "&")

    told = {"complaint": BoxComplaint.SPOILED.value, "text": "Tem mờ, lạ"}
    form = form_to(page.partition("?")[0], client.get(page).text, page)
    done = client.post(page, data=dict(form.values) | told, follow_redirects=True)

    report = session.scalars(select(BoxReport)).one()
    assert "Đã nhận" in done.text
    assert (report.code, report.goods, report.lot) == ("GIA-MAO", item, None)
    wanted = select(Notice).where(Notice.kind == "box_reported")
    heard = list(session.scalars(wanted))
    assert officer.user_id in {one.user_id for one in heard}
    assert boxes.owner.id in {one.organisation_id for one in heard}
    maker = enter(client, session, boxes.who)
    seen = maker.get(f"/bao-hang/{report.public_id}").text
    assert "GIA-MAO" in seen
    assert "Trong sổ không có lô này" in seen
    assert "GIA-MAO" in maker.get("/bao-hang/").text


def test_a_mixed_box_claims_nothing_that_is_true_of_a_part_alone(client, boxes):
    sprayed(boxes, days_before=12, interval=10)
    picked = boxes.lot(kg=300)
    bought = boxes.lots.made(
        boxes.lots.tell(
            boxes.who,
            ReceiveLot(
                new_public_id(),
                picked.product_id,
                100,
                boxes.lots.tick(),
                from_name="Chợ phiên",
            ),
        )
    )[0]
    (mixed,) = boxes.lots.turned(boxes.who, {picked: 300, bought: 100}, [400])

    pure, page = (client.get(f"/q/{lot.public_id}").text for lot in (picked, mixed))
    passport = client.get(f"/q/{mixed.public_id}/dpp.json").json

    assert "Đủ 10 ngày cách ly thuốc" in pure
    assert "VietGAP" in pure
    for said in ("Đủ 10 ngày cách ly thuốc", "VietGAP", "còn hạn</li>"):
        assert said not in page, said
    assert "Có phần hàng mua ngoài" in page
    told = passport["credentialSubject"]
    assert told["conformityClaim"] == []
    assert "producedAtFacility" not in told["product"]
    assert "materialsProvenance" not in told


def test_a_load_is_called_checked_once_somebody_has_looked(client, session, make):
    acted = Acted(session, make)
    make.area(session.get_one(Organisation, acted.seller.organisation_id))
    lots = Lots(session, make)
    lot = lots.harvested(acted.seller, 300)
    weights = (LotWeight(lot.code, 100, 0),)
    command = WriteNote(new_public_id(), 1, NOW, "Kho", weights)
    number = acted.contract.public_id
    note = write_note(session, acted.seller, number, command, now=NOW)
    confirm_note(session, acted.buyer, note.public_id, note.digest, now=NOW)

    before = client.get(f"/q/{lot.public_id}").text
    inspect_delivery(session, acted.buyer, note.public_id, [Part(100)], now=NOW)
    after = client.get(f"/q/{lot.public_id}").text

    assert "Đã nhận hàng" in before
    assert "Kiểm nhận" not in before
    assert "Kiểm nhận" in after


def test_a_recalled_lot_is_called_back_a_held_one_waits(client, session, boxes):
    pages = []
    for kind in (RecallKind.HOLD, RecallKind.RECALL):
        lot = boxes.lot()
        told = OpenRecall((lot.public_id,), kind, "Nghi dư lượng")
        open_recall(session, boxes.who, told, now=NOW)
        pages.append(client.get(f"/q/{lot.public_id}").text)

    assert "Lô đang bị giữ lại" in pages[0]
    assert "Lô đang bị thu hồi" in pages[1]
    assert "Mang trả nơi mua" in pages[1]


def test_what_is_packed_is_the_only_item_that_it_can_be(session, boxes):
    picked = boxes.lot(kg=300)
    one = boxes.item()
    (first,) = boxes.lots.turned(boxes.who, {picked: 100}, [100])
    other = boxes.item(boxes.gtin(2), net_g=5_000)
    (second,) = boxes.lots.turned(boxes.who, {picked: 100}, [100])

    assert item_of_lot(session, first) == one
    assert item_of_lot(session, second) is None
    assert other != one
    assert one.gtin in label_of(session, first, "https://x.vn").address


def test_a_lot_that_was_destroyed_has_no_good_box(client, boxes):
    sprayed(boxes, days_before=12, interval=10)
    lot = boxes.lot(kg=100)
    boxes.lots.ended(boxes.who, lot, 40, LotStep.DESTROY)
    partly = client.get(f"/q/{lot.public_id}").text
    boxes.lots.ended(boxes.who, lot, 60, LotStep.DESTROY)
    wholly = client.get(f"/q/{lot.public_id}").text

    assert "Đúng hồ sơ" in partly
    assert "Tiêu hủy</h3>" in partly
    assert "Lô đã tiêu hủy" in wholly
    assert "Đúng hồ sơ" not in wholly


def test_whoever_was_told_of_a_box_keeps_the_report(client, session, make, boxes):
    lot = boxes.lot(kg=100)
    buyer = make.buyer()
    who = make.member(buyer, Role.STAFF)
    boxes.lots.arrived(who, boxes.lots.shipped(boxes.who, lot, 60, buyer.id))
    boxes.lots.turned(who, {lot: 60}, [60])

    report = reported(session, lot)  # of which the buyer has only what it packed

    reader = enter(client, session, who)
    assert reader.get(f"/bao-hang/{report.public_id}").status_code == 200
    assert lot.code in reader.get("/bao-hang/").text


def test_a_wrong_check_digit_says_so_to_who_scanned(client, boxes):
    item = boxes.item()
    wrong = item.gtin[:-1] + str((int(item.gtin[-1]) + 1) % 10)

    page = client.get(f"/01/{wrong}/10/X")

    assert page.status_code == 400
    assert "sai số kiểm" in page.text
    assert "đã nhập" not in page.text


def test_what_fills_in_the_hidden_field_is_thanked_and_forgotten(
    client, session, boxes
):
    answer = send(client, boxes.lot(), homepage="https://spam.example")

    assert answer.status_code == 302
    assert session.scalars(select(BoxReport)).all() == []


def test_an_empty_report_says_what_is_missing(client, boxes):
    answer = send(client, boxes.lot(), text=" ")

    assert answer.status_code == 422
    assert "Viết vài chữ" in answer.text


def test_the_maker_answers_and_the_contact_is_forgotten(client, session, boxes):
    report = reported(session, boxes.lot(), contact="0987 654 321")
    url = f"/bao-hang/{report.public_id}"
    enter(client, session, boxes.who)
    page = client.get(url)
    assert "0987 654 321" in page.text
    assert f"/lo/{report.lot.public_id}/truy-vet" in page.text
    assert report.lot.code in client.get("/bao-hang/").text

    form = form_to(url, page.text, url)
    client.post(url, data=dict(form.values) | {"answer": "Đã đổi thùng khác"})

    session.refresh(report)
    assert report.closed_by_id == boxes.who.user_id
    assert report.contact == ""
    assert "Đã đổi thùng khác" in client.get(url).text


def test_a_holder_reads_a_report_without_the_contact_and_cannot_close_it(
    client, session, make, boxes
):
    lot = boxes.lot(kg=400)
    buyer = make.buyer()
    keeper = make.member(buyer, Role.STAFF)
    boxes.lots.arrived(keeper, boxes.lots.shipped(boxes.who, lot, 100, buyer.id))
    report = reported(session, lot, contact="0987 654 321")
    enter(client, session, keeper)
    url = f"/bao-hang/{report.public_id}"

    page = client.get(url)

    assert "Thối ở giữa thùng" in page.text
    assert "0987 654 321" not in page.text
    assert client.post(url, data={"answer": "Xong"}).status_code in (404, 409)
    assert report.closed_at is None


def test_strangers_do_not_see_reports(client, session, make, boxes):
    report = reported(session, boxes.lot())
    enter(client, session, make.member())

    assert client.get(f"/bao-hang/{report.public_id}").status_code == 404
    assert report.lot.code not in client.get("/bao-hang/").text
    assert session.scalars(select(LotEvent)).first() is not None
