"""Numbers and days as people read them, in Vietnamese or English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def format_number(
    value: int | Decimal, lang: str = "vi", places: int | None = None
) -> str:
    """Grouped number; without `places` only the decimals that matter."""
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if lang == "vi":
        return text.translate(str.maketrans(",.", ".,"))
    return text


def format_kg(kilograms: int, lang: str = "vi") -> str:
    """Kilograms: 12500 is "12.500 kg"."""
    return f"{format_number(kilograms, lang)} kg"


def format_tonnes(kilograms: int, lang: str = "vi") -> str:
    """Tonnes to the kilogram: 12500 is "12,5 tấn"."""
    number = format_number(Decimal(kilograms) / 1000, lang)
    return f"{number} tấn" if lang == "vi" else f"{number} t"


def format_mass(kilograms: int, lang: str = "vi") -> str:
    """Tonnes, or kilograms below one tonne: "12,5 tấn", "30 kg"."""
    if abs(kilograms) < 1000:
        return format_kg(kilograms, lang)
    return format_tonnes(kilograms, lang)


def format_vnd(amount: int, lang: str = "vi") -> str:
    """An amount of đồng: 14500 is "14.500 đ"."""
    unit = "đ" if lang == "vi" else "VND"
    return f"{format_number(amount, lang)} {unit}"


def format_price(price: int, lang: str = "vi") -> str:
    """Đồng per kilogram: 14500 is "14.500 đ/kg"."""
    return f"{format_vnd(price, lang)}/kg"


def format_ha(area: Decimal, lang: str = "vi") -> str:
    """Hectares with the decimals that matter: "12,5 ha"."""
    return f"{format_number(area, lang)} ha"


def format_percent(value: int | Decimal, lang: str = "vi") -> str:
    """A percentage that was multiplied already: 12 is "12%"."""
    return f"{format_number(value, lang)}%"


_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def format_day(day: date, lang: str = "vi") -> str:
    """A day with its year: "30/06/2025", or "30 Jun 2025"."""
    if lang == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_day_short(day: date, lang: str = "vi") -> str:
    """A day without its year: "30/6", or "30 Jun"."""
    if lang == "vi":
        return f"{day.day}/{day.month}"
    return f"{day.day} {_MONTHS[day.month - 1]}"


_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})*(?:,[0-9]+)?")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def written(params: Mapping[str, object], lang: str) -> dict[str, object]:
    """What a rule put into its message, as `lang` writes numbers and days.

    Rules speak Vietnamese, where 12.500 is twelve thousand five hundred.
    """
    return {name: _written(value, lang) for name, value in params.items()}


def _written(value: object, lang: str) -> object:
    if isinstance(value, date):
        return format_day(value, lang)
    if isinstance(value, Decimal):
        return format_number(value, lang)
    if lang == "vi" or not isinstance(value, str):
        return value
    if _NUMBER.fullmatch(value):
        return value.translate(str.maketrans(",.", ".,"))
    if match := _DAY.fullmatch(value):
        day, month, year = map(int, match.groups())
        return format_day(date(year, month, day), lang)
    return value
