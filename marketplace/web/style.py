"""A page that shows every component in every state, for those who build pages."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from marketplace.web.access import public

bp = Blueprint("style", __name__)

DEKADS = ("2025-07-1", "2025-07-2", "2025-07-3", "2025-08-1", "2025-08-2", "2025-08-3")


class _Tranche(PlainForm):
    starts_on = DateField(_l("Ngày giao"), [InputRequired()])
    tonnes = DecimalField(_l("Tấn"), [InputRequired()])


class _Example(FlaskForm):
    """One field of every kind."""

    phone = StringField(
        _l("Số điện thoại"), description=_l("Dùng để nhận mã đăng nhập")
    )
    tonnes = DecimalField(
        _l("Số tấn"), [InputRequired(_l("Nhập số, ví dụ 60 hoặc 12,5"))]
    )
    floor_price_vnd = IntegerField(_l("Giá mong muốn"), [Optional()])
    crop = RadioField(
        _l("Sản phẩm"),
        choices=[
            SelectChoice("longan", _l("Nhãn")),
            SelectChoice("mango", _l("Xoài")),
            SelectChoice("pomelo", _l("Bưởi")),
            SelectChoice("other", _l("Khác")),
        ],
    )
    when = SelectMultipleField(
        _l("Thu hoạch khi nào?"),
        description=_l("Chạm vào các khoảng có quả."),
        choices=[SelectChoice(value, value) for value in DEKADS],
    )
    pooled = RadioField(
        _l("Được ghép nhiều hợp tác xã?"),
        choices=[
            SelectChoice("yes", _l("Được")),
            SelectChoice("no", _l("Chỉ một")),
        ],
    )
    place = SelectField(
        _l("Giao tại"),
        choices=[
            SelectChoice("1", "Kho Đông Anh"),
            SelectChoice("2", "Kho Long Biên"),
        ],
    )
    note = TextAreaField(_l("Nhắn thêm"), [Optional()])
    agree = BooleanField(_l("Máy này của tôi"))
    tranches = FieldList(FormField(_Tranche), min_entries=2)


@bp.before_request
def _only_for_builders() -> None:
    if current_app.config["SETTINGS"].name not in ("testing", "embedded"):
        abort(404)


@bp.route("/thanh-phan", methods=["GET", "POST"])
@public
def components() -> ResponseReturnValue:
    """All components; sending the form shows its mistakes."""
    form = _Example(data={"crop": "longan", "phone": "0987 654 214"})
    status = 200 if not form.is_submitted() or form.validate() else 422
    today = date(2025, 6, 24)
    page = render_template(
        "style/components.html",
        form=form,
        today=today,
        soon=today + timedelta(days=12),
        gone=today - timedelta(days=3),
    )
    return page, status


@bp.get("/thanh-phan/trang-dau")
@public
def landing() -> str:
    """The public frame with the landing's parts."""
    return render_template("style/landing.html")
