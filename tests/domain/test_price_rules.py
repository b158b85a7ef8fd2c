"""What a price rule pays for a part of a delivery, and the arithmetic it shows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.formats import written
from marketplace.domain.price_examples import EXAMPLE_KG, worked_example
from marketplace.domain.price_rules import (
    NotKnownYet,
    Priced,
    StepKind,
    price_part,
    price_parts,
    total_of,
)
from marketplace.domain.price_terms import (
    AcceptedPart,
    GradeTerm,
    MarketQuote,
    PriceRule,
    ReferencePoint,
    TermUnit,
    parse_term,
    reference_day,
    rule_of,
)
from marketplace.domain.words import PriceMode

FLOOR = PriceRule(PriceMode.FLOOR, 14_000, Decimal(50))
FIXED = PriceRule(PriceMode.FIXED, 14_500)
MARKET = PriceRule(PriceMode.MARKET)
TONNE = AcceptedPart(1_000)

prices = st.integers(100, 10_000_000)
percents = st.decimals(0, 100, places=2)
points = st.sampled_from(ReferencePoint)


@st.composite
def terms(draw):
    unit = draw(st.sampled_from(TermUnit))
    most = 100 if unit is TermUnit.PERCENT else 10_000_000
    amount = draw(st.decimals(-most, most, places=2))
    return GradeTerm(draw(st.sampled_from(["Loại 1", "Loại 2"])), amount, unit)


@st.composite
def rules(draw, mode=None):
    return PriceRule(
        mode or draw(st.sampled_from(PriceMode)),
        draw(prices),
        draw(percents),
        draw(points),
        tuple(draw(st.lists(terms(), max_size=3))),
    )


@st.composite
def quotes(draw):
    low, high = sorted((draw(prices), draw(prices)))
    return MarketQuote(low, high, draw(st.none() | st.just(date(2026, 8, 3))))


parts = st.builds(
    AcceptedPart, st.integers(0, 10_000_000), st.sampled_from(["", "Loại 1", "Loại 2"])
)


@pytest.mark.parametrize(
    ("rule", "quote", "price"),
    [
        (FIXED, None, "14500"),
        (FIXED, MarketQuote(20_000, 20_000), "14500"),
        (FLOOR, MarketQuote(15_000, 18_000), "15250"),
        (FLOOR, MarketQuote(9_000, 14_000), "14000"),
        (MARKET, MarketQuote(15_000, 18_001), "16500.5"),
        (replace(MARKET, point=ReferencePoint.LOW), MarketQuote(15, 18), "15"),
        (replace(MARKET, point=ReferencePoint.HIGH), MarketQuote(15, 18), "18"),
    ],
)
def test_each_mode_makes_its_price(rule, quote, price):
    outcome = price_part(rule, TONNE, quote)

    assert outcome.price_per_kg == Decimal(price)
    assert not outcome.provisional


def test_a_floor_is_paid_provisionally_while_no_reference_is_known():
    outcome = price_part(FLOOR, TONNE)

    assert (outcome.price_per_kg, outcome.provisional) == (14_000, True)


def test_a_market_price_is_never_guessed():
    outcome = price_part(replace(MARKET, price_vnd=14_500), TONNE)

    assert outcome == NotKnownYet()


def test_the_floor_protects_the_price_before_the_grade_terms():
    less = GradeTerm("Loại 2", Decimal(-20), TermUnit.PERCENT)
    rule = replace(FLOOR, terms=(less,))

    outcome = price_part(rule, AcceptedPart(1_000, "Loại 2"), MarketQuote(9_000, 9_000))

    assert outcome.price_per_kg == 11_200


def test_only_the_line_is_rounded_and_half_goes_up():
    more = GradeTerm("Loại 1", Decimal("0.5"))
    rule = replace(FIXED, terms=(more,))

    outcome = price_part(rule, AcceptedPart(3, "Loại 1"))

    assert outcome.price_per_kg == Decimal("14500.5")
    assert outcome.total_vnd == 43_502


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: PriceRule(PriceMode.FIXED), "price"),
        (lambda: PriceRule(PriceMode.FLOOR, 0), "price"),
        (lambda: PriceRule(PriceMode.FLOOR, 9_000, Decimal("100.01")), "share"),
        (lambda: PriceRule(PriceMode.FLOOR, 9_000, Decimal("33.333")), "share"),
        (lambda: MarketQuote(15_000, 14_000), "high"),
        (lambda: GradeTerm("Loại 1", Decimal("0.001")), "grade_terms"),
        (
            lambda: GradeTerm("Loại 1", Decimal(-101), TermUnit.PERCENT),
            "grade_terms",
        ),
    ],
)
def test_a_rule_that_could_make_no_price_is_refused_at_its_field(wrong, field):
    with pytest.raises(Refused) as refusal:
        wrong()

    assert refusal.value.field == field


def test_a_rule_is_read_from_the_words_both_have_signed():
    signed = {
        "mode": "floor",
        "price_vnd": 14_500,
        "share_pct": 40,
        "reference": {"name_vi": "Chợ Sơn La", "name_en": "Son La market"},
        "reference_day_rule": "thứ Hai",
        "grade_terms": [{"grade": "Loại 1", "unit": "percent", "amount": 5}],
    }

    assert rule_of(signed) == PriceRule(
        PriceMode.FLOOR,
        14_500,
        Decimal(40),
        terms=(GradeTerm("Loại 1", Decimal(5), TermUnit.PERCENT),),
    )
    assert rule_of({"mode": "market"}) == MARKET


@pytest.mark.parametrize(
    ("text", "lang", "term"),
    [
        ("500", "vi", (Decimal(500), TermUnit.VND_PER_KG)),
        ("+1.200 đ/kg", "vi", (Decimal(1_200), TermUnit.VND_PER_KG)),
        ("−1,200", "en", (Decimal(-1_200), TermUnit.VND_PER_KG)),
        ("- 7,5 %", "vi", (Decimal("-7.5"), TermUnit.PERCENT)),
        ("+7.25%", "en", (Decimal("7.25"), TermUnit.PERCENT)),
    ],
)
def test_a_premium_or_a_deduction_is_read_as_typed(text, lang, term):
    assert parse_term(text, lang=lang) == term


@pytest.mark.parametrize(
    "text", ["nhiều", "-", "101%", "7,125%", "0,5", "10.000.001", "%"]
)
def test_what_is_no_premium_is_refused_with_an_example(text):
    with pytest.raises(Refused) as refusal:
        parse_term(text, field="term")

    assert refusal.value.field == "term"
    assert "-500" in str(refusal.value)


def test_a_delivery_has_no_total_while_one_part_has_no_price():
    rule = replace(FIXED, terms=(GradeTerm("Loại 2", Decimal(-500)),))
    both = [AcceptedPart(10), AcceptedPart(10, "Loại 2")]

    assert total_of(price_parts(rule, both)) == 285_000
    assert total_of(price_parts(MARKET, both)) is None


@given(rules(), parts, st.none() | quotes())
def test_the_steps_add_up_to_the_price_and_the_line(rule, part, quote):
    outcome = price_part(rule, part, quote)

    if isinstance(outcome, NotKnownYet):
        assert (rule.mode, quote) == (PriceMode.MARKET, None)
        return
    amounts = [s.amount for s in outcome.steps if s.kind is StepKind.ADDS]
    assert sum(amounts) == outcome.price_per_kg >= 0
    assert [s.amount for s in outcome.steps[-2:]] == [
        outcome.price_per_kg,
        outcome.total_vnd,
    ]
    exact = Fraction(outcome.price_per_kg) * part.kg
    assert exact - Fraction(1, 2) < outcome.total_vnd <= exact + Fraction(1, 2)


@given(rules(), parts, st.none() | quotes())
def test_every_step_can_be_said_in_both_languages(rule, part, quote):
    outcome = price_part(rule, part, quote)

    for step in getattr(outcome, "steps", ()):
        for lang in ("vi", "en"):
            assert step.message % written(step.params, lang)


@given(rules(PriceMode.FLOOR), st.none() | quotes())
def test_without_grade_terms_a_floor_price_lies_between_floor_and_market(rule, quote):
    outcome = price_part(rule, TONNE, quote)

    market = quote.at(rule.point) if quote else Decimal(0)
    assert rule.price_vnd <= outcome.price_per_kg <= max(rule.price_vnd, market)


@given(rules(), parts, quotes(), st.integers(0, 1_000_000))
def test_a_dearer_market_never_pays_less_before_the_grade(rule, part, quote, more):
    ungraded = replace(part, grade="")
    dearer = replace(
        quote, low_vnd=quote.low_vnd + more, high_vnd=quote.high_vnd + more
    )

    before = price_part(rule, ungraded, quote)
    after = price_part(rule, ungraded, dearer)

    assert after.price_per_kg >= before.price_per_kg


@given(rules(), parts, quotes())
def test_the_order_of_the_grade_terms_does_not_matter(rule, part, quote):
    turned = replace(rule, terms=rule.terms[::-1])

    one, other = price_part(rule, part, quote), price_part(turned, part, quote)

    assert (one.price_per_kg, one.total_vnd) == (other.price_per_kg, other.total_vnd)


@given(rules())
def test_the_worked_example_shows_every_state_of_the_market(rule):
    situations = worked_example(rule)

    for situation in situations:
        assert situation.name % written(situation.params, "en")
        for one in situation.parts:
            assert one.part.kg == EXAMPLE_KG
            assert one.outcome == price_part(rule, one.part, situation.quote)
    unknown = [s for s in situations if s.quote is None]
    assert len(unknown) == 1
    assert len(situations) == {"fixed": 1, "floor": 3, "market": 2}[rule.mode]


def test_the_example_of_a_floor_has_the_market_above_and_below_it():
    above, below, unknown = (s.parts[0].outcome for s in worked_example(FLOOR))

    assert above.price_per_kg > 14_000
    assert below.price_per_kg == unknown.price_per_kg == 14_000
    assert isinstance(unknown, Priced)
    assert unknown.provisional


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("thứ Hai", date(2026, 7, 6)),
        ("Thứ Hai hằng tuần", date(2026, 7, 6)),
        ("thứ Năm", date(2026, 7, 9)),
        ("thứ Sáu", date(2026, 7, 3)),
        ("chủ nhật", date(2026, 7, 5)),
        ("ngày giao", date(2026, 7, 9)),
        ("", date(2026, 7, 9)),
    ],
)
def test_a_day_rule_names_the_last_such_weekday_or_the_day_of_the_delivery(rule, day):
    assert reference_day(rule, date(2026, 7, 9)) == day
