"""Cells as a spreadsheet puts them on the clipboard: rows of text."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold

MOST_ROWS = 200
MOST_COLUMNS = 20
MOST_CELL = 200
MOST_TEXT = 60_000

Row = tuple[str, ...]


def parse_pasted(
    text: str, field: str | None = None, delimiter: str = "\t"
) -> list[Row]:
    """Rows of a text with tabs, without the empty ones; cells are trimmed.

    Excel quotes a cell that holds a tab, a quote or a line break, and doubles
    the quotes inside. A line break within a cell becomes a space.
    """
    if len(text) > MOST_TEXT:
        raise Refused(N_("Đoạn dán quá dài, chia làm nhiều lần"), field)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    # The line ends must stay: a quoted cell may reach over several lines.
    lines = [f"{line}\n" for line in plain.split("\n")]
    return tidy_rows(list(csv.reader(lines, delimiter=delimiter)), field)


def parse_csv(text: str, field: str | None = None) -> list[Row]:
    """Rows of a text whose cells are parted by what parts its first line most.

    Excel writes semicolons where the comma is the decimal sign.
    """
    first = text.lstrip().partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    return parse_pasted(text, field, delimiter)


def tidy_rows(rows: Collection[Sequence[str]], field: str | None = None) -> list[Row]:
    """Trimmed cells, no empty rows, within what a page can show."""
    tidy = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    kept = [row for row in tidy if any(row)]
    if len(kept) > MOST_ROWS:
        message = N_("Mỗi lần dán nhiều nhất %(most)s dòng")
        raise Refused(message, field, most=MOST_ROWS)
    if any(len(row) > MOST_COLUMNS for row in kept):
        raise Refused(N_("Bảng có quá nhiều cột, dùng đúng tệp mẫu"), field)
    if any(len(cell) > MOST_CELL for row in kept for cell in row):
        message = N_("Có ô dài hơn %(most)s chữ")
        raise Refused(message, field, most=MOST_CELL)
    return kept


def without_heading(rows: Sequence[Row], headings: Collection[str]) -> list[Row]:
    """The rows without a first one that only names the columns."""
    known = {fold(heading) for heading in headings}
    if rows and any(fold(cell) in known for cell in rows[0]):
        return list(rows[1:])
    return list(rows)


def fitted(row: Row, width: int) -> Row:
    """A row of exactly so many cells."""
    return (*row[:width], *[""] * (width - len(row)))
