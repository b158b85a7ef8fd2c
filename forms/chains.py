"""Forms around a chain: an officer's reasons."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


class ReasonForm(FlaskForm):
    """Why an officer says no, or takes a yes back."""

    reason = TextAreaField(
        _l("Lý do"),
        [
            InputRequired(_l("Nói rõ lý do")),
            Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ")),
        ],
    )
