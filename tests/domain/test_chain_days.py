"""Chains through time: no step is missed, days tile, records are read back whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.chain_counting import ChainCount, ChainDay, count_chains
from marketplace.domain.chain_dormancy import quiet_since
from marketplace.domain.chain_facts import (
    ChainFacts,
    Check,
    ContractFacts,
    Evidence,
    Interval,
    Party,
    Recognition,
)
from marketplace.domain.chain_params import ChainParams, Schedule
from marketplace.domain.chain_records import changed_fields, facts_from, record_of
from marketplace.domain.chain_states import Standing, standing_on, state_on, steps
from marketplace.domain.chain_time import known_on
from marketplace.domain.chains import evaluate, is_built_only, is_counted
from marketplace.domain.papers import Paper
from marketplace.domain.words import (
    CertificateScheme,
    ChainKind,
    ChainState,
    ContractState,
    OrganisationKind,
    PaperState,
    Side,
    Stage,
)

BEGIN, SPAN = date(2026, 1, 1), 240
PARAMS = ChainParams(
    continuity_days=40, sample_days=60, post_check_days=70, grace_days=20
)
SCHEDULE = Schedule(
    [
        (date.min, BEGIN + timedelta(days=120), PARAMS),
        (BEGIN + timedelta(days=120), None, replace(PARAMS, min_kg=5_000)),
    ]
)
DAYS = st.integers(0, SPAN).map(lambda n: BEGIN + timedelta(days=n))
LATER = st.integers(0, 30).map(timedelta)
PARTIES = (
    Party(1, OrganisationKind.COOPERATIVE, "5599000010", Side.SELLER),
    Party(2, OrganisationKind.RETAILER, "5599000028", Side.BUYER),
)


@st.composite
def intervals(draw):
    first = draw(DAYS)
    until = draw(st.none() | st.integers(1, 90).map(timedelta))
    return Interval(first, first + until if until else None)


@st.composite
def contracts(draw):
    signed = draw(DAYS)
    end = signed + timedelta(days=draw(st.integers(10, 150)))
    ended = draw(st.none() | st.integers(1, 100).map(timedelta))
    return ContractFacts(
        id=draw(st.integers(1, 9)),
        state=draw(
            st.sampled_from(
                [ContractState.IN_FORCE, ContractState.FULFILLED, ContractState.EXPIRED]
            )
        ),
        signed_on=signed,
        effective_from=signed,
        effective_to=end,
        ended_on=min(signed + ended, end) if ended else None,
        parties=PARTIES,
        stages=frozenset({Stage.PRODUCTION_HARVEST, Stage.CONSUMPTION}),
        product_groups=frozenset({"longan"}),
        linked=Interval(signed),
        seasons=frozenset({"LONGAN-2026-MAIN"}),
        contracted_kg=draw(st.sampled_from([500, 4_000, 48_000])),
        fulfilment_pct=draw(st.sampled_from([Decimal(10), Decimal("87.50")])),
    )


@st.composite
def papers(draw, scheme):
    first = draw(DAYS)
    ended = draw(st.none() | DAYS)
    return Paper(
        state=PaperState.REVOKED if ended else PaperState.ACTIVE,
        first_day=first,
        last_day=first + timedelta(days=draw(st.integers(5, 200))),
        verified_on=first + draw(LATER),
        ended_on=ended,
        scheme=scheme,
    )


@st.composite
def checks(draw):
    on, passed = draw(DAYS), draw(st.booleans())
    settled = draw(st.none() | LATER) if not passed else None
    recorded = draw(st.none() | LATER)
    return Check(
        on,
        passed,
        on + settled if settled is not None else None,
        on + recorded if recorded is not None else None,
    )


@st.composite
def recognitions(draw):
    issued = draw(DAYS)
    return Recognition(
        issued,
        valid_to=issued + timedelta(days=draw(st.integers(20, 200))),
        withdrawn_on=draw(st.none() | LATER.map(lambda gap: issued + gap)),
    )


def several(strategy, most=3):
    return st.lists(strategy, max_size=most).map(tuple)


@st.composite
def histories(draw):
    return ChainFacts(
        kind=draw(st.sampled_from(ChainKind)),
        product_group="longan",
        contracts=draw(several(contracts())),
        recognitions=draw(several(recognitions(), 2)),
        evidence=(
            Evidence(Stage.PRODUCTION_HARVEST, draw(papers(CertificateScheme.VIETGAP))),
            Evidence(Stage.CONSUMPTION, draw(papers(CertificateScheme.FOOD_SAFETY))),
        ),
        samples=draw(several(checks())),
        post_checks=draw(several(checks())),
        case_findings=draw(several(checks())),
        stops=draw(several(intervals(), 1)),
        submitted_on=draw(st.none() | DAYS),
    )


def all_steps(facts):
    last = BEGIN + timedelta(days=SPAN + 120)
    return list(steps(facts, BEGIN, last, SCHEDULE, None)), last


@settings(max_examples=60)
@given(histories())
def test_no_day_between_two_steps_differs_from_the_first_of_them(facts):
    found, last = all_steps(facts)
    by_day = {step.day: step for step in found}
    standing = None
    for number in range((last - BEGIN).days + 1):
        day = BEGIN + timedelta(days=number)
        known, params = known_on(facts, day), SCHEDULE.on(day)
        results = evaluate(known, day, params)
        standing = standing_on(known, day, params, standing, results)
        step = by_day.get(day) or step  # noqa: F821 - the first day is a step
        assert (standing, results) == (step.standing, step.results), day


@given(histories(), st.integers(0, SPAN))
def test_days_that_are_told_in_two_parts_are_told_as_in_one(facts, cut):
    whole, last = all_steps(facts)
    middle = BEGIN + timedelta(days=cut)
    early = list(steps(facts, BEGIN, middle, SCHEDULE, None))
    late = list(
        steps(facts, middle + timedelta(days=1), last, SCHEDULE, early[-1].standing)
    )

    parts = {step.day: step.standing for step in [*early, *late]}

    for step in whole:
        held = max(day for day in parts if day <= step.day)
        assert parts[held] == step.standing
    assert early[-1].day <= middle < late[0].day


@given(histories(), DAYS)
def test_what_is_learned_later_changes_no_day_before(facts, today):
    def told(known):
        found = steps(known, BEGIN, today, SCHEDULE, None)
        by_day = {step.day: (step.standing, step.results) for step in found}
        return [by_day[max(on for on in by_day if on <= day)] for day in days]

    days = [BEGIN + timedelta(days=n) for n in range((today - BEGIN).days + 1)]

    assert told(known_on(facts, today)) == told(facts)


@given(histories())
def test_facts_are_read_back_as_they_were_written(facts):
    record = record_of(facts)

    assert facts_from(record) == facts
    assert record_of(facts_from(record)) == record
    assert changed_fields(record, record) == []
    other = record_of(replace(facts, returned_on=BEGIN))
    assert changed_fields(record, other) == ["returned_on"]


def test_a_record_with_a_name_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError, match="colour"):
        facts_from({"kind": "safe_supply", "product_group": "longan", "colour": 1})


@given(st.lists(histories(), max_size=6), DAYS)
def test_what_operates_is_what_was_confirmed_less_what_stopped(all_facts, day):
    chains = []
    for facts in all_facts:
        results = evaluate(facts, day, PARAMS)
        chains.append(
            ChainDay(
                kind=facts.kind,
                state=state_on(facts, day, PARAMS),
                recognised=any(r.issued_on <= day for r in facts.recognitions),
                built_only=is_built_only(facts.kind, results, PARAMS),
            )
        )

    numbers = [count_chains(chains, kind) for kind in ChainKind]
    total = sum(numbers, ChainCount())

    for number in (*numbers, total):
        assert number.operating == number.cumulative - number.stopped
        assert number.headline + number.suspended == number.operating
    assert total.headline == sum(is_counted(chain.state) for chain in chains)
    assert total.cumulative <= len(chains)
    assert all(not c.built_only or not is_counted(c.state) for c in chains)


FAILED = Check(BEGIN + timedelta(days=50), passed=False)


def failing_sample(**changes):
    year = BEGIN + timedelta(days=365)
    good = Check(BEGIN, passed=True)
    long = {"first_day": BEGIN, "last_day": year, "verified_on": BEGIN}
    active = PaperState.ACTIVE
    return ChainFacts(
        kind=ChainKind.SAFE_SUPPLY,
        product_group="longan",
        own_stages=frozenset({Stage.PRODUCTION_HARVEST, Stage.CONSUMPTION}),
        recognitions=(Recognition(BEGIN),),
        evidence=(
            Evidence(
                Stage.PRODUCTION_HARVEST,
                Paper(active, scheme=CertificateScheme.VIETGAP, **long),
            ),
            Evidence(
                Stage.CONSUMPTION,
                Paper(active, scheme=CertificateScheme.FOOD_SAFETY, **long),
            ),
        ),
        samples=(good, replace(FAILED, **changes)),
        post_checks=(),
    )


def states(facts, params, *numbers):
    days = [FAILED.on + timedelta(days=n) for n in numbers]
    return [state_on(facts, day, params) for day in days]


def test_a_failed_sample_suspends_at_once_or_after_the_thirty_days_of_its_rule():
    active, risk = ChainState.ACTIVE, ChainState.AT_RISK
    suspended = ChainState.SUSPENDED
    usual, mild = ChainParams(), ChainParams(immediate=("revoked_evidence",))

    assert states(failing_sample(), usual, -1, 0, 1) == [active, suspended, suspended]
    assert states(failing_sample(), mild, -1, 0, 29, 30) == [
        active,
        risk,
        risk,
        suspended,
    ]


def test_a_failed_sample_that_is_settled_brings_the_chain_back():
    settled = failing_sample(settled_on=FAILED.on + timedelta(days=10))

    assert states(settled, ChainParams(), 9, 10) == [
        ChainState.SUSPENDED,
        ChainState.ACTIVE,
    ]


def test_a_chain_whose_grace_is_over_waits_for_a_monitor():
    lapsed = failing_sample()
    vietgap = replace(lapsed.evidence[0].paper, last_day=FAILED.on)
    renewed = replace(
        vietgap,
        first_day=FAILED.on + timedelta(days=80),
        last_day=FAILED.on + timedelta(days=300),
        verified_on=BEGIN,  # known before, so that nobody looked since
    )
    grown = Stage.PRODUCTION_HARVEST
    papers_ = (Evidence(grown, vietgap), Evidence(grown, renewed), lapsed.evidence[1])
    facts = replace(lapsed, evidence=papers_, samples=(lapsed.samples[0],))
    looked = Check(FAILED.on + timedelta(days=90), passed=True)

    assert states(facts, ChainParams(), 60, 61, 80, 95) == [
        ChainState.AT_RISK,
        *[ChainState.SUSPENDED] * 3,
    ]
    assert states(replace(facts, post_checks=(looked,)), ChainParams(), 89, 90) == [
        ChainState.SUSPENDED,
        ChainState.ACTIVE,
    ]


def test_why_a_chain_stands_so_is_said():
    facts = failing_sample()
    *_, last = steps(facts, BEGIN, FAILED.on, Schedule.always(ChainParams()), None)

    assert last.standing == Standing(ChainState.SUSPENDED, FAILED.on, "failed_sample")


@pytest.mark.parametrize(
    ("seasons", "today", "since"),
    [
        # Longan of April to September: the seasons of 2025 and 2026 were missed.
        ([(4, 6), (7, 8), (8, 9)], date(2026, 10, 1), date(2025, 4, 1)),
        # That of 2026 is not over yet.
        ([(4, 6), (7, 8), (8, 9)], date(2026, 9, 30), date(2024, 4, 1)),
        # Cassava of October to March crosses the new year.
        ([(10, 3)], date(2026, 4, 1), date(2024, 10, 1)),
        ([(10, 3)], date(2026, 3, 31), date(2023, 10, 1)),
        # What is made all the year round goes by calendar years.
        ([(1, 12)], date(2026, 11, 24), date(2024, 1, 1)),
        ([], date(2026, 11, 24), date(2024, 1, 1)),
    ],
)
def test_two_seasons_without_delivery_are_two_whole_ones(seasons, today, since):
    assert quiet_since(seasons, today, 2) == since


def test_every_reason_of_a_standing_has_words():
    from marketplace.domain.chain_reasons import STANDINGS

    assert set(STANDINGS) >= {
        "stopped",
        "not_recognised",
        "withdrawn",
        "expired",
        "suspended",
        "to_be_verified",
    }
