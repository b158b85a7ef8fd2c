"""Forms of a contract's account: an entry, an answer, an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.deliveries import A_DAY, LONGEST, TOO_LONG, long_text
from forms.doubts import WithDoubts
from forms.typed_fields import MoneyField, TypedDayField
from marketplace.domain.commands_accounts import RecordEntry, RecordInvoice
from marketplace.domain.names import clean_text
from marketplace.domain.words_delivery import EntryKind, EntryMethod
from marketplace.services.accounts import MONEY


class EntryForm(WithDoubts, FlaskForm):
    """Money paid, inputs supplied, or a penalty asked."""

    kind = SelectField(_l("Khoản gì"))
    amount = MoneyField(
        _l("Số tiền"), [InputRequired(_l("Nhập số tiền bằng đồng, ví dụ 12.500.000"))]
    )
    on = TypedDayField(_l("Ngày"), [InputRequired(A_DAY)])
    method = SelectField(_l("Cách trả"), [Optional()])
    reference = StringField(
        _l("Mã giao dịch"), [Optional(), Length(max=100, message=_l("Mã quá dài"))]
    )
    text = TextAreaField(
        _l("Nội dung"), [Optional(), Length(max=LONGEST, message=TOO_LONG)]
    )
    line = SelectField(_l("Phạt vì đợt giao nào"), [Optional()])

    def offer(
        self,
        kinds: Sequence[tuple[str, str]],
        methods: Sequence[tuple[str, str]],
        lines: Sequence[tuple[str, str]] = (),
    ) -> None:
        """What this side may write down, the ways that money goes over, and the
        deliveries for which a penalty may be asked."""
        self.line.choices = [SelectChoice("", "–"), *(SelectChoice(*o) for o in lines)]
        self.kind.choices = [SelectChoice(*kind) for kind in kinds]
        self.method.choices = [SelectChoice(*method) for method in methods]

    def command(self) -> RecordEntry:
        """What goes without money has no method, whatever the list shows."""
        kind, method = EntryKind(self.kind.data), self.method.data
        return RecordEntry(
            kind=kind,
            amount_vnd=self.amount.data or 0,
            on=self.on.data or date.min,
            method=EntryMethod(method) if method and kind in MONEY else None,
            reference=clean_text(self.reference.data or "", field="reference"),
            text=long_text(self.text),
            line=int(self.line.data) if self.line.data else None,
        )


class AnswerForm(FlaskForm):
    """Why an entry is refused."""

    text = TextAreaField(
        _l("Vì sao không đồng ý?"),
        [InputRequired(_l("Nói rõ vì sao")), Length(max=LONGEST, message=TOO_LONG)],
    )

    def said(self) -> str:
        return long_text(self.text)


class InvoiceForm(FlaskForm):
    """An invoice as it was issued."""

    symbol = StringField(
        _l("Ký hiệu"),
        [
            InputRequired(_l("Nhập ký hiệu, ví dụ 1C26TSM")),
            Length(max=20, message=_l("Ký hiệu quá dài")),
        ],
    )
    number = StringField(
        _l("Số hóa đơn"),
        [
            InputRequired(_l("Nhập số hóa đơn")),
            Length(max=20, message=_l("Số quá dài")),
        ],
    )
    issued_on = TypedDayField(_l("Ngày lập"), [InputRequired(A_DAY)])
    amount = MoneyField(
        _l("Số tiền"), [InputRequired(_l("Nhập số tiền bằng đồng, ví dụ 12.500.000"))]
    )

    def command(self) -> RecordInvoice:
        return RecordInvoice(
            symbol=clean_text(self.symbol.data or "", field="symbol"),
            number=clean_text(self.number.data or "", field="number"),
            issued_on=self.issued_on.data or date.min,
            amount_vnd=self.amount.data or 0,
        )
