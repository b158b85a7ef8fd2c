"""Numbers, days and codes as people read them, as Jinja filters.

All follow the language of the page. What is missing is written as a dash, so a
page never shows "None".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Flask
from flask_babel import get_locale, gettext
from flask_babel import ngettext as plural

from marketplace.web.labels import icon_of, label, tone

# Flask-Babel is untyped; these two hand out text.
_: Callable[..., str] = gettext
ngettext: Callable[..., str] = plural

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
NOTHING = "–"
MILLION = 1_000_000
BILLION = 1_000_000_000

Amount = int | float | Decimal


def _locale() -> Locale:
    return get_locale() or Locale("vi")


def number(value: Amount | None, digits: int = 2) -> str:
    """12.500 or 33,41: at most `digits` decimals, none that are nought."""
    if value is None:
        return NOTHING
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return format_decimal(value, pattern, _locale())


def kg(value: int | None) -> str:
    """A mass in kilograms: 12.500 kg."""
    return NOTHING if value is None else _("%(amount)s kg", amount=number(value, 0))


def tonnes(value: int | None) -> str:
    """A mass in kilograms as tonnes: 12.500 is 12,5 tấn."""
    if value is None:
        return NOTHING
    return _("%(amount)s tấn", amount=number(Decimal(value) / 1000))


def vnd(value: int | None) -> str:
    """An amount of đồng: 14.500 đ."""
    return NOTHING if value is None else _("%(amount)s đ", amount=number(value, 0))


def price(value: int | None) -> str:
    """A price in đồng for one kilogram: 14.500 đ/kg."""
    return NOTHING if value is None else _("%(amount)s đ/kg", amount=number(value, 0))


def money_words(value: int | None) -> str:
    """A large amount in words, rounded to what one remembers."""
    if value is None:
        return NOTHING
    if abs(value) >= BILLION:
        amount = number(Decimal(value) / BILLION)
        return _("khoảng %(amount)s tỷ đồng", amount=amount)
    if abs(value) >= MILLION:
        million = Decimal(value) / MILLION
        amount = number(million, 1 if abs(million) < 100 else 0)
        return _("khoảng %(amount)s triệu đồng", amount=amount)
    return vnd(value)


def ha(value: Amount | None) -> str:
    """An area in hectares: 33,41 ha."""
    return NOTHING if value is None else _("%(amount)s ha", amount=number(value))


def percent(share: Amount | None, digits: int = 1) -> str:
    """A share of one as per cent: 0.125 is 12,5%."""
    if share is None:
        return NOTHING
    pattern = "#,##0." + "#" * digits + "%" if digits else "#,##0%"
    return format_percent(share, pattern, _locale())


def day(value: date | None) -> str:
    """A day in full: 30/06/2025; in English 30 Jun 2025."""
    return _day(value, "dd/MM/yyyy", "d MMM yyyy")


def day_short(value: date | None) -> str:
    """A day of this season, without the year: 30/6."""
    return _day(value, "d/M", "d MMM")


def day_long(value: date | None) -> str:
    """A day with its weekday: Thứ Ba, 24/06/2025."""
    return _day(value, "EEEE, dd/MM/yyyy", "EEEE, d MMM yyyy")


def month(value: date | None) -> str:
    """The month and year: tháng 8/2025."""
    return _day(value, "'tháng' M/yyyy", "MMMM yyyy")


def _day(value: date | None, here: str, english: str) -> str:
    if value is None:
        return NOTHING
    locale = _locale()
    pattern = here if locale.language == "vi" else english
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).date()
    return format_date(value, pattern, locale)


def window(start: date | None, end: date | None) -> str:
    """From a day to a day of one season: 25/7 – 31/8."""
    return f"{day_short(start)} – {day_short(end)}"


def dekad(value: date | None) -> str:
    """The third of the month, as farmers say it: đầu tháng 8."""
    if value is None:
        return NOTHING
    name = month_name(value)
    if value.day <= 10:
        return _("đầu %(month)s", month=name)
    if value.day <= 20:
        return _("giữa %(month)s", month=name)
    return _("cuối %(month)s", month=name)


def month_name(value: date) -> str:
    """tháng 8; in English August."""
    locale = _locale()
    if locale.language == "vi":
        return f"tháng {value.month}"
    return format_date(value, "MMMM", locale)


def month_short(value: date) -> str:
    """T8, as on a chart; in English Aug."""
    locale = _locale()
    if locale.language == "vi":
        return f"T{value.month}"
    return format_date(value, "MMM", locale)


def instant(value: datetime | None) -> str:
    """A moment at the clock of Sơn La: 17:05, 30/06/2025."""
    if value is None:
        return NOTHING
    locale = _locale()
    here = "HH:mm, dd/MM/yyyy"
    pattern = here if locale.language == "vi" else "d MMM yyyy, HH:mm"
    return format_datetime(value, pattern, tzinfo=LOCAL, locale=locale)


def clock(value: datetime | None) -> str:
    """The time of day at the clock of Sơn La: 17:05."""
    if value is None:
        return NOTHING
    return format_datetime(value, "HH:mm", tzinfo=LOCAL, locale=_locale())


def days_left(end: date, today: date) -> str:
    """What is left until `end`: Còn 12 ngày, Hôm nay là hạn, Quá hạn 3 ngày."""
    days = (end - today).days
    if days > 0:
        return ngettext("Còn %(num)d ngày", "Còn %(num)d ngày", days)
    if days == 0:
        return _("Hôm nay là hạn")
    return ngettext("Quá hạn %(num)d ngày", "Quá hạn %(num)d ngày", -days)


def folded(text: str) -> str:
    """Without diacritics and case, for search: Toàn Thắng is toan thang."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def initials(name: str) -> str:
    """Two letters that stand for an organisation: Bảo Minh is BM."""
    words = [word for word in name.split() if word[:1].isalpha()]
    own = [word for word in words if not word.isupper()] or words
    return "".join(word[0] for word in own[-2:]).upper()


FILTERS: Mapping[str, Callable[..., str]] = {
    function.__name__: function
    for function in (
        number,
        kg,
        tonnes,
        vnd,
        price,
        money_words,
        ha,
        percent,
        day,
        day_short,
        day_long,
        month,
        dekad,
        instant,
        clock,
        folded,
        initials,
    )
}


def init_app(app: Flask) -> None:
    """Give the filters and the words for codes to all templates of `app`."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.filters["label"] = label
    app.jinja_env.globals.update(
        label=label, tone=tone, icon_of=icon_of, window=window, days_left=days_left
    )
