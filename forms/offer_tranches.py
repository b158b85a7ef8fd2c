"""The rows of an offer: one delivery each."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField

from forms.offer_fields import TypedField, form_lang, whole
from marketplace.domain.commands_offers import TrancheLine
from marketplace.domain.errors import N_, Refused
from marketplace.domain.typed import parse_day, parse_kg, parse_percent, parse_price


def read_kg(text: str) -> int:
    """Kilograms of a text in tonnes, in the language of the page."""
    return parse_kg(text, lang=form_lang())


def read_price(text: str) -> int:
    """Đồng a kilogram."""
    return parse_price(text, lang=form_lang())


def read_percent(text: str) -> int:
    """Whole percent."""
    percent = parse_percent(text, lang=form_lang())
    if percent != int(percent):
        raise Refused(N_("Nhập phần trăm tròn, ví dụ 10"))
    return int(percent)


class TrancheForm(Form):
    """One delivery; without a last day it is a single day."""

    number = HiddenField()
    window_start = TypedField(_l("Giao từ ngày"), read=parse_day)
    window_end = TypedField(_l("Đến ngày"), read=parse_day)
    kg = TypedField(_l("Số lượng (tấn)"), read=read_kg)
    ceiling = TypedField(_l("Giá tối đa (đ/kg)"), read=read_price)

    @property
    def is_blank(self) -> bool:
        """A row in which nothing is typed is no delivery."""
        typed = (self.window_start, self.window_end, self.kg, self.ceiling)
        return not any((field.data or "").strip() for field in typed)

    def validate(self, extra_validators: Any = None) -> bool:
        if self.is_blank:
            return True
        sound = bool(super().validate(extra_validators))
        for field, words in (
            (self.window_start, _("Nhập ngày giao, ví dụ 30/06/2026")),
            (self.kg, _("Nhập số tấn, ví dụ 12,5")),
            (self.ceiling, _("Nhập giá tối đa một kg, ví dụ 14.500")),
        ):
            if not field.errors and field.value is None:
                field.errors = [words]
                sound = False
        return sound

    def line(self) -> TrancheLine:
        """The delivery of a validated row."""
        start, kg, ceiling = self.window_start.value, self.kg.value, self.ceiling.value
        assert start is not None
        assert kg is not None
        assert ceiling is not None
        end = self.window_end.value or start
        return TrancheLine(start, end, kg, ceiling, whole(self.number.data))

    def glance(self) -> TrancheLine | None:
        """What can be read of a row so far, for the count of supply: no price."""
        start, kg = self.window_start.glance(), self.kg.glance()
        if not start or not kg:
            return None
        end = self.window_end.glance() or start
        return TrancheLine(start, max(start, end), kg, 1, whole(self.number.data))
