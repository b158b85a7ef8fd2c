"""The form of a purchase offer: typed text in, a command out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.offer_fields import Choices, TypedField, in_words, whole
from forms.offer_tranches import TrancheForm, read_kg, read_percent, read_price
from forms.rows import RowList
from marketplace.domain.commands_offers import PostOffer, Requirement, TrancheLine
from marketplace.domain.errors import Refused
from marketplace.domain.findings import Finding
from marketplace.domain.offers import MOST_TRANCHES
from marketplace.domain.typed import parse_count, parse_day
from marketplace.domain.words import CertificateScheme, Market, PriceMode

# The papers that buyers of the field ask for; the rest is for processors.
SCHEMES = (
    (CertificateScheme.VIETGAP, "VietGAP"),
    (CertificateScheme.GLOBALGAP, "GlobalG.A.P."),
    (CertificateScheme.ORGANIC_TCVN, _l("Hữu cơ TCVN")),
    (CertificateScheme.FOOD_SAFETY, _l("Cơ sở an toàn thực phẩm")),
    (CertificateScheme.HACCP, "HACCP"),
    (CertificateScheme.ISO22000, "ISO 22000"),
    (CertificateScheme.OCOP, "OCOP"),
)
MARKETS = (
    (Market.DOMESTIC, _l("Trong nước")),
    (Market.US, _l("Mỹ")),
    (Market.CN, _l("Trung Quốc")),
    (Market.AU, _l("Úc")),
    (Market.NZ, _l("New Zealand")),
)
MANY, ONE = "many", "one"

E = TypeVar("E", bound=StrEnum)


class OfferForm(FlaskForm):
    """All of an offer on one page; choices come from the view."""

    revision = HiddenField()
    product = SelectField(_l("Sản phẩm"))
    varieties = SelectMultipleField(_l("Giống"))
    least_grade = SelectField(_l("Loại thấp nhất nhận"))
    market = SelectField(
        _l("Bán ở thị trường"), choices=[SelectChoice(m.value, t) for m, t in MARKETS]
    )
    schemes = SelectMultipleField(
        _l("Bắt buộc có"), choices=[SelectChoice(s.value, t) for s, t in SCHEMES]
    )
    least_stars = SelectField(
        _l("OCOP từ mấy sao"),
        choices=[SelectChoice(str(n), str(n)) for n in (3, 4, 5)],
        default="3",
    )
    codes = SelectMultipleField(
        _l("Mã vùng trồng cho thị trường"),
        choices=[SelectChoice(m.value, t) for m, t in MARKETS],
    )
    traceability = BooleanField(_l("Tem truy xuất"))
    cold_chain = BooleanField(_l("Giao xe lạnh"))
    packaging = StringField(_l("Đóng gói"), [Length(max=200)])
    unit = SelectField(_l("Tỉnh, thành phố nơi giao"))
    place = StringField(_l("Giao tại"), [Length(max=200)])
    tranches = RowList(FormField(TrancheForm), min_entries=1, max_entries=MOST_TRANCHES)
    show_price = RadioField(
        _l("Ai thấy giá tối đa?"),
        choices=[
            SelectChoice("no", _l("Chỉ tổ chức này")),
            SelectChoice("yes", _l("Cho mọi người thấy")),
        ],
        default="no",
    )
    price_mode = RadioField(
        _l("Giá sau khi ký"),
        choices=[
            SelectChoice(PriceMode.FIXED.value, _l("Giữ nguyên")),
            SelectChoice(PriceMode.FLOOR.value, _l("Giá sàn, chia phần chênh")),
            SelectChoice(PriceMode.MARKET.value, _l("Theo giá chợ")),
        ],
        default=PriceMode.FIXED.value,
    )
    share_pct = TypedField(_l("Bên bán được chia"), read=read_percent)
    reference_market = SelectField(_l("Lấy giá tham chiếu ở"), default="")
    deposit_pct = TypedField(_l("Đặt cọc"), read=read_percent)
    payment_term_days = TypedField(
        _l("Trả tiền sau nghiệm thu"),
        [InputRequired(_l("Nhập số ngày, ví dụ 7"))],
        read=parse_count,
    )
    answer_by = TypedField(_l("Hạn trả lời"), read=parse_day)
    pooled = RadioField(
        _l("Được ghép nhiều hợp tác xã?"),
        choices=[
            SelectChoice(MANY, _l("Được ghép nhiều bên")),
            SelectChoice(ONE, _l("Chỉ một bên")),
        ],
        default=MANY,
    )
    smallest_lot = TypedField(_l("Mỗi bên ít nhất"), read=read_kg)
    most_suppliers = TypedField(_l("Nhiều nhất mấy bên"), read=parse_count)
    notes = TextAreaField(_l("Ghi chú cho bên bán"), [Length(max=2000)])
    # Helpers that fill the rows above; they say nothing about the offer itself.
    fill_from = TypedField(_l("Từ ngày"), read=parse_day)
    fill_to = TypedField(_l("Đến ngày"), read=parse_day)
    fill_every = TypedField(_l("Cách mấy ngày"), read=parse_count, default="7")
    fill_total = TypedField(_l("Tổng số tấn"), read=read_kg)
    fill_price = TypedField(_l("Giá tối đa (đ/kg)"), read=read_price)
    paste = TextAreaField(_l("Dán các dòng từ Excel"))

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product.choices = [SelectChoice(*one) for one in choices.products]
        self.varieties.choices = [SelectChoice(*one) for one in choices.varieties]
        self.least_grade.choices = [
            SelectChoice("0", _l("Loại nào cũng nhận")),
            *(SelectChoice(str(rank), name) for rank, name in choices.grades),
        ]
        self.unit.choices = [
            SelectChoice("", _l("Như địa chỉ của tổ chức")),
            *(SelectChoice(str(id_), name) for id_, name in choices.units),
        ]
        self.reference_market.choices = [
            SelectChoice("", _l("Chọn chợ")),
            *(SelectChoice(*one) for one in choices.price_markets),
        ]

    def command(self) -> PostOffer:
        """The offer of a validated form."""
        return self._worded([row.line() for row in self.rows()])

    def glance(self) -> tuple[PostOffer, list[int]]:
        """What can be read so far, and the rows its tranches stand in."""
        found = [
            (place, line)
            for place, entry in enumerate(self.tranches)
            if (line := entry.form.glance())
        ]
        return self._worded([line for _, line in found]), [place for place, _ in found]

    def rows(self) -> list[TrancheForm]:
        """The rows in which something is typed."""
        return [entry.form for entry in self.tranches if not entry.form.is_blank]

    def _worded(self, lines: Sequence[TrancheLine]) -> PostOffer:
        alone = self.pooled.data == ONE
        return PostOffer(
            product_code=self.product.data or "",
            place=(self.place.data or "").strip(),
            payment_term_days=self.payment_term_days.glance() or 0,
            tranches=tuple(lines),
            requirements=self._requirements(),
            variety_codes=tuple(self.varieties.data or ()),
            least_grade=whole(self.least_grade.data) or 0,
            market=next(iter(_members(Market, [self.market.data])), Market.DOMESTIC),
            unit_id=whole(self.unit.data),
            show_price=self.show_price.data == "yes",
            smallest_lot_kg=self.smallest_lot.glance() or 0,
            most_suppliers=1 if alone else self.most_suppliers.glance() or 0,
            deposit_pct=self.deposit_pct.glance() or 0,
            **self._moving(),
            cold_chain=bool(self.cold_chain.data),
            traceability=bool(self.traceability.data),
            packaging=self.packaging.data or "",
            notes=self.notes.data or "",
            answer_by=self.answer_by.glance(),
        )

    def _moving(self) -> dict[str, Any]:
        modes = _members(PriceMode, [self.price_mode.data])
        return {
            "price_mode": next(iter(modes), PriceMode.FIXED),
            "share_pct": self.share_pct.glance() or 0,
            "reference_market": self.reference_market.data or "",
        }

    def _requirements(self) -> tuple[Requirement, ...]:
        schemes = _members(CertificateScheme, self.schemes.data)
        stars = whole(self.least_stars.data) or 3
        asked = [
            Requirement(scheme=one, least_stars=stars)
            if one is CertificateScheme.OCOP
            else Requirement(scheme=one)
            for one in schemes
        ]
        codes = [Requirement(market=one) for one in _members(Market, self.codes.data)]
        return (*asked, *codes)

    def show_fault(self, fault: Finding | Refused) -> None:
        """A rule's word beside the field or row it is about."""
        if isinstance(fault, Finding):
            fault = Refused(fault.message, fault.field, **fault.params)
        field = self._place(fault.field or "")
        if field is None:
            self.form_errors.append(in_words(fault))
        else:
            field.errors = [*field.errors, in_words(fault)]
            self._count_rows()

    def _count_rows(self) -> None:
        """The list knows what is wrong in its rows, as after a validation."""
        own = [one for one in self.tranches.errors if isinstance(one, str)]
        rows = [entry.errors for entry in self.tranches if entry.errors]
        self.tranches.errors = [*own, *rows]

    def most_value_vnd(self) -> int:
        """What the rows cost at their ceilings, as far as they can be read."""
        return sum(
            (row.kg.glance() or 0) * (row.ceiling.glance() or 0) for row in self.rows()
        )

    def _place(self, path: str) -> Any:
        name, *rest = path.split("-")
        if not rest:
            return self._fields.get(name)
        rows = self.rows()
        place = int(rest[0])
        return rows[place]._fields.get(rest[1]) if place < len(rows) else None


def _members(kind: type[E], values: Iterable[object] | None) -> list[E]:
    """The members that were really chosen; a form may be looked at unchecked."""
    known = {str(member.value): member for member in kind}
    return [known[str(one)] for one in values or () if str(one) in known]
