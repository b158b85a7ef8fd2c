"""Forms of what happens to lots: few fields, filled with what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, ClassVar

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
from forms.rows import RowList
from forms.typed_fields import DegreesField, HourField, KilogramsField, TypedDayField
from marketplace.domain.commands_lots import Made, TransformLots, Used, Where
from marketplace.domain.lot_codes import LONGEST_OWN, TAIL, with_tail
from marketplace.domain.names import clean_text
from marketplace.domain.words_trace import LotStep

Pairs = Sequence[tuple[str, str]]
NAME = Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))
WORDS = Length(max=500, message=_l("Viết ngắn hơn 500 chữ"))
OWN_CODE = Length(
    max=LONGEST_OWN,
    message=_l(
        "Mã lô nhiều nhất %(most)s ký tự, máy thêm %(more)s ký tự phía sau",
        most=LONGEST_OWN,
        more=TAIL,
    ),
)
A_DAY = _l("Nhập ngày, ví dụ 30/06/2026")
SOME_KG = _l("Nhập số kg, ví dụ 1.250")


def offer(field: SelectField, pairs: Pairs, none: object = None) -> None:
    """The choices of a list; with `none` words for no choice at all."""
    first = [] if none is None else [SelectChoice("", none)]
    field.choices = [*first, *(SelectChoice(value, name) for value, name in pairs)]


def number_of(field: SelectField) -> int | None:
    """The id that was chosen, if any; spaces pass for nothing chosen."""
    chosen = str(field.data or "").strip()
    return int(chosen) if chosen else None


class CaptureForm(WithDoubts, FlaskForm):
    """Something that happened to lots, when and where.

    `places` says beside which field a rule's refusal belongs.
    """

    places: ClassVar[Mapping[str, str]] = {"at": "hour", "to": "to_name"}

    event_id = HiddenField(validators=[InputRequired(), Length(max=22)])
    day = TypedDayField(_l("Ngày"), [InputRequired(A_DAY)])
    hour = HourField(_l("Giờ"), [InputRequired(_l("Nhập giờ, ví dụ 05:30"))])
    facility = SelectField(_l("Ở cơ sở nào"), [Optional()])
    note = TextAreaField(_l("Ghi chú"), [Optional(), WORDS])
    written_at = HiddenField(validators=[Optional(), Length(max=40)])

    def __init__(self, *args: Any, facilities: Pairs = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.facility, facilities, _l("Không ghi"))

    def moment(self, zone: Any) -> datetime:
        """When it was, to the minute."""
        day: date = self.day.data or date.min
        hour: time = self.hour.data or time()
        return datetime.combine(day, hour, tzinfo=zone)

    def where(self, **over: Any) -> Where:
        """Where it was, and what was noticed."""
        note = clean_text(self.note.data or "", long=True, field="note")
        return Where(facility_id=number_of(self.facility), note=note, **over)


class UsedForm(Form):
    """Kilograms of one lot that are taken."""

    lot = HiddenField(validators=[InputRequired(), Length(max=22)])
    kg = KilogramsField(_l("Số kg"), [Optional()])


class UsingForm(CaptureForm):
    """Something that takes kilograms out of lots."""

    places = MappingProxyType({"at": "hour", "to": "to_name", "kg": "used"})

    used = RowList(FormField(UsedForm), description=_l("Lô"), max_entries=200)

    def taken(self) -> tuple[Used, ...]:
        """The lots with kilograms beside them; a lot left empty is not taken."""
        return tuple(
            Used(str(row.form.lot.data), row.form.kg.data)
            for row in self.used
            if row.form.kg.data is not None
        )

    def total_kg(self) -> int:
        return sum(one.kg for one in self.taken())


class MadeForm(Form):
    """A lot that comes out: its grade, its kilograms, its number.

    A number of their own gets a drawn tail: a stranger asks for boxes by it.
    """

    grade = SelectField(_l("Loại"), [Optional()])
    kg = KilogramsField(_l("Số kg"), [Optional()])
    code = StringField(_l("Mã lô"), [Optional(), OWN_CODE])

    def own_code(self, event_id: str) -> str:
        """The number that was typed with its tail; empty if none was."""
        return with_tail(clean_text(self.code.data or "", field="made"), event_id)


class TurnForm(UsingForm):
    """Lots into lots."""

    places = MappingProxyType(
        {"at": "hour", "kg": "made", "code": "made", "grade": "made"}
    )

    product = SelectField(_l("Ra sản phẩm"), [Optional()])
    made = RowList(
        FormField(MadeForm), description=_l("Lô ra"), min_entries=1, max_entries=50
    )

    def offer_made(self, grades: Pairs, products: Pairs) -> None:
        for row in self.made:
            offer(row.form.grade, grades, "–")
        if products:
            offer(self.product, products)
        else:
            del self["product"]  # what comes out is what went in

    def outcome(self) -> tuple[Made, ...]:
        """What came out; a row without kilograms is none."""
        return tuple(
            Made(
                row.form.kg.data,
                product_id=number_of(self.product) if "product" in self else None,
                grade_id=number_of(row.form.grade),
                code=row.form.own_code(self.event_id.data or ""),
            )
            for row in self.made
            if row.form.kg.data is not None
        )

    def command(self, step: LotStep, at: datetime) -> TransformLots:
        """What was made of what."""
        told = self.taken(), self.outcome(), self.where()
        return TransformLots(self.event_id.data or "", step, at, *told)


class SeenForm(CaptureForm):
    """A lot that was stored or treated."""

    place = StringField(_l("Ở đâu"), [Optional(), NAME])
    temperature = DegreesField(_l("Nhiệt độ"), [Optional()])

    def where(self, **over: Any) -> Where:
        place = clean_text(self.place.data or "", field="place")
        degrees = self.temperature.data
        return super().where(place=place, temperature_c=degrees, **over)


class ShipForm(UsingForm):
    """Lots on their way to somebody."""

    to = SelectField(_l("Gửi cho"), [Optional()])
    to_name = StringField(
        _l("Hoặc tên người nhận, nếu không có trên đây"), [Optional(), NAME]
    )
    vehicle = StringField(
        _l("Biển số xe"), [Optional(), Length(max=40, message=_l("Biển số quá dài"))]
    )
    temperature = DegreesField(_l("Nhiệt độ trong xe"), [Optional()])

    def receiver(self) -> dict[str, Any]:
        chosen = number_of(self.to)
        name = clean_text(self.to_name.data or "", field="to_name")
        return {
            "to_organisation_id": chosen,
            "to_name": "" if chosen else name,
            "vehicle": clean_text(self.vehicle.data or "", field="vehicle"),
        }


class EndForm(UsingForm):
    """Kilograms that nobody here holds any more."""

    to_name = StringField(_l("Bán ở đâu, cho ai"), [Optional(), NAME])
    reason = TextAreaField(_l("Vì sao hủy?"), [Optional(), WORDS])

    def ask(self, step: LotStep) -> None:
        """Only what the page of the step asks for is taken."""
        del self["to_name" if step is LotStep.DESTROY else "reason"]

    def said(self) -> dict[str, str]:
        """Where it was sold, or why it was destroyed."""
        if "reason" in self:
            words = clean_text(self.reason.data or "", long=True, field="reason")
            return {"reason": words}
        return {"to_name": clean_text(self.to_name.data or "", field="to_name")}


class ArriveForm(UsingForm):
    """What came of a shipment."""


class WrongForm(FlaskForm):
    """Why an event is wrong."""

    reason = TextAreaField(
        _l("Sai ở đâu?"), [InputRequired(_l("Nói rõ sai ở đâu")), WORDS]
    )

    def text(self) -> str:
        return clean_text(self.reason.data or "", long=True, field="reason")


class RightForm(FlaskForm):
    """Which event says rightly what a wrong one said."""

    right = SelectField(_l("Lần ghi đúng"), [InputRequired(_l("Chọn lần ghi đúng"))])

    def __init__(self, *args: Any, events: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.right, events)
