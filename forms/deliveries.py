"""Forms of a delivery: cannot, another day, the note, and what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

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
from wtforms.validators import InputRequired, Length, Optional

from forms.doubts import WithDoubts
from forms.photos import PhotosField, WithPhotos
from forms.rows import RowList
from forms.typed_fields import (
    DeductionField,
    DegreesField,
    HourField,
    KilogramsField,
    TypedDayField,
)
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.disputes import Offered
from marketplace.domain.names import clean_text
from marketplace.domain.words_delivery import Outcome
from marketplace.services.pictures import Picture

LONGEST = 500
FIRST_YEAR = 2000
TOO_LONG = _l("Viết ngắn hơn 500 chữ")
A_DAY = _l("Nhập ngày, ví dụ 30/06/2026")


def long_text(field: StringField) -> str:
    """What was typed, cleaned; a refusal names the field."""
    return clean_text(field.data or "", long=True, field=field.short_name)


class BlockedForm(FlaskForm):
    """Why the seller cannot deliver."""

    reason = TextAreaField(
        _l("Vì sao không giao được?"),
        [
            InputRequired(_l("Nói rõ vì sao không giao được")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )

    def text(self) -> str:
        return long_text(self.reason)


class DayForm(FlaskForm):
    """Another day for a delivery; the other side answers."""

    day = TypedDayField(_l("Ngày giao mới"), [InputRequired(A_DAY)])
    text = TextAreaField(
        _l("Lý do"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )

    def said(self) -> str:
        return long_text(self.text)


class LotForm(Form):
    """A lot as it was weighed."""

    code = StringField(
        _l("Mã lô"),
        [InputRequired(_l("Nhập mã lô")), Length(max=40, message=_l("Mã lô quá dài"))],
        render_kw={"list": "lo-co-san"},
    )
    gross = KilogramsField(
        _l("Cân cả bì (kg)"), [InputRequired(_l("Nhập số kg, ví dụ 1.250"))]
    )
    tare = KilogramsField(_l("Bì (kg)"), [Optional()])

    def lot(self) -> LotWeight:
        code = clean_text(self.code.data or "", field="lots")
        return LotWeight(code, self.gross.data or 0, self.tare.data or 0)


class NoteForm(WithPhotos, WithDoubts, FlaskForm):
    """A delivery note; its id is drawn with the form, also on a phone offline."""

    note_id = HiddenField(validators=[InputRequired(), Length(max=22)])
    day = TypedDayField(_l("Ngày giao"), [InputRequired(A_DAY)])
    hour = HourField(_l("Giờ giao"), [InputRequired(_l("Nhập giờ, ví dụ 05:30"))])
    place = StringField(
        _l("Nơi giao"),
        [
            InputRequired(_l("Nhập nơi giao")),
            Length(max=200, message=_l("Nơi giao quá dài")),
        ],
    )
    vehicle = StringField(
        _l("Biển số xe"), [Optional(), Length(max=40, message=_l("Biển số quá dài"))]
    )
    temperature = DegreesField(_l("Nhiệt độ trong xe"), [Optional()])
    lots = RowList(FormField(LotForm), description=_l("Lô"), min_entries=1)
    remark = TextAreaField(
        _l("Ghi chú"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )
    written_at = HiddenField(validators=[Optional(), Length(max=40)])

    def command(self, line: int, zone: object) -> WriteNote:
        day: date = self.day.data or date.min
        hour: time = self.hour.data or time()
        return WriteNote(
            note_id=self.note_id.data or "",
            line=line,
            delivered_at=datetime.combine(day, hour, tzinfo=zone),  # type: ignore[arg-type]
            place=clean_text(self.place.data or "", field="place"),
            vehicle=clean_text(self.vehicle.data or "", field="vehicle"),
            temperature_c=self.temperature.data,
            lots=tuple(entry.form.lot() for entry in self.lots),
            remark=long_text(self.remark),
        )

    def phone_time(self) -> datetime | None:
        """When the phone says it was written; None if it says nothing believable.

        The clock of a phone that was never set may stand in any year.
        """
        try:
            told = datetime.fromisoformat(self.written_at.data or "")
            told = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return told if told.year >= FIRST_YEAR else None


class ReasonForm(FlaskForm):
    """Why a note is made void."""

    reason = TextAreaField(
        _l("Vì sao hủy phiếu?"),
        [
            InputRequired(_l("Nói rõ vì sao hủy phiếu")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )

    def text(self) -> str:
        return long_text(self.reason)


class PartForm(Form):
    """A part of a load: kilograms, grade, taken or not, and what is taken off."""

    kg = KilogramsField(_l("Số kg"), [InputRequired(_l("Nhập số kg, ví dụ 1.250"))])
    outcome = SelectField(
        _l("Kết quả"),
        choices=[
            SelectChoice(Outcome.ACCEPTED.value, _l("Nhận")),
            SelectChoice(Outcome.REJECTED.value, _l("Loại")),
        ],
    )
    grade = SelectField(_l("Loại hàng"), [Optional()])
    deduction = DeductionField(_l("Trừ (đ/kg)"), [Optional()])
    reason = StringField(_l("Lý do"), [Optional(), Length(max=200, message=TOO_LONG)])
    photos = PhotosField(_l("Ảnh"), [Optional()])

    def part(self) -> Part:
        return Part(
            kg=self.kg.data or 0,
            outcome=Outcome(self.outcome.data),
            grade=self.grade.data or "",
            deduction_vnd=self.deduction.data or 0,
            reason=clean_text(self.reason.data or "", field="parts"),
        )


class InspectionForm(WithPhotos, FlaskForm):
    """What the buyer found, part by part."""

    parts = RowList(FormField(PartForm), description=_l("Phần"), min_entries=1)

    def offer_grades(self, grades: Sequence[tuple[str, str]]) -> None:
        """The grades of the product; without one a part speaks of no grade."""
        for entry in self.parts:
            entry.form.grade.choices = [
                SelectChoice("", "–"),
                *(SelectChoice(code, name) for code, name in grades),
            ]

    def command(self) -> list[Part]:
        return [entry.form.part() for entry in self.parts]

    def pictures(self) -> dict[int | None, list[Picture]]:
        """The photos of the whole load, and those of each part by its number."""
        parts = enumerate(self.parts, 1)
        return {
            None: self.photos.pictures,
            **{number: entry.form.photos.pictures for number, entry in parts},
        }


class SettlingForm(FlaskForm):
    """Words of a claim, and what would settle it."""

    text = TextAreaField(
        _l("Nói rõ chỗ chưa đúng"),
        [InputRequired(_l("Nói rõ vì sao")), Length(max=LONGEST, message=TOO_LONG)],
    )
    accepted_kg = KilogramsField(_l("Đề nghị nhận (kg)"), [Optional()])
    deduction = DeductionField(_l("Trừ phần tranh chấp (đ/kg)"), [Optional()])

    def said(self) -> str:
        return long_text(self.text)

    def offered(self) -> Offered | None:
        if self.accepted_kg.data is None:
            return None
        return Offered(self.accepted_kg.data, self.deduction.data or 0)


class ClaimForm(WithPhotos, SettlingForm):
    """What a party says in a claim, and shows."""


class DecisionForm(SettlingForm):
    """What an officer decides."""

    accepted_kg = KilogramsField(
        _l("Bên mua nhận (kg)"), [InputRequired(_l("Nhập số kg, ví dụ 1.250"))]
    )
