"""What people type into a field, as numbers and days.

Vietnamese writes `12.500,5`, English `12,500.5`. One dot before exactly three
digits groups thousands in Vietnamese, else it is read as a decimal sign, since
telephones offer both keys. What stays unclear is refused with an example.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold

_NUMBER = re.compile(r"([0-9](?:[0-9.,]*[0-9])?)\s*(.*)", re.DOTALL)
_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d{3}(?!\d))")

_KG_UNITS = {
    "kg": 1, "ki": 1, "ky": 1, "kilogam": 1,
    "yen": 10, "ta": 100,
    "t": 1000, "tan": 1000, "tonne": 1000, "tonnes": 1000,
}  # fmt: skip
_MONEY_UNITS = {
    "": 1, "k": 1000, "nghin": 1000, "ngan": 1000,
    "tr": 10**6, "trieu": 10**6, "ty": 10**9, "ti": 10**9,
}  # fmt: skip
_CURRENCY = re.compile(r"(dong|vnd|d)?\s*((/|mot)\s*(kg|ki|ky))?$")

MOST_KG = 10_000_000
MOST_HA = 100_000
MOST_PACK_KG = 1_500
MOST_PRICE_VND = 10_000_000
LEAST_PRICE_VND = 100


def parse_number(text: str, lang: str = "vi") -> Decimal:
    """Value of a plain number; ValueError if it can be read in no way."""
    group, point = (".", ",") if lang == "vi" else (",", ".")
    g, p = re.escape(group), re.escape(point)
    readings = (
        (r"[0-9]+", "", ""),
        (rf"[1-9][0-9]{{0,2}}({g}[0-9]{{3}})+({p}[0-9]+)?", group, point),
        (rf"[0-9]+{p}[0-9]+", group, point),
        # The other language's way, where it cannot be mistaken for ours.
        (rf"[1-9][0-9]{{0,2}}({p}[0-9]{{3}})+{g}[0-9]+", point, group),
        (rf"[1-9][0-9]{{0,2}}({p}[0-9]{{3}}){{2,}}", point, group),
        (rf"[0-9]+{g}[0-9]+", point, group),
    )
    for pattern, thousands, decimal in readings:
        if re.fullmatch(pattern, text):
            plain = text.replace(thousands, "") if thousands else text
            return Decimal(plain.replace(decimal, ".") if decimal else plain)
    raise ValueError(text)


def parse_kg(
    text: str, *, unit: str = "tan", lang: str = "vi", field: str | None = None
) -> int:
    """Kilograms of "12,5", "12 tấn", "12.500 kg"; `unit` is meant if none is typed."""
    wrong = Refused(N_("Nhập số tấn hoặc số kg, ví dụ 12,5 tấn"), field)
    value, word = _split(text, lang, wrong)
    factor = _KG_UNITS.get(word or unit)
    if factor is None:
        raise wrong
    kilograms = value * factor
    if kilograms != int(kilograms):
        raise Refused(N_("Không nhận số lẻ dưới 1 kg"), field)
    if kilograms <= 0:
        raise Refused(N_("Số lượng phải lớn hơn 0"), field)
    if kilograms > MOST_KG:
        raise Refused(
            N_("Số này quá lớn. Nếu là kg, ghi cả chữ, ví dụ 12.500 kg"), field
        )
    return int(kilograms)


def parse_price(text: str, *, lang: str = "vi", field: str | None = None) -> int:
    """Đồng per kilogram of "14.500", "14500", "14,5 nghìn", "14.5k đ/kg"."""
    example = N_("Nhập giá một kg bằng đồng, ví dụ 14.500")
    price = _parse_money(text, lang, Refused(example, field))
    if price < LEAST_PRICE_VND:
        raise Refused(N_("Giá quá thấp. Ghi đủ các số 0, ví dụ 14.500"), field)
    if price > MOST_PRICE_VND:
        raise Refused(N_("Giá một kg quá cao, xem lại số 0"), field)
    return price


def parse_deduction(text: str, *, lang: str = "vi", field: str | None = None) -> int:
    """Đồng taken off a kilogram; unlike a price it may be small or nothing."""
    taken = parse_vnd(text, lang=lang, field=field)
    if taken > MOST_PRICE_VND:
        raise Refused(N_("Giá một kg quá cao, xem lại số 0"), field)
    return taken


def parse_vnd(text: str, *, lang: str = "vi", field: str | None = None) -> int:
    """Whole đồng of "1.500.000", "69,6 triệu", "1,2 tỷ"; zero is allowed."""
    example = N_("Nhập số tiền bằng đồng, ví dụ 1.500.000 hoặc 1,5 triệu")
    return _parse_money(text, lang, Refused(example, field))


def parse_ha(text: str, *, lang: str = "vi", field: str | None = None) -> Decimal:
    """Hectares with at most four decimals, of "12,5", "12,5 ha" or "8.000 m2"."""
    wrong = Refused(N_("Nhập diện tích bằng héc-ta, ví dụ 12,5"), field)
    value, word = _split(text, lang, wrong)
    if word == "sao":
        raise Refused(
            N_("Sào mỗi nơi một khác. Nhập bằng héc-ta hoặc m2, ví dụ 0,5 ha"), field
        )
    if word in ("m2", "met vuong"):
        value /= 10_000
    elif word not in ("", "ha", "hecta", "hec ta", "hec-ta", "hectare", "hectares"):
        raise wrong
    area = value.quantize(Decimal("0.0001")) if value < MOST_HA else value
    if area != value or not 0 < value < MOST_HA:
        raise wrong
    return area


def parse_weight(text: str, *, lang: str = "vi", field: str | None = None) -> Decimal:
    """Kilograms of one pack with at most three decimals: "10", "0,5 kg", "500 g"."""
    wrong = Refused(N_("Nhập số kg trong một gói, thùng, ví dụ 10 hoặc 0,5"), field)
    value, word = _split(text, lang, wrong)
    if word in ("g", "gam", "gram"):
        value /= 1_000
    elif word not in ("", "kg", "ky", "can"):
        raise wrong
    if not 0 < value <= MOST_PACK_KG or value != value.quantize(Decimal("0.001")):
        raise wrong
    return value


def parse_percent(text: str, *, lang: str = "vi", field: str | None = None) -> Decimal:
    """Percent of "8", "8 %", "7,5%": 0 to 100."""
    wrong = Refused(N_("Nhập phần trăm từ 0 đến 100, ví dụ 7,5"), field)
    value, word = _split(text, lang, wrong)
    if word not in ("", "%", "phan tram", "percent") or value > 100:
        raise wrong
    return value


def parse_count(text: str, *, lang: str = "vi", field: str | None = None) -> int:
    """A whole number of people, days or rounds, zero or more."""
    wrong = Refused(N_("Nhập một số nguyên, ví dụ 13"), field)
    value, word = _split(text, lang, wrong)
    if word or value != int(value) or value >= 10**9:
        raise wrong
    return int(value)


def parse_day(text: str, *, field: str | None = None) -> date:
    """The day of "30/06/2025", "30-6-25" or "2025-06-30"."""
    typed = text.strip()
    wrong = Refused(N_("Nhập ngày, ví dụ 30/06/2026"), field)
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", typed):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(
        r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4}|[0-9]{2})", typed
    ):
        day, month, year = map(int, match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    else:
        raise wrong
    if not 1900 <= year <= 2100:
        raise Refused(N_("Năm phải từ 1900 đến 2100, xem lại ngày này"), field)
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(N_("Không có ngày này trong lịch"), field) from None


def parse_hour(text: str, *, field: str | None = None) -> time:
    """The time of day of "5:30", "05h30" or "17h"."""
    match = re.fullmatch(r"([0-9]{1,2})(?:[:hH.]([0-9]{2})?)?", text.strip())
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise Refused(N_("Nhập giờ, ví dụ 05:30"), field)
    return time(hour, minute)


def parse_degrees(text: str, *, lang: str = "vi", field: str | None = None) -> Decimal:
    """Degrees Celsius of "4", "-18" or "5,5 °C": -40 to 60, one decimal."""
    wrong = Refused(N_("Nhập nhiệt độ, ví dụ 4,5"), field)
    bare = re.sub(r"\s*(°\s*)?[cC]?$", "", text.strip()).replace("−", "-")
    sign = -1 if bare.startswith("-") else 1
    try:
        degrees = sign * parse_number(bare.lstrip("-").strip(), lang)
    except ValueError:
        raise wrong from None
    if not -40 <= degrees <= 60 or degrees * 10 != int(degrees * 10):
        raise wrong
    return degrees


def _split(text: str, lang: str, wrong: Refused) -> tuple[Decimal, str]:
    """Number and the folded word behind it."""
    match = _NUMBER.fullmatch(_SPACES.sub("", text.strip()))
    if match is None:
        raise wrong
    try:
        return parse_number(match[1], lang), fold(match[2])
    except ValueError:
        raise wrong from None


def _parse_money(text: str, lang: str, wrong: Refused) -> int:
    value, word = _split(text, lang, wrong)
    factor = _MONEY_UNITS.get(_CURRENCY.sub("", word).strip())
    if factor is None:
        raise wrong
    amount = value * factor
    if amount != int(amount) or amount >= 10**15:
        raise wrong
    return int(amount)
