"""Forms around an organisation: who registers, which one, and its profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.auth import NEW_PASSWORD
from forms.parsed import ParsedField, in_page_language
from forms.said import said
from marketplace.domain.errors import Refused
from marketplace.domain.identity import (
    fold_email,
    normalise_gln,
    normalise_phone,
    normalise_tax_code,
)
from marketplace.domain.typed import parse_count, parse_day, parse_ha, parse_vnd
from marketplace.domain.words import OrganisationKind, VerificationDecision
from marketplace.services.organisation_profiles import Profile
from marketplace.services.verification import Decide

Choices = Iterable[tuple[str, str]]

TEXTS = (
    "name", "commune", "tax_code", "address", "legal_representative",
    "representative_title", "bank_account",
)  # fmt: skip
READ = (
    "phone", "email", "official_members", "charter_capital_vnd", "revenue_vnd",
    "total_area_ha", "founded_on", "gln",
)  # fmt: skip
NEW = "moi"  # the tile "my organisation is not in the list"


class AccountForm(FlaskForm):
    """Step one: who registers, and how to reach them."""

    person = StringField(
        _l("Họ và tên"),
        [InputRequired(_l("Nhập họ và tên")), Length(max=100)],
        render_kw={"autocomplete": "name"},
    )
    phone = ParsedField(
        _l("Số điện thoại"),
        normalise_phone,
        [Length(max=32)],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = ParsedField(
        _l("E-mail"),
        fold_email,
        [Length(max=254)],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )

    def validate_phone(self, field: ParsedField) -> None:
        """One of the two is needed to sign in and to be told."""
        if not (field.data or "").strip() and not (self.email.data or "").strip():
            raise ValidationError(str(_l("Nhập số điện thoại hoặc e-mail")))


class PickForm(FlaskForm):
    """Step two: one of those found, or a new one."""

    pick = RadioField(
        _l("Chọn tổ chức"), validators=[InputRequired(_l("Chọn một dòng"))]
    )

    def __init__(self, *args: Any, found: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick.choices = [SelectChoice(value, label) for value, label in found]


class PasswordStep(FlaskForm):
    """The end of step three: the password for the next time."""

    password = PasswordField(
        _l("Mật khẩu để đăng nhập lần sau"),
        [InputRequired(_l("Nhập mật khẩu"))],
        render_kw=NEW_PASSWORD,
    )


class ProfileForm(FlaskForm):
    """What an organisation says of itself."""

    kind = SelectField(_l("Loại tổ chức"), validators=[InputRequired()])
    name = StringField(
        _l("Tên tổ chức"),
        [InputRequired(_l("Nhập tên như trên giấy đăng ký")), Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )
    tax_code = StringField(
        _l("Mã số thuế"), [Length(max=20)], render_kw={"inputmode": "numeric"}
    )
    commune = StringField(
        _l("Xã, phường hoặc tỉnh"),
        [InputRequired(_l("Nhập tên xã hay phường")), Length(max=120)],
    )
    address = StringField(
        _l("Địa chỉ"),
        [Optional(), Length(max=200)],
        render_kw={"autocomplete": "street-address"},
    )
    legal_representative = StringField(
        _l("Người đại diện theo pháp luật"),
        [InputRequired(_l("Nhập tên người đại diện")), Length(max=100)],
    )
    representative_title = StringField(_l("Chức vụ"), [Optional(), Length(max=100)])
    phone = ParsedField(
        _l("Điện thoại tổ chức"),
        normalise_phone,
        [Optional(), Length(max=32)],
        render_kw={"inputmode": "tel"},
    )
    email = ParsedField(
        _l("E-mail tổ chức"),
        fold_email,
        [Optional(), Length(max=254)],
        render_kw={"inputmode": "email"},
    )
    official_members = ParsedField(
        _l("Số thành viên chính thức"),
        in_page_language(parse_count),
        [Optional(), Length(max=12)],
        render_kw={"inputmode": "numeric"},
    )
    charter_capital_vnd = ParsedField(
        _l("Vốn điều lệ"),
        in_page_language(parse_vnd),
        [Optional(), Length(max=40)],
        render_kw={"inputmode": "decimal"},
    )
    revenue_vnd = ParsedField(
        _l("Doanh thu năm trước"),
        in_page_language(parse_vnd),
        [Optional(), Length(max=40)],
        render_kw={"inputmode": "decimal"},
    )
    total_area_ha = ParsedField(
        _l("Diện tích sản xuất"),
        in_page_language(parse_ha),
        [Optional(), Length(max=20)],
        render_kw={"inputmode": "decimal"},
    )
    founded_on = ParsedField(
        _l("Ngày thành lập"),
        parse_day,
        [Optional(), Length(max=20)],
        render_kw={"inputmode": "numeric"},
    )
    bank_account = StringField(_l("Tài khoản ngân hàng"), [Optional(), Length(max=100)])
    gln = ParsedField(
        _l("Mã địa điểm GS1 (GLN)"),
        normalise_gln,
        [Optional(), Length(max=20)],
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(value, label) for value, label in kinds]

    def validate_tax_code(self, field: StringField) -> None:
        """Said together with the other mistakes, not after them."""
        typed = (field.data or "").strip()
        if typed and self.kind.data in {kind.value for kind in OrganisationKind}:
            try:
                normalise_tax_code(typed, OrganisationKind(self.kind.data))
            except Refused as refusal:
                raise ValidationError(said(refusal.message, refusal.params)) from None

    def command(self) -> Profile:
        texts: dict[str, Any] = {name: getattr(self, name).data or "" for name in TEXTS}
        read: dict[str, Any] = {name: getattr(self, name).value for name in READ}
        return Profile(kind=OrganisationKind(self.kind.data), **texts, **read)


class NewOrganisationForm(ProfileForm):
    """Step three for an organisation that nobody knows yet."""

    password = PasswordField(
        _l("Mật khẩu để đăng nhập lần sau"),
        [InputRequired(_l("Nhập mật khẩu"))],
        render_kw=NEW_PASSWORD,
    )


class DecisionForm(FlaskForm):
    """An officer's answer to an organisation that waits."""

    decision = RadioField(
        _l("Trả lời"),
        choices=[
            SelectChoice("verified", _l("Xác minh")),
            SelectChoice("change_requested", _l("Yêu cầu bổ sung")),
            SelectChoice("rejected", _l("Từ chối")),
        ],
        validators=[InputRequired(_l("Chọn một câu trả lời"))],
    )
    reason = TextAreaField(
        _l("Lý do, người nộp sẽ đọc đúng dòng này"),
        [Optional(), Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ"))],
    )

    def command(self) -> Decide:
        return Decide(VerificationDecision(self.decision.data), self.reason.data or "")


class SuspendForm(FlaskForm):
    """Why an organisation is taken off the market."""

    reason = TextAreaField(
        _l("Lý do tạm khóa"),
        [
            InputRequired(_l("Ghi lý do tạm khóa")),
            Length(max=1000, message=_l("Viết ngắn hơn 1.000 chữ")),
        ],
    )
