"""Labels of lots: what a camera reads from the print is where the page is."""

from __future__ import annotations

import pytest

from marketplace.domain.commands_lots import Made, TransformLots, Used, Where
from marketplace.domain.gs1 import is_sscc, parse_elements, parse_link
from marketplace.domain.label_formats import SHEETS, LabelFormat
from marketplace.domain.words import FacilityKind, PaperState
from marketplace.domain.words_trace import LotStep
from marketplace.services.gs1_keeping import draw_sscc
from marketplace.services.label_pdf import labels_pdf
from marketplace.services.lot_labels import label_of
from models.database import new_public_id
from models.papers import Facility
from tests.box_rows import Boxes
from tests.factories import NOW
from tests.paper_rows import packing_code
from tests.printed import Printed

BASE = "https://lienket.example.vn"
SCANNER = 4  # 288 dpi: a long bar code is read by scanners, not by phones


@pytest.fixture
def boxes(session, make):
    owner = make.organisation(name="HTX Nhãn Thơm")
    make.code(make.area(owner), code="VN-SLOR-0107", verified_at=NOW.replace(year=2025))
    return Boxes(session, make, owner)


@pytest.mark.parametrize("kind", [LabelFormat.STICKERS_24, LabelFormat.STICKERS_10])
def test_every_sticker_of_a_sheet_scans(session, boxes, kind):
    lot = boxes.lot(boxes.item())
    label, full = label_of(session, lot, BASE), SHEETS[kind].labels

    printed = Printed(labels_pdf([label], kind, "vi", copies=full + 1, now=NOW))

    assert printed.codes() == [label.address] * (full + 1)
    assert len(printed.pages) == 2
    for said in ("Nhãn Sông Mã thùng 10 kg", "HTX Nhãn Thơm", lot.code):
        assert printed.text.count(said) >= full, said


def test_a_box_shows_its_bar_code_and_its_marks(session, boxes):
    item = boxes.item(brand="Thơm")
    lot = boxes.lot(item)
    label = label_of(session, lot, BASE)

    printed = Printed(labels_pdf([label], LabelFormat.BOX, "en", now=NOW))

    codes = printed.codes(SCANNER)
    assert label.address in codes
    link = parse_link(label.address)
    assert link.elements() == (("01", item.gtin), ("10", lot.code))
    bars = next(code for code in codes if code != label.address)
    assert dict(parse_elements(_raw(bars))) == dict(label.elements)
    for said in ("Sông Mã longan 10 kg", "VN-SLOR-0107", "10 kg", "Product of Vietnam"):
        assert said in printed.text, said
    assert "Bản Một, Chiềng Khoong, Sơn La, Vietnam" in printed.text


def test_only_the_house_where_it_was_packed_marks_a_box(session, make, boxes):
    houses = [
        Facility(
            organisation_id=boxes.owner.id,
            kind=FacilityKind.PACKING_HOUSE,
            name=name,
            unit_id=boxes.owner.unit_id,
        )
        for name in ("Nhà đóng gói", "Nhà đóng gói hai")
    ]
    session.add_all(houses)
    session.flush()
    verified = {
        "state": PaperState.ACTIVE,
        "verified_at": NOW.replace(year=2025),
        "verified_by_id": make.officer().user_id,
    }
    for house, code in zip(houses, ("VN-SLPH-901", "VN-SLPH-902"), strict=True):
        packing_code(session, house, code=code, **verified)
    picked = boxes.lot()
    told = TransformLots(
        new_public_id(),
        LotStep.PACK,
        boxes.lots.tick(),
        (Used(picked.public_id, 100),),
        (Made(100),),
        Where(facility_id=houses[0].id),
    )
    (packed,) = boxes.lots.made(boxes.lots.tell(boxes.who, told))

    marks = [
        [code for code, _market in label_of(session, lot, BASE).marks]
        for lot in (picked, packed)
    ]

    assert marks == [["VN-SLOR-0107"], ["VN-SLOR-0107", "VN-SLPH-901"]]


def _raw(text):
    """What a scanner sends, of what people read."""
    return text.replace("(", "\x1d").replace(")", "").removeprefix("\x1d")


def test_without_a_gtin_the_code_holds_the_short_address(session, boxes):
    lot = boxes.lot()
    label = label_of(session, lot, BASE)

    printed = Printed(labels_pdf([label], LabelFormat.BOX, "vi", now=NOW))

    assert printed.codes() == [f"{BASE}/q/{lot.public_id}"]
    assert label.trace in printed.text


def test_every_pallet_has_a_number_of_its_own(session, boxes):
    lot = boxes.lot(boxes.item())
    drawn = [draw_sscc(session, boxes.who, lot, now=NOW).sscc for _ in range(3)]
    label = label_of(session, lot, BASE)

    pdf = labels_pdf([label], LabelFormat.PALLET, "vi", ssccs=drawn, now=NOW)

    assert len(set(drawn)) == 3
    assert all(map(is_sscc, drawn))
    codes = Printed(pdf).codes()
    assert {f"(00){one}" for one in drawn} <= set(codes)


def test_the_same_label_gives_the_same_bytes(session, boxes):
    label = label_of(session, boxes.lot(boxes.item()), BASE)

    first, again = (
        labels_pdf([label], LabelFormat.BOX, "vi", now=NOW) for _ in range(2)
    )

    assert first == again
