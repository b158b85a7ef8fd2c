"""An officer's word on a paper: yes, back to the holder, not any more, looked at."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from forms.papers import NO_DAY
from forms.typed_fields import TypedDayField

SHORTER = Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))


class VerifyForm(FlaskForm):
    """An officer's yes to exactly what was on the page."""

    seen = HiddenField(validators=[InputRequired(), Length(max=40)])


class ReturnForm(VerifyForm):
    """What the holder is to mend; the holder reads exactly these words."""

    reason = TextAreaField(
        _l("Cần sửa gì"),
        [InputRequired(_l("Nói rõ cần sửa gì")), SHORTER],
        description=_l("Người nộp đọc đúng dòng này rồi sửa và gửi lại."),
    )


class StopForm(FlaskForm):
    """Why a paper no longer counts, and from which day."""

    reason = TextAreaField(_l("Lý do"), [InputRequired(_l("Nói rõ lý do")), SHORTER])
    day = TypedDayField(
        _l("Từ ngày"),
        [InputRequired(NO_DAY)],
        description=_l("Ngày ghi trên quyết định, từ ngày đó giấy không được tính."),
    )


class SuperviseForm(FlaskForm):
    """On which day the issuer looked again, and what was found."""

    day = TypedDayField(_l("Ngày giám sát"), [InputRequired(NO_DAY)])
    note = TextAreaField(_l("Kết quả"), [Optional(), SHORTER])
