"""Forms around a contract: sign it, or step back from it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.services.signing import Sign


class SignForm(FlaskForm):
    """The digest that was on the page, the tick, and the password again."""

    digest = HiddenField(validators=[InputRequired(), Length(max=64)])
    agreed = BooleanField(_l("Tôi đã đọc và đồng ý toàn bộ hợp đồng"))
    password = PasswordField(
        _l("Mật khẩu"),
        [InputRequired(_l("Nhập mật khẩu để ký")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )

    def command(self, address: str, user_agent: str) -> Sign:
        return Sign(
            digest=self.digest.data or "",
            password=self.password.data or "",
            agreed=bool(self.agreed.data),
            address=address,
            user_agent=user_agent,
        )


class WithdrawForm(FlaskForm):
    """Why a side steps back before the second signature."""

    reason = TextAreaField(
        _l("Vì sao rút lại?"),
        [
            InputRequired(_l("Nói rõ vì sao rút lại")),
            Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ")),
        ],
    )
