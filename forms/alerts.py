"""Forms of early warning: what was done, why an officer is called, and letting go."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

TOO_LONG = Length(max=500, message=_l("Viết ngắn hơn 500 chữ"))


class DeedForm(FlaskForm):
    """What was done about an alert."""

    text = TextAreaField(
        _l("Đã làm gì?"),
        [InputRequired(_l("Nói rõ đã làm gì hoặc cần gì")), TOO_LONG],
    )


class CallForm(FlaskForm):
    """Why an officer should step in."""

    text = TextAreaField(
        _l("Cần cán bộ giúp việc gì?"),
        [InputRequired(_l("Nói rõ đã làm gì hoặc cần gì")), TOO_LONG],
    )


class LetGoForm(FlaskForm):
    """The buyer lets go of a delivery; words are not asked for."""

    text = TextAreaField(_l("Lời nhắn cho bên bán"), [TOO_LONG])
