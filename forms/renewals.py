"""Forms around a renewal: with which post of one's own, or no."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired


class RenewalForm(FlaskForm):
    """The post to go on with: one on the market, or the last season's again."""

    post = RadioField(
        _l("Hàng của bên mình cho vụ tới"), [InputRequired(_l("Chọn một dòng"))]
    )

    def __init__(
        self, *args: Any, posts: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.post.choices = [SelectChoice(value, words) for value, words in posts]


class EndRenewalForm(FlaskForm):
    """No more than the button."""
