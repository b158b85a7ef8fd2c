"""Growing areas and the codes they carry for a market."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.words import Market, Severity


def check_area(
    area_ha: Decimal,
    market: Market,
    *,
    perennial: bool,
    least_perennial_ha: Decimal = Decimal(1),
    least_annual_ha: Decimal = Decimal("0.1"),
    least_export_ha: Decimal = Decimal(5),
    field: str | None = "area_ha",
) -> list[Finding]:
    """GA-01: least area of a domestic code; GA-02: small for an export code."""
    if market is Market.DOMESTIC:
        least = least_perennial_ha if perennial else least_annual_ha
        message = N_("Vùng trồng phải từ %(least)s ha")
        return _too_small("GA-01", Severity.ERROR, message, area_ha, least, field)
    message = N_("Mã vùng xuất khẩu thường từ %(least)s ha")
    return _too_small(
        "GA-02", Severity.WARNING, message, area_ha, least_export_ha, field
    )


def check_code(
    code: str, market: Market, pattern: str, *, field: str | None = "code"
) -> list[Finding]:
    """GA-05, GA-06: an unusual spelling is kept as typed, with a warning.

    `pattern` is the one of the market's rule on the first day of the code.
    """
    if not pattern or re.fullmatch(pattern, code):
        return []
    rule = "GA-05" if market is Market.DOMESTIC else "GA-06"
    message = N_("Mã này không theo dạng thường gặp. Xem lại từng chữ")
    return [Finding(rule, Severity.WARNING, message, {}, field)]


def check_crops(
    product_codes: Iterable[str], field: str | None = None
) -> list[Finding]:
    """GA-03: an export area grows one crop."""
    if len(set(product_codes)) <= 1:
        return []
    message = N_("Vùng xuất khẩu chỉ trồng một loại cây")
    return [Finding("GA-03", Severity.WARNING, message, {}, field)]


def check_total_area(
    areas_ha: Iterable[Decimal], owned_ha: Decimal, field: str | None = "area_ha"
) -> list[Finding]:
    """GA-04: areas that do not overlap sum to no more than the whole."""
    total = sum(areas_ha, Decimal(0))
    if total <= owned_ha:
        return []
    message = N_("Các vùng cộng lại %(total)s ha, lớn hơn %(owned)s ha hiện có")
    params = {"total": format_number(total), "owned": format_number(owned_ha)}
    return [Finding("GA-04", Severity.ERROR, message, params, field)]


def check_supervision(
    supervised_on: date | None, today: date, *, every_days: int = 365
) -> list[Finding]:
    """GA-08: an area is looked at once a year."""
    if supervised_on is not None and (today - supervised_on).days <= every_days:
        return []
    message = N_("Vùng trồng chưa được giám sát trong 12 tháng qua")
    return [Finding("GA-08", Severity.WARNING, message, {})]


def _too_small(
    code: str,
    severity: Severity,
    message: str,
    area_ha: Decimal,
    least: Decimal,
    field: str | None,
) -> list[Finding]:
    if area_ha >= least:
        return []
    return [Finding(code, severity, message, {"least": format_number(least)}, field)]
