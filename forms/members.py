"""Forms around the people of an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.parsed import ParsedField
from marketplace.domain.actor import Role
from marketplace.domain.identity import fold_email
from marketplace.services.invitations import Invite
from marketplace.services.members import ChangeRole

Choices = Iterable[tuple[str, str]]


class RoleForm(FlaskForm):
    """Another role for a member."""

    role = RadioField(_l("Vai trò"), validators=[InputRequired(_l("Chọn vai trò"))])

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(value, label) for value, label in roles]

    def change(self) -> ChangeRole:
        return ChangeRole(Role(self.role.data))


class InviteForm(RoleForm):
    """Whom to invite, and as what."""

    email = ParsedField(
        _l("E-mail người được mời"),
        fold_email,
        [InputRequired(_l("Nhập e-mail, ví dụ ten@htx.vn")), Length(max=254)],
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )

    def command(self) -> Invite:
        return Invite(email=self.email.value, role=Role(self.role.data))
