"""Forms of monitoring: a visit and its list, a sample and its results, plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from forms.deliveries import A_DAY, LONGEST, TOO_LONG, long_text
from forms.evidence import WithEvidence
from forms.rows import RowList
from forms.typed_fields import TypedDayField, TypedField
from marketplace.domain.formats import format_number
from marketplace.domain.monitoring import (
    CheckPoint,
    DoCheck,
    Measured,
    PointAnswer,
    SampleAnalysed,
    Seen,
    TakeSample,
)
from marketplace.domain.names import clean_text
from marketplace.domain.typed import parse_number

SAY = _l("Viết vài chữ cho rõ")
ROWS = 5  # parameters of one report that the page offers


def _short(field: StringField) -> str:
    return clean_text(field.data or "", field=field.short_name)


class AmountField(TypedField):
    """What a laboratory measured: any number, nought too."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        return parse_number(text, lang)

    @staticmethod
    def show(value: Decimal, lang: str) -> str:
        return format_number(value, lang)


class PlanForm(FlaskForm):
    """When officers visit the chain."""

    day = TypedDayField(_l("Ngày hậu kiểm"), [InputRequired(A_DAY)])
    plan = TextAreaField(
        _l("Dặn bên chủ trì chuẩn bị gì"),
        [Optional(), Length(max=LONGEST, message=TOO_LONG)],
    )

    def planned_on(self) -> date:
        return self.day.data or date.min

    def words(self) -> str:
        return long_text(self.plan)


class PointForm(Form):
    """One point of the list."""

    point = HiddenField()
    answer = SelectField(_l("Kết quả"))
    text = StringField(
        _l("Lỗi là gì"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )

    def seen(self) -> Seen:
        return Seen(
            CheckPoint(self.point.data),
            PointAnswer(self.answer.data),
            _short(self.text),
        )


class CheckForm(WithEvidence, FlaskForm):
    """What was seen at every point, in words, and when to come again."""

    done_on = TypedDayField(_l("Ngày đến xem"), [InputRequired(A_DAY)])
    points = RowList(FormField(PointForm))
    summary = TextAreaField(
        _l("Kết luận"),
        [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)],
    )
    next_due = TypedDayField(_l("Lần hậu kiểm sau"), [InputRequired(A_DAY)])

    def offer(self, answers: Sequence[tuple[str, Any]]) -> None:
        """The answers that a point may have, in the words of the page."""
        for entry in self.points:
            entry.form.answer.choices = [SelectChoice(*one) for one in answers]

    def validate_points(self, field: RowList) -> None:
        """The list is the one that was shown, with each point once."""
        if [entry.form.point.data for entry in field] != [str(p) for p in CheckPoint]:
            raise ValidationError(_l("Trả lời mọi mục của bảng kiểm"))

    def command(self) -> DoCheck:
        return DoCheck(
            tuple(entry.form.seen() for entry in self.points),
            long_text(self.summary),
            self.next_due.data or date.min,
            self.done_on.data,
        )


class SampleForm(FlaskForm):
    """What was taken."""

    product = SelectField(_l("Nông sản"), coerce=int)
    code = StringField(
        _l("Mã mẫu"), [InputRequired(SAY), Length(max=64, message=TOO_LONG)]
    )
    lot = StringField(
        _l("Lô hàng"), [InputRequired(SAY), Length(max=200, message=TOO_LONG)]
    )
    laboratory = StringField(
        _l("Phòng kiểm nghiệm"), [InputRequired(SAY), Length(max=200, message=TOO_LONG)]
    )
    taken_on = TypedDayField(_l("Ngày lấy mẫu"), [InputRequired(A_DAY)])

    def offer(self, products: Sequence[tuple[int, Any]]) -> None:
        """The products of the chain."""
        self.product.choices = [SelectChoice(*one) for one in products]

    def command(self) -> TakeSample:
        return TakeSample(
            _short(self.code),
            self.product.data,
            _short(self.lot),
            _short(self.laboratory),
            self.taken_on.data,
        )


class MeasuredForm(Form):
    """One parameter; a row without a name is no row."""

    parameter = StringField(
        _l("Chỉ tiêu"), [Optional(), Length(max=200, message=TOO_LONG)]
    )
    value = AmountField(_l("Kết quả"))
    limit = AmountField(_l("Mức cho phép"))
    unit = StringField(
        _l("Đơn vị"), [Optional(), Length(max=64, message=TOO_LONG)], default="mg/kg"
    )

    def validate_value(self, field: AmountField) -> None:
        """A parameter has its result; not detected is typed as nought."""
        if self.parameter.data and field.data is None:
            raise ValidationError(_l("Nhập kết quả, không phát hiện thì ghi 0"))

    def validate_limit(self, field: AmountField) -> None:
        """A parameter has its limit; without one nothing can pass."""
        if self.parameter.data and field.data is None:
            raise ValidationError(_l("Nhập mức cho phép"))

    def measured(self) -> Measured | None:
        name = _short(self.parameter)
        if not name:
            return None
        value, limit = self.value.data, self.limit.data
        assert value is not None  # both are validated beside the name
        assert limit is not None
        return Measured(name, value, limit, _short(self.unit))


class AnalysisForm(WithEvidence, FlaskForm):
    """What the laboratory answers."""

    measured = RowList(FormField(MeasuredForm), min_entries=ROWS, max_entries=ROWS)
    report = StringField(
        _l("Số phiếu kết quả"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )
    analysed_on = TypedDayField(_l("Ngày có kết quả"), [InputRequired(A_DAY)])

    def command(self) -> SampleAnalysed:
        rows = (entry.form.measured() for entry in self.measured)
        measured = tuple(row for row in rows if row)
        return SampleAnalysed(measured, _short(self.report), self.analysed_on.data)


class SayForm(FlaskForm):
    """A few words that somebody has to give."""

    text = TextAreaField(
        _l("Nội dung"), [InputRequired(SAY), Length(max=LONGEST, message=TOO_LONG)]
    )

    def said(self) -> str:
        return long_text(self.text)


class ProveForm(WithEvidence, SayForm):
    """Words with evidence."""
