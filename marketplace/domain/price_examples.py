"""A worked example of a price rule, for both sides to see before they sign."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marketplace.domain.errors import N_
from marketplace.domain.price_rules import PartPrice, price_parts
from marketplace.domain.price_terms import AcceptedPart, MarketQuote, PriceRule
from marketplace.domain.words import PriceMode

EXAMPLE_KG = 1_000
# What the market price might be where the rule itself names no price.
EXAMPLE_LOW_VND, EXAMPLE_HIGH_VND = 14_000, 16_000
# Where it names a floor: a tenth and three tenths above, a fifth and a tenth below.
ABOVE_FLOOR, BELOW_FLOOR = (11, 13), (8, 9)

UNKNOWN = N_("Khi chưa có giá tham chiếu")
KNOWN = N_("Ví dụ giá chợ từ %(low)s đến %(high)s đ/kg")
ALWAYS = N_("Với mọi đợt giao")


@dataclass(frozen=True)
class Situation:
    """A state of the market, named by a msgid, and what the rule then pays.

    `quote` is an example and nobody's price; None where no reference is known.
    """

    name: str
    quote: MarketQuote | None
    parts: tuple[PartPrice, ...]

    @property
    def params(self) -> dict[str, object]:
        """What fills the name."""
        if self.quote is None:
            return {}
        low, high = self.quote.low_vnd, self.quote.high_vnd
        return {"low": Decimal(low), "high": Decimal(high)}


def worked_example(rule: PriceRule) -> tuple[Situation, ...]:
    """Each state of the market that makes the rule pay differently.

    Every grade with a premium or deduction has its own part of 1,000 kg.
    """
    grades = tuple(dict.fromkeys(term.grade for term in rule.terms)) or ("",)
    parts = [AcceptedPart(EXAMPLE_KG, grade) for grade in grades]
    return tuple(
        Situation(name, quote, price_parts(rule, parts, quote))
        for name, quote in _situations(rule)
    )


def _situations(rule: PriceRule) -> list[tuple[str, MarketQuote | None]]:
    if rule.mode is PriceMode.FIXED:
        return [(ALWAYS, None)]
    if rule.mode is PriceMode.MARKET:
        example = MarketQuote(EXAMPLE_LOW_VND, EXAMPLE_HIGH_VND)
        return [(KNOWN, example), (UNKNOWN, None)]
    floor = rule.price_vnd or 0
    return [
        (KNOWN, _tenths(floor, ABOVE_FLOOR)),
        (KNOWN, _tenths(floor, BELOW_FLOOR)),
        (UNKNOWN, None),
    ]


def _tenths(price_vnd: int, tenths: tuple[int, int]) -> MarketQuote:
    low, high = (max(1, price_vnd * part // 10) for part in tenths)
    return MarketQuote(low, high)
