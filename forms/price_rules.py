"""The form to try a price rule: how the price is made, and what is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, FormField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from forms.rows import RowList
from forms.said import said
from forms.typed_fields import (
    KilogramsField,
    PercentField,
    PriceField,
    TypedField,
)
from marketplace.domain.errors import Refused
from marketplace.domain.formats import format_number
from marketplace.domain.names import clean_text
from marketplace.domain.price_terms import (
    AcceptedPart,
    GradeTerm,
    MarketQuote,
    PriceRule,
    ReferencePoint,
    TermUnit,
    parse_term,
)
from marketplace.domain.text import fold
from marketplace.domain.words import PriceMode

MOST_PARTS = 12
MODES = (
    (PriceMode.FIXED, _l("Giá chốt")),
    (PriceMode.FLOOR, _l("Giá sàn, chia phần chênh với giá chợ")),
    (PriceMode.MARKET, _l("Theo giá chợ")),
)
POINTS = (
    (ReferencePoint.MIDDLE, _l("Mức giữa")),
    (ReferencePoint.LOW, _l("Mức thấp")),
    (ReferencePoint.HIGH, _l("Mức cao")),
)


@dataclass(frozen=True)
class PriceQuestion:
    """A rule, a reference if one is given, and the parts of a delivery."""

    rule: PriceRule
    quote: MarketQuote | None
    parts: tuple[AcceptedPart, ...]


class TermField(TypedField):
    """A premium or a deduction, in đồng a kilogram or in percent."""

    keyboard: Mapping[str, str] = {"inputmode": "text"}

    @staticmethod
    def parse(text: str, lang: str) -> tuple[Decimal, TermUnit]:
        return parse_term(text, lang=lang)

    @staticmethod
    def show(term: tuple[Decimal, TermUnit], lang: str) -> str:
        amount, unit = term
        sign = "-" if amount < 0 else "+"
        percent = "%" if unit is TermUnit.PERCENT else ""
        return f"{sign}{format_number(abs(amount), lang)}{percent}"


class PartForm(Form):
    """Kilograms of one grade, and what its grade adds to the price or takes off."""

    grade = StringField(
        _l("Loại hàng"), [Length(max=40, message=_l("Nhập không quá 40 ký tự"))]
    )
    kg = KilogramsField(
        _l("Số kg"), [InputRequired(_l("Nhập số kg, ví dụ 1.000"))], default=1_000
    )
    term = TermField(_l("Thưởng hoặc trừ"))

    def name(self, number: int) -> str:
        """The grade as typed, or a name for the row."""
        typed = clean_text(self.grade.data or "", field="grade")
        return typed or _("Phần %(number)s", number=number)


class PriceRuleForm(FlaskForm):
    """What is typed stays in the form alone: nothing is stored."""

    mode = RadioField(
        _l("Cách tính giá"),
        choices=[SelectChoice(value.value, name) for value, name in MODES],
        default=PriceMode.FIXED.value,
    )
    price = PriceField(_l("Giá chốt hoặc giá sàn"))
    share = PercentField(_l("Bên bán được bao nhiêu phần chênh"))
    low = PriceField(_l("Giá chợ thấp nhất"))
    high = PriceField(_l("Giá chợ cao nhất"))
    point = RadioField(
        _l("Giá chợ lấy mức nào"),
        choices=[SelectChoice(value.value, name) for value, name in POINTS],
        default=ReferencePoint.MIDDLE.value,
    )
    parts = RowList(FormField(PartForm), min_entries=1, max_entries=MOST_PARTS)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then whether they make a rule together."""
        if not super().validate(extra_validators):
            return False
        try:
            self.question = self._question()
        except Refused as refusal:
            words = said(refusal.message, refusal.params)
            field: Any = getattr(self, refusal.field or "", self.parts)
            field.errors = [*field.errors, words]
            return False
        return self._grades_differ()

    def _question(self) -> PriceQuestion:
        named = [(e.form.name(n), e.form) for n, e in enumerate(self.parts, start=1)]
        rule = PriceRule(
            PriceMode(self.mode.data),
            self.price.data,
            self.share.data or Decimal(0),
            ReferencePoint(self.point.data),
            tuple(
                GradeTerm(name, *row.term.data) for name, row in named if row.term.data
            ),
        )
        parts = tuple(AcceptedPart(row.kg.data, name) for name, row in named)
        return PriceQuestion(rule, self._quote(), parts)

    def _quote(self) -> MarketQuote | None:
        """One market price serves as both ends."""
        ends = [end for end in (self.low.data, self.high.data) if end is not None]
        return MarketQuote(ends[0], ends[-1]) if ends else None

    def _grades_differ(self) -> bool:
        """A grade that stands twice would have both rows' terms on it."""
        seen: set[str] = set()
        for part, entry in zip(self.question.parts, self.parts, strict=True):
            if fold(part.grade) in seen:
                words = _("Loại này đã có ở dòng trên. Gộp số kg lại.")
                entry.form.grade.errors = [words]
                return False
            seen.add(fold(part.grade))
        return True
