"""Forms at the door: sign in, forgotten and new passwords."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from marketplace.domain.passwords import LONGEST
from marketplace.services.people import SignIn

NEW_PASSWORD = {"autocomplete": "new-password"}


class SignInForm(FlaskForm):
    """E-mail or phone, and the password."""

    identifier = StringField(
        _l("Số điện thoại hoặc e-mail"),
        [InputRequired(_l("Nhập số điện thoại hoặc e-mail")), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        [InputRequired(_l("Nhập mật khẩu")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Máy này của tôi: nhớ 90 ngày, mất sóng vẫn ghi được"))
    next = HiddenField()

    def command(self, address: str, user_agent: str) -> SignIn:
        return SignIn(
            identifier=self.identifier.data or "",
            password=self.password.data or "",
            remember=bool(self.remember.data),
            address=address,
            user_agent=user_agent,
        )


class ForgottenForm(FlaskForm):
    """Where the link for a new password goes."""

    identifier = StringField(
        _l("E-mail hoặc số điện thoại đã đăng ký"),
        [InputRequired(_l("Nhập e-mail hoặc số điện thoại")), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )


class ResetForm(FlaskForm):
    """A new password by a link from a letter."""

    password = PasswordField(
        _l("Mật khẩu mới"),
        [InputRequired(_l("Nhập mật khẩu mới"))],
        render_kw=NEW_PASSWORD,
    )


class ChangePasswordForm(FlaskForm):
    """The old password, and a new one."""

    current = PasswordField(
        _l("Mật khẩu hiện tại"),
        [InputRequired(_l("Nhập mật khẩu hiện tại")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("Mật khẩu mới"),
        [InputRequired(_l("Nhập mật khẩu mới"))],
        render_kw=NEW_PASSWORD,
    )


class NewcomerForm(FlaskForm):
    """What an invited person without an account says."""

    person = StringField(
        _l("Họ và tên"),
        [InputRequired(_l("Nhập họ và tên")), Length(max=100)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        [InputRequired(_l("Nhập mật khẩu"))],
        render_kw=NEW_PASSWORD,
    )
