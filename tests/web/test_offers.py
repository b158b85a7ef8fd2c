"""Offers through the browser's eyes: written, helped, refused, foreign."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from marketplace.domain.actor import Role
from marketplace.domain.words import OfferState
from marketplace.services.quantities import promise_tranche
from models.offers import Offer
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of

CEILING, FLOOR = "17.393", 13_571


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def who(client, session, make):
    actor = make.member(make.buyer(), Role.BUYER)
    enter(client, session, actor)
    return actor


def typed(*rows, **over):
    values = {
        "product": "longan",
        "market": "domestic",
        "least_grade": "0",
        "place": "Kho Đông Anh",
        "unit": "",
        "payment_term_days": "7",
        "pooled": "many",
        "show_price": "no",
        "least_stars": "3",
        "idempotency_key": "one",
        "do": "send",
    }
    for place, row in enumerate(rows or [("04/08/2026", "", "12", CEILING)]):
        names = ("window_start", "window_end", "kg", "ceiling")
        values |= {
            f"tranches-{place}-{name}": text
            for name, text in zip(names, row, strict=True)
        }
    return values | over


def only(session):
    return session.scalars(select(Offer)).one()


def count(session):
    return session.scalar(select(func.count()).select_from(Offer))


def test_an_offer_is_written_and_sent(client, session, who):
    page = client.get("/don-mua/moi")
    assert problems_of(page.text) == []

    done = client.post(
        "/don-mua/moi", data=typed(schemes=["VIETGAP", "OCOP"], least_stars="4")
    )

    offer = only(session)
    assert (done.status_code, done.location) == (303, f"/don-mua/{offer.public_id}")
    assert (offer.state, offer.tranches[0].ceiling_price_vnd) == (
        OfferState.OPEN,
        17_393,
    )
    assert sorted(str(row.scheme) for row in offer.requirements) == ["OCOP", "VIETGAP"]
    shown = client.get(done.location)
    assert problems_of(shown.text) == []
    assert CEILING in shown.text


def test_a_form_sent_twice_posts_once(client, session, who):
    for _ in range(2):
        done = client.post("/don-mua/moi", data=typed())

    assert done.status_code == 303
    assert count(session) == 1


@pytest.mark.parametrize(
    ("over", "words"),
    [
        (
            {"tranches-0-window_start": "32/08/2026"},
            "Nhập ngày, ví dụ|Không có ngày này",
        ),
        ({"tranches-0-kg": "mười hai"}, "Nhập số tấn hoặc số kg"),
        ({"tranches-0-kg": ""}, "Nhập số tấn, ví dụ 12,5"),
        ({"tranches-0-ceiling": "15"}, "Giá quá thấp"),
        ({"tranches-0-ceiling": ""}, "Nhập giá tối đa một kg"),
        ({"tranches-0-window_end": "01/08/2026"}, "Ngày cuối phải từ ngày đầu"),
        ({"tranches-0-window_start": "01/08/2020"}, "Ngày giao đã qua"),
        ({"place": " "}, "Nhập nơi giao"),
        ({"payment_term_days": ""}, "Nhập số ngày, ví dụ 7"),
        ({"payment_term_days": "120"}, "Hạn trả tiền từ 0 đến 90 ngày"),
        ({"deposit_pct": "7,5"}, "Nhập phần trăm tròn"),
        ({"smallest_lot": "30"}, "Lô nhỏ nhất không được hơn"),
        ({"varieties": ["gl"]}, "Chọn một trong các lựa chọn"),
        ({"product": "durian"}, "Chọn một trong các lựa chọn"),
        ({"answer_by": "01/01/2027"}, "Hạn trả lời phải trước ngày giao"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_what_was_typed_stays(
    client, session, who, over, words
):
    rows = [
        ("04/08/2026", "", "12", CEILING),
        ("11/08/2026", "12/08/2026", "8,5", "16k"),
    ]

    page = client.post("/don-mua/moi", data=typed(*rows, notes="Cân tại kho", **over))

    assert page.status_code == 422
    assert any(one in page.text for one in words.split("|"))
    assert "<title>Có lỗi:" in page.text
    for text in ("11/08/2026", "12/08/2026", "8,5", "16k", "Cân tại kho"):
        assert text in page.text
    assert problems_of(page.text) == []
    assert count(session) == 0


def test_empty_rows_are_no_deliveries(client, session, who):
    blank = ("", "", "", "")

    client.post(
        "/don-mua/moi", data=typed(blank, ("04/08/2026", "", "12", CEILING), blank)
    )

    assert len(only(session).tranches) == 1


def test_without_any_delivery_the_table_says_so(client, session, who):
    page = client.post("/don-mua/moi", data=typed(("", "", "", "")))

    assert page.status_code == 422
    assert "Thêm ít nhất một đợt giao" in page.text


def test_rows_come_and_go_without_a_script(client, session, who):
    more = client.post("/don-mua/moi", data=typed(add_row="tranches"))
    less = client.post(
        "/don-mua/moi",
        data=typed(
            ("04/08/2026", "", "12", "15k"),
            ("11/08/2026", "", "9", "16k"),
            remove_row="tranches-0",
        ),
    )

    assert (more.status_code, less.status_code) == (200, 200)
    assert 'name="tranches-1-kg"' in more.text
    assert "11/08/2026" in less.text
    assert "04/08/2026" not in less.text
    assert count(session) == 0


def test_weeks_are_filled_and_a_total_is_split(client, session, who):
    page = client.post(
        "/don-mua/moi",
        data=typed(
            ("", "", "", ""),
            do="fill",
            fill_from="28/07/2026",
            fill_to="18/08/2026",
            fill_every="7",
            fill_total="48",
            fill_price="15,5k",
        ),
    )
    split = client.post(
        "/don-mua/moi",
        data=typed(
            ("04/08/2026", "", "", "15k"),
            ("11/08/2026", "", "", "15k"),
            do="split",
            fill_total="25",
        ),
    )

    assert page.status_code == 200
    for day in ("28/07/2026", "04/08/2026", "11/08/2026", "18/08/2026"):
        assert f'value="{day}"' in page.text
    assert (
        re.findall(r'name="tranches-\d-kg"[^>]* value="(.*?)"', page.text) == ["12"] * 4
    )
    assert page.text.count('value="15.500"') == 4
    assert split.text.count('value="12,5"') == 2
    assert problems_of(page.text) == []


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"do": "fill"}, "Nhập ngày giao đầu tiên"),
        ({"do": "fill", "fill_from": "sau Tết"}, "Nhập ngày, ví dụ"),
        ({"do": "split"}, "Nhập tổng số tấn"),
        ({"do": "paste"}, "Dán vào đây các dòng"),
    ],
)
def test_a_helper_that_cannot_help_says_why(client, session, who, over, words):
    page = client.post("/don-mua/moi", data=typed(**over))

    assert page.status_code == 422
    assert words in page.text
    assert CEILING in page.text


def test_rows_are_pasted_from_a_spreadsheet_without_a_script(client, session, who):
    text = "Ngày giao\tTấn\tGiá\r\n28/07/2026\t12\t15.500\r\n04/08/2026\t06/08/2026\t8\t15k\r\n"

    page = client.post("/don-mua/moi", data=typed(do="paste", paste=text))

    assert page.status_code == 200
    for cell in ("04/08/2026", "28/07/2026", "06/08/2026", "15.500", CEILING):
        assert f'value="{cell}"' in page.text


def test_supply_beside_the_form_names_no_price(client, session, make, who):
    make.harvest(make.organisation(short_name="Bảo Minh"), floor_price_vnd=FLOOR)

    page = client.post("/don-mua/nguon-hang", data=typed(do=""))
    plain = client.post("/don-mua/moi", data=typed(do="look"))

    assert page.status_code == 200
    assert "Bảo Minh" in page.text
    assert 'id="tranches-0-nguon"' in page.text
    assert "60 tấn" in page.text
    assert plain.status_code == 200
    for text in (page.text, plain.text):
        assert str(FLOOR) not in text
        assert "13.571" not in text
    assert count(session) == 0


def test_supply_swaps_the_goods_when_the_product_changes(client, session, who):
    same = client.post("/don-mua/nguon-hang", data=typed(shown_product="longan"))
    other = client.post(
        "/don-mua/nguon-hang", data=typed(shown_product="longan", product="mango")
    )

    assert 'name="varieties"' not in same.text
    assert "Xoài Úc" in other.text


@pytest.mark.parametrize("rows", [[("x", "y", "z", "?")], [("", "", "", "")]])
def test_supply_forgives_what_cannot_be_read_yet(client, session, who, rows):
    page = client.post(
        "/don-mua/nguon-hang", data=typed(*rows, market="?", schemes=["?"])
    )

    assert page.status_code == 200


def test_a_small_change_is_applied_without_a_script(client, session, make, who):
    page = client.post("/don-mua/moi", data=typed(do="apply:shift:0:2026-08-11"))

    assert page.status_code == 200
    assert 'value="11/08/2026"' in page.text
    assert CEILING in page.text


def test_small_changes_are_offered_in_words(client, session, make, who):
    make.harvest(
        likely_kg=8_000, window_start=date(2026, 7, 20), window_end=date(2026, 7, 25)
    )
    make.harvest(
        likely_kg=40_000,
        window_start=date(2026, 8, 10),
        window_end=date(2026, 8, 20),
        grades=((2, 1000),),
    )
    rows = [("24/07/2026", "", "12", CEILING), ("14/08/2026", "", "12", CEILING)]

    move = client.post("/don-mua/nguon-hang", data=typed(*rows))
    grade = client.post("/don-mua/nguon-hang", data=typed(*rows, least_grade="1"))
    late = client.post(
        "/don-mua/nguon-hang", data=typed(("02/08/2026", "", "12", CEILING))
    )
    variety = client.post("/don-mua/nguon-hang", data=typed(rows[1], varieties=["t6"]))

    assert "Chuyển 4.000 kg từ đợt 1 sang đợt 2" in move.text
    assert "Nhận cả loại thấp hơn một bậc" in grade.text
    assert "Dời đợt 1 sang 10/8" in late.text
    assert "Nhận mọi giống của sản phẩm này" in variety.text


def test_odd_prices_are_shown_with_the_offer(client, session, who):
    client.post("/don-mua/moi", data=typed(("04/08/2026", "", "12", "150.000")))

    page = client.get(f"/don-mua/{only(session).public_id}")

    assert "Giá này khác xa mức thường gặp" in page.text


def test_a_draft_is_kept_changed_and_sent(client, session, who):
    client.post("/don-mua/moi", data=typed(do="draft", place=""))
    offer = only(session)
    assert offer.state is OfferState.DRAFT
    url = f"/don-mua/{offer.public_id}"

    page = client.get(f"{url}/sua")
    assert problems_of(page.text) == []
    client.post(f"{url}/sua", data=typed(do="send", idempotency_key="two"))

    assert only(session).state is OfferState.OPEN


def test_an_offer_on_the_market_is_revised(client, session, who):
    client.post("/don-mua/moi", data=typed())
    offer = only(session)
    promise_tranche(session, offer.tranches[0].id, 5_000)
    url = f"/don-mua/{offer.public_id}/sua"
    kept = {"tranches-0-number": "1", "revision": "1"}

    low = client.post(url, data=typed(("04/08/2026", "", "4", CEILING), **kept))
    good = client.post(
        url, data=typed(("04/08/2026", "", "6", CEILING), idempotency_key="two", **kept)
    )
    stale = client.post(
        url,
        data=typed(("04/08/2026", "", "7", CEILING), idempotency_key="three", **kept),
    )

    assert low.status_code == 422
    assert "Đã hứa mua 5.000 kg" in low.text
    assert good.status_code == 303
    assert stale.status_code == 422
    assert only(session).tranches[0].kg == 6_000


def test_it_rests_returns_and_is_closed(client, session, who):
    client.post("/don-mua/moi", data=typed())
    url = f"/don-mua/{only(session).public_id}"

    states = []
    for step in ("pause", "reopen", "close", "reopen"):
        done = client.post(
            f"{url}/trang-thai",
            data={"step": step, "idempotency_key": step + str(len(states))},
        )
        states.append((done.status_code, str(only(session).state)))

    assert states == [(303, "paused"), (303, "open"), (303, "closed"), (303, "closed")]
    assert "Lúc này không làm được việc đó nữa" in client.get(url).text
    assert client.post(f"{url}/trang-thai", data={"step": "fly"}).status_code == 404
    assert problems_of(client.get("/don-mua/").text) == []


def test_closing_is_asked_about_first(client, session, who):
    client.post("/don-mua/moi", data=typed())

    page = client.get(f"/don-mua/{only(session).public_id}/dong")

    assert problems_of(page.text) == []
    assert 'value="close"' in page.text


def test_foreign_offers_are_nowhere(client, session, make, who):
    url = f"/don-mua/{make.offer().public_id}"

    for path in (url, f"{url}/sua", f"{url}/dong"):
        assert client.get(path).status_code == 404
    assert client.post(f"{url}/sua", data=typed()).status_code == 404
    assert client.post(f"{url}/trang-thai", data={"step": "close"}).status_code == 404


def test_an_organisation_that_waits_may_only_draft(client, session, make):
    enter(client, session, make.member(make.buyer(verified=False)))

    page = client.get("/don-mua/moi")
    refused = client.post("/don-mua/moi", data=typed())
    kept = client.post("/don-mua/moi", data=typed(do="draft", idempotency_key="two"))

    assert "chưa được xác minh" in page.text
    assert refused.status_code == 422
    assert kept.status_code == 303


def test_the_next_offer_begins_with_the_conditions_of_the_last(client, session, who):
    client.post("/don-mua/moi", data=typed(deposit_pct="15", packaging="Thùng 10 kg"))

    page = client.get("/don-mua/moi")

    assert 'value="Kho Đông Anh"' in page.text
    assert 'value="Thùng 10 kg"' in page.text


def test_today_points_to_drafts_and_hungry_deliveries(client, session, make, who):
    client.post("/don-mua/moi", data=typed(("10/03/2026", "", "12", CEILING)))
    client.post("/don-mua/moi", data=typed(do="draft", idempotency_key="two"))

    page = client.get("/hom-nay")

    assert "còn thiếu 12 tấn" in page.text
    assert "1 đơn mua còn là nháp" in page.text


# --- many offers from a spreadsheet


SHEET = (
    "Sản phẩm\tSố lượng (tấn)\tNgày giao\tGiá tối đa\tChứng nhận\tGiao tại\n"
    "Nhãn miền loại 1\t12\t28/07/2026\t15.000\tVietGAP\tĐông Anh\n"
    "Nhãn chín muộn\t20\t32/08/2026\t16.000\tVietGAP\tĐông Anh\n"
    "Bưởi da xanh\tmười hai\t20/10/2026\t18.000\t\tLong Biên\n"
)


def sheet_of(page, **over):
    """The fields of the sheet on a page, as a browser would send them."""
    import html5lib

    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    found = {
        one.get("name"): one.get("value", "")
        for one in tree.iter("input")
        if (one.get("name") or "").startswith("rows-")
    }
    return {"payment_term_days": "7", "unit": "", **found, **over}


def test_pasted_offers_are_read_and_the_good_ones_sent(client, session, who):
    assert problems_of(client.get("/don-mua/dan").text) == []
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )
    assert read.status_code == 422
    assert "3 dòng: 1 gửi được, 2 cần xem" in read.text
    assert problems_of(read.text) == []

    sent = client.post("/don-mua/dan", data=sheet_of(read, do="send"))

    assert count(session) == 1
    assert only(session).place == "Đông Anh"
    assert "Đã gửi 1 đơn mua" in sent.text
    assert 'value="32/08/2026"' in sent.text
    assert 'value="mười hai"' in sent.text
    assert 'value="28/07/2026"' not in sent.text


def test_a_sheet_sent_twice_posts_each_row_once(client, session, who):
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )
    rows = sheet_of(read, do="send")

    for _ in range(2):
        client.post("/don-mua/dan", data=rows)

    assert count(session) == 1


def test_mended_rows_follow_and_the_sheet_ends(client, session, who):
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )
    rows = sheet_of(read, do="send") | {"rows-1-day": "12/08/2026", "rows-2-kg": "12"}

    done = client.post("/don-mua/dan", data=rows)

    assert (done.status_code, done.location) == (303, "/don-mua/")
    assert count(session) == 3


def test_good_rows_may_be_kept_as_drafts(client, session, who):
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )

    client.post("/don-mua/dan", data=sheet_of(read, do="draft"))

    assert only(session).state is OfferState.DRAFT


def test_the_template_may_be_filled_and_sent_back(client, session, who):
    template = client.get("/don-mua/tep-mau.xlsx")
    assert template.status_code == 200
    assert "attachment" in template.headers["Content-Disposition"]

    page = client.post(
        "/don-mua/dan",
        data={
            "file": (io.BytesIO(template.data), "don.xlsx"),
            "payment_term_days": "7",
            "unit": "",
            "do": "read",
        },
    )

    assert page.status_code == 200
    assert "1 dòng: 1 gửi được, 0 cần xem" in page.text


@pytest.mark.parametrize("data", [b"no workbook", b"PK\x03\x04", b"x" * 1_000_001])
def test_a_file_that_is_none_is_refused(client, session, who, data):
    page = client.post(
        "/don-mua/dan",
        data={
            "file": (io.BytesIO(data), "x.xlsx"),
            "payment_term_days": "7",
            "unit": "",
            "do": "read",
        },
    )

    assert page.status_code == 422
    assert "hãy dùng tệp mẫu" in page.text or "lớn hơn 1 MB" in page.text


def test_a_row_leaves_the_sheet_without_a_script(client, session, who):
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )

    page = client.post("/don-mua/dan", data=sheet_of(read, remove_row="rows-1"))

    assert "2 dòng: 1 gửi được, 1 cần xem" in page.text


def test_a_sheet_of_an_organisation_that_waits_is_only_drafted(client, session, make):
    enter(client, session, make.member(make.buyer(verified=False)))
    read = client.post(
        "/don-mua/dan",
        data={"paste": SHEET, "payment_term_days": "7", "unit": "", "do": "read"},
    )

    page = client.post("/don-mua/dan", data=sheet_of(read, do="send"))

    assert page.status_code == 422
    assert count(session) == 0
    assert 'value="28/07/2026"' in page.text


def test_a_ceiling_changed_too_often_is_told_beside_its_field(client, session, who):
    client.post("/don-mua/moi", data=typed())
    url = f"/don-mua/{only(session).public_id}/sua"

    def save(number, ceiling, **over):
        row = ("04/08/2026", "", "12", ceiling)
        kept = {"tranches-0-number": "1", "revision": str(number)}
        return client.post(
            url, data=typed(row, idempotency_key=f"{over}{ceiling}", **kept, **over)
        )

    saved = [save(n, f"17.40{n}").status_code for n in range(1, 4)]
    refused = save(4, "17.500")

    assert saved == [303, 303, 303]
    assert refused.status_code == 422
    assert "Giá của bài này đã đổi 3 lần trong 24 giờ" in refused.text
    assert 'value="17.500"' in refused.text
    assert save(4, "17.403", place="Kho Gia Lâm").status_code == 303
    assert only(session).place == "Kho Gia Lâm"


def test_a_sheet_is_no_way_to_name_many_prices(client, session, who):
    head, row = SHEET.splitlines()[:2]
    rows = [row.replace("15.000", f"15.0{n}") for n in range(10, 21)]
    paste = {"paste": "\n".join([head, *rows]), "do": "read"}
    plain = {"payment_term_days": "7", "unit": ""}
    read = client.post("/don-mua/dan", data=paste | plain)

    sent = client.post("/don-mua/dan", data=sheet_of(read, do="send"))

    assert sent.status_code == 422
    assert "Tổ chức đã ra 10 mức giá khác nhau" in sent.text
    assert count(session) == 0
    assert 'value="15.020"' in sent.text
