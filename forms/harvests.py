"""Forms around a harvest: post it, revise the forecast, close it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from forms.said import said
from forms.typed_fields import (
    ActualTonnesField,
    HectaresField,
    KilogramsField,
    PercentField,
    PriceField,
    TonnesField,
)
from marketplace.domain.commands_harvests import (
    CloseHarvest,
    Forecast,
    PostHarvest,
    ReviseForecast,
)
from marketplace.domain.errors import Refused
from marketplace.domain.windows import Window, parse_dekad, window_of

Pairs = Sequence[tuple[str, str]]
TOO_LONG = _l("Viết ngắn hơn 2.000 chữ")


@dataclass(frozen=True)
class HarvestChoices:
    """What a seller may choose from, as (value, words).

    `areas` are (public id, product code, words); a variety's value is
    `product/variety`; dekads are codes such as 2026-07-3.
    """

    products: Pairs
    dekads: Sequence[str]
    varieties: Pairs = ()
    areas: Sequence[tuple[str, str, str]] = ()
    papers: Pairs = ()


class DekadsField(SelectMultipleField):
    """Thirds of months without a gap; `window` is from first to last day."""

    def window(self) -> Window:
        return window_of([parse_dekad(code) for code in self.data or []])

    def post_validate(self, _form: Any, validation_stopped: bool) -> None:
        """A gap is told here, beside what else is wrong."""
        if validation_stopped:
            return
        try:
            self.window()
        except Refused as refusal:
            raise ValidationError(said(refusal.message, refusal.params)) from None


class ForecastForm(FlaskForm):
    """How much and when: what posting and revising have in common."""

    likely = TonnesField(
        _l("Dự kiến thu được bao nhiêu?"),
        [InputRequired(_l("Nhập số tấn dự kiến, ví dụ 60"))],
    )
    dekads = DekadsField(
        _l("Thu hoạch khi nào?"),
        [InputRequired(_l("Chọn ít nhất một khoảng 10 ngày"))],
        description=_l("Chạm vào các khoảng có quả."),
    )
    floor_price = PriceField(
        _l("Giá mong muốn"),
        [Optional()],
        description=_l("Chỉ mình thấy số này. Người mua chỉ biết giá đã hợp hay chưa."),
    )
    low = TonnesField(_l("Ít nhất"), [Optional()])
    high = TonnesField(_l("Nhiều nhất"), [Optional()])
    smallest_lot = KilogramsField(
        _l("Lô nhỏ nhất"),
        [Optional()],
        description=_l("Người mua lấy ít hơn mức này thì không bán."),
    )

    def choose_dekads(self, codes: Iterable[str]) -> None:
        """Show these thirds of months, and whatever was ticked already."""
        ticked = filter(_is_dekad, self.dekads.data or [])
        known = sorted({*codes, *ticked})
        self.dekads.choices = [SelectChoice(code, code) for code in known]

    def forecast(self) -> Forecast:
        window = self.dekads.window()
        assert self.likely.data is not None
        return Forecast(
            window.first,
            window.last,
            self.likely.data,
            self.low.data,
            self.high.data,
        )


class HarvestForm(ForecastForm):
    """An expected harvest: six questions, and more for who wants to say more."""

    product = RadioField(
        _l("Sản phẩm"), validators=[InputRequired(_l("Chọn sản phẩm"))]
    )
    areas = SelectMultipleField(_l("Vườn và chứng nhận"))
    variety = SelectField(_l("Giống"), [Optional()])
    grade_1 = PercentField(_l("Loại 1"), [Optional()])
    grade_2 = PercentField(_l("Loại 2"), [Optional()])
    grade_3 = PercentField(_l("Loại 3"), [Optional()])
    papers = SelectMultipleField(
        _l("Giấy tờ đi kèm"),
        description=_l("Giấy của sản phẩm hay vườn khác sẽ tự bỏ qua."),
    )
    asking_price = PriceField(
        _l("Giá hiện trên sàn"),
        [Optional()],
        description=_l("Ai cũng thấy giá này. Để trống thì không hiện giá."),
    )
    place = StringField(
        _l("Điểm giao hàng"), [Optional(), Length(max=200, message=TOO_LONG)]
    )
    packaging = StringField(
        _l("Quy cách đóng gói"), [Optional(), Length(max=200, message=TOO_LONG)]
    )
    harvested_area = HectaresField(_l("Diện tích thu hoạch"), [Optional()])
    notes = TextAreaField(
        _l("Ghi chú"), [Optional(), Length(max=2000, message=TOO_LONG)]
    )

    def __init__(self, *args: Any, choices: HarvestChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._products = {area: product for area, product, _ in choices.areas}
        self.product.choices = _choices(choices.products)
        none = ("", gettext("Không ghi giống"))
        self.variety.choices = _choices([none, *choices.varieties])
        self.areas.choices = [SelectChoice(a, words) for a, _, words in choices.areas]
        self.papers.choices = _choices(choices.papers)
        self.choose_dekads(choices.dekads)

    def validate_areas(self, _field: SelectMultipleField) -> None:
        """One harvest is that of one garden: its papers must hold for all of it."""
        if len(self._chosen_areas()) > 1:
            raise ValidationError(
                gettext("Mỗi vụ một vườn. Vườn khác thì đăng thành vụ riêng")
            )

    def _chosen_areas(self) -> list[str]:
        """Gardens of the chosen product; a tick on another one means nothing."""
        ticked = self.areas.data or []
        return [a for a in ticked if self._products.get(a) == self.product.data]

    def _variety(self) -> str:
        product, _, variety = (self.variety.data or "").rpartition("/")
        # Of another product it stays whole, and the rules refuse it by name.
        return variety if product in ("", self.product.data) else self.variety.data

    def grades(self) -> tuple[tuple[int, int], ...]:
        """Shares in tenths of a percent; nothing typed is all of the first."""
        typed = [self.grade_1.data, self.grade_2.data, self.grade_3.data]
        shares = [
            (rank, int((p or Decimal(0)) * 10)) for rank, p in enumerate(typed, 1)
        ]
        return tuple(pair for pair in shares if pair[1]) or ((1, 1000),)

    def command(self) -> PostHarvest:
        areas = self._chosen_areas()
        return PostHarvest(
            product_code=self.product.data,
            forecast=self.forecast(),
            variety_code=self._variety(),
            grades=self.grades(),
            area=areas[0] if areas else "",
            papers=tuple(self.papers.data or ()),
            floor_price_vnd=self.floor_price.data or 0,
            asking_price_vnd=self.asking_price.data,
            smallest_lot_kg=self.smallest_lot.data or 0,
            place=self.place.data or "",
            packaging=self.packaging.data or "",
            harvested_area_ha=self.harvested_area.data,
            notes=self.notes.data or "",
        )


class ReviseForm(ForecastForm):
    """What is expected now, and why."""

    reason = TextAreaField(
        _l("Vì sao đổi?"),
        [Optional(), Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))],
        description=_l("Người mua đã ký sẽ đọc, nếu dự báo thấp hơn số đã hứa."),
    )

    def command(self) -> ReviseForecast:
        return ReviseForecast(
            self.forecast(),
            self.reason.data or "",
            self.floor_price.data or 0,
            self.smallest_lot.data or 0,
        )


class CloseForm(FlaskForm):
    """How much it really was."""

    actual = ActualTonnesField(
        _l("Thực tế thu được bao nhiêu?"),
        [InputRequired(_l("Nhập số tấn đã thu, ví dụ 58,5"))],
        description=_l("Tính cả phần bán ngoài sàn."),
    )

    def command(self) -> CloseHarvest:
        assert self.actual.data is not None
        return CloseHarvest(self.actual.data)


def _is_dekad(code: str) -> bool:
    try:
        parse_dekad(code)
    except Refused:
        return False
    return True


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]
