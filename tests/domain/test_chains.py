"""When a chain counts: each predicate, near misses, states and counts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.chain_backbone import backbone_on
from marketplace.domain.chain_counting import ChainDay, count_chains
from marketplace.domain.chain_facts import (
    ChainFacts,
    Check,
    ContractFacts,
    Evidence,
    Interval,
    Party,
    Recognition,
    ShippedLots,
)
from marketplace.domain.chain_params import ChainParams, Schedule
from marketplace.domain.chain_reasons import PREDICATE_TITLES, REASONS
from marketplace.domain.chain_safety import evidence_last_day, s2
from marketplace.domain.chain_states import state_on
from marketplace.domain.chain_time import change_days, known_on
from marketplace.domain.chains import (
    between_seasons,
    evaluate,
    failing,
    is_counted,
    not_evaluated,
    pd_active,
    safe_operating,
)
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

KIND, STATE, SCHEME = OrganisationKind, ChainState, CertificateScheme
PARAMS = ChainParams()
SIGNED, START, END = date(2026, 6, 20), date(2026, 7, 1), date(2026, 10, 1)
DAY = date(2026, 8, 1)
SELLER = Party(1, KIND.COOPERATIVE, "5599000010", Side.SELLER)
BUYER = Party(2, KIND.RETAILER, "5599000028", Side.BUYER)
GROWN = frozenset({Stage.PRODUCTION_HARVEST, Stage.CONSUMPTION})


def contract(**changes):
    values = {
        "id": 1,
        "state": ContractState.IN_FORCE,
        "signed_on": SIGNED,
        "effective_from": START,
        "effective_to": END,
        "parties": (SELLER, BUYER),
        "stages": GROWN,
        "product_groups": frozenset({"longan"}),
        "linked": Interval(START),
        "seasons": frozenset({"LONGAN-2026-MAIN"}),
        "contracted_kg": 48_000,
        "area_ha": Decimal(12),
    }
    return ContractFacts(**(values | changes))


def paper(scheme, **changes):
    values = {
        "state": PaperState.ACTIVE,
        "first_day": date(2026, 1, 1),
        "last_day": date(2027, 12, 31),
        "verified_on": date(2026, 1, 2),
        "scheme": scheme,
    }
    return Paper(**(values | changes))


EVIDENCE = (
    Evidence(Stage.PRODUCTION_HARVEST, paper(SCHEME.VIETGAP)),
    Evidence(Stage.CONSUMPTION, paper(SCHEME.FOOD_SAFETY)),
)


def development(*contracts, **changes):
    values = {
        "kind": ChainKind.PRODUCT_DEVELOPMENT,
        "product_group": "longan",
        "contracts": contracts or (contract(),),
        "recognitions": (Recognition(date(2026, 7, 5)),),
    }
    return ChainFacts(**(values | changes))


def safe(*contracts, **changes):
    values = {
        "kind": ChainKind.SAFE_SUPPLY,
        "product_group": "longan",
        "contracts": contracts or (contract(),),
        "recognitions": (Recognition(date(2026, 7, 5), "12/XN"),),
        "evidence": EVIDENCE,
        "samples": (Check(date(2026, 6, 1), passed=True),),
        "post_checks": (),
    }
    return ChainFacts(**(values | changes))


def reasons(facts, day=DAY, params=PARAMS):
    return {r.code: r.reason for r in failing(evaluate(facts, day, params), params)}


def test_a_recognised_contract_in_force_is_a_chain():
    assert pd_active(development(), DAY, PARAMS)
    assert state_on(development(), DAY, PARAMS) is STATE.ACTIVE


UNION = replace(SELLER, kind=KIND.COOP_UNION, side=Side.BUYER, entity="5599000035")
SAME = replace(BUYER, entity=SELLER.entity)

DEVELOPMENT_MISSES = [
    ({"state": ContractState.SIGNED}, "PD1", "no_contract"),
    ({"state": ContractState.SUSPENDED}, "PD1", "no_contract"),
    ({"signed_on": None}, "PD1", "no_contract"),
    ({"signed_on": date(2026, 8, 2)}, "PD1", "no_contract"),
    ({"effective_from": date(2026, 8, 2)}, "PD1", "no_contract"),
    ({"effective_to": DAY}, "PD1", "no_contract"),
    ({"ended_on": DAY}, "PD1", "no_contract"),
    ({"linked": Interval(START, DAY)}, "PD1", "no_contract"),
    ({"suspended": (Interval(date(2026, 7, 20)),)}, "PD1", "no_contract"),
    ({"parties": (BUYER,)}, "PD2", "no_producer"),
    ({"parties": (SELLER, UNION)}, "PD2", "no_buyer"),
    ({"parties": (SELLER, SAME)}, "PD2", "same_entity"),
    ({"stages": frozenset({Stage.CONSUMPTION})}, "PD3", "no_form"),
    ({"product_groups": frozenset({"mango"})}, "PD4", "other_product"),
    ({"missing": ("price",)}, "PD5", "missing_clauses"),
    ({"seasons": frozenset()}, "PD6", "too_few_seasons"),
    ({"area_ha": Decimal("0.9"), "contracted_kg": 999}, "PD7", "too_small"),
]


@pytest.mark.parametrize(("changes", "code", "reason"), DEVELOPMENT_MISSES)
def test_a_near_miss_does_not_count(changes, code, reason):
    facts = development(contract(**changes))

    assert reasons(facts)[code] == reason
    assert not pd_active(facts, DAY, PARAMS)


@pytest.mark.parametrize(
    ("recognitions", "reason"),
    [
        ((), "not_recognised"),
        ((Recognition(date(2026, 8, 2)),), "not_recognised"),
        ((Recognition(START, withdrawn_on=DAY),), "withdrawn"),
        ((Recognition(START, four_eyes=False),), "same_people"),
    ],
)
def test_only_an_officer_makes_a_chain(recognitions, reason):
    assert reasons(development(recognitions=recognitions)) == {"PD8": reason}


def test_a_shorter_term_than_asked_does_not_count():
    strict = replace(PARAMS, min_term_days=365)

    assert reasons(development(), params=strict) == {"PD6": "term_too_short"}


def test_land_or_weight_is_enough():
    assert pd_active(development(contract(contracted_kg=0)), DAY, PARAMS)
    assert pd_active(development(contract(area_ha=Decimal(0))), DAY, PARAMS)


def test_a_long_contract_weighs_what_its_running_season_binds():
    years = ((date(2026, 6, 1), 900), (date(2027, 6, 1), 5_000))
    small = contract(contracted_kg=5_900, seasons_kg=years, area_ha=Decimal(0))

    assert reasons(development(small))["PD7"] == "too_small"
    assert [small.kg_on(date(2026, 1, 1)), small.kg_on(DAY)] == [900, 900]
    assert small.kg_on(date(2027, 6, 1)) == small.kg_on(date(2028, 1, 1)) == 5_000
    assert pd_active(development(contract(area_ha=Decimal(0))), DAY, PARAMS)


def test_several_contracts_carry_one_chain_together():
    processing = contract(
        id=2, stages=frozenset({Stage.PROCESSING, Stage.CONSUMPTION}), missing=()
    )

    results = evaluate(development(contract(), processing), DAY, PARAMS)

    assert results[0].params == {"contracts": 2}
    assert results[2].params == {"form": "F5"}


def ended(**changes):
    values = {
        "state": ContractState.FULFILLED,
        "ended_on": date(2026, 9, 15),
        "fulfilment_pct": Decimal(80),
    }
    return contract(**(values | changes))


def test_between_seasons_a_fulfilled_contract_still_carries_the_chain():
    winter = date(2026, 12, 14)

    facts = development(ended())

    assert pd_active(facts, winter, PARAMS)
    assert between_seasons(facts, winter, PARAMS)
    assert evaluate(facts, winter, PARAMS)[0].reason == "between_seasons"
    assert not between_seasons(facts, DAY, PARAMS)


@pytest.mark.parametrize(
    ("day", "carried"),
    [
        (date(2026, 9, 15), True),
        (date(2026, 9, 15) + timedelta(days=330), True),
        (date(2026, 9, 15) + timedelta(days=331), False),
    ],
)
def test_continuity_has_an_end(day, carried):
    assert pd_active(development(ended()), day, PARAMS) is carried


@pytest.mark.parametrize(
    "changes",
    [
        {"state": ContractState.EXPIRED},
        {"state": ContractState.TERMINATED},
        {"fulfilment_pct": Decimal("49.9")},
        {"ended_for_breach": True},
        {"signed_on": None},
        {"linked": Interval(START, date(2026, 9, 14))},
        {"ended_on": START},
    ],
)
def test_what_did_not_end_well_carries_nothing_over(changes):
    facts = development(ended(**changes))

    assert not pd_active(facts, date(2026, 12, 14), PARAMS)


def test_an_interrupted_contract_counts_outside_the_interruption():
    pause = Interval(date(2026, 7, 10), date(2026, 7, 20))
    facts = development(contract(suspended=(pause,)))

    assert pd_active(facts, date(2026, 7, 9), PARAMS)
    assert not pd_active(facts, date(2026, 7, 19), PARAMS)
    assert pd_active(facts, date(2026, 7, 20), PARAMS)


def test_a_safe_chain_runs_while_lots_are_not_kept_yet():
    results = evaluate(safe(), DAY, PARAMS)

    assert safe_operating(safe(), DAY, PARAMS)
    assert [(r.code, r.reason) for r in not_evaluated(results)] == [
        ("S4", "no_lot_data")
    ]


def test_unknown_traceability_blocks_only_where_it_is_required():
    strict = replace(PARAMS, require_traceability=True)

    assert reasons(safe(), params=strict) == {"S4": "no_lot_data"}
    assert safe_operating(safe(lots=(LINKED,)), DAY, strict)


LINKED = ShippedLots(date(2026, 7, 10), 9, linked_on=date(2026, 7, 11))
LOOSE = ShippedLots(date(2026, 7, 20), 2)
OLDER = ShippedLots(date(2025, 7, 10), 3, linked_on=date(2025, 7, 10))


@pytest.mark.parametrize(
    ("lots", "why"),
    [
        ((LINKED, LOOSE), "unlinked_lots"),
        ((OLDER,), "no_lots"),
        ((replace(LINKED, linked_on=DAY + timedelta(days=1)),), "unlinked_lots"),
    ],
)
def test_lots_without_links_are_told_and_block_once_it_is_required(lots, why):
    strict = replace(PARAMS, require_traceability=True)

    told = {r.code: r.reason for r in evaluate(safe(lots=lots), DAY, PARAMS)}

    assert told["S4"] == why
    assert safe_operating(safe(lots=lots), DAY, PARAMS)
    assert reasons(safe(lots=lots), params=strict) == {"S4": why}


def test_a_link_that_was_learned_later_changes_no_day_before():
    late = replace(LINKED, recorded_on=DAY, linked_on=DAY)
    before = DAY - timedelta(days=1)
    facts = safe(lots=(late,))

    assert known_on(facts, before).lots is None
    assert known_on(facts, DAY).lots == (late,)
    assert DAY in change_days(facts, Schedule.always(PARAMS))


def test_records_that_do_not_exist_are_said_and_do_not_block():
    facts = safe(samples=None, post_checks=None)

    unknown = {r.code for r in not_evaluated(evaluate(facts, DAY, PARAMS))}

    assert unknown == {"S4", "S5", "S7"}
    assert safe_operating(facts, DAY, PARAMS)


FAILED = Check(date(2026, 7, 15), passed=False)
EXPIRED_GAP = paper(SCHEME.VIETGAP, last_day=date(2026, 7, 31))
REVOKED = paper(SCHEME.VIETGAP, state=PaperState.REVOKED, ended_on=date(2026, 7, 20))
OLD = date(2025, 7, 31)

SAFE_MISSES = [
    ({"contracts": ()}, {"S1": "no_contract", "S2": None, "S3": None}),
    ({"evidence": ()}, {"S2": "no_evidence"}),
    (
        {"evidence": (Evidence(Stage.PRODUCTION_HARVEST, EXPIRED_GAP), EVIDENCE[1])},
        {"S2": "no_evidence"},
    ),
    (
        {"evidence": (Evidence(Stage.PRODUCTION_HARVEST, REVOKED), EVIDENCE[1])},
        {"S2": "revoked_evidence"},
    ),
    (
        {"evidence": (EVIDENCE[0], Evidence(Stage.CONSUMPTION, None))},
        {"S2": "no_evidence"},
    ),
    (
        {"evidence": (EVIDENCE[0], replace(EVIDENCE[0], stage=Stage.CONSUMPTION))},
        {"S2": "no_evidence"},
    ),
    ({"samples": ()}, {"S5": "no_recent_sample"}),
    ({"samples": (Check(OLD, passed=True),)}, {"S5": "no_recent_sample"}),
    ({"samples": (FAILED,)}, {"S5": "failed_sample"}),
    ({"post_checks": (FAILED,)}, {"S7": "open_finding"}),
    ({"recognitions": ()}, {"S6": "not_confirmed", "S7": "post_check_due"}),
    ({"recognitions": (Recognition(START, four_eyes=False),)}, {"S6": "same_people"}),
    ({"recognitions": (Recognition(START, withdrawn_on=DAY),)}, {"S6": "withdrawn"}),
    (
        {"recognitions": (Recognition(OLD, valid_to=date(2026, 7, 31)),)},
        {"S6": "expired", "S7": "post_check_due"},
    ),
    ({"recognitions": (Recognition(OLD),)}, {"S7": "post_check_due"}),
    ({"stops": (Interval(date(2026, 7, 20)),)}, {"S8": "stopped"}),
]


@pytest.mark.parametrize(("changes", "expected"), SAFE_MISSES)
def test_a_safe_chain_that_lacks_one_thing_does_not_run(changes, expected):
    facts = replace(safe(), **changes)

    found = reasons(facts)

    assert found == {code: why for code, why in expected.items() if why}
    assert not safe_operating(facts, DAY, PARAMS)


def test_stages_that_do_not_meet_are_a_gap():
    inputs = contract(stages=frozenset({Stage.INPUT, Stage.CONSUMPTION}))

    assert reasons(safe(inputs, contract(id=2)))["S3"] == "gap"


def test_one_entity_may_run_every_stage_itself():
    facts = replace(safe(), contracts=(), own_stages=GROWN)

    assert evaluate(facts, DAY, PARAMS)[0].reason == "one_entity"
    assert safe_operating(facts, DAY, PARAMS)


def test_an_exempt_selling_point_needs_no_paper():
    evidence = (EVIDENCE[0], Evidence(Stage.CONSUMPTION, None, exempt=True))

    assert safe_operating(safe(evidence=evidence), DAY, PARAMS)


@given(
    st.lists(st.integers(1, 900), min_size=1, max_size=3),
    st.lists(st.integers(1, 900), min_size=1, max_size=3),
)
@settings(max_examples=25)
def test_s2_holds_up_to_the_last_day_of_its_evidence_and_not_a_day_longer(land, shops):
    def held(stage, scheme, lasting):
        ends = (DAY + timedelta(days=days) for days in lasting)
        return [Evidence(stage, paper(scheme, last_day=end)) for end in ends]

    grown = held(Stage.PRODUCTION_HARVEST, SCHEME.VIETGAP, land)
    sold = held(Stage.CONSUMPTION, SCHEME.FOOD_SAFETY, shops)
    facts = safe(evidence=(*grown, *sold))
    backbone = backbone_on(facts, DAY, PARAMS)

    last = evidence_last_day(facts, backbone, DAY)

    assert s2(facts, backbone, last).holds
    assert s2(facts, backbone, last + timedelta(days=1)).fails


def test_evidence_without_a_term_sets_no_last_day():
    endless = paper(SCHEME.FOOD_SAFETY, last_day=None)
    exempt = Evidence(Stage.CONSUMPTION, None, exempt=True)
    grown = Evidence(Stage.PRODUCTION_HARVEST, endless)
    facts = safe(evidence=(grown, exempt))

    assert evidence_last_day(facts, backbone_on(facts, DAY, PARAMS), DAY) is None


def test_a_settled_sample_no_longer_stands_in_the_way():
    settled = replace(FAILED, settled_on=date(2026, 7, 30))
    samples = (*safe().samples, settled)

    assert safe_operating(safe(samples=samples), DAY, PARAMS)


def test_a_revocation_without_a_day_is_a_revocation():
    revoked = replace(REVOKED, ended_on=None)
    facts = safe(evidence=(Evidence(Stage.PRODUCTION_HARVEST, revoked), EVIDENCE[1]))

    assert reasons(facts) == {"S2": "revoked_evidence"}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, STATE.ACTIVE),
        ({"recognitions": ()}, STATE.DRAFT),
        ({"recognitions": (), "submitted_on": DAY}, STATE.SUBMITTED),
        (
            {"recognitions": (), "submitted_on": START, "returned_on": DAY},
            STATE.RETURNED,
        ),
        (
            {"recognitions": (), "submitted_on": DAY, "returned_on": START},
            STATE.SUBMITTED,
        ),
        ({"recognitions": (Recognition(START, withdrawn_on=DAY),)}, STATE.REVOKED),
        ({"recognitions": (Recognition(OLD, valid_to=START),)}, STATE.EXPIRED),
        ({"recognitions": (Recognition(START, four_eyes=False),)}, STATE.SUSPENDED),
        ({"stops": (Interval(DAY),)}, STATE.STOPPED),
        ({"suspensions": (Interval(START, END),)}, STATE.SUSPENDED),
        ({"samples": (*safe().samples, FAILED)}, STATE.SUSPENDED),
        ({"evidence": ()}, STATE.SUSPENDED),
    ],
)
def test_the_state_follows_from_the_facts(changes, state):
    facts = replace(safe(), **changes)
    known = evaluate(facts, DAY, PARAMS)

    assert state_on(facts, DAY, PARAMS) is state
    assert state_on(facts, DAY, PARAMS, known) is state


def test_a_chain_is_at_risk_for_sixty_days_then_suspended():
    lapsed = Evidence(Stage.PRODUCTION_HARVEST, EXPIRED_GAP)
    longer = contract(effective_to=date(2027, 7, 1))
    facts = safe(longer, evidence=(lapsed, EVIDENCE[1]))
    last_good = EXPIRED_GAP.last_day

    states = [
        state_on(facts, last_good + timedelta(days=n), PARAMS) for n in (0, 1, 60, 61)
    ]

    assert states == [STATE.ACTIVE, STATE.AT_RISK, STATE.AT_RISK, STATE.SUSPENDED]


def test_a_development_recognition_has_no_term():
    facts = development(recognitions=(Recognition(START, valid_to=START),))

    assert state_on(facts, DAY, PARAMS) is STATE.ACTIVE


@given(st.lists(st.tuples(st.sampled_from(ChainState), st.booleans())))
def test_what_operates_was_confirmed_and_did_not_stop(rows):
    chains = [ChainDay(ChainKind.SAFE_SUPPLY, state, known) for state, known in rows]

    count = count_chains(chains, ChainKind.SAFE_SUPPLY)

    assert count.operating == count.cumulative - count.stopped
    assert count.headline <= count.operating <= count.cumulative
    assert count.headline == sum(is_counted(s) for s, known in rows if known)
    assert count_chains(chains, ChainKind.PRODUCT_DEVELOPMENT).cumulative == 0


def test_the_provincial_table_of_2022_comes_out():
    groups = [34, 154, 2, 9, 1, 4, 1, 5, 28, 1, 1]
    running = [ChainDay(ChainKind.SAFE_SUPPLY, STATE.ACTIVE, recognised=True)] * 240
    stopped = [ChainDay(ChainKind.SAFE_SUPPLY, STATE.STOPPED, recognised=True)] * 2

    count = count_chains(running + stopped, ChainKind.SAFE_SUPPLY)

    assert (count.cumulative, count.stopped, count.operating) == (242, 2, 240)
    assert sum(groups) == count.operating


def test_parameters_come_from_a_rule_row():
    params = ChainParams.from_rule({"min_area_ha": "2.5", "grace_days": 30})

    assert (params.min_area_ha, params.grace_days) == (Decimal("2.5"), 30)
    assert ChainParams.from_rule({}) == PARAMS
    with pytest.raises(ValueError, match="graze_days"):
        ChainParams.from_rule({"graze_days": 30})


def test_every_reason_and_predicate_has_words():
    codes = {f"PD{n}" for n in range(1, 9)} | {f"S{n}" for n in range(1, 9)}
    found = {"met", "one_entity", "between_seasons", "no_lot_data"}
    found |= {reason for _, _, reason in DEVELOPMENT_MISSES}
    found |= {why for _, expected in SAFE_MISSES for why in expected.values() if why}

    assert set(PREDICATE_TITLES) == codes
    assert found <= set(REASONS)
    for facts in (development(), safe()):
        for result in evaluate(facts, DAY, PARAMS):
            assert REASONS[result.reason] % result.params
