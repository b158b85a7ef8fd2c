"""What each load of a contract is paid at, by the words that both sides signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.price_rules import NotKnownYet, Outcome, price_part
from marketplace.domain.price_terms import (
    AcceptedPart,
    MarketQuote,
    PriceRule,
    reference_day,
    rule_of,
)
from marketplace.domain.prices import line_total_vnd
from marketplace.domain.season_content import price_of_season
from marketplace.domain.settlement_facts import AcceptedLine
from marketplace.domain.words import PriceMode
from marketplace.services.contract_versions import (
    price_of_note,
    signed_words,
    words_of_note,
)
from marketplace.services.price_lookup import quote_on
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.inspections import InspectionPart
from models.price_quotes import ANY_GRADE, PriceMarket
from models.reference import Grade


class Prices:
    """The words of each delivery: an amendment prices none that went before it."""

    def __init__(self, session: Session, contract: Contract, lang: str) -> None:
        self._named = session, contract, lang
        self._words = signed_words(session, contract)
        self._seasons = {line.number: line.season for line in contract.lines}
        self._made: dict[tuple[int, str], _Pricing] = {}

    def of(self, note: DeliveryNote) -> _Pricing:
        """The price rule that the load is paid by: that of its season."""
        words, season = price_of_note(self._words, note), self._seasons[note.line]
        key = words.version, season
        if key not in self._made:
            signed = price_of_season(words.content, season)
            self._made[key] = _Pricing(*self._named, signed)
        return self._made[key]

    def payment_days(self, note: DeliveryNote) -> int:
        """The days within which the load is to be paid."""
        return int(words_of_note(self._words, note).content["payment"]["days"])


class _Pricing:
    """A price rule that both signed, and the quotes it refers to."""

    def __init__(
        self, session: Session, contract: Contract, lang: str, signed: dict[str, Any]
    ) -> None:
        self.session, self.contract, self.lang = session, contract, lang
        self.rule: PriceRule = rule_of(signed)
        self.day_rule = _named(signed.get("reference_day_rule", ""))
        self.market_id = self._market(_named(signed.get("reference", "")))

    def line(self, part: InspectionPart, day: date) -> AcceptedLine:
        """An accepted part with its price; no more is taken off than it pays."""
        name = spelled(self.rule, part.grade, self.lang)
        outcome = self._outcome(part.kg, part.grade, day)
        pays = 0 if isinstance(outcome, NotKnownYet) else outcome.total_vnd
        deduction = line_total_vnd(part.kg, Decimal(part.deduction_vnd))
        return AcceptedLine(part.kg, outcome, name, min(deduction, pays))

    def price_of_a_kilogram(self, grade: Grade | None, day: date) -> Decimal | None:
        """Đồng before any deduction, as far as it is known; None while nothing is."""
        outcome = self._outcome(1, grade, day)
        return None if isinstance(outcome, NotKnownYet) else outcome.price_per_kg

    def awaited(self, grade: Grade | None, day: date) -> tuple[int, date] | None:
        """The market and the day whose quote the final price waits for, if any."""
        outcome = self._outcome(1, grade, day)
        final = not isinstance(outcome, NotKnownYet) and not outcome.provisional
        if final or self.market_id is None:
            return None
        return self.market_id, reference_day(self.day_rule, day)

    def _outcome(self, kg: int, grade: Grade | None, day: date) -> Outcome:
        part = AcceptedPart(kg, spelled(self.rule, grade, self.lang))
        return price_part(self.rule, part, self._quote(grade, day))

    def _market(self, name: str) -> int | None:
        if self.rule.mode is PriceMode.FIXED:
            return None
        names = (name or self.contract.reference_market,)
        columns = (PriceMarket.name_vi, PriceMarket.name_en, PriceMarket.code)
        called = or_(*(column.in_(names) for column in columns))
        return self.session.scalar(select(PriceMarket.id).where(called))

    def _quote(self, grade: Grade | None, delivered: date) -> MarketQuote | None:
        if self.market_id is None:
            return None
        found = quote_on(
            self.session,
            self.contract.product_id,
            self.market_id,
            grade.rank if grade else ANY_GRADE,
            reference_day(self.day_rule, delivered),
        )
        return MarketQuote(found.low_vnd, found.high_vnd, found.day) if found else None


def spelled(rule: PriceRule, grade: Grade | None, lang: str = "vi") -> str:
    """A grade as the rule's own terms call it, else by its name."""
    if grade is None:
        return ""
    terms = {term.grade for term in rule.terms}
    spellings = (grade.name_vi, grade.name_en, grade.code)
    named = grade.name_en if lang == "en" else grade.name_vi
    return next((one for one in spellings if one in terms), named)


def _named(said: object) -> str:
    """A plain text, or the name in a record of the contract's content."""
    if isinstance(said, Mapping):
        row: Mapping[str, Any] = said
        return str(row.get("code") or row.get("name_vi") or row.get("name") or "")
    return str(said)
