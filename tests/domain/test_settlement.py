"""The statement of account of a contract: what it sums to, and what never happens."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Refused
from marketplace.domain.formats import written
from marketplace.domain.price_rules import NotKnownYet, Priced, price_part
from marketplace.domain.price_terms import AcceptedPart, PriceRule
from marketplace.domain.settlement import settle
from marketplace.domain.settlement_debts import Debt, apply_money
from marketplace.domain.settlement_facts import (
    AcceptedLine,
    Advance,
    ContractFacts,
    Delivery,
    LateRate,
    Payment,
    Penalty,
    PromisedTranche,
    Refund,
    SuppliedInputs,
)
from marketplace.domain.settlement_lines import LineKind
from marketplace.domain.words import PriceMode, Side

START = date(2026, 7, 1)
TEN_A_YEAR = (LateRate(Decimal(10), date(2018, 1, 1)),)
RULE = PriceRule(PriceMode.FIXED, 10_000)


def on(days):
    return START + timedelta(days=days)


def accepted(kg, rule=RULE, **more):
    return AcceptedLine(kg, price_part(rule, AcceptedPart(kg)), **more)


def delivery(key, day, kg=1_000, **more):
    more = {"delivered_kg": kg, "parts": (accepted(kg),)} | more
    return Delivery(key, on(day), on(day), **more)


def paid(key, day, amount, confirmed=True, pays=""):
    return Payment(key, on(day), amount, confirmed, pays)


def facts(*deliveries, **more):
    given = {"payment_term_days": 7, "rates": TEN_A_YEAR} | more
    return ContractFacts(deliveries=deliveries, **given)


# --- examples -------------------------------------------------------------------


def test_a_debt_is_open_then_due_then_overdue_with_interest_by_the_day():
    one = facts(delivery("a", 0))

    on_the_day, due, late = (settle(one, on(day)).totals for day in (0, 7, 80))

    assert (on_the_day.not_due_vnd, on_the_day.overdue_vnd) == (10_000_000, 0)
    assert (due.overdue_vnd, due.interest_vnd) == (0, 0)
    assert late.overdue_vnd == 10_000_000
    assert late.interest_vnd == 200_000  # 10 million, 10 % a year, 73 days of 365
    assert late.open_vnd == 10_200_000


def test_money_pays_all_principal_the_oldest_first_before_any_interest():
    one = facts(
        delivery("b", 80), delivery("a", 0), payments=(paid("p", 80, 20_150_000),)
    )

    first, second = settle(one, on(80)).debts

    assert (first.debt.key, second.debt.key) == ("a", "b")
    assert [asdict(a) for a in first.applied] == [
        {"day": on(80), "principal_vnd": 10_000_000, "interest_vnd": 150_000}
    ]
    assert (first.open_interest_vnd, second.open_vnd) == (50_000, 0)


def test_deliveries_paid_in_full_a_day_late_leave_their_interest_alone():
    loads = [delivery(key, 10 * n) for n, key in enumerate("abc")]
    money = tuple(paid(f"p{n}", 10 * n + 8, 10_000_000) for n in range(3))

    soon, later = (settle(facts(*loads, payments=money), on(d)) for d in (28, 400))

    assert soon.totals == later.totals
    assert (later.totals.not_due_vnd, later.totals.overdue_vnd) == (0, 0)
    assert later.totals.interest_open_vnd == 3 * 2_740  # a day each of 10 % a year
    assert later.balance_vnd == later.totals.interest_vnd


def test_a_payment_that_names_its_delivery_pays_the_principal_of_that_one():
    loads = (delivery("a", 0), delivery("b", 1, 500))

    first, second = settle(
        facts(*loads, payments=(paid("p", 2, 6_000_000, pays="b"),)), on(2)
    ).debts

    assert (first.open_principal_vnd, second.open_principal_vnd) == (9_000_000, 0)


def test_of_two_debts_of_one_day_the_key_says_which_is_paid_first():
    one, other = delivery("a", 0), delivery("b", 0, 2_000)
    money = (paid("p", 0, 1), paid("q", 0, 10_000_000))

    there = settle(facts(one, other, payments=money), on(0))
    back = settle(facts(other, one, payments=money[::-1]), on(0))

    assert there == back
    assert [debt.open_vnd for debt in there.debts] == [0, 19_999_999]


def test_money_of_a_later_day_pays_nothing_yet():
    debt = Debt("a", on(0), on(7), 5_000)

    (settled,), left = apply_money([debt], {on(2): 1_000, on(9): 500}, (), on(8))

    assert (settled.open_vnd, settled.overdue, left) == (4_000, True, 0)


def test_a_part_payment_leaves_interest_on_the_rest_alone():
    one = facts(delivery("a", 0), payments=(paid("p", 80, 5_000_000),))

    statement = settle(one, on(153))

    assert [(s.days, s.principal_vnd) for s in statement.debts[0].spans] == [
        (73, 10_000_000),
        (73, 5_000_000),
    ]
    assert statement.totals.interest_vnd == 300_000
    assert statement.totals.overdue_vnd == 5_000_000


def test_each_day_is_late_at_its_own_rate_and_free_where_there_is_none():
    rates = (
        LateRate(Decimal(10), START, on(80)),
        LateRate(Decimal("20.5"), on(90), None),
    )

    spans = settle(facts(delivery("a", 0), rates=rates), on(100)).debts[0].spans

    assert [(s.after, s.days, s.annual_pct) for s in spans] == [
        (on(7), 72, Decimal(10)),
        (on(89), 11, Decimal("20.5")),
    ]


def test_a_penalty_that_both_agreed_on_stands_as_it_is():
    agreed = Penalty("p", on(1), Side.SELLER, agreed_vnd=123_457)

    statement = settle(facts(delivery("a", 0), penalties=(agreed,)), on(2))

    assert statement.totals.seller_penalties_vnd == 123_457
    (line,) = (x for x in statement.lines if x.kind is LineKind.SELLER_PENALTY)
    assert line.steps == ()
    with pytest.raises(ValueError, match="-1"):
        Penalty("p", on(1), Side.SELLER, agreed_vnd=-1)


def test_a_payment_counts_once_the_other_side_has_confirmed_it():
    said = facts(delivery("a", 0), payments=(paid("p", 1, 10_000_000, False),))

    totals = settle(said, on(2)).totals

    assert (totals.paid_vnd, totals.open_vnd) == (0, 10_000_000)


def test_what_is_paid_too_much_is_credit_and_pays_the_next_debt():
    early = facts(
        delivery("a", 0), delivery("b", 5), payments=(paid("p", 1, 13_000_000),)
    )

    before, after = settle(early, on(4)), settle(early, on(5))

    assert (before.totals.credit_vnd, before.balance_vnd) == (3_000_000, -3_000_000)
    assert (after.totals.credit_vnd, after.totals.open_vnd) == (0, 7_000_000)


def test_what_was_paid_too_much_and_went_back_leaves_nothing_open():
    contract = facts(
        delivery("a", 0),
        payments=(paid("p", 1, 13_000_000),),
        refunds=(Refund("r", on(3), 3_000_000),),
    )

    before, after = settle(contract, on(2)), settle(contract, on(3))

    assert (before.totals.credit_vnd, before.balance_vnd) == (3_000_000, -3_000_000)
    assert (after.totals.credit_vnd, after.balance_vnd) == (0, 0)
    assert after.totals.covered_vnd == after.totals.owed_vnd == 10_000_000


def test_a_refund_beyond_the_credit_is_owed_again_without_interest():
    contract = facts(
        delivery("a", 0),
        payments=(paid("p", 1, 10_000_000),),
        refunds=(Refund("r", on(3), 1_000_000),),
    )

    statement = settle(contract, on(60))

    assert statement.balance_vnd == 1_000_000
    assert statement.totals.interest_vnd == 0


def test_advances_inputs_and_penalties_are_set_off():
    one = facts(
        delivery("a", 2),
        advances=(Advance("v", on(0), 1_000_000),),
        inputs=(SuppliedInputs("n", on(1), 2_000_000),),
        penalties=(
            Penalty("s", on(3), Side.SELLER, 5_000_000, Decimal(8)),
            Penalty("b", on(3), Side.BUYER, 1_000_001, Decimal("2.5")),
        ),
    )

    totals = settle(one, on(3)).totals

    assert (totals.advances_vnd, totals.offset_vnd) == (1_000_000, 2_000_000)
    assert (totals.seller_penalties_vnd, totals.buyer_penalties_vnd) == (
        400_000,
        25_000,
    )
    assert totals.open_vnd == 10_025_000 - 3_400_000


@pytest.mark.parametrize(
    ("money", "to_pay", "owed", "overpaid"),
    [(0, 9_000_000, 0, 0), (9_500_000, 0, 500_000, 0), (11_000_000, 0, 10**6, 10**6)],
)
def test_a_penalty_of_the_seller_is_never_what_the_buyer_paid(
    money, to_pay, owed, overpaid
):
    penalty = Penalty("s", on(1), Side.SELLER, agreed_vnd=1_000_000)
    one = facts(delivery("a", 0), penalties=(penalty,), payments=(paid("p", 1, money),))

    totals = settle(one, on(1)).totals

    assert totals.paid_by_buyer_vnd == money
    assert totals.open_vnd == to_pay
    assert (totals.penalty_owed_vnd, totals.overpaid_vnd) == (owed, overpaid)


def test_a_penalty_is_due_at_once_and_bears_no_interest():
    one = facts(penalties=(Penalty("b", on(0), Side.BUYER, 1_000_000, Decimal(8)),))

    totals = settle(one, on(400)).totals

    assert (totals.overdue_vnd, totals.interest_vnd) == (80_000, 0)


def test_a_part_without_a_price_is_no_debt_yet_and_a_floor_is_provisional():
    market = accepted(300, PriceRule(PriceMode.MARKET))
    floor = accepted(500, PriceRule(PriceMode.FLOOR, 9_000, Decimal(50)))
    one = facts(delivery("a", 0, 900, parts=(market, floor)))

    statement = settle(one, on(0))

    assert isinstance(market.outcome, NotKnownYet)
    assert [line.kind for line in statement.lines] == [
        LineKind.PRICED,
        LineKind.UNPRICED,
    ]
    assert (statement.totals.unpriced_kg, statement.totals.open_vnd) == (300, 4_500_000)
    assert statement.provisional


def test_a_deduction_has_its_own_line():
    one = facts(delivery("a", 0, parts=(accepted(1_000, deduction_vnd=50_000),)))

    statement = settle(one, on(0))

    assert [line.signed_vnd for line in statement.lines] == [10_000_000, -50_000]
    assert statement.totals.open_vnd == 9_950_000


def test_the_shares_tell_how_the_promise_was_kept():
    tranches = (
        PromisedTranche(1, 2_000, on(0), on(2)),
        PromisedTranche(2, 2_000, on(10), on(12)),
    )
    one = facts(
        delivery("a", 2, 2_000, parts=(accepted(1_500),), tranche=1),
        delivery("b", 13, 1_000, tranche=2),
        delivery("c", 13, 500),
        tranches=tranches,
    )

    shares = settle(one, on(20)).shares

    assert shares.fulfilled_pct == Decimal("75.0")
    assert shares.on_time_pct == Decimal("66.7")
    assert shares.rejected_pct == Decimal("14.3")
    assert set(asdict(settle(facts(), START).shares).values()) == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: accepted(-1),
        lambda: AcceptedLine(1, NotKnownYet(), deduction_vnd=1),
        lambda: paid("p", 0, -1),
        lambda: Advance("v", START, -1),
        lambda: SuppliedInputs("n", START, -1),
        lambda: delivery("a", 0, 1_000, delivered_kg=999),
        lambda: Delivery("a", on(1), on(0), 0, ()),
        lambda: facts(delivery("a", 0), delivery("a", 1)),
        lambda: facts(payments=(paid("p", 0, 1), paid("p", 1, 1))),
        lambda: facts(payment_term_days=-1),
        lambda: facts(rates=(*TEN_A_YEAR, LateRate(Decimal(9), START))),
    ],
)
def test_impossible_facts_make_no_statement(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - no words, these are our own faults
        wrong()


def test_a_penalty_beyond_the_law_is_refused_in_words():
    with pytest.raises(Refused) as refusal:
        Penalty("b", START, Side.BUYER, 1_000_000, Decimal("8.01"))

    assert refusal.value.field == "penalty_pct"
    assert "8%" in str(refusal.value)


# --- properties -----------------------------------------------------------------

days = st.integers(0, 60).map(on)
amounts = st.integers(0, 20_000_000)


def keyed(rows):
    return tuple(replace(row, key=str(n)) for n, row in enumerate(rows))


@st.composite
def priced(draw):
    kg, total = draw(st.integers(0, 5_000)), draw(amounts)
    outcome = draw(
        st.just(NotKnownYet())
        | st.booleans().map(lambda p: Priced(Decimal(total), total, p, ()))
    )
    most = 0 if isinstance(outcome, NotKnownYet) else total
    return AcceptedLine(kg, outcome, "Loại 1", draw(st.integers(0, most)))


@st.composite
def arrived(draw):
    parts = tuple(draw(st.lists(priced(), max_size=2)))
    day, wait = draw(days), draw(st.integers(0, 3))
    kg = sum(part.kg for part in parts) + draw(st.integers(0, 500))
    tranche = draw(st.none() | st.integers(1, 3))
    return Delivery("", day, day + timedelta(days=wait), kg, parts, tranche)


@st.composite
def rate_rows(draw):
    first, second = draw(st.tuples(st.integers(0, 40), st.integers(41, 80)))
    percents = st.decimals(0, 20, places=2)
    return (
        LateRate(draw(percents), on(first), on(second)),
        LateRate(draw(percents), on(second + draw(st.integers(0, 9)))),
    )


def some(strategy):
    return st.lists(strategy, max_size=4).map(keyed)


contracts = st.builds(
    ContractFacts,
    st.integers(0, 20),
    st.just(tuple(PromisedTranche(n, 900, on(9 * n), on(9 * n + 5)) for n in (1, 2))),
    some(arrived()),
    some(st.builds(Advance, st.just(""), days, amounts)),
    some(st.builds(SuppliedInputs, st.just(""), days, amounts)),
    some(
        st.builds(
            Penalty,
            st.just(""),
            days,
            st.sampled_from(Side),
            amounts,
            st.decimals(0, 8, places=2),
        )
    ),
    some(
        st.builds(
            Payment,
            st.just(""),
            days,
            amounts,
            st.booleans(),
            st.sampled_from(["", "0", "1", "nowhere"]),
        )
    ),
    rate_rows(),
    some(st.builds(Refund, st.just(""), days, amounts)),
)
todays = st.integers(0, 120).map(on)


@given(contracts, todays)
def test_the_lines_sum_to_what_is_open_less_the_credit(one, today):
    statement = settle(one, today)

    assert sum(line.signed_vnd for line in statement.lines) == statement.balance_vnd


@given(contracts, todays)
def test_what_pays_and_what_is_open_is_what_was_owed_and_the_credit(one, today):
    totals = settle(one, today).totals

    assert totals.covered_vnd + totals.open_vnd == totals.owed_vnd + totals.credit_vnd
    assert not (totals.open_vnd and totals.credit_vnd)


@given(contracts, todays)
def test_nothing_is_negative(one, today):
    statement = settle(one, today)

    assert all(value >= 0 for value in asdict(statement.totals).values())
    assert all(line.amount_vnd >= 0 for line in statement.lines)
    for debt in statement.debts:
        assert debt.open_principal_vnd >= 0
        assert debt.open_interest_vnd >= 0


@given(contracts, todays, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_are_given_does_not_matter(one, today, chance):
    def shuffled(rows):
        return tuple(chance.sample(rows, len(rows)))

    turned = replace(
        one,
        tranches=shuffled(one.tranches),
        deliveries=shuffled(one.deliveries),
        advances=shuffled(one.advances),
        inputs=shuffled(one.inputs),
        penalties=shuffled(one.penalties),
        payments=shuffled(one.payments),
        rates=shuffled(one.rates),
        refunds=shuffled(one.refunds),
    )

    assert settle(turned, today) == settle(one, today)


@given(contracts, todays, days, amounts)
def test_more_payment_never_increases_the_debt(one, today, day, amount):
    more = replace(one, payments=(*one.payments, Payment("more", day, amount, True)))

    before, after = settle(one, today).totals, settle(more, today).totals

    assert after.open_vnd <= before.open_vnd
    assert after.overdue_vnd <= before.overdue_vnd
    assert after.interest_vnd <= before.interest_vnd


@given(contracts, todays, st.integers(1, 60))
def test_a_later_fact_changes_no_past_statement(one, today, later):
    after = today + timedelta(days=later)
    more = replace(
        one,
        deliveries=(*one.deliveries, replace(delivery("x", 0), accepted_on=after)),
        payments=(*one.payments, Payment("x", after, 1_000, True)),
        refunds=(*one.refunds, Refund("x", after, 1_000)),
    )

    assert settle(more, today) == settle(one, today)


@given(contracts, todays)
def test_interest_is_that_of_each_late_day_on_the_principal_alone(one, today):
    """Counted anew day by day: interest never bears interest."""
    for settled in settle(one, today).debts:
        debt, exact, day = settled.debt, Fraction(0), settled.debt.due_on
        while day < today and debt.bears_interest:
            gone = sum(a.principal_vnd for a in settled.applied if a.day <= day)
            day += timedelta(days=1)
            for rate in one.rates:
                if rate.first_day <= day and not (rate.until and day >= rate.until):
                    share = Fraction(rate.annual_pct) / 100 / 365
                    exact += (debt.principal_vnd - gone) * share
        assert exact - Fraction(1, 2) < settled.interest_vnd <= exact + Fraction(1, 2)


@given(contracts, todays)
def test_interest_is_paid_only_where_no_principal_is_open(one, today):
    debts = settle(one, today).debts
    for day in {a.day for d in debts for a in d.applied if a.interest_vnd}:
        for settled in debts:
            gone = sum(a.principal_vnd for a in settled.applied if a.day <= day)
            assert settled.debt.arose_on > day or gone == settled.debt.principal_vnd


@given(st.integers(1, 10**9), st.integers(0, 2_000))
def test_twice_the_days_are_twice_the_interest(amount, late):
    outcome = Priced(Decimal(amount), amount, False, ())
    one = facts(delivery("a", 0, 1, parts=(AcceptedLine(1, outcome),)))

    once = settle(one, on(7 + late)).totals.interest_vnd
    twice = settle(one, on(7 + 2 * late)).totals.interest_vnd

    assert abs(twice - 2 * once) <= 1


@given(contracts, todays)
def test_every_line_and_step_can_be_said_in_both_languages(one, today):
    for line in settle(one, today).lines:
        for said in (line, *line.steps):
            for lang in ("vi", "en"):
                assert said.message % written(said.params, lang)
