"""Spreadsheets that people reckon with: real numbers, days, and a sum."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.services.spreadsheets import at_noon

NUMBER = "#,##0"
DAY = "dd/mm/yyyy"
Cell = str | int | date | None
# A cell that begins so is a formula to a program that reads it as plain text.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A heading, and the width in letters."""

    heading: str
    width: int = 14


def write_report(
    title: str,
    lines: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    total: Sequence[Cell] = (),
) -> bytes:
    """A workbook of one sheet: title, lines that explain, the table, its sum if any.

    The head stays in sight, and no text is ever taken for a formula.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        large = book.add_format({"bold": True, "font_size": 14})
        sheet.write_string(0, 0, title, large)
        for number, line in enumerate(lines, start=1):
            sheet.write_string(number, 0, line)
        head = len(lines) + 1
        _write_head(book, sheet, head, columns)
        for number, row in enumerate(rows, start=head + 1):
            _write(book, sheet, number, row, {})
        _write(book, sheet, head + 1 + len(rows), total, {"bold": True, "top": 1})
    return out.getvalue()


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
        if isinstance(cell, int):
            form = book.add_format({**style, "num_format": NUMBER})
            sheet.write_number(number, place, cell, form)
            continue
        form = book.add_format({**style, "quote_prefix": cell.startswith(_RISKY)})
        sheet.write_string(number, place, cell, form)
