"""The rows of an amendment's form: its deliveries, and the terms of its grades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional

from forms.price_rules import TermField
from forms.typed_fields import TonnesField, TypedDayField
from marketplace.domain.amendments import PlannedDelivery
from marketplace.domain.errors import Refused
from marketplace.domain.names import clean_text
from marketplace.domain.price_terms import GradeTerm, TermUnit
from marketplace.domain.typed import parse_count

A_DAY = _l("Nhập ngày, ví dụ 30/06/2026")


class DeliveryForm(Form):
    """A delivery of the plan; without a number it is a new one."""

    number = HiddenField()
    first_day = TypedDayField(_l("Giao từ ngày"), [InputRequired(A_DAY)])
    last_day = TypedDayField(_l("Đến ngày"), [Optional()])
    kg = TonnesField(
        _l("Số lượng (tấn)"), [InputRequired(_l("Nhập số tấn, ví dụ 12,5"))]
    )

    def delivery(self) -> PlannedDelivery:
        """The delivery of a validated row; a single day where no last one is given."""
        typed: dict[str, Any] = self.data
        first = typed["first_day"]
        last = typed["last_day"] or first
        return PlannedDelivery(first, last, typed["kg"], _whole(typed["number"]))

    @property
    def is_new(self) -> bool:
        """Whether the row names no delivery of the plan."""
        return not (self.number.data or "").strip()


class GradeForm(Form):
    """What a grade adds to the price or takes off; nothing typed is no term."""

    grade = StringField(_l("Loại hàng"), [Length(max=80)])
    term = TermField(_l("Thưởng hoặc trừ"))

    def terms(self) -> tuple[GradeTerm, ...]:
        """The term of a validated row, if one was typed."""
        name = clean_text(self.grade.data or "", field="grades")
        typed: tuple[Decimal, TermUnit] | None = self.term.data
        if typed is None or not typed[0]:
            return ()
        return (GradeTerm(name, *typed),)


def _whole(text: str | None) -> int | None:
    try:
        return parse_count(text or "")
    except Refused:
        return None


def rows_are_right(
    rows: Iterable[DeliveryForm], planned: Mapping[int, date], today: date
) -> bool:
    """Whether each row is new or names a delivery of its own, on days to come.

    `planned` has the first day of every delivery that a row may name; one that has
    begun keeps that day. What is wrong is said beside the first day of the row.
    """
    named: set[int] = set()
    rows = list(rows)
    for row in rows:
        number, first = _whole(row.number.data), row.first_day
        assert first.data, "asked of rows that are validated"
        if not row.is_new and (number not in planned or number in named):
            first.errors = [_("Không có đợt này để sửa, tải lại trang rồi sửa lại")]
        elif first.data < today and first.data != planned.get(number or 0):
            first.errors = [_("Ngày này đã qua")]
        if number is not None:
            named.add(number)
    return not any(row.first_day.errors for row in rows)
