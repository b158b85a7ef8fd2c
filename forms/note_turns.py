"""The sheet on which a person of the other side confirms on this device."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from marketplace.domain.passwords import LONGEST
from marketplace.services.people import SignIn


class TurnForm(FlaskForm):
    """Whose hand it is; neither field is offered for keeping, nor shown again."""

    digest = HiddenField()
    identifier = StringField(
        _l("Số điện thoại hoặc e-mail của người xác nhận"),
        [InputRequired(_l("Nhập số điện thoại hoặc e-mail")), Length(max=254)],
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("Mật khẩu của người xác nhận"),
        [InputRequired(_l("Nhập mật khẩu")), Length(max=LONGEST)],
        render_kw={"autocomplete": "new-password"},
    )

    def command(self, address: str) -> SignIn:
        """As at the door, but nothing is remembered."""
        return SignIn(
            self.identifier.data or "", self.password.data or "", False, address
        )

    def forget(self) -> None:
        """Leave nothing of the person on the page."""
        self.identifier.data = self.password.data = ""
        self.identifier.raw_data = None
