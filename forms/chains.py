"""Forms around a chain: an officer's reasons and checks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional


class ReasonForm(FlaskForm):
    """Why an officer says no, or takes a yes back."""

    reason = TextAreaField(
        _l("Lý do"),
        [
            InputRequired(_l("Nói rõ lý do")),
            Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ")),
        ],
    )


class FactForm(FlaskForm):
    """A post-check or a sample, with its result."""

    kind = RadioField(
        _l("Việc"),
        choices=[
            SelectChoice("post_check", _l("Hậu kiểm")),
            SelectChoice("sample", _l("Lấy mẫu giám sát")),
            SelectChoice("stop", _l("Dừng hoạt động")),
            SelectChoice("resume", _l("Hoạt động lại")),
        ],
        validators=[InputRequired(_l("Chọn một việc"))],
    )
    passed = RadioField(
        _l("Kết quả"),
        choices=[
            SelectChoice("dat", _l("Đạt")),
            SelectChoice("khong", _l("Không đạt")),
        ],
        validators=[Optional()],
    )
    note = TextAreaField(
        _l("Ghi chú"),
        [Optional(), Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))],
    )

    def result(self) -> bool | None:
        """The result of a check; a stop has none."""
        if self.kind.data in ("stop", "resume"):
            return None
        return bool(self.passed.data == "dat")

    def validate_passed(self, field: RadioField) -> None:
        """A check without a result says nothing."""
        if self.kind.data in ("post_check", "sample") and not field.data:
            raise ValueError(_l("Chọn kết quả"))
