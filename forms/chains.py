"""Forms around a chain: an officer's reasons, and how long a confirmation lasts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from forms.deliveries import A_DAY
from forms.typed_fields import TypedDayField


class TermForm(FlaskForm):
    """The last day of a confirmation."""

    valid_to = TypedDayField(_l("Hiệu lực đến hết ngày"), [InputRequired(A_DAY)])


class ReasonForm(FlaskForm):
    """Why an officer says no, or takes a yes back."""

    reason = TextAreaField(
        _l("Lý do"),
        [
            InputRequired(_l("Nói rõ lý do")),
            Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ")),
        ],
    )
