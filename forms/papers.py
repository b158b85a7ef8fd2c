"""Forms for certificates, and for codes of growing areas and packing houses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.typed_fields import HectaresField, TonnesField, TypedDayField
from marketplace.domain.commands_papers import (
    SaveCertificate,
    SaveCode,
    SavePackingCode,
)
from marketplace.domain.words import CertificateScheme, Market

Pairs = Sequence[tuple[str, str]]
NO_DAY = _l("Nhập ngày, ví dụ 30/06/2026")


class CertificateForm(FlaskForm):
    """A certificate as it is printed."""

    scheme = SelectField(_l("Loại giấy"), [InputRequired(_l("Chọn loại giấy"))])
    number = StringField(
        _l("Số giấy"),
        [
            InputRequired(_l("Nhập số in trên giấy")),
            Length(max=64, message=_l("Số giấy dài nhất 64 chữ")),
        ],
    )
    issuer = StringField(
        _l("Nơi cấp"),
        [
            InputRequired(_l("Nhập tên tổ chức cấp giấy")),
            Length(max=200, message=_l("Viết ngắn hơn 200 chữ")),
        ],
    )
    issued_on = TypedDayField(_l("Ngày cấp"), [InputRequired(NO_DAY)])
    expires_on = TypedDayField(_l("Ngày hết hạn"), [InputRequired(NO_DAY)])
    product = SelectField(_l("Sản phẩm"), [Optional()])
    area = SelectField(_l("Vườn"), [Optional()])
    facility = SelectField(_l("Cơ sở"), [Optional()])
    area_ha = HectaresField(_l("Diện tích trên giấy"), [Optional()])
    stars = SelectField(_l("Số sao OCOP"), [Optional()])
    output = TonnesField(_l("Sản lượng một năm"), [Optional()])
    more_areas = SelectMultipleField(_l("Vườn khác cũng ghi trên giấy"), [Optional()])
    more_facilities = SelectMultipleField(
        _l("Cơ sở khác cũng ghi trên giấy"), [Optional()]
    )

    def __init__(
        self,
        *args: Any,
        schemes: Pairs,
        products: Pairs,
        areas: Pairs,
        facilities: Pairs,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scheme.choices = _choices(schemes)
        every = gettext("Tất cả sản phẩm")
        self.product.choices = _choices([("", every), *products])
        self.area.choices = _choices([("", gettext("Tất cả vườn")), *areas])
        self.facility.choices = _choices([("", gettext("Không ghi")), *facilities])
        self.more_areas.choices = _choices(areas)
        self.more_facilities.choices = _choices(facilities)
        stars = [(str(n), gettext("%(count)s sao", count=n)) for n in (3, 4, 5)]
        self.stars.choices = _choices([("", gettext("Không phải OCOP")), *stars])

    def command(self) -> SaveCertificate:
        assert self.issued_on.data is not None
        assert self.expires_on.data is not None
        return SaveCertificate(
            scheme=CertificateScheme(self.scheme.data),
            number=self.number.data or "",
            issuer=self.issuer.data or "",
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
            product_code=self.product.data or "",
            area=self.area.data or "",
            facility=self.facility.data or "",
            area_ha=self.area_ha.data,
            stars=int(stars) if (stars := (self.stars.data or "").strip()) else None,
            output_kg_per_year=self.output.data,
            more_areas=tuple(self.more_areas.data or ()),
            more_facilities=tuple(self.more_facilities.data or ()),
        )


class CodeForm(FlaskForm):
    """A growing-area code of a garden for one market."""

    area = SelectField(_l("Vườn"), [InputRequired(_l("Chọn vườn"))])
    market = SelectField(_l("Thị trường"), [InputRequired(_l("Chọn thị trường"))])
    code = StringField(
        _l("Mã số vùng trồng"),
        [
            InputRequired(_l("Nhập mã như trên thông báo cấp mã")),
            Length(max=64, message=_l("Mã dài nhất 64 chữ")),
        ],
    )
    area_ha = HectaresField(
        _l("Diện tích được cấp mã"),
        [InputRequired(_l("Nhập diện tích bằng héc-ta, ví dụ 12,5"))],
    )
    first_day = TypedDayField(_l("Có hiệu lực từ"), [InputRequired(NO_DAY)])
    last_day = TypedDayField(
        _l("Đến hết ngày"),
        [Optional()],
        description=_l("Để trống nếu mã không ghi thời hạn."),
    )
    supervised_on = TypedDayField(
        _l("Lần giám sát gần nhất"),
        [Optional()],
        description=_l("Vùng xuất khẩu cần giám sát mỗi năm một lần."),
    )

    def __init__(self, *args: Any, areas: Pairs, markets: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = _choices(areas)
        self.market.choices = _choices(markets)

    def command(self) -> SaveCode:
        assert self.area_ha.data is not None
        assert self.first_day.data is not None
        return SaveCode(
            area=self.area.data,
            market=Market(self.market.data),
            code=self.code.data or "",
            area_ha=self.area_ha.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            supervised_on=self.supervised_on.data,
        )


class PackingCodeForm(FlaskForm):
    """The code of a packing house for one market."""

    facility = SelectField(_l("Cơ sở"), [InputRequired(_l("Chọn cơ sở"))])
    market = SelectField(_l("Thị trường"), [InputRequired(_l("Chọn thị trường"))])
    code = StringField(
        _l("Mã số cơ sở đóng gói"),
        [
            InputRequired(_l("Nhập mã như trên thông báo cấp mã")),
            Length(max=64, message=_l("Mã dài nhất 64 chữ")),
        ],
    )
    first_day = TypedDayField(_l("Có hiệu lực từ"), [InputRequired(NO_DAY)])
    last_day = TypedDayField(
        _l("Đến hết ngày"),
        [Optional()],
        description=_l("Để trống nếu mã không ghi thời hạn."),
    )
    supervised_on = TypedDayField(
        _l("Lần giám sát gần nhất"),
        [Optional()],
        description=_l("Cơ sở đóng hàng xuất khẩu cần giám sát mỗi năm một lần."),
    )

    def __init__(
        self, *args: Any, facilities: Pairs, markets: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.facility.choices = _choices(facilities)
        self.market.choices = _choices(markets)

    def command(self) -> SavePackingCode:
        assert self.first_day.data is not None
        return SavePackingCode(
            facility=self.facility.data,
            market=Market(self.market.data),
            code=self.code.data or "",
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            supervised_on=self.supervised_on.data,
        )


def _choices(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]
