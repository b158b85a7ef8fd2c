"""Forms of lots that begin here: picked in a garden, or taken over from outside."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.lots import NAME, OWN_CODE, SOME_KG, CaptureForm, Pairs, number_of, offer
from forms.rows import RowList
from forms.typed_fields import KilogramsField, TypedDayField
from marketplace.domain.commands_lots import HarvestLot, Origin, ReceiveLot
from marketplace.domain.lot_codes import with_tail
from marketplace.domain.names import clean_text


class OriginForm(Form):
    """So much from a plot, or from a household."""

    plot = SelectField(_l("Thửa"), [Optional()])
    household = SelectField(_l("Hộ"), [Optional()])
    kg = KilogramsField(_l("Số kg"), [Optional()])


class HarvestForm(CaptureForm):
    """Fruit as it was picked."""

    area = RadioField(_l("Vườn"), [InputRequired(_l("Chọn vườn vừa hái"))])
    kg = KilogramsField(_l("Số kg"), [InputRequired(SOME_KG)])
    due = SelectField(_l("Hái cho"), [Optional()])
    variety = SelectField(_l("Giống"), [Optional()])
    code = StringField(_l("Mã lô của mình"), [Optional(), OWN_CODE])
    origins = RowList(
        FormField(OriginForm), description=_l("Dòng"), min_entries=1, max_entries=100
    )

    def __init__(
        self,
        *args: Any,
        areas: Pairs,
        dues: Pairs,
        varieties: Pairs,
        plots: Pairs,
        households: Pairs,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = [SelectChoice(value, name) for value, name in areas]
        offer(self.due, dues, _l("Chưa cho đợt giao nào"))
        offer(self.variety, varieties, _l("Không ghi"))
        self._offered = plots, households
        self.offer_origins()

    def offer_origins(self) -> None:
        """Rows that were added need their choices too."""
        plots, households = self._offered
        for row in self.origins:
            offer(row.form.plot, plots, "–")
            offer(row.form.household, households, "–")

    def command(self, zone: Any) -> HarvestLot:
        """What was picked; `due` carries the harvest post that it is of."""
        event_id = self.event_id.data or ""
        return HarvestLot(
            event_id=event_id,
            area_id=int(self.area.data),
            kg=self.kg.data or 0,
            at=self.moment(zone),
            variety_id=number_of(self.variety),
            harvest_id=self._post(),
            origins=self._origins(),
            code=with_tail(clean_text(self.code.data or "", field="code"), event_id),
            where=self.where(),
        )

    def _post(self) -> int | None:
        post = str(self.due.data or "").strip().partition("-")[0]
        return int(post) if post else None

    def _origins(self) -> tuple[Origin, ...]:
        return tuple(
            Origin(
                row.form.kg.data,
                plot_id=number_of(row.form.plot),
                household_id=number_of(row.form.household),
            )
            for row in self.origins
            if row.form.kg.data is not None
        )


class ReceiveForm(CaptureForm):
    """Goods from somebody who keeps no lots here."""

    product = SelectField(_l("Sản phẩm"), [InputRequired(_l("Chọn sản phẩm"))])
    kg = KilogramsField(_l("Số kg"), [InputRequired(SOME_KG)])
    from_name = StringField(
        _l("Nhận của ai"), [InputRequired(_l("Ghi nhận hàng của ai")), NAME]
    )
    from_place = StringField(_l("Từ đâu"), [Optional(), NAME])
    their_code = StringField(
        _l("Mã lô của bên đó"),
        [Optional(), Length(max=40, message=_l("Mã lô quá dài"))],
    )
    harvested_on = TypedDayField(_l("Ngày hái"), [Optional()])
    best_before = TypedDayField(_l("Hạn dùng"), [Optional()])

    def __init__(self, *args: Any, products: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.product, products)

    def command(self, zone: Any) -> ReceiveLot:
        def text(field: StringField) -> str:
            return clean_text(field.data or "", field=field.short_name)

        return ReceiveLot(
            event_id=self.event_id.data or "",
            product_id=int(self.product.data),
            kg=self.kg.data or 0,
            at=self.moment(zone),
            from_name=text(self.from_name),
            from_place=text(self.from_place),
            their_code=text(self.their_code),
            harvested_on=self.harvested_on.data,
            best_before=self.best_before.data,
            where=self.where(),
        )
