"""The form of the authenticity page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from marketplace.domain.authenticity import digest_in


class DigestForm(FlaskForm):
    """The full digest of a paper, typed or pasted in any of its spellings."""

    digest = StringField(
        _l("Mã kiểm đầy đủ"),
        [
            InputRequired(_l("Nhập mã kiểm in ở cuối giấy")),
            Length(max=500, message=_l("Mã kiểm chỉ có 64 ký tự")),
        ],
    )

    def validate_digest(self, field: StringField) -> None:
        """The short sign is no key: too few digits to tell two papers apart."""
        if digest_in(field.data or "") is None:
            raise ValidationError(
                _l("Cần đủ 64 ký tự (0 đến 9, a đến f). Mã ngắn không tra được.")
            )

    def value(self) -> str:
        """The digest that was found in the text."""
        return digest_in(self.digest.data or "") or ""
