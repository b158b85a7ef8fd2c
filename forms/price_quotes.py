"""Forms for market prices: a new one, and what should have been written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.said import said
from forms.typed_fields import PriceField, TypedDayField
from marketplace.domain.commands_prices import CorrectQuote, RecordQuote
from marketplace.domain.findings import Finding

Pairs = Sequence[tuple[str, str]]
NO_PRICE = _l("Nhập giá một kg bằng đồng, ví dụ 14.500")


class PricesForm(FlaskForm):
    """What every version of a quote says; `sure` answers the doubt of PO-04."""

    low = PriceField(_l("Giá thấp"), [InputRequired(NO_PRICE)])
    high = PriceField(_l("Giá cao"), [InputRequired(NO_PRICE)])
    source = StringField(
        _l("Nguồn"),
        [
            InputRequired(_l("Ghi nguồn của giá, ví dụ bản tin của Sở")),
            Length(max=200, message=_l("Viết ngắn hơn 200 chữ")),
        ],
    )
    link = StringField(
        _l("Trang đăng giá"),
        [Optional(), Length(max=500, message=_l("Địa chỉ dài nhất 500 chữ"))],
    )
    sure = BooleanField(_l("Giá này đúng, cứ ghi"))

    def prices(self) -> tuple[int, int]:
        assert self.low.data is not None
        assert self.high.data is not None
        return self.low.data, self.high.data

    def show_doubts(self, odd: Sequence[Finding]) -> None:
        """What is odd about a price, beside its field."""
        for finding in odd:
            field = self[finding.field or "low"]
            field.errors = [*field.errors, said(finding.message, finding.params)]


class QuoteForm(PricesForm):
    """A price of a day that has none yet."""

    product = SelectField(_l("Sản phẩm"), [InputRequired(_l("Chọn sản phẩm"))])
    market = SelectField(
        _l("Chợ hoặc nơi ghi giá"), [InputRequired(_l("Chọn chợ hoặc nơi ghi giá"))]
    )
    grade = SelectField(_l("Loại"))
    day = TypedDayField(_l("Ngày"), [InputRequired(_l("Nhập ngày, ví dụ 30/06/2026"))])

    def __init__(
        self,
        *args: Any,
        products: Pairs,
        markets: Pairs,
        ranks: Sequence[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.product.choices = [SelectChoice(*pair) for pair in products]
        self.market.choices = [SelectChoice(*pair) for pair in markets]
        self.grade.choices = [
            SelectChoice("0", gettext("Mọi loại")),
            *(SelectChoice(str(r), gettext("Loại %(rank)s", rank=r)) for r in ranks),
        ]

    def command(self) -> RecordQuote:
        low, high = self.prices()
        assert self.day.data is not None
        return RecordQuote(
            product_code=self.product.data,
            market_code=self.market.data,
            day=self.day.data,
            low_vnd=low,
            high_vnd=high,
            source=self.source.data or "",
            grade_rank=int(self.grade.data),
            link=self.link.data or "",
        )


class CorrectionForm(PricesForm):
    """What should have been written, or that nothing should have been."""

    withdrawn = BooleanField(_l("Rút dòng này, ngày này coi như chưa có giá"))
    reason = TextAreaField(_l("Lý do sửa"), [InputRequired(_l("Nói rõ lý do"))])

    def command(self) -> CorrectQuote:
        low, high = self.prices()
        return CorrectQuote(
            low_vnd=low,
            high_vnd=high,
            source=self.source.data or "",
            reason=self.reason.data or "",
            link=self.link.data or "",
            withdrawn=bool(self.withdrawn.data),
        )
