"""Every pair of states: exactly the table's steps succeed."""

import pytest

from marketplace.domain import (
    call_offs,
    majeure,
    monitoring,
    monitoring_cases,
    recalls,
    register_sheets,
    words,
    words_amendments,
    words_delivery,
    words_seasons,
    words_templates,
)
from marketplace.domain.errors import Refused
from marketplace.domain.lifecycles import (
    INITIAL,
    TRANSITIONS,
    Lifecycle,
    check_transition,
    is_final,
    may_follow,
    sources_of,
    transition_pairs,
)

STATES = {
    Lifecycle.ORGANISATION: words.OrganisationState,
    Lifecycle.MEMBERSHIP: words.MembershipState,
    Lifecycle.HARVEST: words.HarvestState,
    Lifecycle.OFFER: words.OfferState,
    Lifecycle.PROPOSAL: words.ProposalState,
    Lifecycle.CONTRACT: words.ContractState,
    Lifecycle.CHAIN: words.ChainState,
    Lifecycle.PAPER: words.PaperState,
    Lifecycle.NOTE: words_delivery.NoteState,
    Lifecycle.CLAIM: words_delivery.ClaimState,
    Lifecycle.ENTRY: words_delivery.EntryState,
    Lifecycle.FRAME: call_offs.FrameState,
    Lifecycle.CALL_OFF: call_offs.CallOffState,
    Lifecycle.AMENDMENT: words_amendments.AmendmentState,
    Lifecycle.TEMPLATE: words_templates.TemplateState,
    Lifecycle.MAJEURE: majeure.MajeureState,
    Lifecycle.SEASON_PLAN: words_seasons.SeasonPlanState,
    Lifecycle.REGISTER_IMPORT: register_sheets.ImportState,
    Lifecycle.POST_CHECK: monitoring.CheckState,
    Lifecycle.SAMPLE: monitoring.SampleState,
    Lifecycle.FINDING: monitoring.FindingState,
    Lifecycle.CASE: monitoring_cases.CaseState,
    Lifecycle.RECALL: recalls.RecallState,
}
CONTRACT = words.ContractState


@pytest.mark.parametrize("kind", Lifecycle)
def test_exactly_the_legal_steps_pass(kind):
    legal = set(transition_pairs(kind))

    for old in STATES[kind]:
        for new in STATES[kind]:
            assert may_follow(kind, old, new) == ((old, new) in legal)
            if (old, new) in legal:
                check_transition(kind.value, old.value, new.value)
            else:
                with pytest.raises(Refused):
                    check_transition(kind, old, new)


@pytest.mark.parametrize("kind", Lifecycle)
def test_every_state_can_be_reached_and_none_follows_itself(kind):
    reached = set(INITIAL[kind])
    while more := {n for old in reached for n in TRANSITIONS[kind][old]} - reached:
        reached |= more

    assert reached == set(STATES[kind])
    assert all(old != new for old, new in transition_pairs(kind))


def test_pairs_are_plain_text_for_the_triggers():
    pairs = transition_pairs("contract")

    assert all(type(word) is str for pair in pairs for word in pair)
    assert pairs == sorted(pairs)


def test_only_a_signed_contract_comes_into_force():
    assert sources_of("contract", "in_force") == ["signed", "suspended"]


def test_a_contract_nobody_signs_expires():
    unsigned = {CONTRACT.DRAFT, CONTRACT.PROPOSED, CONTRACT.NEGOTIATING}

    assert all(may_follow("contract", state, CONTRACT.EXPIRED) for state in unsigned)
    assert not may_follow("contract", CONTRACT.SIGNED, CONTRACT.EXPIRED)


@pytest.mark.parametrize(
    ("kind", "final"),
    [
        ("contract", {"closed"}),
        ("harvest", {"withdrawn", "closed"}),
        ("proposal", {"agreed", "declined", "expired", "superseded"}),
        ("chain", set()),
    ],
)
def test_what_is_over_stays_over(kind, final):
    states = STATES[Lifecycle(kind)]

    assert {state for state in states if is_final(kind, state)} == final


def test_an_unknown_state_leads_nowhere():
    assert not may_follow("offer", "lost", "open")
