"""Fields that read what people type and say what is wrong in our own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask_babel import get_locale
from wtforms import StringField

from forms.said import said
from marketplace.domain import typed
from marketplace.domain.errors import Refused
from marketplace.domain.formats import format_number

Parse = Callable[[str, str], Any]
Show = Callable[[Any, str], str]


def page_lang() -> str:
    """`vi` or `en`, whichever the page is in: 12.500 means another number there."""
    return "en" if str(get_locale()) == "en" else "vi"


class TypedField(StringField):
    """A field whose data is a value; what was typed is kept on the page."""

    parse: Parse
    show: Show
    keyboard: Mapping[str, str] = {"inputmode": "decimal"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", dict(self.keyboard))
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text; nothing typed is None."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            self.raw_data = [""]  # spaces are nothing typed, and required means more
            return
        try:
            self.data = type(self).parse(text, page_lang())
        except Refused as refusal:
            message = said(refusal.message, refusal.params)
            raise ValueError(message) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else type(self).show(self.data, page_lang())


class TonnesField(TypedField):
    """Kilograms, typed in tonnes unless another unit is typed too."""

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return typed.parse_kg(text, lang=lang)

    @staticmethod
    def show(kg: int, lang: str) -> str:
        return format_number(Decimal(kg) / 1000, lang)


class ActualTonnesField(TonnesField):
    """The same, but nought is an answer: nothing was harvested."""

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return 0 if text.strip("0.,") == "" else typed.parse_kg(text, lang=lang)


class KilogramsField(TypedField):
    """Kilograms, typed in kilograms unless another unit is typed too."""

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return 0 if text == "0" else typed.parse_kg(text, unit="kg", lang=lang)

    @staticmethod
    def show(kg: int, lang: str) -> str:
        return format_number(kg, lang)


class PriceField(TypedField):
    """Whole đồng for one kilogram."""

    keyboard: Mapping[str, str] = {"inputmode": "text"}

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return typed.parse_price(text, lang=lang)

    @staticmethod
    def show(vnd: int, lang: str) -> str:
        return format_number(vnd, lang)


class DeductionField(PriceField):
    """Whole đồng taken off one kilogram; nought is an answer."""

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return typed.parse_deduction(text, lang=lang)


class HectaresField(TypedField):
    """Hectares with at most four decimals."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        return typed.parse_ha(text, lang=lang)

    @staticmethod
    def show(area: Decimal, lang: str) -> str:
        return format_number(area, lang)


class PercentField(TypedField):
    """Percent, 0 to 100."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        return typed.parse_percent(text, lang=lang)

    @staticmethod
    def show(value: Decimal, lang: str) -> str:
        return format_number(value, lang)


class CountField(TypedField):
    """A whole number, zero or more."""

    keyboard: Mapping[str, str] = {"inputmode": "numeric"}

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return typed.parse_count(text, lang=lang)

    @staticmethod
    def show(value: int, lang: str) -> str:
        return format_number(value, lang)


class TypedDayField(TypedField):
    """A day, typed as 30/06/2026."""

    keyboard: Mapping[str, str] = {"inputmode": "text", "placeholder": "30/06/2026"}

    @staticmethod
    def parse(text: str, _lang: str) -> date:
        return typed.parse_day(text)

    @staticmethod
    def show(day: date, _lang: str) -> str:
        return f"{day:%d/%m/%Y}"


class MoneyField(TypedField):
    """Whole đồng."""

    keyboard: Mapping[str, str] = {"inputmode": "text"}

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return typed.parse_vnd(text, lang=lang)

    @staticmethod
    def show(vnd: int, lang: str) -> str:
        return format_number(vnd, lang)


class HourField(TypedField):
    """A time of day, typed as 05:30."""

    keyboard: Mapping[str, str] = {"inputmode": "text", "placeholder": "05:30"}

    @staticmethod
    def parse(text: str, _lang: str) -> time:
        return typed.parse_hour(text)

    @staticmethod
    def show(hour: time, _lang: str) -> str:
        return f"{hour:%H:%M}"


class DegreesField(TypedField):
    """A temperature in degrees Celsius with at most one decimal, -30 to 60."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        return typed.parse_degrees(text, lang=lang)

    @staticmethod
    def show(degrees: Decimal, lang: str) -> str:
        return format_number(degrees, lang)
