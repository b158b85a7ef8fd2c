"""Spreadsheets that people reckon with: real numbers, days, and a sum."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from marketplace.services.spreadsheets import at_noon

NUMBER = "#,##0"
MEASURE = "#,##0.00"
DAY = "dd/mm/yyyy"
MARK = "#FFD9B3"  # amber that black stays readable on, also in grey print
Looks = Callable[[int], dict[str, Any]]
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
    """Title, lines that explain, the table, its sum if any; `name` is on the tab.

    `marks` are the columns whose cells stand out, by their row in the table.
    """

    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    name: str | None = None
    marks: Mapping[int, Collection[int]] = field(default_factory=dict)


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
    styles = _Styles(book)
    for number, row in enumerate(words.rows):
        marked = words.marks.get(number, ())
        looks = partial(_look, marked)
        _write(styles, sheet, head + 1 + number, row, looks)
    below = head + 1 + len(words.rows)
    _write(styles, sheet, below, words.total, lambda _place: {"bold": True, "top": 1})


def _look(marked: Collection[int], place: int) -> dict[str, Any]:
    return {"bg_color": MARK} if place in marked else {}


def _write_head(book: Any, sheet: Any, row: int, columns: Sequence[Column]) -> None:
    style = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(row, place, column.heading, style)
    sheet.freeze_panes(row + 1, 1)


class _Styles:
    """The formats of a workbook, each made once: a book has many cells."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **look: Any) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.known:
            self.known[key] = self.book.add_format(look)
        return self.known[key]


def _write(
    styles: _Styles, sheet: Any, number: int, row: Sequence[Cell], looks: Looks
) -> None:
    """Numbers and days as such; a text that looks like a formula is marked as text."""
    for place, cell in enumerate(row):
        look = looks(place)
        if cell is None:
            continue
        if isinstance(cell, date):
            form = styles.of(**look, num_format=DAY)
            sheet.write_datetime(number, place, at_noon(cell), form)
        elif isinstance(cell, int | Decimal):
            mask = NUMBER if isinstance(cell, int) else MEASURE
            sheet.write_number(number, place, cell, styles.of(**look, num_format=mask))
        else:
            form = styles.of(**look, quote_prefix=cell.startswith(_RISKY))
            # An empty cell has a look only if it is written as such.
            write = sheet.write_string if cell else sheet.write_blank
            write(number, place, cell, form)
