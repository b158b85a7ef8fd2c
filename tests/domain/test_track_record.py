"""Figures are sums of whole numbers: no order, grouping or exclusion bends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.domain.track_record import (
    BEST,
    ContractEnd,
    Ending,
    Fact,
    FactKind,
    FactStanding,
    contract_fact,
    end_for,
    figure_of,
    figures_of,
    percent,
    record_class,
    says_enough,
)
from marketplace.domain.words import Side

DAY = date(2026, 7, 1)


@st.composite
def facts(draw):
    total = draw(st.integers(0, 10**9))
    return Fact(
        draw(st.sampled_from(FactKind)),
        draw(st.text(min_size=1, max_size=5)),
        draw(st.integers(1, 6)),
        DAY,
        draw(st.integers(0, total)),
        total,
        draw(st.integers(0, 400)),
        standing=draw(st.sampled_from(FactStanding)),
    )


def kept(contract: int = 1, good: int = 1, total: int = 1, **more) -> Fact:
    return Fact(FactKind.PAYMENT, "key", contract, DAY, good, total, **more)


@given(st.lists(facts()), st.randoms())
def test_the_order_of_the_facts_changes_nothing(listed, dice):
    shuffled = listed.copy()
    dice.shuffle(shuffled)

    assert figures_of(shuffled) == figures_of(listed)
    assert record_class(figures_of(shuffled), 2) == record_class(figures_of(listed), 2)


@given(st.lists(facts()), st.lists(facts()))
def test_two_heaps_of_facts_add_up(some, others):
    for kind in FactKind:
        one, two = figure_of(kind, some), figure_of(kind, others)
        both = figure_of(kind, [*some, *others])

        assert both.good == one.good + two.good
        assert both.total == one.total + two.total
        assert both.days_late == one.days_late + two.days_late
        assert both.facts == one.facts + two.facts
        assert both.contracts == one.contracts | two.contracts


@given(st.lists(facts(), min_size=1), st.data())
def test_an_excluded_fact_takes_exactly_itself_out(listed, data):
    place = data.draw(st.integers(0, len(listed) - 1))
    fact = listed[place]
    assume(fact.counts)
    out = replace(fact, standing=FactStanding.EXCLUDED)
    without = [*listed[:place], out, *listed[place + 1 :]]

    before, after = figure_of(fact.kind, listed), figure_of(fact.kind, without)

    assert before.good - after.good == fact.good
    assert before.total - after.total == fact.total
    assert before.bad - after.bad == fact.total - fact.good
    assert before.facts - after.facts == 1
    assert after.excluded - before.excluded == 1


@given(st.lists(facts()))
def test_a_contested_fact_counts_like_any_other(listed):
    plain = [
        replace(one, standing=FactStanding.PLAIN) if one.counts else one
        for one in listed
    ]

    for kind in FactKind:
        marked, unmarked = figure_of(kind, listed), figure_of(kind, plain)
        assert (marked.good, marked.total) == (unmarked.good, unmarked.total)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_percentage_lies_within_half_of_the_truth(part, whole):
    assume(part <= whole)

    found = percent(part, whole)

    if whole == 0:
        assert found is None
        return
    assert (found == 100) == (part == whole)
    assert (found == 0) == (part == 0)
    if 1 <= 100 * part / whole <= 99:
        assert abs(found * whole - 100 * part) * 2 <= whole


@given(st.lists(facts()), st.sets(st.integers(1, 6)), st.integers(1, 5))
def test_a_reader_never_reads_a_sum_of_too_few_contracts(listed, known, least):
    for figure in figures_of(listed).values():
        unknown = figure.contracts - known
        assert says_enough(figure, known, least) == (len(unknown) >= least)
        assert not says_enough(figure, figure.contracts, least)


@given(st.lists(facts()), st.integers(1, 5))
def test_the_class_of_a_record_is_a_small_number(listed, least):
    assert 0 <= record_class(figures_of(listed), least) <= 10


def test_who_has_no_record_stands_behind_nobody():
    good = figures_of(kept(number) for number in range(3))
    few = figures_of([kept(1, good=0), kept(2, good=0)])
    bad = figures_of(kept(number, good=0) for number in range(3))

    assert record_class({}, 3) == BEST
    assert record_class(good, 3) == BEST
    assert record_class(few, 3) == BEST
    assert record_class(bad, 3) == 10


def test_days_late_are_shared_by_all_who_were_counted():
    figure = figure_of(FactKind.PAYMENT, [kept(), kept(good=0, days_late=3)])

    assert (figure.good_pct, figure.mean_days_late) == (50, 2)


@pytest.mark.parametrize(("good", "total"), [(2, 1), (-1, 1)])
def test_no_more_is_good_than_was_due(good, total):
    with pytest.raises(ValueError, match="key"):
        kept(good=good, total=total)


BREACH = Ending(for_breach=True, early=True)


@pytest.mark.parametrize(
    ("ending", "seller", "buyer"),
    [
        (Ending(fulfilled=True), ContractEnd.KEPT, ContractEnd.KEPT),
        (BREACH, ContractEnd.UNCLEAR, ContractEnd.UNCLEAR),
        (
            replace(BREACH, breaker=Side.SELLER),
            ContractEnd.BROKEN,
            ContractEnd.BROKEN_BY_OTHER,
        ),
        (
            replace(BREACH, breaker=Side.BUYER),
            ContractEnd.BROKEN_BY_OTHER,
            ContractEnd.BROKEN,
        ),
        (Ending(early=True), ContractEnd.ENDED_EARLY, ContractEnd.ENDED_EARLY),
        (Ending(delivered=True), ContractEnd.KEPT, ContractEnd.LAPSED),
        (Ending(paid=True), ContractEnd.LAPSED, ContractEnd.KEPT),
    ],
)
def test_an_end_is_laid_at_the_door_of_who_caused_it(ending, seller, buyer):
    assert end_for(Side.SELLER, ending) is seller
    assert end_for(Side.BUYER, ending) is buyer


@pytest.mark.parametrize("end", ContractEnd)
def test_what_is_nobodys_fault_weighs_nothing(end):
    fact = contract_fact(1, "key", DAY, end)

    blamed = end in (ContractEnd.LAPSED, ContractEnd.BROKEN)
    assert (fact.good, fact.total) == (
        int(end is ContractEnd.KEPT),
        int(blamed or end is ContractEnd.KEPT),
    )
