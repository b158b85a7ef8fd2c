"""The price rule of a contract, carried out for one accepted part of a delivery.

A rule gives either a price with the arithmetic that led to it, step by step, or
`NotKnownYet`. A price a kilogram may carry a fraction of a đồng (CT-09); only the
total of a line is rounded. The floor of a floor price protects the price before
premiums and deductions for the grade, which may lead below it, but never below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from marketplace.domain.errors import N_
from marketplace.domain.price_terms import (
    POINT_NAMES,
    AcceptedPart,
    GradeTerm,
    MarketQuote,
    PriceRule,
    TermUnit,
)
from marketplace.domain.prices import line_total_vnd
from marketplace.domain.words import PriceMode


class StepKind(StrEnum):
    """What a step does: the amounts that add up give the price a kilogram."""

    ADDS = "adds"
    NOTE = "note"
    PRICE = "price"
    PART = "part"
    LINE = "line"


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic: a msgid, what fills it, and the amount.

    The amount is đồng a kilogram, but of the line where the kind is LINE, which is
    whole, or PART, which the line rounds.
    """

    kind: StepKind
    message: str
    amount: Decimal
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Priced:
    """A price; provisional while the reference that may raise it is not known."""

    price_per_kg: Decimal
    total_vnd: int
    provisional: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class NotKnownYet:
    """No price: the rule needs a reference that nobody has noted, and none is guessed."""

    message: str = N_("Chưa có giá tham chiếu, nên chưa tính được tiền")


Outcome = Priced | NotKnownYet


@dataclass(frozen=True)
class PartPrice:
    """An accepted part and what the rule makes of it."""

    part: AcceptedPart
    outcome: Outcome


def price_parts(
    rule: PriceRule, parts: Iterable[AcceptedPart], quote: MarketQuote | None = None
) -> tuple[PartPrice, ...]:
    """Each part of one delivery with its price, in the given order."""
    return tuple(PartPrice(part, price_part(rule, part, quote)) for part in parts)


def total_of(parts: Iterable[PartPrice]) -> int | None:
    """Whole đồng of all parts; None while the price of one is not known."""
    total = 0
    for one in parts:
        if isinstance(one.outcome, NotKnownYet):
            return None
        total += one.outcome.total_vnd
    return total


def price_part(
    rule: PriceRule, part: AcceptedPart, quote: MarketQuote | None = None
) -> Outcome:
    """What the rule pays for the part, given the reference of its day if known."""
    steps = list(_before_grades(rule, quote))
    if not steps:
        return NotKnownYet()
    steps += _for_grade(rule.terms, part.grade, _sum(steps))
    price = _sum(steps)
    if price < 0:
        steps.append(Step(StepKind.ADDS, N_("Giá không xuống dưới 0"), -price))
        price = Decimal(0)
    line = _line(part.kg, price)
    steps += [Step(StepKind.PRICE, N_("Đơn giá một kg"), price), line]
    provisional = rule.mode is PriceMode.FLOOR and quote is None
    return Priced(price, int(line.amount), provisional, tuple(steps))


def _before_grades(rule: PriceRule, quote: MarketQuote | None) -> Iterator[Step]:
    """The steps to the price that grade terms start from; none if it is not known."""
    if rule.mode is PriceMode.MARKET:
        if quote is not None:
            yield _reference(rule, quote, StepKind.ADDS)
        return
    fixed = rule.mode is PriceMode.FIXED
    name = N_("Giá chốt trong hợp đồng") if fixed else N_("Giá sàn trong hợp đồng")
    floor = Decimal(rule.price_vnd or 0)
    yield Step(StepKind.ADDS, name, floor)
    if not fixed:
        yield from _above_floor(rule, quote, floor)


def _above_floor(
    rule: PriceRule, quote: MarketQuote | None, floor: Decimal
) -> Iterator[Step]:
    if quote is None:
        pending = N_("Chưa có giá tham chiếu, tạm tính theo giá sàn")
        yield Step(StepKind.NOTE, pending, Decimal(0))
        return
    yield _reference(rule, quote, StepKind.NOTE)
    market = quote.at(rule.point)
    if market <= floor:
        none = N_("Giá tham chiếu không cao hơn giá sàn, không có phần chênh")
        yield Step(StepKind.NOTE, none, Decimal(0))
        return
    above = market - floor
    params: dict[str, object] = {"market": market, "floor": floor}
    said = N_("Phần chênh trên giá sàn: %(market)s − %(floor)s")
    yield Step(StepKind.NOTE, said, above, params)
    params = {"share": rule.share_pct, "above": above}
    said = N_("Bên bán được thêm %(share)s%% phần chênh %(above)s đ/kg")
    yield Step(StepKind.ADDS, said, above * rule.share_pct / 100, params)


def _reference(rule: PriceRule, quote: MarketQuote, kind: StepKind) -> Step:
    message = (
        N_("Giá tham chiếu ngày %(day)s: %(point)s của %(low)s đến %(high)s đ/kg")
        if quote.day
        else N_("Giá tham chiếu: %(point)s của %(low)s đến %(high)s đ/kg")
    )
    low, high = Decimal(quote.low_vnd), Decimal(quote.high_vnd)
    if low == high:
        message = (
            N_("Giá tham chiếu ngày %(day)s") if quote.day else N_("Giá tham chiếu")
        )
    params: dict[str, object] = {"point": POINT_NAMES[rule.point]}
    params |= {"low": low, "high": high, "day": quote.day or ""}
    return Step(kind, message, quote.at(rule.point), params)


def _for_grade(
    terms: Iterable[GradeTerm], grade: str, price: Decimal
) -> Iterator[Step]:
    for term in terms:
        if term.grade == grade and term.amount:
            yield _grade_step(term, price)


def _grade_step(term: GradeTerm, price: Decimal) -> Step:
    more = term.amount > 0
    if term.unit is TermUnit.PERCENT:
        message = (
            N_("Thưởng %(grade)s: %(amount)s%% của %(price)s đ/kg")
            if more
            else N_("Trừ %(grade)s: %(amount)s%% của %(price)s đ/kg")
        )
    else:
        message = N_("Thưởng %(grade)s") if more else N_("Trừ %(grade)s")
    params = {"grade": term.grade, "amount": abs(term.amount), "price": price}
    return Step(StepKind.ADDS, message, term.on(price), params)


def _line(kg: int, price: Decimal) -> Step:
    total = line_total_vnd(kg, price)
    message = (
        N_("Thành tiền: %(kg)s kg × %(price)s đ/kg")
        if total == kg * price
        else N_("Thành tiền: %(kg)s kg × %(price)s đ/kg, làm tròn đến đồng")
    )
    params = {"kg": Decimal(kg), "price": price}
    return Step(StepKind.LINE, message, Decimal(total), params)


def _sum(steps: Iterable[Step]) -> Decimal:
    return sum((s.amount for s in steps if s.kind is StepKind.ADDS), Decimal(0))
