"""The form that corrects a number of the reference data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, ValidationError

from forms.stated_numbers import SHORTER, CorrectionForm
from marketplace.domain.commands_board import CorrectBaseline


class BaselineForm(CorrectionForm):
    """What should have been declared, as it is told; in words where it is vague."""

    value = StringField(
        _l("Số, như nguồn viết"),
        [InputRequired(_l("Nhập số, ví dụ 52 hoặc hơn 982")), SHORTER],
    )
    after = HiddenField()

    def validate_after(self, field: HiddenField) -> None:
        """The page says which correction it has seen."""
        if not (field.data or "").isdecimal() or len(field.data) > 6:
            raise ValidationError(_l("Mở lại trang rồi sửa"))

    def correction(self) -> CorrectBaseline:
        return CorrectBaseline(
            value=self.value.data or "",
            source=self.source.data or "",
            reason=self.reason.data or "",
            note=self.note.data or "",
            withdrawn=bool(self.withdrawn.data),
            after=int(self.after.data),
        )
