"""The form for a key of software."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length


class ApiKeyForm(FlaskForm):
    """Which program the key is for, and whether it may tell too."""

    name = StringField(
        _l("Tên phần mềm"),
        [InputRequired(_l("Đặt tên để nhớ khóa này cho phần mềm nào")), Length(max=80)],
        render_kw={"autocomplete": "off"},
    )
    may_write = BooleanField(_l("Được ghi sự kiện của lô hàng"))
