"""Forms of trade items, of an organisation's GS1 numbers, and of labels."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.lots import number_of
from forms.typed_fields import CountField, TypedField
from marketplace.domain import typed
from marketplace.domain.commands_codes import SaveTradeItem
from marketplace.domain.formats import format_number
from marketplace.domain.label_formats import MOST_LABELS
from marketplace.domain.words_codes import PackLevel

Pairs = Sequence[tuple[str, str]]
_TOO_LONG = Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))


class NetField(TypedField):
    """Kilograms with at most three decimals."""

    @staticmethod
    def parse(text: str, lang: str) -> Decimal:
        return typed.parse_weight(text, lang=lang)

    @staticmethod
    def show(kg: Decimal, lang: str) -> str:
        return format_number(kg, lang)


class TradeItemForm(FlaskForm):
    """What is packed: the product, how much, under which name and number."""

    product = SelectField(_l("Sản phẩm"), [InputRequired(_l("Chọn sản phẩm"))])
    name_vi = StringField(
        _l("Tên trên nhãn"),
        [
            InputRequired(_l("Đặt tên in trên nhãn, ví dụ Nhãn Sông Mã thùng 10 kg")),
            _TOO_LONG,
        ],
    )
    name_en = StringField(_l("Tên tiếng Anh"), [Optional(), _TOO_LONG])
    brand = StringField(_l("Nhãn hiệu"), [Optional(), _TOO_LONG])
    net = NetField(
        _l("Khối lượng tịnh"),
        [InputRequired(_l("Nhập số kg trong một gói, thùng, ví dụ 10"))],
    )
    level = RadioField(_l("Cách đóng"), [InputRequired(_l("Chọn cách đóng"))])
    grade = SelectField(_l("Loại"), [Optional()])
    gtin = StringField(_l("Mã GTIN"), [Optional(), Length(max=40)])

    def __init__(
        self, *args: Any, products: Pairs, levels: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.product.choices = [SelectChoice(*one) for one in products]
        self.level.choices = [SelectChoice(*one) for one in levels]
        ranks = [(str(n), gettext("Loại %(rank)s", rank=n)) for n in (1, 2, 3)]
        none = ("", gettext("Không phân loại"))
        self.grade.choices = [SelectChoice(*one) for one in [none, *ranks]]

    def command(self) -> SaveTradeItem:
        kilograms: Decimal = self.net.data or Decimal(0)
        return SaveTradeItem(
            product_code=self.product.data,
            name_vi=self.name_vi.data or "",
            net_g=int(kilograms * 1000),
            level=PackLevel(self.level.data),
            name_en=self.name_en.data or "",
            brand=self.brand.data or "",
            grade_rank=number_of(self.grade),
            gtin=self.gtin.data or "",
        )


class NumbersForm(FlaskForm):
    """The company prefix and the GLN that GS1 gave."""

    prefix = StringField(_l("Tiền tố GS1 của đơn vị"), [Optional(), Length(max=20)])
    gln = StringField(_l("Mã địa điểm GLN của đơn vị"), [Optional(), Length(max=40)])


class LotItemForm(FlaskForm):
    """As which trade item a lot was packed."""

    item = SelectField(_l("Mặt hàng"), [InputRequired(_l("Chọn mặt hàng"))])

    def __init__(self, *args: Any, items: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item.choices = [SelectChoice(*one) for one in items]


class PalletsForm(FlaskForm):
    """How many pallets get a label of their own."""

    count = CountField(_l("Số kiện"), [InputRequired(_l("Nhập số kiện"))])

    def pallets(self) -> int:
        """Between one and what one file holds."""
        return max(1, min(self.count.data or 1, MOST_LABELS // 4))


class PalletStepForm(FlaskForm):
    """What became of a pallet: it went with a shipment, or was taken apart."""

    EMPTIED = "do"

    sscc = SelectField(_l("Kiện"), [InputRequired(_l("Chọn kiện"))])
    went = SelectField(_l("Đi đâu"), [InputRequired(_l("Chọn chuyến hàng"))])

    def __init__(
        self, *args: Any, pallets: Sequence[str], ships: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sscc.choices = [SelectChoice(one, one) for one in pallets]
        taken_apart = SelectChoice(self.EMPTIED, _l("Dỡ kiện, không gửi"))
        self.went.choices = [*(SelectChoice(*one) for one in ships), taken_apart]
