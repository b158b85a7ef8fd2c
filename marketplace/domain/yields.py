"""What an area can bear, and whether a forecast is plausible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_number
from marketplace.domain.words import Severity


@dataclass(frozen=True)
class YieldBand:
    """Tonnes a hectare bears in a season: usual from low to high, never above."""

    product_code: str
    low_t_per_ha: Decimal
    high_t_per_ha: Decimal
    most_t_per_ha: Decimal


def yield_t_per_ha(kilograms: int, area_ha: Decimal) -> Decimal:
    """Tonnes per hectare to one decimal; the area is positive."""
    return (Decimal(kilograms) / 1000 / area_ha).quantize(Decimal("0.1"))


def check_yield(
    expected_kg: int, area_ha: Decimal, band: YieldBand, field: str | None = None
) -> list[Finding]:
    """SP-03: not above what is possible; SP-04: a warning outside the usual."""
    tonnes = Decimal(expected_kg) / 1000
    params: dict[str, object] = {
        "yield": format_number(yield_t_per_ha(expected_kg, area_ha)),
        "low": format_number(band.low_t_per_ha),
        "high": format_number(band.high_t_per_ha),
        "most": format_number(band.most_t_per_ha),
    }
    if tonnes > area_ha * band.most_t_per_ha:
        message = N_("%(yield)s tấn/ha là không thể, nhiều nhất %(most)s tấn/ha")
        return [Finding("SP-03", Severity.ERROR, message, params, field)]
    if area_ha * band.low_t_per_ha <= tonnes <= area_ha * band.high_t_per_ha:
        return []
    message = N_("%(yield)s tấn/ha, thường từ %(low)s đến %(high)s. Xem lại số tấn")
    return [Finding("SP-04", Severity.WARNING, message, params, field)]


def check_forecast(
    low_kg: int, likely_kg: int, high_kg: int, field: str | None = None
) -> list[Finding]:
    """SP-03: whole kilograms, the likely one above zero and in the middle."""
    if likely_kg > 0 and 0 <= low_kg <= likely_kg <= high_kg:
        return []
    message = N_("Ba mức thấp, dự kiến, cao phải tăng dần và lớn hơn 0")
    return [Finding("SP-03", Severity.ERROR, message, {}, field)]


def check_promised(
    promised_kg: int,
    expected_kg: int,
    tolerance_pct: int = 0,
    field: str | None = None,
) -> list[Finding]:
    """SP-05: what is promised stays within the forecast and its tolerance."""
    limit_kg = promise_limit_kg(expected_kg, tolerance_pct)
    if promised_kg <= limit_kg:
        return []
    message = N_("Đã hứa bán %(promised)s kg, nhiều hơn %(limit)s kg có thể bán")
    params = {"promised": format_number(promised_kg), "limit": format_number(limit_kg)}
    return [Finding("SP-05", Severity.ERROR, message, params, field)]


def promise_limit_kg(expected_kg: int, tolerance_pct: int) -> int:
    """The most that may be promised, rounded down to a whole kilogram."""
    return expected_kg * (100 + tolerance_pct) // 100


def check_shares(
    shares_pct: Sequence[Decimal],
    *,
    off_by: Decimal = Decimal("0.1"),
    field: str | None = None,
) -> list[Finding]:
    """SP-08: the shares of the grades sum to 100 percent."""
    total = sum(shares_pct, Decimal(0))
    if abs(total - 100) <= off_by and all(share >= 0 for share in shares_pct):
        return []
    message = N_("Các loại cộng lại là %(total)s%%, phải đủ 100%%")
    params = {"total": format_number(total)}
    return [Finding("SP-08", Severity.ERROR, message, params, field)]


def check_interval_after_spray(
    window_start: date,
    last_spray_on: date | None,
    phi_days: int,
    field: str | None = None,
) -> list[Finding]:
    """SP-06: no harvest before the last spray day plus the interval."""
    if last_spray_on is None:
        return []
    earliest = last_spray_on + timedelta(days=phi_days)
    if window_start >= earliest:
        return []
    message = N_("Chưa đủ thời gian cách ly, sớm nhất ngày %(day)s")
    params = {"day": f"{earliest:%d/%m/%Y}"}
    return [Finding("SP-06", Severity.ERROR, message, params, field)]


def revision_is_due(
    revised_on: date,
    window_start: date,
    today: date,
    *,
    every_days: int = 30,
    within_days: int = 90,
) -> bool:
    """SP-07: near the harvest a forecast older than 30 days is looked at again."""
    near = today <= window_start <= today + timedelta(days=within_days)
    return near and today - revised_on >= timedelta(days=every_days)


def find_band(bands: Iterable[YieldBand], product_code: str) -> YieldBand | None:
    """The first band of a product, None if there is none."""
    return next((band for band in bands if band.product_code == product_code), None)
