"""What a spreadsheet puts on the clipboard, read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import Refused
from marketplace.domain.offer_sheet import (
    COLUMNS,
    Good,
    read_good,
    read_papers,
    read_row,
    rows_of_sheet,
)
from marketplace.domain.sheets import (
    MOST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TEXT,
    Bounds,
    fitted,
    parse_pasted,
    without_heading,
)
from marketplace.domain.words import CertificateScheme, Market

CELLS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"),
    max_size=30,
)
SHEETS = st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=12)
GOODS = (
    Good("longan", ("nhan", "longan")),
    Good("longan", ("nhan mien thiet", "mien thiet longan"), "mien_thiet"),
    Good("longan", ("nhan chin muon", "late longan"), "chin_muon"),
    Good("mango", ("xoai", "mango")),
    Good("mango", ("xoai tuong da xanh",), "tuong_da_xanh"),
    Good("mango_dried", ("xoai say", "dried mango"), processed=True),
)
COMMON = PostOffer("", "Kho chung", 7)


def copied(rows, quoted=False):
    """As Excel copies them: cells with signs of the format are quoted."""

    def cell(text):
        if quoted or text.startswith('"') or "\t" in text or "\n" in text:
            return '"' + text.replace('"', '""') + '"'
        return text

    return "\r\n".join("\t".join(map(cell, row)) for row in rows) + "\r\n"


def tidy(rows):
    kept = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    return [row for row in kept if any(row)]


@given(SHEETS, st.booleans())
def test_what_is_copied_is_what_is_read(rows, quoted):
    assert parse_pasted(copied(rows, quoted)) == tidy(rows)


@given(st.text(max_size=500))
def test_any_text_gives_rows_or_a_refusal(text):
    try:
        rows = parse_pasted(text)
    except Refused:
        return

    assert all(any(row) for row in rows)
    assert all("\n" not in cell and "\t" not in cell for row in rows for cell in row)


@given(SHEETS)
def test_reading_twice_changes_nothing(rows):
    once = parse_pasted(copied(rows))

    assert parse_pasted(copied(once)) == once


def test_a_quoted_cell_may_hold_a_line_break():
    assert parse_pasted('"a\nb"\tc\n') == [("a b", "c")]


@pytest.mark.parametrize(
    "text",
    [
        "a\n" * (MOST_ROWS + 1),
        "\t".join("a" * (MOST_COLUMNS + 1)),
        "a" * (MOST_CELL + 1),
        "a" * (MOST_TEXT + 1),
    ],
)
def test_too_much_is_refused_at_the_field(text):
    with pytest.raises(Refused) as refusal:
        parse_pasted(text, "paste")

    assert refusal.value.field == "paste"


def test_a_heading_is_no_row():
    rows = [("SẢN PHẨM", "Số lượng (tấn)"), ("Nhãn", "12")]

    assert without_heading(rows, ["Sản phẩm"]) == [("Nhãn", "12")]
    assert without_heading(rows[1:], ["Sản phẩm"]) == [("Nhãn", "12")]
    assert rows_of_sheet(rows) == [fitted(("Nhãn", "12"), len(COLUMNS))]


@pytest.mark.parametrize(
    ("text", "product", "varieties", "grade", "packaging"),
    [
        ("Nhãn", "longan", (), 0, ""),
        ("nhan loai 2", "longan", (), 2, ""),
        ("Nhãn miền loại 1", "longan", ("mien_thiet",), 1, ""),
        ("Nhãn chín muộn", "longan", ("chin_muon",), 0, ""),
        ("Xoài tượng", "mango", ("tuong_da_xanh",), 0, ""),
        ("Xoài sấy dẻo 500 g", "mango_dried", (), 0, "dẻo 500 g"),
        ("dried mango", "mango_dried", (), 0, ""),
    ],
)
def test_the_words_for_goods_are_understood(text, product, varieties, grade, packaging):
    good = read_good(text, GOODS)

    assert (good.product_code, good.variety_codes) == (product, varieties)
    assert (good.least_grade, good.packaging) == (grade, packaging)


@pytest.mark.parametrize("text", ["", "loại 1", "sầu riêng", "Nhãn cùi dày"])
def test_unknown_goods_are_refused_rather_than_guessed(text):
    with pytest.raises(Refused):
        read_good(text, GOODS)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", ()),
        ("không", ()),
        ("VietGAP", (Requirement(scheme=CertificateScheme.VIETGAP),)),
        (
            "OCOP 3 sao; mã vùng TQ",
            (
                Requirement(scheme=CertificateScheme.OCOP, least_stars=3),
                Requirement(market=Market.CN),
            ),
        ),
        ("ocop 4*", (Requirement(scheme=CertificateScheme.OCOP, least_stars=4),)),
        ("mã số vùng trồng Mỹ", (Requirement(market=Market.US),)),
    ],
)
def test_the_words_for_papers_are_understood(text, asked):
    assert read_papers(text) == asked


def test_an_unknown_paper_is_refused():
    with pytest.raises(Refused):
        read_papers("giấy khen")


def test_a_good_row_is_one_offer_with_one_delivery():
    cells = ("Nhãn miền loại 1", "12", "28/07/2026", "15.000", "VietGAP", "Đông Anh")

    read = read_row(cells, GOODS, COMMON)

    assert read.errors == {}
    assert read.command is not None
    assert read.command.place == "Đông Anh"
    line = read.command.tranches[0]
    assert isinstance(line, TrancheLine)
    assert (line.kg, line.ceiling_price_vnd) == (12_000, 15_000)


def test_a_delivery_may_be_a_span_and_the_place_the_common_one():
    cells = ("Nhãn", "12", "28/07/2026 - 03/08/2026", "15.000")

    read = read_row(cells, GOODS, COMMON)

    assert read.command is not None
    assert read.command.place == "Kho chung"
    assert (read.command.tranches[0].window_end.day) == 3


def test_each_cell_at_fault_is_named_and_the_rest_is_read():
    cells = ("Nhãn", "mười hai", "32/08/2026", "15.000", "giấy khen", "")

    read = read_row(cells, GOODS, COMMON)

    assert read.command is None
    assert sorted(read.errors) == ["day", "kg", "papers"]
    assert read.cells[1] == "mười hai"


@given(st.lists(CELLS, max_size=9))
def test_any_row_is_read_or_told_off(cells):
    read = read_row(tuple(cells), GOODS, COMMON)

    assert (read.command is None) == bool(read.errors)
    assert len(read.cells) == len(COLUMNS)


def test_a_cell_too_long_is_told_by_its_place():
    with pytest.raises(Refused) as refused:
        parse_pasted("a\tb\nc\t" + "d" * 201, "table")

    assert refused.value.params == {"row": 2, "column": 2, "most": 200}


def test_a_quote_that_never_closes_is_refused():
    with pytest.raises(Refused):
        parse_pasted('"' + "x" * 140_000, bounds=Bounds(text=1_000_000))
