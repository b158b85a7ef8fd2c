"""Market prices from a spreadsheet: read with all mistakes, imported as a whole."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from marketplace.domain.commands_prices import RecordQuote
from marketplace.domain.errors import Refused
from marketplace.domain.price_sheet import COLUMNS, HEADINGS, rows_of_prices
from marketplace.domain.sheets import parse_csv
from marketplace.services.price_sheets import import_quotes, read_prices
from marketplace.services.spreadsheets import read_table, write_template
from models.price_quotes import PriceQuote
from tests.factories import NOW, TODAY

GOOD = ("02/03/2026", "Nhãn", "", "chợ đầu mối long biên", "15.000", "20.000", "", "")
GRADED = ("1/3/2026", "xoai", "Loại 1", "Farm gate", "8,5 nghìn", "9000", "Sở", "")


def read(session, *rows, **over):
    return read_prices(session, rows, today=TODAY, source="Bản tin", **over)


def count(session):
    return session.scalar(select(func.count(PriceQuote.id)))


def test_rows_are_read_as_people_write_them(session):
    first, second = read(session, GOOD, GRADED)

    assert first.command == RecordQuote(
        "longan", "long_bien", TODAY, 15_000, 20_000, "Bản tin"
    )
    assert second.command == RecordQuote(
        "mango", "farm_gate", date(2026, 3, 1), 8_500, 9_000, "Sở", 1
    )
    assert (first.errors, first.odd, first.stored) == ({}, (), False)
    assert count(session) == 0


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("day", "32/01/2026"),
        ("day", "03/03/2026"),
        ("product", "Sầu riêng"),
        ("grade", "Loại A"),
        ("grade", "4"),
        ("market", "Chợ lạ"),
        ("low", "rẻ"),
        ("high", "14.000"),
        ("link", "javascript:alert(1)"),
    ],
)
def test_each_mistake_is_said_at_its_cell(session, cell, text):
    row = list(GOOD)
    row[COLUMNS.index(cell)] = text

    (found,) = read(session, tuple(row))

    assert list(found.errors) == [cell]


def test_an_odd_price_is_pointed_out_and_imported(session, make):
    row = (*GOOD[:4], "1.500", *GOOD[5:])

    (found,) = read(session, row)

    assert [one.field for one in found.odd] == ["low"]
    assert import_quotes(session, make.officer(), [found], today=TODAY, now=NOW) == 1


def test_the_same_day_twice_in_a_sheet_is_a_mistake(session):
    first, second = read(session, GOOD, (*GOOD[:4], "16.000", *GOOD[5:]))

    assert first.errors == {}
    assert second.errors["day"].params == {"row": 1}


def test_a_price_that_is_there_is_left_and_another_one_is_a_mistake(session, make):
    make.quote(15_000, 20_000)

    (same,) = read(session, GOOD)
    (other,) = read(session, (*GOOD[:4], "16.000", *GOOD[5:]))

    assert same.stored
    assert list(other.errors) == ["day"]
    assert import_quotes(session, make.officer(), [same], today=TODAY, now=NOW) == 0
    assert count(session) == 1


def test_a_sheet_is_imported_as_a_whole_or_not_at_all(session, make):
    officer, bad = make.officer(), (*GOOD[:1], "Sầu riêng", *GOOD[2:])

    for rows in ([], [GOOD, bad]):
        with pytest.raises(Refused):
            import_quotes(session, officer, read(session, *rows), today=TODAY, now=NOW)
    before = count(session)
    done = import_quotes(
        session, officer, read(session, GOOD, GRADED), today=TODAY, now=NOW
    )

    assert (before, done, count(session)) == (0, 2, 2)


def test_nobody_but_an_officer_imports(session, make):
    with pytest.raises(Refused):
        import_quotes(session, make.member(), read(session, GOOD), today=TODAY, now=NOW)


def test_the_template_is_read_back_with_the_example(session):
    example = (TODAY, "Nhãn", "", "Thu mua tại vườn", 15000, 20000, "Sở", "")
    data = write_template(list(HEADINGS.values()), [example], [], ("Giá", "Cách ghi"))

    (found,) = read(session, *rows_of_prices(read_table(data)))

    assert found.command.market_code == "farm_gate"
    assert found.command.day == TODAY


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_text_is_parted_by_its_own_sign(session, sign):
    lines = [sign.join(HEADINGS[name] for name in COLUMNS), sign.join(GOOD), ""]
    data = "\r\n".join(lines).encode("utf-8-sig")

    (found,) = read(session, *rows_of_prices(read_table(data)))

    assert found.command.low_vnd == 15_000
    assert parse_csv("a;1,5\nb;2") == [("a", "1,5"), ("b", "2")]


def test_a_file_that_is_neither_is_refused():
    with pytest.raises(Refused, match="CSV UTF-8") as told:
        read_table(b"\x89PNG\r\n\x1a\n\x00\x00")

    assert told.value.field == "file"
