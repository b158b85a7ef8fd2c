"""Spreadsheet files: rows of text in, a template out."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number
from marketplace.domain.sheets import PASTED, Bounds, Row, parse_csv, tidy_rows
from marketplace.services.workbooks import UNREADABLE, checked_package

MOST_BYTES = PASTED.bytes
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_xlsx(
    data: bytes, *, lang: str = "vi", field: str = "file", bounds: Bounds = PASTED
) -> list[Row]:
    """The rows of the first sheet as people would type them.

    Refused if it is no .xlsx file, too large, or would unpack to too much.
    """
    _check_size(data, field, bounds)
    data = checked_package(data, field, bounds.unpacked)
    rows = []
    for number, cells in enumerate(_cells(data, field, bounds)):
        if number > bounds.rows:
            message = N_("Mỗi lần dán nhiều nhất %(most)s dòng")
            raise Refused(message, field, most=bounds.rows)
        rows.append([_text(cell, lang) for cell in cells[: bounds.columns]])
    return tidy_rows(rows, field, bounds)


def read_table(
    data: bytes, *, lang: str = "vi", field: str = "file", bounds: Bounds = PASTED
) -> list[Row]:
    """The rows of an .xlsx file, or of a CSV text in UTF-8, UTF-16 or Windows-1258.

    Refused if it is none of these, or too large.
    """
    _check_size(data, field, bounds)
    if data.startswith(b"PK"):
        return read_xlsx(data, lang=lang, field=field, bounds=bounds)
    text = decode_text(
        data, N_("Không đọc được tệp này, lưu lại là .xlsx hoặc CSV UTF-8"), field
    )
    return parse_csv(text, field, bounds)


def _check_size(data: bytes, field: str, bounds: Bounds) -> None:
    if len(data) > bounds.bytes:
        message = N_("Tệp lớn hơn %(most)s MB, chia nhỏ rồi gửi lại")
        raise Refused(message, field, most=bounds.bytes // 1_000_000)


def decode_text(data: bytes, unreadable: str, field: str) -> str:
    """A text as programs in Viet Nam save it, in NFC.

    UTF-16 is known by its mark. What is no UTF-8 is Windows-1258, whose tones
    follow their letters and are put together here. Bytes that no text has, and
    signs of control, mean that it is something else: Refused.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return unicodedata.normalize("NFC", text)
    raise Refused(unreadable, field)


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "cp1258")


def _cells(data: bytes, field: str, bounds: Bounds) -> Iterable[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > bounds.rows * 50:
            raise Refused(UNREADABLE, field)
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=not bounds.blanks)
    except (CalamineError, IndexError, ValueError):
        raise Refused(UNREADABLE, field) from None
    if bounds.blanks:
        return rows
    return [row for row in rows if any(cell not in ("", None) for cell in row)]


def _text(cell: object, lang: str) -> str:
    if isinstance(cell, datetime):
        return format_day(cell.date())
    if isinstance(cell, date):
        return format_day(cell)
    if isinstance(cell, bool | time):
        return str(cell)
    if isinstance(cell, int | float):
        return _number(cell, lang)
    return "" if cell is None else str(cell)


def _number(value: float, lang: str) -> str:
    """Without signs between thousands, so that it is read back as it was."""
    plain = format_number(Decimal(repr(value)).normalize(), lang)
    return plain.replace("." if lang == "vi" else ",", "")


def write_template(
    headings: Sequence[str],
    examples: Sequence[Sequence[object]],
    legend: Sequence[tuple[str, Sequence[str]]],
    titles: tuple[str, str],
) -> bytes:
    """A workbook to fill in: sheet 1 the table, sheet 2 the words it knows."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        table, words = (book.add_worksheet(title) for title in titles)
        table.write_row(0, 0, headings, bold)
        table.set_column(0, len(headings) - 1, 22)
        table.freeze_panes(1, 0)
        for number, row in enumerate(examples, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    table.write_datetime(number, column, at_noon(cell), day)
                else:
                    table.write(number, column, cell)
        words.set_column(0, len(legend), 26)
        for column, (title, values) in enumerate(legend):
            words.write(0, column, title, bold)
            words.write_column(1, column, values)
    return out.getvalue()


def at_noon(day: date) -> datetime:
    """A day as the files keep it."""
    # The file format knows no time zones; a plain midnight is the day itself.
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001
