"""Forms of force majeure: the notice, why not, and what an officer decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.deliveries import A_DAY, LONGEST, TOO_LONG, long_text
from forms.photos import WithPhotos
from forms.rows import RowList
from forms.typed_fields import HourField, KilogramsField, TypedDayField
from marketplace.domain.majeure import GiveNotice, Hindered, MajeureKind
from marketplace.domain.names import clean_text

STANDS, FALLS = "dung", "sai"


class HinderedForm(Form):
    """What of one planned delivery is lost, and what comes later."""

    line = HiddenField()
    lost = KilogramsField(_l("Mất, không giao được (kg)"), [Optional()])
    postponed = KilogramsField(_l("Giao chậm lại (kg)"), [Optional()])
    to = TypedDayField(_l("Lùi đến ngày"), [Optional()])

    def hindered(self) -> Hindered:
        number = self.line.data or ""
        return Hindered(
            line=int(number) if number.isascii() and number.isdigit() else 0,
            lost_kg=self.lost.data or 0,
            postponed_kg=self.postponed.data or 0,
            postponed_to=self.to.data,
        )


class MajeureForm(WithPhotos, FlaskForm):
    """What struck, since when, what was done, and which deliveries it touches."""

    kind = SelectField(_l("Việc gì xảy ra?"))
    began = TypedDayField(_l("Xảy ra từ ngày"), [InputRequired(A_DAY)])
    learned = TypedDayField(_l("Biết ngày nào"), [InputRequired(A_DAY)])
    hour = HourField(_l("Lúc mấy giờ"), [InputRequired(_l("Nhập giờ, ví dụ 05:30"))])
    lines = RowList(FormField(HinderedForm))
    text = TextAreaField(
        _l("Kể rõ thiệt hại"),
        [
            InputRequired(_l("Nói rõ việc gì xảy ra và đã làm gì")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
    measures = TextAreaField(
        _l("Đã làm gì để đỡ thiệt hại"),
        [
            InputRequired(_l("Nói rõ việc gì xảy ra và đã làm gì")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )

    def offer(self, kinds: Sequence[tuple[str, str]]) -> None:
        """What may have happened, in the words of the page."""
        self.kind.choices = [SelectChoice(*kind) for kind in kinds]

    def command(self, zone: tzinfo) -> GiveNotice:
        day: date = self.learned.data or date.min
        hour: time = self.hour.data or time()
        return GiveNotice(
            kind=MajeureKind(self.kind.data),
            began_on=self.began.data or date.min,
            learned_at=datetime.combine(day, hour, tzinfo=zone),
            text=long_text(self.text),
            measures=long_text(self.measures),
            hindered=tuple(entry.form.hindered() for entry in self.lines),
        )


class ContestForm(WithPhotos, FlaskForm):
    """Why the other side does not let it stand."""

    text = TextAreaField(
        _l("Vì sao không đồng ý?"),
        [InputRequired(_l("Nói rõ vì sao")), Length(max=LONGEST, message=TOO_LONG)],
    )

    def said(self) -> str:
        return long_text(self.text)


class RulingForm(FlaskForm):
    """What an officer decides, by which paper."""

    stands = RadioField(
        _l("Có phải bất khả kháng không?"),
        [InputRequired(_l("Chọn một trong hai"))],
        choices=[
            SelectChoice(STANDS, _l("Đúng, xác nhận")),
            SelectChoice(FALLS, _l("Không, bác")),
        ],
    )
    authority = StringField(
        _l("Giấy xác nhận"), [Optional(), Length(max=200, message=TOO_LONG)]
    )
    text = TextAreaField(
        _l("Vì sao?"),
        [InputRequired(_l("Nói rõ vì sao")), Length(max=LONGEST, message=TOO_LONG)],
    )

    def said(self) -> str:
        return long_text(self.text)

    def paper(self) -> str:
        return clean_text(self.authority.data or "", field="authority")


class EndedForm(FlaskForm):
    """Since when the event is over."""

    ended = TypedDayField(_l("Hết từ ngày"), [InputRequired(A_DAY)])
