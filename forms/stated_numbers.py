"""Forms for targets and published numbers: a new one, and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.typed_fields import TypedDayField, TypedField
from marketplace.domain import typed
from marketplace.domain.commands_board import CorrectNumber, StateNumber
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.words_board import BoardMetric, StatedKind

MOST = 10**11
Pairs = Sequence[tuple[str, str]]
_SOURCE = _l("Ghi nguồn, ví dụ số quyết định hoặc tên báo và ngày")
SHORTER = Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))


class AmountField(TypedField):
    """A number, zero or more, with at most two decimals."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        wrong = Refused(N_("Nhập số, ví dụ 12,5"))
        try:
            value = typed.parse_number(text, lang)
        except ValueError:
            raise wrong from None
        if value >= MOST or value != round(value, 2):
            raise wrong
        return value

    @staticmethod
    def show(value: Decimal, lang: str) -> str:
        return format_number(value, lang)


class SourceForm(FlaskForm):
    """Where a number is from."""

    source = StringField(_l("Nguồn"), [InputRequired(_SOURCE), SHORTER])
    note = TextAreaField(_l("Ghi chú"), [Optional(), SHORTER])


class NumberForm(SourceForm):
    """What every version of a number says."""

    number = AmountField(_l("Số"), [InputRequired(_l("Nhập số, ví dụ 12,5"))])


class StatedForm(NumberForm):
    """A target of a period, or a number that was published for a day."""

    metric = SelectField(_l("Chỉ tiêu"), [InputRequired(_l("Chọn chỉ tiêu"))])
    group = SelectField(_l("Nhóm nông sản"), [Optional()])
    area = SelectField(_l("Địa bàn"), [InputRequired(_l("Chọn địa bàn"))])
    period = SelectField(_l("Kỳ"), [Optional()])
    day = TypedDayField(_l("Số của ngày"), [Optional()])

    def __init__(
        self,
        *args: Any,
        metrics: Pairs,
        groups: Pairs,
        areas: Pairs,
        periods: Pairs,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            self.metric: metrics,
            self.group: groups,
            self.area: areas,
            self.period: periods,
        }
        for field, pairs in choices.items():
            field.choices = [SelectChoice(*pair) for pair in pairs]

    def command(self, kind: StatedKind) -> StateNumber:
        assert self.number.data is not None
        target = kind is StatedKind.TARGET
        return StateNumber(
            kind=kind,
            metric=BoardMetric(self.metric.data),
            area=self.area.data,
            number=self.number.data,
            source=self.source.data or "",
            day=None if target else self.day.data,
            period=(self.period.data or "") if target else "",
            group=self.group.data or "",
            note=self.note.data or "",
        )


class CorrectionForm(SourceForm):
    """Why a number is corrected, or withdrawn."""

    withdrawn = BooleanField(_l("Rút số này, không dùng nữa"))
    reason = TextAreaField(
        _l("Vì sao sửa"), [InputRequired(_l("Nói rõ vì sao sửa")), SHORTER]
    )


class NumberCorrectionForm(NumberForm, CorrectionForm):
    """What should have been stated, and why."""

    def command(self) -> CorrectNumber:
        assert self.number.data is not None
        return CorrectNumber(
            number=self.number.data,
            source=self.source.data or "",
            reason=self.reason.data or "",
            note=self.note.data or "",
            withdrawn=bool(self.withdrawn.data),
        )
