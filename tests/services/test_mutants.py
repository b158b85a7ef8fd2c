"""Mistakes that somebody might make one day: the machine finds every one of them.

Each is planted into the services and must be killed, by a rule, by the oracle or
by the database. One that survives says that a rule is not watched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import DBAPIError

from marketplace.domain.words import ContractState, ProposalState, Side
from marketplace.services import (
    agreements,
    chain_linking,
    contract_endings,
    contract_events,
    contracts,
    counters,
    harvest_changes,
    harvest_rows,
    proposal_expiry,
    proposals,
    quantities,
    signing,
)
from marketplace.services.contract_content import freeze_version
from models.harvests import Harvest
from models.offers import Tranche
from tests.services.lifecycle_machine import machine

QUICK = settings(
    max_examples=120,
    stateful_step_count=15,
    phases=[Phase.generate],  # a kill is a kill, it need not be the shortest
    report_multiple_bugs=False,
    print_blob=False,
)


@dataclass(frozen=True)
class Mutant:
    """A mistake, and the corner of the market in which it shows."""

    plant: Callable[[pytest.MonkeyPatch], None]
    starts: tuple[str, ...]
    rules: tuple[str, ...]


MUTANTS: list[Mutant] = []


def shows(*starts, by):
    """In which states it shows, and by which rules of the machine."""

    def note(plant):
        MUTANTS.append(Mutant(plant, starts, tuple(by.split())))
        return plant

    return note


# --- kilograms ------------------------------------------------------------------


@shows("crowded", by="accept accept_on_both_sides")
def promise_without_condition(patch):
    def promise(session, harvest_id, kg):
        post = sa.update(Harvest).where(Harvest.id == harvest_id)
        session.execute(post.values(promised_kg=Harvest.promised_kg + kg))

    patch.setattr(agreements, "promise_kg", promise)
    patch.setattr(agreements, "check_deliverable", lambda *_: None)


@shows("fresh", "half", by="accept accept_on_both_sides")
def promise_the_harvest_alone(patch):
    patch.setattr(agreements, "promise_tranche", lambda *_: None)


@shows("fresh", "half", by="accept accept_on_both_sides")
def promise_nothing(patch):
    patch.setattr(agreements, "promise_kg", lambda *_: None)


@shows("crowded", by="accept accept_on_both_sides")
def see_all_as_free(patch):
    """What is promised already does not count, and the database does not look."""

    def promise(session, harvest_id, kg):
        post = sa.update(Harvest).where(Harvest.id == harvest_id)
        values = {"promised_kg": Harvest.promised_kg + kg, "over_promised": True}
        session.execute(post.values(values))

    def promise_some(session, tranche_id, kg):
        post = sa.update(Tranche).where(Tranche.id == tranche_id)
        session.execute(post.values(promised_kg=sa.func.min(Tranche.kg, kg)))

    patch.setattr(agreements, "promise_kg", promise)
    patch.setattr(agreements, "promise_tranche", promise_some)
    patch.setattr(agreements, "check_deliverable", lambda *_: None)


@shows("agreed", "signed once", by="withdraw_contract wait")
def release_nothing(patch):
    patch.setattr(contract_endings, "release_contract", lambda *_: 0)


@shows("agreed", "signed once", by="withdraw_contract wait")
def release_without_a_note(patch):
    """Whoever comes next would give the same kilograms back once more."""

    def release(session, contract):
        quantities.release_harvest(session, contract.harvest_id, contract.total_kg)
        for line in contract.lines:
            quantities.release_tranche(session, line.tranche_id, line.kg)

    patch.setattr(contract_endings, "release_contract", release)


@shows("agreed", "signed once", by="withdraw_contract wait")
def release_the_harvest_alone(patch):
    patch.setattr(contract_endings, "release_tranche", lambda *_: None)


@shows("at risk", by="withdraw_contract wait")
def leave_the_flag_of_danger(patch):
    """A harvest that was over-promised stays so after kilograms came back."""

    def release(session, harvest_id, kg):
        post = sa.update(Harvest).where(Harvest.id == harvest_id)
        session.execute(post.values(promised_kg=Harvest.promised_kg - kg))

    patch.setattr(contract_endings, "release_harvest", release)


@shows("at risk", by="revise")
def revise_without_a_look_at_promises(patch):
    def write(harvest, forecast, limits):
        harvest_rows.write_forecast(harvest, forecast, limits)
        harvest.over_promised = False

    patch.setattr(harvest_changes, "write_forecast", write)


# --- answers --------------------------------------------------------------------


@shows("fresh", "half", by="accept wait")
def ignore_the_expiry(patch):
    late = proposals.check_answerable

    def check(proposal, round_, now):
        return late(proposal, round_, now - timedelta(days=365))

    patch.setattr(proposals, "check_answerable", check)
    patch.setattr(proposal_expiry, "expire_proposals", lambda *_, **__: 0)


@shows("outbid", by="accept")
def accept_an_older_round(patch):
    def check(proposal, _round, now):
        return proposals_check(proposal, proposal.terms[-1].round, now)

    proposals_check = proposals.check_answerable
    patch.setattr(proposals, "check_answerable", check)


@shows("fresh", "outbid", by="accept")
def one_yes_is_enough(patch):
    def accept(terms, _side, now):
        terms.seller_accepted_at = terms.buyer_accepted_at = now

    patch.setattr(proposals, "_accept", accept)


@shows("countered", by="counter")
def a_fourth_counter_offer(patch):
    patch.setattr(counters, "rule", lambda *_: {"rounds": 99, "hours": 72})


@shows("half", "outbid", by="counter")
def counter_after_ones_own_yes(patch):
    patch.setattr(counters, "accepted_by", lambda *_: None)


@shows("agreed", "in force", by="decline")
def decline_what_is_agreed(patch):
    both = proposals.LIVE | {ProposalState.AGREED}
    patch.setattr(proposals, "LIVE", both)
    patch.setattr(proposals, "check_transition", lambda *_: None)


@shows("late", by="wait")
def expire_by_the_first_round(patch):
    patch.setattr(proposal_expiry, "current_terms", lambda one: one.terms[0])
    patch.setattr(
        proposal_expiry,
        "_live",
        lambda session, _when, limit: session.scalars(
            sa.select(proposal_expiry.Proposal)
            .where(proposal_expiry.Proposal.state.in_(proposal_expiry.LIVE))
            .limit(limit)
        ).all(),
    )


# --- contracts ------------------------------------------------------------------


@shows("half", by="accept accept_on_both_sides")
def draw_the_contract_twice(patch):
    def twice(*given, **named):
        contracts.draw_contract(*given, **named)
        return contracts.draw_contract(*given, **named)

    patch.setattr(agreements, "draw_contract", twice)


@shows("outbid", by="accept accept_on_both_sides")
def draw_the_first_terms(patch):
    def draw(session, proposal, _terms, **named):
        return contracts.draw_contract(session, proposal, proposal.terms[0], **named)

    patch.setattr(agreements, "draw_contract", draw)


@shows("agreed", by="sign")
def sign_other_words(patch):
    checked = signing._check

    def check(session, who, contract, version, command, now):
        read = signing.Sign(version.digest, command.password, command.agreed)
        checked(session, who, contract, version, read, now)

    patch.setattr(signing, "_check", check)


@shows("in force", by="sign")
def amend_after_the_first_signature(patch):
    sign = signing.sign_contract

    def sign_and_amend(session, who, public_id, command, *, today, now):
        contract = sign(session, who, public_id, command, today=today, now=now)
        if contract.state in signing.WAITING:
            contract.current_version += 1
            freeze_version(session, contract, now=now)
        return contract

    patch.setattr(signing, "sign_contract", sign_and_amend)


@shows("agreed", by="sign")
def one_signature_is_enough(patch):
    def count(what):
        return 1 if what is Side else len(what)

    patch.setattr(signing, "len", count, raising=False)


@shows("agreed", "signed once", by="sign")
def skip_the_signed_state(patch):
    def at_once(session, contract, today, now):
        contract.signed_on = today
        contract.state = ContractState.IN_FORCE

    patch.setattr(signing, "_put_in_force", at_once)


@shows("agreed", "signed once", by="sign")
def step_without_a_word(patch):
    patch.setattr(contract_events, "record_event", lambda *_, **__: None)


@shows("in force", by="withdraw_contract")
def step_back_from_what_is_in_force(patch):
    more = (*contract_endings.WAITING, ContractState.IN_FORCE)
    patch.setattr(contract_endings, "WAITING", more)


@shows("in force", by="sign")
def begin_a_chain_in_the_middle(patch):
    def submit(_session, chain, now):
        chain.state, chain.submitted_at = chain_linking.ChainState.SUSPENDED, now

    patch.setattr(chain_linking, "_submit", submit)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.plant.__name__)
def test_a_planted_mistake_is_found(session, make, monkeypatch, mutant):
    checked = machine(
        session, make, monkeypatch, starts=mutant.starts, rules=mutant.rules
    )
    mutant.plant(monkeypatch)

    with pytest.raises((AssertionError, DBAPIError)):
        run_state_machine_as_test(checked, settings=QUICK)
