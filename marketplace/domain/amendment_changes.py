"""What differs between two versions of a contract, in words of either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from marketplace.domain.amendments import same_words
from marketplace.domain.clause_grades import term_words
from marketplace.domain.clauses import CLAUSES
from marketplace.domain.formats import (
    format_day,
    format_kg,
    format_percent,
    format_price,
    format_vnd,
)
from marketplace.domain.words import PriceMode

Content = Mapping[str, Any]

_NAMES = {
    "vi": {
        "mode": "Cách tính giá",
        "price": "Giá",
        "share": "Phần chênh bên bán được",
        "reference": "Giá tham chiếu",
        "applies_from": "Giá áp dụng cho hàng giao từ",
        "kg": "Tổng sản lượng",
        "value": "Giá trị hợp đồng",
        "tolerance": "Dung sai",
        "place": "Nơi giao",
        "hours": "Thời gian kiểm hàng",
        "days": "Thời hạn thanh toán",
        "penalty": "Mức phạt",
        "deposit": "Đặt cọc",
        "grade": "Thưởng hoặc trừ theo loại, %(grade)s",
        "last_day": "Ngày cuối của hợp đồng",
        "tranche": "Đợt %(number)s",
        "none": "Không có",
        "n_hours": "%(n)s giờ",
        "n_days": "%(n)s ngày sau nghiệm thu",
    },
    "en": {
        "mode": "Pricing",
        "price": "Price",
        "share": "Seller's share of the difference",
        "reference": "Reference price",
        "applies_from": "Price applies to goods delivered from",
        "kg": "Total quantity",
        "value": "Contract value",
        "tolerance": "Tolerance",
        "place": "Place of delivery",
        "hours": "Time for inspection",
        "days": "Term of payment",
        "penalty": "Penalty",
        "deposit": "Deposit",
        "grade": "Premium or deduction, %(grade)s",
        "last_day": "Last day of the contract",
        "tranche": "Delivery %(number)s",
        "none": "None",
        "n_hours": "%(n)s hours",
        "n_days": "%(n)s days after inspection",
    },
}
_MODES = {
    "vi": {
        PriceMode.FIXED: "Giá chốt",
        PriceMode.FLOOR: "Giá sàn, chia phần chênh với giá chợ",
        PriceMode.MARKET: "Theo giá chợ",
    },
    "en": {
        PriceMode.FIXED: "Fixed price",
        PriceMode.FLOOR: "Floor price, sharing the difference to the market",
        PriceMode.MARKET: "Market price",
    },
}


@dataclass(frozen=True)
class Change:
    """A value that is another one afterwards; all three are words to be shown."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ClauseChange:
    """A clause whose words are others afterwards."""

    key: str
    title: str
    old: str
    new: str


def changes_between(old: Content, new: Content, lang: str) -> list[Change]:
    """Every value that differs, in the order of the contract."""
    before, after = (dict(_values(one, lang)) for one in (old, new))
    nothing = _NAMES[lang]["none"]
    return [
        Change(name, before.get(name, nothing), after.get(name, nothing))
        for name in (*before, *(name for name in after if name not in before))
        if before.get(name) != after.get(name)
    ]


def clause_changes(old: Content, new: Content, lang: str) -> list[ClauseChange]:
    """Every clause whose legal words differ; the grounds have their own place."""
    before, after = old["clauses"], new["clauses"]
    named = (clause.key for clause in CLAUSES if clause.key != "legal_grounds")
    keys = [key for key in named if key in after]
    return [
        ClauseChange(
            key,
            after[key][f"title_{lang}"],
            before.get(key, {}).get(f"legal_{lang}", ""),
            after[key][f"legal_{lang}"],
        )
        for key in keys
        if not same_words(before.get(key, {}), after[key])
    ]


def _values(content: Content, lang: str) -> Iterator[tuple[str, str]]:
    names, price = _NAMES[lang], content["price"]
    yield from _of_price(price, lang)
    yield names["kg"], format_kg(content["quantity"]["kg"], lang)
    yield names["value"], format_vnd(content["value_vnd"], lang)
    tolerance = content["quantity"]["tolerance_pct"]
    yield names["tolerance"], format_percent(tolerance, lang)
    for row in content["delivery"]["tranches"]:
        yield names["tranche"] % {"number": row["number"]}, _tranche(row, lang)
    yield names["place"], str(content["delivery"]["place"])
    yield names["hours"], names["n_hours"] % {"n": content["acceptance"]["hours"]}
    yield names["days"], names["n_days"] % {"n": content["payment"]["days"]}
    if content.get("advance"):
        yield names["deposit"], format_vnd(content["advance"]["vnd"], lang)
    penalty = content["breach"]["penalty_pct"]
    yield names["penalty"], format_percent(penalty, lang)
    last = date.fromisoformat(content["term"]["until"]) - timedelta(days=1)
    yield names["last_day"], format_day(last, lang)


def _of_price(price: Content, lang: str) -> Iterator[tuple[str, str]]:
    names, mode = _NAMES[lang], PriceMode(price["mode"])
    yield names["mode"], _MODES[lang][mode]
    yield names["price"], format_price(price["price_vnd"], lang)
    if mode is PriceMode.FLOOR:
        yield names["share"], format_percent(price.get("share_pct", 0), lang)
    if mode is not PriceMode.FIXED:
        reference = price.get("reference", "")
        named = isinstance(reference, Mapping)
        yield names["reference"], reference[f"name_{lang}"] if named else reference
    for row in price.get("grade_terms", ()):
        yield names["grade"] % {"grade": row["grade"]}, term_words(row, lang)
    if "applies_from" in price:
        day = date.fromisoformat(price["applies_from"])
        yield names["applies_from"], format_day(day, lang)


def _tranche(row: Content, lang: str) -> str:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    days = format_day(first, lang)
    if first != last:
        days = f"{days} – {format_day(last, lang)}"
    season = f", {row['season']}" if row.get("season") else ""
    return f"{days}: {format_kg(row['kg'], lang)}{season}"
