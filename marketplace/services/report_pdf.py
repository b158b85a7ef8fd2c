"""A form of the province as a PDF for print: A4 across, as official tables are set.

The words and numbers come as the page shows them, so that paper and page cannot
differ; nothing is counted or rounded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from marketplace.domain.canonical import short_digest
from marketplace.services.paper_printing import dateline, made, moment, print_paper
from marketplace.services.paper_words import PAPER
from marketplace.services.report_paper_words import REPORT

# Official tables mark the columns that only name a row by letters.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AIR = 4  # letters: the lines of a cell, and what bold heads are wider


@dataclass(frozen=True)
class PrintedTable:
    """A table as the page shows it; `numeric` says which columns stand right.

    `widths` are shares of the line, in letters.
    """

    title: str
    headings: Sequence[str]
    widths: Sequence[int]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


@dataclass(frozen=True)
class PrintedReport:
    """A form as it goes to print: the form first, its details on sheets after it."""

    number: str
    title: str
    subtitle: str
    lines: Sequence[str]
    tables: Sequence[PrintedTable]
    notes: Sequence[str]
    issuer: str
    place: str
    digest: str


def report_pdf(report: PrintedReport, lang: str, *, at: datetime) -> bytes:
    """PDF/A of the report, exported at this moment."""
    words = PAPER[lang] | REPORT[lang]
    check = short_digest(report.digest)
    taken = f"{words['taken']} {moment(at, lang)}"
    data = asdict(report) | {
        "lang": lang,
        "words": words,
        "made": made(at),
        "dateline": dateline({"address": report.place}, at, lang),
        "mark": f"{report.number}. {taken}. {words['check']} {check}",
        "tables": [_table(one) for one in report.tables],
    }
    return print_paper("report.typ", data)


def _table(table: PrintedTable) -> dict[str, Any]:
    """The table with the line under its heads that numbers the columns: A B 1 2."""
    return asdict(table) | {"marks": _marks(table.numeric), "widths": _widths(table)}


def _widths(table: PrintedTable) -> list[int]:
    """Room by what stands in a column: no word is cut, nothing empty stays wide."""
    lines = [*table.rows, *([table.total] if table.total else [])]
    columns = zip(table.headings, *lines, strict=True)
    return [
        _width(column, wanted)
        for wanted, column in zip(table.widths, columns, strict=True)
    ]


def _width(column: Sequence[str], wanted: int) -> int:
    """A head of a few letters more than its column breaks into three lines at most."""
    head, *cells = column
    longest = max(map(len, cells), default=0)
    return max(_longest_word(column), len(head) // 3, min(wanted, longest)) + AIR


def _longest_word(column: Sequence[str]) -> int:
    return max((len(word) for cell in column for word in cell.split()), default=0)


def _marks(numeric: Sequence[bool]) -> list[str]:
    letters, numbers = iter(LETTERS), iter(range(1, len(numeric) + 1))
    naming = True
    marks = []
    for place, is_number in enumerate(numeric):
        naming = naming and (place == 0 or not is_number)
        mark = next(letters) if naming else str(next(numbers))
        marks.append(mark)
    return marks
