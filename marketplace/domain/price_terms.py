"""What a contract says about its price: mode, share, reference, grade terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold
from marketplace.domain.typed import MOST_PRICE_VND, parse_percent, parse_vnd
from marketplace.domain.words import PriceMode

MOST_PLACES = 2
# Monday first, as Python counts them, folded.
_WEEKDAYS = (
    "thu hai", "thu ba", "thu tu", "thu nam", "thu sau", "thu bay", "chu nhat",
)  # fmt: skip


class ReferencePoint(StrEnum):
    """What counts of a reference that is noted as a low and a high price."""

    MIDDLE = "middle"
    LOW = "low"
    HIGH = "high"


POINT_NAMES = {
    ReferencePoint.MIDDLE: N_("mức giữa"),
    ReferencePoint.LOW: N_("mức thấp"),
    ReferencePoint.HIGH: N_("mức cao"),
}


class TermUnit(StrEnum):
    """What the amount of a grade term is in."""

    VND_PER_KG = "vnd_per_kg"
    PERCENT = "percent"


@dataclass(frozen=True)
class GradeTerm:
    """A premium, or below zero a deduction, for one grade.

    A percentage is of the price before all grade terms.
    """

    grade: str
    amount: Decimal
    unit: TermUnit = TermUnit.VND_PER_KG

    def __post_init__(self) -> None:
        if self.unit is TermUnit.PERCENT:
            _check_percent(abs(self.amount), "grade_terms")
        elif not _has_places(self.amount, MOST_PLACES):
            raise Refused(N_("Giá một kg có nhiều nhất 2 số lẻ"), "grade_terms")

    def on(self, price: Decimal) -> Decimal:
        """Đồng a kilogram that the term adds to a price."""
        return price * self.amount / 100 if self._relative else self.amount

    @property
    def _relative(self) -> bool:
        return self.unit is TermUnit.PERCENT


@dataclass(frozen=True)
class PriceRule:
    """How a contract makes a price; refused if it could make none (CT-08)."""

    mode: PriceMode
    price_vnd: int | None = None  # fixed price or floor, đồng a kilogram
    share_pct: Decimal = Decimal(0)  # of what the market lies above the floor
    point: ReferencePoint = ReferencePoint.MIDDLE
    terms: tuple[GradeTerm, ...] = ()

    def __post_init__(self) -> None:
        if self.mode is not PriceMode.MARKET and not (self.price_vnd or 0) > 0:
            raise Refused(N_("Nhập giá một kg bằng đồng, ví dụ 14.500"), "price")
        _check_percent(self.share_pct, "share")


@dataclass(frozen=True)
class MarketQuote:
    """What the agreed reference noted for a day, đồng a kilogram."""

    low_vnd: int
    high_vnd: int
    day: date | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low_vnd <= self.high_vnd:
            raise Refused(N_("Giá chợ cao nhất phải từ giá thấp nhất trở lên"), "high")

    def at(self, point: ReferencePoint) -> Decimal:
        """The one price that counts."""
        if point is ReferencePoint.MIDDLE:
            return Decimal(self.low_vnd + self.high_vnd) / 2
        return Decimal(self.low_vnd if point is ReferencePoint.LOW else self.high_vnd)


@dataclass(frozen=True)
class AcceptedPart:
    """Kilograms of one grade that the buyer accepted of a delivery."""

    kg: int
    grade: str = ""

    def __post_init__(self) -> None:
        if self.kg < 0:
            raise ValueError(self.kg)


def rule_of(price: Mapping[str, Any]) -> PriceRule:
    """The rule in the `price` of a contract's content, which `clauses` describes.

    Contents may name `reference_point` and `grade_terms` [{grade, unit, amount}, …].
    """
    return PriceRule(
        PriceMode(price.get("mode", PriceMode.FIXED)),
        price.get("price_vnd"),
        Decimal(str(price.get("share_pct") or 0)),
        ReferencePoint(price.get("reference_point", ReferencePoint.MIDDLE)),
        tuple(
            GradeTerm(row["grade"], Decimal(str(row["amount"])), TermUnit(row["unit"]))
            for row in price.get("grade_terms", ())
        ),
    )


def reference_day(rule: str, delivered: date) -> date:
    """The day whose reference counts for a delivery, by a contract's day rule.

    A weekday is the last one up to the delivery; any other words mean its own day.
    """
    said = fold(rule)
    for weekday, name in enumerate(_WEEKDAYS):
        if name in said:
            return delivered - timedelta(days=(delivered.weekday() - weekday) % 7)
    return delivered


def parse_term(
    text: str, *, lang: str = "vi", field: str | None = None
) -> tuple[Decimal, TermUnit]:
    """What "+500", "-1.200 đ/kg" or "-5%" adds to a price; no sign is a premium."""
    typed = text.strip()
    sign = -1 if typed[:1] in ("-", "−", "–") else 1
    rest = typed.lstrip("+-−–").strip()
    try:
        if rest.endswith("%"):
            percent = parse_percent(rest, lang=lang)
            _check_percent(percent, "")
            return sign * percent, TermUnit.PERCENT
        amount = parse_vnd(rest, lang=lang)
    except Refused:
        amount = MOST_PRICE_VND + 1
    if amount > MOST_PRICE_VND:
        raise Refused(N_("Nhập số đồng hoặc phần trăm, ví dụ -500 hoặc +5%"), field)
    return Decimal(sign * amount), TermUnit.VND_PER_KG


def _has_places(value: Decimal, places: int) -> bool:
    return value == round(value, places)


def _check_percent(value: Decimal, name: str) -> None:
    """More decimals than two are nobody's agreement, and would blur the arithmetic."""
    if not (0 <= value <= 100 and _has_places(value, MOST_PLACES)):
        raise Refused(N_("Nhập phần trăm từ 0 đến 100, nhiều nhất 2 số lẻ"), name)
