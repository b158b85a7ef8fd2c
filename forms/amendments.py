"""Forms of an amendment: what it changes and why, its signature, its refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from forms.amendment_rows import A_DAY, DeliveryForm, GradeForm, rows_are_right
from forms.contracts import SignForm
from forms.price_rules import MODES
from forms.rows import RowList
from forms.typed_fields import CountField, PriceField, TypedDayField
from marketplace.domain.amendments import (
    MOST_DELIVERIES,
    NewTerms,
    PlannedDelivery,
    ProposeAmendment,
)
from marketplace.domain.clause_tests import (
    MOST_PAYMENT_DAYS,
    MOST_PENALTY_PCT,
    MOST_TOLERANCE_PCT,
)
from marketplace.domain.names import clean_text
from marketplace.domain.words import PriceMode
from marketplace.domain.words_amendments import AmendmentReason

TOO_LONG = _l("Viết ngắn hơn 1.000 chữ")
A_NUMBER = _l("Nhập một số nguyên")
MOST_HOURS = 240
MOST_GRADES = 12


class AmendmentForm(FlaskForm):
    """The terms as they are to be; what stays as it is changes nothing."""

    digest = HiddenField(validators=[InputRequired(), Length(max=64)])
    reason = RadioField(_l("Lý do sửa đổi"), [InputRequired(_l("Chọn lý do sửa"))])
    text = TextAreaField(
        _l("Giải thích"),
        [
            InputRequired(_l("Nói rõ vì sao cần sửa")),
            Length(max=1000, message=TOO_LONG),
        ],
    )
    mode = RadioField(
        _l("Cách tính giá"),
        choices=[SelectChoice(value.value, name) for value, name in MODES],
    )
    price = PriceField(
        _l("Giá chốt hoặc giá sàn"),
        [InputRequired(_l("Nhập giá một kg, ví dụ 14.500"))],
    )
    share = CountField(_l("Bên bán được bao nhiêu phần chênh"), [Optional()])
    market = SelectField(_l("Lấy giá tham chiếu ở"), default="")
    price_from = TypedDayField(
        _l("Giá mới áp dụng cho hàng giao từ ngày"), [InputRequired(A_DAY)]
    )
    grades = RowList(FormField(GradeForm), max_entries=MOST_GRADES)
    deposit = CountField(_l("Đặt cọc"), [InputRequired(A_NUMBER)])
    lines = RowList(
        FormField(DeliveryForm),
        description=_l("Đợt giao"),
        max_entries=MOST_DELIVERIES,
    )
    tolerance = CountField(_l("Dung sai"), [InputRequired(A_NUMBER)])
    penalty = CountField(_l("Mức phạt"), [InputRequired(A_NUMBER)])
    days = CountField(_l("Trả tiền sau nghiệm thu"), [InputRequired(A_NUMBER)])
    hours = CountField(_l("Thời gian kiểm hàng"), [InputRequired(A_NUMBER)])
    place = StringField(
        _l("Nơi giao"),
        [
            InputRequired(_l("Nhập nơi giao")),
            Length(max=200, message=_l("Nơi giao quá dài")),
        ],
    )
    last_day = TypedDayField(_l("Ngày cuối của hợp đồng"), [InputRequired(A_DAY)])

    def __init__(
        self,
        *args: Any,
        reasons: Iterable[tuple[str, str]],
        markets: Sequence[tuple[str, str]],
        planned: Mapping[int, date],
        today: date,
        **kwargs: Any,
    ) -> None:
        """`planned` are the deliveries a row may name, each with its first day."""
        super().__init__(*args, **kwargs)
        self.planned, self.today = planned, today
        self.reason.choices = [SelectChoice(*one) for one in reasons]
        none = SelectChoice("", _("Không theo giá chợ"))
        self.market.choices = [none, *(SelectChoice(*one) for one in markets)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the bands of the law."""
        if not super().validate(extra_validators):
            return False
        bands = (
            (self.share, 100),
            (self.deposit, 100),
            (self.tolerance, MOST_TOLERANCE_PCT),
            (self.penalty, MOST_PENALTY_PCT),
            (self.days, MOST_PAYMENT_DAYS),
            (self.hours, MOST_HOURS),
        )
        for field, most in bands:
            if (field.data or 0) > most:
                field.errors = [_("Nhiều nhất %(most)s", most=most)]
        if self.mode.data != PriceMode.FIXED and not self.market.data:
            self.market.errors = [_("Chọn chợ hoặc nơi ghi giá")]
        rows = [entry.form for entry in self.lines]
        in_order = rows_are_right(rows, self.planned, self.today)
        return in_order and not any(
            field.errors for field in (*dict(bands), self.market)
        )

    def command(self) -> ProposeAmendment:
        """What is proposed; a planned delivery that no row names is dropped."""
        deliveries = [entry.form.delivery() for entry in self.lines]
        kept = {one.number for one in deliveries}
        nowhere = date.min
        dropped = [
            PlannedDelivery(nowhere, nowhere, 0, number)
            for number in self.planned
            if number not in kept
        ]
        return ProposeAmendment(
            digest=self.digest.data or "",
            reason=AmendmentReason(self.reason.data),
            text=clean_text(self.text.data or "", long=True, field="text"),
            terms=self._terms((*deliveries, *dropped)),
        )

    def _terms(self, deliveries: tuple[PlannedDelivery, ...]) -> NewTerms:
        typed: dict[str, Any] = self.data
        mode = PriceMode(typed["mode"])
        return NewTerms(
            mode=mode,
            price_vnd=typed["price"],
            share_pct=(typed["share"] or 0) if mode is PriceMode.FLOOR else 0,
            reference_market="" if mode is PriceMode.FIXED else typed["market"],
            price_from=typed["price_from"],
            tolerance_pct=typed["tolerance"],
            penalty_pct=typed["penalty"],
            payment_days=typed["days"],
            claim_hours=typed["hours"],
            place=clean_text(typed["place"], field="place"),
            until=typed["last_day"] + timedelta(days=1),
            deliveries=deliveries,
            deposit_pct=typed["deposit"],
            grade_terms=tuple(
                term for entry in self.grades for term in entry.form.terms()
            ),
        )


class SignAmendmentForm(SignForm):
    """The same ceremony as for the contract, said of its annex."""

    agreed = BooleanField(_l("Tôi đã đọc và đồng ý toàn bộ phụ lục"))


class RefuseForm(FlaskForm):
    """Why a side does not agree."""

    answer = TextAreaField(
        _l("Vì sao từ chối?"),
        [
            InputRequired(_l("Nói rõ vì sao từ chối")),
            Length(max=1000, message=TOO_LONG),
        ],
    )
