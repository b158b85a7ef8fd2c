"""Delivery notes and inspection records as a court would read them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.domain.canonical import short_digest
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import Outcome
from marketplace.services.delivery_notes import confirm_note, void_note
from marketplace.services.disputes import decide_claim, raise_claim, say_in_claim
from marketplace.services.inspection_pdf import inspection_pdf
from marketplace.services.inspection_rules import inspect_until
from marketplace.services.inspections import (
    accept_silently,
    current_inspection,
    inspect_delivery,
)
from marketplace.services.note_pdf import note_pdf
from marketplace.services.note_writing import write_note
from tests.deals import Deals
from tests.factories import NOW
from tests.printed import Printed

LOTS = (LotWeight("BM-01", 2_100, 60), LotWeight("BM-02", 2_000, 40))
PARTS = (
    Part(3_000),
    Part(880, deduction_vnd=1_500, reason="Cuống quá dài, lẫn lá"),
    Part(120, Outcome.REJECTED, reason="Dập do vận chuyển"),
)


@pytest.fixture
def load(session, make):
    """A note that its seller has written, and people of both sides."""
    name = "Hợp tác xã Nhãn Chiềng Khoong"
    seller = make.organisation(name=name, short_name="Khoong", address="Bản Mo")
    buyer = make.buyer(name="Siêu thị Sao Xanh")
    deals = Deals(session, make)
    contract = deals.in_force(make.proposal(make.harvest(seller), make.offer(buyer)))
    people = [deals.actor(contract, side) for side in Side]
    command = WriteNote(
        note_id="A" * 22,
        line=1,
        delivered_at=NOW,
        place="Kho Đông Anh, Hà Nội",
        lots=LOTS,
        vehicle="26C-123.45",
        temperature_c=Decimal("4.5"),
        remark="Xếp mát, thùng nhựa",
    )
    note = write_note(session, people[0], contract.public_id, command, now=NOW)
    return note, *people


def address_of(digest):
    return f"https://cho.example.vn/xac-thuc/{digest}"


def printed_note(session, note, lang="vi"):
    return Printed(note_pdf(session, note, lang, address_of(note.digest)))


def printed_finding(session, note, lang="vi"):
    finding = current_inspection(session, note)
    address = address_of(finding.digest)
    return Printed(inspection_pdf(session, finding, lang, address))


def missing(paper, *wanted):
    return [words for words in wanted if words not in paper.text]


def test_a_note_says_who_gave_what_where_and_when(session, load):
    note, _, buyer = load
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)

    paper = printed_note(session, note)

    names = [one.user.name for one in note.confirmations]
    assert len(names) == 2
    assert not missing(
        paper,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "PHIẾU GIAO NHẬN HÀNG HÓA",
        f"Theo hợp đồng số {note.contract.number}",
        "Hợp tác xã Nhãn Chiềng Khoong",
        "Siêu thị Sao Xanh",
        "10:00, 02/03/2026",
        "ngày 02 tháng 3 năm 2026",
        "Kho Đông Anh, Hà Nội",
        "26C-123.45",
        "4,5 °C",
        "Xếp mát, thùng nhựa",
        "BM-01 2.100 kg 60 kg 2.040 kg",
        "Cộng 4.100 kg 100 kg 4.000 kg",
        "Trang 1/1",
        short_digest(note.digest),
        *names,
    )
    assert "CHƯA ĐỦ" not in paper.text


def test_the_note_on_paper_is_the_note_that_was_confirmed(session, load):
    note, _, _ = load

    paper = printed_note(session, note)

    assert paper.attached("note.json") == note.content
    assert paper.codes() == [address_of(note.digest)]
    assert printed_note(session, note).pdf == paper.pdf


def test_a_note_in_english_writes_numbers_and_days_in_english(session, load):
    paper = printed_note(session, load[0], "en")

    assert not missing(
        paper, "DELIVERY NOTE", "BM-01 2,100 kg", "4.5 °C", "10:00, 2 Mar 2026"
    )


def test_a_note_that_does_not_bind_says_so_on_top(session, load):
    note, seller, _ = load

    assert "CHƯA ĐỦ HAI BÊN XÁC NHẬN" in printed_note(session, note).text
    void_note(session, seller, note.public_id, "Cân sai", now=NOW)
    assert "PHIẾU ĐÃ HỦY: Cân sai" in printed_note(session, note).text


def test_an_inspection_record_says_what_was_found_and_by_whom(session, load):
    note, _, buyer = load
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    finding = inspect_delivery(
        session, buyer, note.public_id, PARTS, now=NOW, pictures=1
    )

    paper = printed_finding(session, note)

    assert not missing(
        paper,
        "BIÊN BẢN NGHIỆM THU",
        "Căn cứ hợp đồng số 01/2026/HĐLK-Khoong và phiếu giao nhận số 01/PGN",
        "Số cân hai bên xác nhận: 4.000 kg",
        f"Người ghi: {finding.by_user.name}, Siêu thị Sao Xanh",
        "Nhận 880 kg 1.500 đ/kg Cuống quá dài, lẫn lá",
        "Loại 120 kg – Dập do vận chuyển",
        "Cộng nhận 3.880 kg",
        "Cộng loại 120 kg",
        "Khiếu nại được đến: 10:00, 03/03/2026",
    )
    assert "KHIẾU NẠI" not in paper.text
    assert paper.codes() == [address_of(finding.digest)]
    assert paper.attached("inspection.json") == finding.content


def test_a_claim_and_its_end_stand_on_the_record(session, make, load):
    note, seller, buyer = load
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    first = inspect_delivery(session, buyer, note.public_id, PARTS, now=NOW, pictures=1)
    raise_claim(session, seller, note.public_id, "Hàng tốt khi lên xe", now=NOW)
    assert "Đang giải quyết giữa hai bên" in printed_finding(session, note).text
    say_in_claim(
        session, buyer, note.public_id, ClaimWord.CALL_OFFICER, "Nhờ cán bộ", now=NOW
    )
    offer = Offered(3_960, 3_000)
    officer = make.officer()
    decide_claim(session, officer, note.public_id, offer, "Ảnh rõ", now=NOW)

    paper = printed_finding(session, note)
    before = Printed(inspection_pdf(session, first, "vi", address_of(first.digest)))

    assert not missing(
        paper,
        "Bên bán khiếu nại lúc 10:00, 02/03/2026: “Hàng tốt khi lên xe”",
        "Cán bộ phân xử lúc 10:00, 02/03/2026: “Ảnh rõ”",
        "CÁN BỘ PHÂN XỬ",
        "Cộng nhận 3.960 kg",
    )
    assert "ĐÃ CÓ KẾT QUẢ MỚI HƠN" in before.text
    assert "ĐÃ CÓ KẾT QUẢ MỚI HƠN" not in paper.text
    assert "Khiếu nại được đến" in before.text
    assert "Khiếu nại được đến" not in paper.text


def test_silence_is_recorded_as_nobodys_finding(session, load):
    note, _, buyer = load
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    accept_silently(session, now=inspect_until(session, note) + timedelta(hours=1))

    paper = printed_finding(session, note)

    assert "Quá giờ kiểm không ai ghi gì, coi như nhận cả lô" in paper.text
    assert "Đã ghi điện tử" not in paper.text
