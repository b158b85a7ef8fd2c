"""Forms of the track record: why a fact is wrong, and what an officer says to it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

COUNT, EXCLUDE = "count", "exclude"
_SAY_WHY = InputRequired(_l("Nói rõ vì sao"))
_TOO_LONG = Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))


class ContestForm(FlaskForm):
    """Why a fact of one's own record is wrong."""

    reason = TextAreaField(_l("Vì sao số liệu này không đúng?"), [_SAY_WHY, _TOO_LONG])


class DecideForm(FlaskForm):
    """An officer's answer: the fact counts, or it does not."""

    answer = RadioField(
        _l("Trả lời"),
        choices=[
            SelectChoice(COUNT, _l("Vẫn tính")),
            SelectChoice(EXCLUDE, _l("Không tính")),
        ],
        validators=[InputRequired(_l("Chọn một câu trả lời"))],
    )
    reason = TextAreaField(
        _l("Lý do, tổ chức sẽ đọc đúng dòng này"), [_SAY_WHY, _TOO_LONG]
    )

    @property
    def excludes(self) -> bool:
        return bool(self.answer.data == EXCLUDE)
