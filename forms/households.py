"""Forms of the member households and of what each brought to a load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.parsed import ParsedField
from forms.rows import RowList
from forms.typed_fields import CountField, KilogramsField
from marketplace.domain.commands_households import SaveHousehold
from marketplace.domain.identity import normalise_phone
from marketplace.domain.names import clean_text
from marketplace.domain.sheets import MOST_TEXT

Pairs = Sequence[tuple[str, str]]
SHORT = Length(max=200, message=_l("Viết ngắn hơn 200 chữ"))


class HouseholdForm(FlaskForm):
    """One household of the register."""

    name = StringField(
        _l("Tên hộ"), [InputRequired(_l("Nhập tên chủ hộ, ví dụ Lò Văn Pâng")), SHORT]
    )
    code = StringField(
        _l("Mã hộ"), [Optional(), Length(max=20, message=_l("Mã quá dài"))]
    )
    phone = ParsedField(
        _l("Số điện thoại"),
        normalise_phone,
        [Optional()],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    commune = SelectField(_l("Xã, phường"), [InputRequired(_l("Chọn xã hoặc phường"))])
    left = BooleanField(_l("Hộ này đã ra khỏi hợp tác xã"))

    def __init__(self, *args: Any, communes: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commune.choices = [SelectChoice(value, label) for value, label in communes]

    def command(self) -> SaveHousehold:
        return SaveHousehold(
            name=clean_text(self.name.data or "", field="name"),
            unit_id=int(self.commune.data),
            code=clean_text(self.code.data or "", field="code"),
            phone=self.phone.value,
            left=bool(self.left.data),
        )


class HouseholdSheetForm(FlaskForm):
    """Many households at once, from a spreadsheet."""

    paste = TextAreaField(_l("Dán từ Excel"), [Optional(), Length(max=MOST_TEXT)])
    file = FileField(_l("Hoặc chọn tệp .xlsx, .csv"))


class BroughtForm(Form):
    """What one household brought."""

    household = HiddenField()
    kg = KilogramsField(_l("Số kg"), [Optional()], render_kw={"inputmode": "numeric"})


class SharesForm(FlaskForm):
    """Kilograms of a load by household, typed or out of a spreadsheet."""

    rows = RowList(FormField(BroughtForm))
    paste = TextAreaField(_l("Dán từ Excel"), [Optional(), Length(max=MOST_TEXT)])
    file = FileField(_l("Hoặc chọn tệp .xlsx, .csv"))

    def brought(self) -> dict[str, int]:
        """Kilograms by the public id of the household; nothing typed is nought."""
        return {
            str(row.form.household.data): row.form.kg.data or 0
            for row in self.rows.entries
        }

    def show(self, brought: Mapping[str, int]) -> None:
        """Put these kilograms into the rows, in place of what was typed."""
        for row in self.rows.entries:
            kg = brought.get(str(row.form.household.data), 0)
            row.form.kg.raw_data, row.form.kg.data = None, kg or None


class RetainedForm(FlaskForm):
    """What the cooperative keeps, in per mille."""

    per_mille = CountField(
        _l("Phần hợp tác xã giữ lại, phần nghìn"),
        [InputRequired(_l("Nhập từ 0 đến 1000 phần nghìn"))],
    )
