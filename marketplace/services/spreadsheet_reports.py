"""Spreadsheets that people reckon with: real numbers, days, and a sum."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.services.spreadsheets import at_noon

NUMBER = "#,##0"
MEASURE = "#,##0.00"
DAY = "dd/mm/yyyy"
Cell = str | int | Decimal | date | None
# A cell that begins so is a formula to a program that reads it as plain text.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A heading, and the width in letters."""

    heading: str
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """Title, lines that explain, the table, its sum if any; `name` is on the tab."""

    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    name: str | None = None


def write_report(
    title: str,
    lines: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    total: Sequence[Cell] = (),
) -> bytes:
    """A workbook of one sheet; see `write_book`."""
    return write_book([Sheet(title, lines, columns, rows, total)])


def write_book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook; the heads stay in sight, and no text is ever taken for a formula."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        for sheet in sheets:
            _write_sheet(book, sheet)
    return out.getvalue()


def _write_sheet(book: Any, words: Sheet) -> None:
    sheet = book.add_worksheet(words.name)
    large = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, words.title, large)
    for number, line in enumerate(words.lines, start=1):
        sheet.write_string(number, 0, line)
    head = len(words.lines) + 1
    _write_head(book, sheet, head, words.columns)
    for number, row in enumerate(words.rows, start=head + 1):
        _write(book, sheet, number, row, {})
    below = head + 1 + len(words.rows)
    _write(book, sheet, below, words.total, {"bold": True, "top": 1})


def _write_head(book: Any, sheet: Any, row: int, columns: Sequence[Column]) -> None:
    style = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(row, place, column.heading, style)
    sheet.freeze_panes(row + 1, 1)


def _write(
    book: Any, sheet: Any, number: int, row: Sequence[Cell], style: dict[str, Any]
) -> None:
    """Numbers and days as such; a text that looks like a formula is marked as text."""
    for place, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, date):
            form = book.add_format({**style, "num_format": DAY})
            sheet.write_datetime(number, place, at_noon(cell), form)
            continue
        if isinstance(cell, int | Decimal):
            mask = NUMBER if isinstance(cell, int) else MEASURE
            form = book.add_format({**style, "num_format": mask})
            sheet.write_number(number, place, cell, form)
            continue
        form = book.add_format({**style, "quote_prefix": cell.startswith(_RISKY)})
        sheet.write_string(number, place, cell, form)
