"""Forms to answer a proposal: yes, no, or other terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    HiddenField,
    IntegerField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from forms.rows import RowList
from forms.typed_fields import PriceField, TonnesField, TypedDayField
from marketplace.domain.bargaining import Bid, CounterOffer, Line
from marketplace.domain.names import clean_text

LONGEST_MESSAGE = 500


class SpareTonnesField(TonnesField):
    """Kilograms, typed in tonnes; nought leaves the delivery out."""

    @staticmethod
    def parse(text: str, lang: str) -> int:
        return 0 if text.strip("0.,") == "" else TonnesField.parse(text, lang)

    @staticmethod
    def show(kg: int, lang: str) -> str:
        # No sign between thousands: the buttons for more and less count on it.
        whole, rest = divmod(kg, 1000)
        point = "," if lang == "vi" else "."
        return f"{whole}{point}{rest:03d}".rstrip("0") if rest else str(whole)


class CalendarDayField(TypedDayField):
    """A day from the browser's own calendar, or typed where it has none."""

    keyboard: Mapping[str, str] = {"type": "date"}

    @staticmethod
    def show(day: date, _lang: str) -> str:
        return day.isoformat()


class AcceptForm(FlaskForm):
    """The round that was on the page."""

    round = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class DeclineForm(FlaskForm):
    """Why a side says no; the other side reads it."""

    reason = TextAreaField(
        _l("Vì sao từ chối?"),
        [
            InputRequired(_l("Nói rõ vì sao từ chối")),
            Length(max=LONGEST_MESSAGE, message=_l("Viết ngắn hơn 500 chữ")),
        ],
    )

    def text(self) -> str:
        return clean_text(self.reason.data or "", long=True, field="reason")


class LineForm(Form):
    """One delivery of a counter-offer."""

    tranche = HiddenField()
    amount = SpareTonnesField(_l("Số tấn"))
    first = CalendarDayField(
        _l("Giao từ ngày"), [InputRequired(_l("Nhập ngày, ví dụ 30/06/2026"))]
    )
    last = CalendarDayField(
        _l("Đến ngày"), [InputRequired(_l("Nhập ngày, ví dụ 30/06/2026"))]
    )


class CounterForm(FlaskForm):
    """Other terms: kilograms and days of each delivery, a price, a word."""

    round = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    lines = RowList(FormField(LineForm))
    price = PriceField(
        _l("Giá"), [InputRequired(_l("Nhập giá một kg bằng đồng, ví dụ 14.500"))]
    )
    message = TextAreaField(
        _l("Nhắn thêm"),
        [Length(max=LONGEST_MESSAGE, message=_l("Viết ngắn hơn 500 chữ"))],
    )

    @classmethod
    def filled(cls, round_: int, bid: Bid, spare: Mapping[int, Line]) -> CounterForm:
        """The form with a bid in it; `spare` are deliveries that it leaves out."""
        shown = {**spare, **bid.by_tranche}
        rows = [
            {
                "tranche": str(tranche),
                "amount": line.kg,
                "first": line.deliver_from,
                "last": line.deliver_to,
            }
            for tranche, line in sorted(
                shown.items(), key=lambda pair: (pair[1].deliver_from, pair[0])
            )
        ]
        return cls(data={"round": round_, "lines": rows, "price": bid.price_vnd})

    def command(self) -> CounterOffer:
        """What was typed; tranches that are not the offer's fall at the service."""
        lines = [
            Line(
                int(entry.form.tranche.data),
                entry.form.amount.data,
                entry.form.first.data,
                entry.form.last.data,
            )
            for entry in self.lines
            if entry.form.amount.data and str(entry.form.tranche.data).isdigit()
        ]
        message = clean_text(self.message.data or "", long=True, field="message")
        return CounterOffer(Bid(self.price.data or 0, tuple(sorted(lines))), message)
