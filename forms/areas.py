"""Forms for gardens and facilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.typed_fields import CountField, HectaresField, TonnesField
from marketplace.domain.commands_papers import SaveArea, SaveFacility
from marketplace.domain.words import FacilityKind

Pairs = Sequence[tuple[str, str]]
LONGEST_NAME = Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))


def _commune() -> SelectField:
    return SelectField(_l("Xã, phường"), [InputRequired(_l("Chọn xã hoặc phường"))])


class AreaForm(FlaskForm):
    """A garden: what grows, how much land, in which commune."""

    name = StringField(
        _l("Tên vườn"),
        [InputRequired(_l("Đặt tên vườn, ví dụ Vườn nhãn bản Mo")), LONGEST_NAME],
    )
    product = SelectField(_l("Cây trồng"), [InputRequired(_l("Chọn sản phẩm"))])
    area = HectaresField(
        _l("Diện tích"),
        [InputRequired(_l("Nhập diện tích bằng héc-ta, ví dụ 12,5"))],
    )
    commune = _commune()
    households = CountField(_l("Số hộ"), [Optional()])
    practice = RadioField(_l("Cách trồng"), validators=[Optional()])

    def __init__(
        self, *args: Any, products: Pairs, communes: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.product.choices = _choices(products)
        self.commune.choices = _choices(communes)
        # A way of growing is no certificate: those are papers.
        self.practice.choices = [
            SelectChoice("", gettext("Thông thường")),
            SelectChoice("safe", gettext("Theo hướng an toàn")),
            SelectChoice("organic_oriented", gettext("Theo hướng hữu cơ")),
        ]

    def command(self) -> SaveArea:
        assert self.area.data is not None
        return SaveArea(
            name=self.name.data or "",
            product_code=self.product.data,
            area_ha=self.area.data,
            unit_id=int(self.commune.data),
            households=self.households.data,
            practice=self.practice.data or "",
        )


class FacilityForm(FlaskForm):
    """A packing house, dryer, plant or selling point."""

    kind = RadioField(_l("Loại cơ sở"), [InputRequired(_l("Chọn loại cơ sở"))])
    name = StringField(
        _l("Tên cơ sở"),
        [InputRequired(_l("Đặt tên cơ sở, ví dụ Xưởng sấy bản Mo")), LONGEST_NAME],
    )
    commune = _commune()
    capacity = TonnesField(_l("Công suất một ngày"), [Optional()])

    def __init__(
        self, *args: Any, kinds: Pairs, communes: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _choices(kinds)
        self.commune.choices = _choices(communes)

    def command(self) -> SaveFacility:
        return SaveFacility(
            kind=FacilityKind(self.kind.data),
            name=self.name.data or "",
            unit_id=int(self.commune.data),
            capacity_kg_per_day=self.capacity.data,
        )


class EndForm(FlaskForm):
    """A yes to something that cannot be undone; it asks nothing."""


def _choices(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]
