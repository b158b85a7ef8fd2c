"""Market prices one a row, as officers keep them in a spreadsheet.

A row is read on its own: what cannot be read is said at its cell, and the cell
keeps what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from marketplace.domain.commands_prices import RecordQuote
from marketplace.domain.errors import N_, Refused
from marketplace.domain.findings import Finding
from marketplace.domain.sheets import Row, fitted, without_heading
from marketplace.domain.text import fold
from marketplace.domain.typed import parse_day, parse_price

T = TypeVar("T")

COLUMNS = ("day", "product", "grade", "market", "low", "high", "source", "link")
HEADINGS = {
    "day": N_("Ngày"),
    "product": N_("Sản phẩm"),
    "grade": N_("Loại"),
    "market": N_("Chợ hoặc nơi ghi giá"),
    "low": N_("Giá thấp (đ/kg)"),
    "high": N_("Giá cao (đ/kg)"),
    "source": N_("Nguồn"),
    "link": N_("Trang đăng giá"),
}
_GRADE = re.compile(r"(?:(?:loai|grade)\s*)?([1-9])")
_ANY = {"", "-", "0", "moi loai", "any", "any grade", "tat ca"}
_ENGLISH = ("day", "product", "grade", "market", "low price", "high price")


@dataclass
class ReadPrice:
    """A row of the sheet: what was typed, what it means, what is wrong or odd.

    `stored` says that the same price is written down already.
    """

    cells: Row
    command: RecordQuote | None = None
    errors: dict[str, Refused] = field(default_factory=dict)
    odd: tuple[Finding, ...] = ()
    stored: bool = False


@dataclass(frozen=True)
class Names:
    """Codes by folded names in any language of ours."""

    products: Mapping[str, str]
    markets: Mapping[str, str]


def rows_of_prices(rows: Sequence[Row]) -> list[Row]:
    """Rows of the sheet's width without a heading."""
    names = [*HEADINGS.values(), *_ENGLISH]
    return [fitted(row, len(COLUMNS)) for row in without_heading(rows, names)]


def read_price(
    cells: Row, names: Names, source: str = "", lang: str = "vi"
) -> ReadPrice:
    """One price of one day; `source` is meant where its own cell is empty."""
    read = ReadPrice(fitted(cells, len(COLUMNS)))
    typed = dict(zip(COLUMNS, read.cells, strict=True))

    def cell(name: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(typed[name])
        except Refused as refusal:
            read.errors[name] = refusal
            return None

    day = cell("day", parse_day)
    product = cell("product", lambda text: _product(text, names))
    grade = cell("grade", _grade)
    market = cell("market", lambda text: _market(text, names))
    low = cell("low", lambda text: parse_price(text, lang=lang))
    high = cell("high", lambda text: parse_price(text, lang=lang))
    if day and product and market and low and high and grade is not None:
        said = typed["source"] or source
        read.command = RecordQuote(
            product, market, day, low, high, said, grade, typed["link"]
        )
    return read


def _product(text: str, names: Names) -> str:
    code = names.products.get(fold(text))
    if code is None:
        raise Refused(N_("Không rõ sản phẩm này, xem tên trong tệp mẫu"))
    return code


def _market(text: str, names: Names) -> str:
    code = names.markets.get(fold(text))
    if code is None:
        raise Refused(N_("Không rõ chợ này, xem tên trong tệp mẫu"))
    return code


def _grade(text: str) -> int:
    folded = fold(text)
    if folded in _ANY:
        return 0
    match = _GRADE.fullmatch(folded)
    if match is None:
        raise Refused(N_("Không rõ loại này, ví dụ Loại 1, hoặc để trống"))
    return int(match[1])
