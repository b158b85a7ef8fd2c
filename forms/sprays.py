"""Forms of the spray diary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from forms.lots import A_DAY, NAME, number_of, offer
from forms.typed_fields import CountField, TypedDayField
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.names import clean_text

ORDERS = (("no", _l("Phun trước khi hái")), ("yes", _l("Phun sau khi hái xong")))


class SprayForm(FlaskForm):
    """One treatment, as the label of what was sprayed says."""

    spray_id = HiddenField(validators=[InputRequired(), Length(max=22)])
    sprayed_on = TypedDayField(_l("Ngày phun"), [InputRequired(A_DAY)])
    plot = SelectField(_l("Thửa"), [Optional()])
    after_picking = SelectField(_l("Hôm đó có hái không"), [Optional()])
    product = StringField(
        _l("Thuốc"),
        [InputRequired(_l("Ghi tên thuốc, ví dụ Abamectin 1.8EC")), NAME],
    )
    interval_days = CountField(
        _l("Thời gian cách ly"), [InputRequired(_l("Nhập số ngày như trên nhãn"))]
    )
    against = StringField(_l("Trừ gì"), [Optional(), NAME])
    substance = StringField(_l("Hoạt chất"), [Optional(), NAME])
    dose = StringField(_l("Liều lượng"), [Optional(), NAME])

    def __init__(
        self, *args: Any, plots: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self.plot, plots, _l("Cả vườn"))
        offer(self.after_picking, ORDERS, _l("Không hái"))

    def command(self) -> WriteSpray:
        def text(field: StringField) -> str:
            return clean_text(field.data or "", field=field.short_name)

        return WriteSpray(
            spray_id=self.spray_id.data or "",
            sprayed_on=self.sprayed_on.data or date.min,
            product=text(self.product),
            interval_days=self.interval_days.data or 0,
            substance=text(self.substance),
            dose=text(self.dose),
            against=text(self.against),
            plot_id=number_of(self.plot),
            after_picking={"yes": True, "no": False}.get(self.after_picking.data),
        )
