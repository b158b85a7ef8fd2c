"""Cells as a spreadsheet puts them on the clipboard: rows of text."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold

MOST_ROWS = 200
MOST_COLUMNS = 20
MOST_CELL = 200
MOST_TEXT = 60_000
MOST_BYTES = 1_000_000
MOST_UNPACKED = 20_000_000

Row = tuple[str, ...]


@dataclass(frozen=True)
class Bounds:
    """How much of a table is taken: rows, columns, characters of all and of a cell.

    `bytes` are those of its file, `unpacked` those of a workbook's parts. With `blanks` empty rows stay, so that a row is found by its number in the file.
    """

    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS
    cell: int = MOST_CELL
    text: int = MOST_TEXT
    blanks: bool = False
    bytes: int = MOST_BYTES
    unpacked: int = MOST_UNPACKED


PASTED = Bounds()


def parse_pasted(
    text: str,
    field: str | None = None,
    delimiter: str = "\t",
    bounds: Bounds = PASTED,
) -> list[Row]:
    """Rows of a text with tabs, without the empty ones; cells are trimmed.

    Excel quotes a cell that holds a tab, a quote or a line break, and doubles
    the quotes inside. A line break within a cell becomes a space.
    """
    if len(text) > bounds.text:
        raise Refused(N_("Đoạn dán quá dài, chia làm nhiều lần"), field)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    # The line ends must stay: a quoted cell may reach over several lines.
    lines = [f"{line}\n" for line in plain.split("\n")]
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        raise Refused(N_("Bảng có ô quá dài hoặc thiếu dấu ngoặc kép"), field) from None
    return tidy_rows(rows, field, bounds)


def parse_csv(
    text: str, field: str | None = None, bounds: Bounds = PASTED
) -> list[Row]:
    """Rows of a text whose cells are parted by what parts its heading most.

    Excel writes semicolons where the comma is the decimal sign.
    """
    delimiter = max("\t;,", key=_heading_line(text).count)
    return parse_pasted(text, field, delimiter, bounds)


def _heading_line(text: str) -> str:
    """The first line of several cells; a title above the table has one."""
    lines = text.strip().splitlines() or [""]
    several = (line for line in lines[:15] if any(line.count(d) > 1 for d in "\t;,"))
    return next(several, lines[0])


def tidy_rows(
    rows: Collection[Sequence[str]],
    field: str | None = None,
    bounds: Bounds = PASTED,
) -> list[Row]:
    """Trimmed cells, no empty rows unless wanted, within what a page can show."""
    tidy = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    kept = tidy if bounds.blanks else [row for row in tidy if any(row)]
    while kept and not any(kept[-1]):
        kept.pop()
    if len(kept) > bounds.rows:
        message = N_("Mỗi lần dán nhiều nhất %(most)s dòng")
        raise Refused(message, field, most=bounds.rows)
    if any(len(row) > bounds.columns for row in kept):
        raise Refused(N_("Bảng có quá nhiều cột, dùng đúng tệp mẫu"), field)
    _check_cells(kept, field, bounds)
    return kept


def _check_cells(rows: Sequence[Row], field: str | None, bounds: Bounds) -> None:
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            if len(cell) > bounds.cell:
                raise Refused(
                    N_("Dòng %(row)s, cột %(column)s dài hơn %(most)s chữ"),
                    field,
                    row=number,
                    column=column,
                    most=bounds.cell,
                )


def without_heading(rows: Sequence[Row], headings: Collection[str]) -> list[Row]:
    """The rows without a first one that only names the columns."""
    known = {fold(heading) for heading in headings}
    if rows and any(fold(cell) in known for cell in rows[0]):
        return list(rows[1:])
    return list(rows)


def fitted(row: Row, width: int) -> Row:
    """A row of exactly so many cells."""
    return (*row[:width], *[""] * (width - len(row)))
