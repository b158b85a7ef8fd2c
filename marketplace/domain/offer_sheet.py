"""Purchase offers one a row, as buyers keep them in a spreadsheet.

A row is read on its own: what cannot be read is said at its cell, and the cell
keeps what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import N_, Refused
from marketplace.domain.sheets import Row, fitted, without_heading
from marketplace.domain.text import fold
from marketplace.domain.typed import parse_day, parse_kg, parse_price
from marketplace.domain.words import CertificateScheme, Market

T = TypeVar("T")

COLUMNS = ("product", "kg", "day", "ceiling", "papers", "place")
HEADINGS = {
    "product": N_("Sản phẩm"),
    "kg": N_("Số lượng (tấn)"),
    "day": N_("Ngày giao"),
    "ceiling": N_("Giá tối đa (đ/kg)"),
    "papers": N_("Chứng nhận"),
    "place": N_("Giao tại"),
}

_GRADE = re.compile(r"\b(?:loai|grade)\s*([0-9])\b")
_STARS = re.compile(r"ocop\s*(?:([0-9])\s*(?:sao|stars?|\*)?)?")
_SPAN = re.compile(r"\s+(?:-|–|đến|den|to)\s+")
_NOTHING = {"", "-", "khong", "khong yeu cau", "none", "no"}
SCHEMES = {
    "vietgap": CertificateScheme.VIETGAP,
    "globalgap": CertificateScheme.GLOBALGAP,
    "globalg.a.p.": CertificateScheme.GLOBALGAP,
    "huu co": CertificateScheme.ORGANIC_TCVN,
    "organic": CertificateScheme.ORGANIC_TCVN,
    "attp": CertificateScheme.FOOD_SAFETY,
    "an toan thuc pham": CertificateScheme.FOOD_SAFETY,
    "haccp": CertificateScheme.HACCP,
    "iso 22000": CertificateScheme.ISO22000,
    "iso22000": CertificateScheme.ISO22000,
}
MARKETS = {
    "my": Market.US, "us": Market.US,
    "tq": Market.CN, "trung quoc": Market.CN, "cn": Market.CN, "china": Market.CN,
    "uc": Market.AU, "au": Market.AU, "australia": Market.AU,
    "nz": Market.NZ, "new zealand": Market.NZ,
}  # fmt: skip


@dataclass(frozen=True)
class Good:
    """A product or one of its varieties under all its folded names."""

    product_code: str
    names: tuple[str, ...]
    variety_code: str | None = None
    processed: bool = False


@dataclass
class ReadRow:
    """A row of the sheet: what was typed, what it means, what is wrong."""

    cells: Row
    command: PostOffer | None = None
    errors: dict[str, Refused] = field(default_factory=dict)


def rows_of_sheet(rows: Sequence[Row]) -> list[Row]:
    """Rows of the sheet's width without a heading, in any language of ours."""
    names = [*HEADINGS.values(), "product", "quantity", "delivery day"]
    width = len(COLUMNS)
    return [fitted(row, width) for row in without_heading(rows, names)]


def read_row(
    cells: Row, goods: Sequence[Good], common: PostOffer, lang: str = "vi"
) -> ReadRow:
    """One offer with one delivery; the rest of it is as in `common`."""
    read = ReadRow(fitted(cells, len(COLUMNS)))
    typed = dict(zip(COLUMNS, read.cells, strict=True))

    def cell(name: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(typed[name])
        except Refused as refusal:
            read.errors[name] = refusal
            return None

    good = cell("product", lambda text: read_good(text, goods))
    kg = cell("kg", lambda text: parse_kg(text, lang=lang))
    days = cell("day", _read_days)
    ceiling = cell("ceiling", lambda text: parse_price(text, lang=lang))
    papers = cell("papers", read_papers)
    if good and kg and days and ceiling and papers is not None:
        line = TrancheLine(*days, kg=kg, ceiling_price_vnd=ceiling)
        place = typed["place"] or common.place
        read.command = replace(
            _of_good(common, good), place=place, requirements=papers, tranches=(line,)
        )
    return read


def _of_good(common: PostOffer, good: ReadGood) -> PostOffer:
    return replace(
        common,
        product_code=good.product_code,
        variety_codes=good.variety_codes,
        least_grade=good.least_grade or common.least_grade,
        packaging=good.packaging or common.packaging,
    )


@dataclass(frozen=True)
class ReadGood:
    """What the words of the first column mean."""

    product_code: str
    variety_codes: tuple[str, ...] = ()
    least_grade: int = 0
    packaging: str = ""


def read_good(text: str, goods: Sequence[Good]) -> ReadGood:
    """Product, variety and grade of "Nhãn miền loại 1" or "Xoài sấy dẻo 500 g".

    What follows the name of a processed product is how it is packed; for fresh
    fruit unknown words are refused, since another variety is another fruit.
    """
    folded = fold(text)
    grade = _GRADE.search(folded)
    words = " ".join(_GRADE.sub(" ", folded).split())
    if not words:
        raise Refused(N_("Nhập tên sản phẩm, ví dụ Nhãn miền Thiết"))
    found = _best(words, goods)
    if found is None:
        raise Refused(N_("Không rõ sản phẩm này, xem tên trong tệp mẫu"))
    good, name = found
    rest = words.removeprefix(name).strip() if words.startswith(name) else ""
    if rest and not good.processed:
        raise Refused(N_("Không rõ giống này, xem tên giống trong tệp mẫu"))
    return ReadGood(
        good.product_code,
        (good.variety_code,) if good.variety_code else (),
        int(grade[1]) if grade else 0,
        _tail(text, rest) if rest else "",
    )


def _best(words: str, goods: Sequence[Good]) -> tuple[Good, str] | None:
    """The longest name that begins the words, or the only one they begin."""
    begun = [
        (good, name)
        for good in goods
        for name in good.names
        if f"{words} ".startswith(f"{name} ")
    ]
    whole = max(begun, key=lambda pair: len(pair[1]), default=None)
    if whole and (whole[1] == words or whole[0].processed):
        return whole
    short = [
        (good, name) for good in goods for name in good.names if name.startswith(words)
    ]
    if len({(good.product_code, good.variety_code) for good, _ in short}) == 1:
        return short[0][0], words
    return whole


def _tail(text: str, rest: str) -> str:
    """The last words as they were typed."""
    return " ".join(text.split()[-len(rest.split()) :])


def _read_days(text: str) -> tuple[date, date]:
    parts = _SPAN.split(text.strip())
    if len(parts) > 2:
        raise Refused(N_("Nhập ngày, ví dụ 30/06/2026"))
    return parse_day(parts[0]), parse_day(parts[-1])


def read_papers(text: str) -> tuple[Requirement, ...]:
    """Requirements of "VietGAP, mã vùng TQ" or "OCOP 3 sao"; none if empty."""
    parts = [fold(part) for part in re.split(r"[,;+]", text)]
    return tuple(_paper(part) for part in parts if part not in _NOTHING)


def _paper(text: str) -> Requirement:
    if scheme := SCHEMES.get(text):
        return Requirement(scheme=scheme)
    if stars := _STARS.fullmatch(text):
        least = int(stars[1] or 3)
        return Requirement(scheme=CertificateScheme.OCOP, least_stars=least)
    for words in ("ma so vung trong ", "ma vung trong ", "ma vung ", "code "):
        if text.startswith(words) and (
            market := MARKETS.get(text.removeprefix(words).strip())
        ):
            return Requirement(market=market)
    raise Refused(N_("Không rõ chứng nhận này, ví dụ VietGAP, OCOP 3 sao, mã vùng Mỹ"))
