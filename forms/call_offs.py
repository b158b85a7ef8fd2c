"""Forms of weekly call-offs: the frame, a week's call, and how much is possible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.deliveries import A_DAY, LONGEST, TOO_LONG, long_text
from forms.typed_fields import CountField, KilogramsField, TypedDayField
from marketplace.domain.call_offs import Call, FrameTerms, week_of

KG = _l("Nhập số kg, ví dụ 1.250")


class FrameForm(FlaskForm):
    """How much a week, how long before, and for which weeks."""

    line = SelectField(_l("Lấy từ đợt giao"), coerce=int)
    least = KilogramsField(_l("Ít nhất một tuần (kg)"), [InputRequired(KG)])
    most = KilogramsField(_l("Nhiều nhất một tuần (kg)"), [InputRequired(KG)])
    lead_days = CountField(
        _l("Gọi trước bao nhiêu ngày?"), [InputRequired(_l("Nhập số ngày"))]
    )
    answer_hours = CountField(
        _l("Sau bao nhiêu giờ im lặng là đồng ý?"),
        [InputRequired(_l("Nhập số giờ"))],
    )
    first_week = TypedDayField(
        _l("Tuần đầu, một ngày trong tuần"), [InputRequired(A_DAY)]
    )
    last_week = TypedDayField(
        _l("Tuần cuối, một ngày trong tuần"), [InputRequired(A_DAY)]
    )

    def offer_lines(self, lines: Sequence[tuple[int, str]]) -> None:
        """The deliveries that something can still be called from."""
        self.line.choices = [SelectChoice(*line) for line in lines]

    def begin_with(self, terms: FrameTerms) -> None:
        """Fill in what is usual, where nothing was typed yet."""
        self.least.data, self.most.data = terms.least_kg, terms.most_kg
        self.lead_days.data = terms.lead_days
        self.answer_hours.data = terms.answer_hours
        self.first_week.data, self.last_week.data = terms.first_week, terms.last_week

    def terms(self) -> FrameTerms:
        return FrameTerms(
            self.least.data or 0,
            self.most.data or 0,
            self.lead_days.data or 0,
            self.answer_hours.data or 0,
            week_of(self.first_week.data or date.min),
            week_of(self.last_week.data or date.min),
        )


class CallOffForm(FlaskForm):
    """So many kilograms on these days of one week."""

    kg = KilogramsField(_l("Gọi bao nhiêu kg?"), [InputRequired(KG)])
    first_day = TypedDayField(_l("Nhận từ ngày"), [InputRequired(A_DAY)])
    last_day = TypedDayField(
        _l("Đến ngày"), [Optional()], description=_l("Bỏ trống nếu nhận trong một ngày")
    )

    def call(self) -> Call:
        first = self.first_day.data or date.min
        return Call(self.kg.data or 0, first, self.last_day.data or first)


class LessForm(FlaskForm):
    """How much the cooperative can; nought is none of it."""

    kg = KilogramsField(
        _l("Giao được bao nhiêu kg?"),
        [InputRequired(KG)],
        description=_l("Nhập 0 nếu tuần này không giao được"),
    )
    text = TextAreaField(
        _l("Lý do"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )

    def said(self) -> str:
        return long_text(self.text)
