"""Money: line totals, money in words, and what looks odd in a price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.words import Severity


@dataclass(frozen=True)
class PriceBand:
    """What a kilogram of a product usually costs, in đồng."""

    product_code: str
    low_vnd: int
    high_vnd: int


def line_total_vnd(kilograms: int, price_vnd: int | Decimal) -> int:
    """Whole đồng of a line, rounded half up only here."""
    return int((kilograms * Decimal(price_vnd)).quantize(Decimal(1), ROUND_HALF_UP))


def money_words(amount_vnd: int, lang: str = "vi") -> tuple[str, dict[str, str]]:
    """Message id and parameters of "khoảng 696 triệu đồng"."""
    if amount_vnd >= 10**9:
        number = format_number(_rounded(amount_vnd, 10**9, "0.01"), lang)
        return N_("khoảng %(number)s tỷ đồng"), {"number": number}
    if amount_vnd >= 10**6:
        step = "1" if amount_vnd >= 10**8 else "0.1"
        number = format_number(_rounded(amount_vnd, 10**6, step), lang)
        return N_("khoảng %(number)s triệu đồng"), {"number": number}
    return N_("%(number)s đồng"), {"number": format_number(amount_vnd, lang)}


def check_price(
    price_vnd: int,
    band: PriceBand,
    *,
    factors: tuple[Decimal, Decimal] = (Decimal("0.5"), Decimal(2)),
    field: str | None = None,
) -> list[Finding]:
    """PO-04: a price far outside the band is shown, not refused."""
    low, high = factors
    if band.low_vnd * low <= price_vnd <= band.high_vnd * high:
        return []
    return [
        Finding(
            "PO-04",
            Severity.WARNING,
            N_("Giá này khác xa mức thường gặp %(low)s đến %(high)s đ/kg"),
            {"low": format_number(band.low_vnd), "high": format_number(band.high_vnd)},
            field,
        )
    ]


def check_payment_term(
    days: int, *, most: int = 90, usual: int = 15, field: str | None = None
) -> list[Finding]:
    """PO-03: at most 90 days; more than 15 is unusual in the field."""
    if not 0 <= days <= most:
        return [
            Finding(
                "PO-03",
                Severity.ERROR,
                N_("Hạn trả tiền từ 0 đến %(most)s ngày"),
                {"most": most},
                field,
            )
        ]
    if days > usual:
        message = N_("Hạn trả tiền dài hơn %(usual)s ngày, bên bán có thể ngại")
        return [Finding("PO-03", Severity.WARNING, message, {"usual": usual}, field)]
    return []


def _rounded(amount_vnd: int, unit: int, step: str) -> Decimal:
    return (Decimal(amount_vnd) / unit).quantize(Decimal(step), ROUND_HALF_UP)
