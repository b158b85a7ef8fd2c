"""Offers from a spreadsheet: files in and out, rows read, kept once."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.domain.commands_offers import PostOffer
from marketplace.domain.errors import Refused
from marketplace.domain.offer_sheet import COLUMNS, HEADINGS, rows_of_sheet
from marketplace.domain.sheets import Bounds
from marketplace.domain.words import OfferState
from marketplace.services import offer_sheets
from marketplace.services.offer_sheets import (
    goods_of,
    keep_row,
    offer_id_of,
    read_sheet,
    supply_of_rows,
)
from marketplace.services.spreadsheets import read_xlsx, write_template
from models.offers import Offer
from tests.factories import NOW, TODAY

COMMON = PostOffer("", "Kho Đông Anh", 7)
GOOD = ("Nhãn miền loại 1", "12", "28/07/2026", "15.000", "VietGAP", "")
BAD = ("Nhãn chín muộn", "20", "32/08/2026", "16.000", "VietGAP", "")


def workbook(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return out.getvalue()


def read(session, *rows):
    return read_sheet(session, rows, COMMON, today=TODAY)


@pytest.fixture
def who(make):
    return make.member(make.buyer())


def keep(session, who, key, **over):
    command = read(session, GOOD)[0].command
    return keep_row(session, who, key, command, today=TODAY, now=NOW, **over)


def offers(session):
    return session.scalar(select(func.count()).select_from(Offer))


def test_numbers_and_days_of_a_file_read_as_typed():
    data = workbook(
        ["Sản phẩm", "Số lượng (tấn)"],
        ["Nhãn", 12.5, date(2026, 7, 28), 15000, "VietGAP", True],
        [],
        ["Xoài", 1234567],
    )

    assert read_xlsx(data)[1:] == [
        ("Nhãn", "12,5", "28/07/2026", "15000", "VietGAP", "True"),
        ("Xoài", "1234567", "", "", "", ""),
    ]
    assert read_xlsx(data, lang="en")[1][1] == "12.5"


def test_the_template_is_read_back(session):
    headings = [HEADINGS[name] for name in COLUMNS]
    data = write_template(
        headings,
        [("Nhãn", 12, date(2026, 7, 28), 15000, "VietGAP", "Đông Anh")],
        [("Sản phẩm", ["Nhãn"])],
        ("Đơn mua", "Cách ghi"),
    )

    rows = rows_of_sheet(read_xlsx(data))

    assert rows == [("Nhãn", "12", "28/07/2026", "15000", "VietGAP", "Đông Anh")]
    assert read(session, *rows)[0].command is not None


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return out.getvalue()


def plain_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("hello.txt", "no workbook")
    return out.getvalue()


def broken():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/workbook.xml", "<nothing")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"PK\x03\x04", bomb(), plain_zip(), broken(), b"x" * 1_000_001],
    ids=["empty", "html", "cut", "bomb", "zip", "broken", "large"],
)
def test_what_is_no_spreadsheet_is_refused_at_the_field(data):
    with pytest.raises(Refused) as refusal:
        read_xlsx(data)

    assert refusal.value.field == "file"


def test_too_many_rows_are_refused():
    rows = workbook(*[["Nhãn"]] * 5)

    assert len(read_xlsx(rows, bounds=Bounds(rows=5))) == 5
    with pytest.raises(Refused):
        read_xlsx(rows, bounds=Bounds(rows=3))


def test_a_sheet_far_too_tall_is_refused():
    with pytest.raises(Refused):
        read_xlsx(workbook(*[["Nhãn"]] * 60), bounds=Bounds(rows=1))


def test_goods_are_products_and_varieties_under_folded_names(session):
    names = {name for good in goods_of(session) for name in good.names}

    assert {"nhan", "longan", "nhan mien thiet", "xoai say"} <= names


def test_good_rows_become_offers_and_bad_ones_say_where(session):
    found = read(session, GOOD, BAD, ("Xoài", "2", "01/01/2020", "9.000", "", ""))

    assert [row.command is not None for row in found] == [True, False, False]
    assert list(found[1].errors) == ["day"]
    assert list(found[2].errors) == ["day"]
    assert found[0].command.variety_codes == ("mien_thiet",)


def test_a_rule_of_no_cell_is_told_at_the_product(session):
    common = PostOffer("", "Kho", 999)

    row = read_sheet(session, [GOOD], common, today=TODAY)[0]

    assert list(row.errors) == ["product"]


def test_every_good_row_tells_its_supply(session, make, who):
    make.harvest(papers=())
    plain = ("Nhãn", "12", "04/08/2026", "15.000", "", "")

    found = supply_of_rows(session, who, read(session, plain, BAD), today=TODAY)

    assert found[0].cooperatives == 1
    assert found[1] is None


def test_a_row_sent_twice_is_one_offer(session, who):
    first = keep(session, who, "k" * 22)
    again = keep(session, who, "k" * 22)

    assert first is again
    assert offers(session) == 1
    assert first.state is OfferState.OPEN


def test_a_row_may_be_kept_as_a_draft(session, who):
    assert keep(session, who, "k" * 22, draft=True).state is OfferState.DRAFT


def test_one_key_means_another_offer_to_another_organisation(session, make, who):
    keep(session, who, "k" * 22)
    keep(session, make.member(make.buyer()), "k" * 22)

    assert offers(session) == 2
    assert len(offer_id_of(1, "k")) == 22


def test_a_refused_row_leaves_nothing_behind(session, make):
    waiting = make.member(make.buyer(verified=False))

    with pytest.raises(Refused):
        keep(session, waiting, "k" * 22)

    assert offers(session) == 0


def test_two_that_send_a_row_in_the_same_moment_make_one_offer(
    session, who, monkeypatch
):
    first = keep(session, who, "k" * 22)
    known, late = offer_sheets._kept, iter([True])
    monkeypatch.setattr(
        offer_sheets,
        "_kept",
        lambda *args: None if next(late, False) else known(*args),
    )

    again = keep(session, who, "k" * 22)

    assert again.id == first.id
    assert offers(session) == 1


def test_another_broken_rule_is_not_taken_for_a_repetition(session, who, monkeypatch):
    def broken(*args, **kwargs):
        raise IntegrityError("INSERT", {}, Exception("a rule"))

    monkeypatch.setattr(offer_sheets, "post_offer", broken)

    with pytest.raises(IntegrityError):
        keep(session, who, "k" * 22)
