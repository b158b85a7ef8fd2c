"""Negotiation as a machine of states: whatever two sides do in whatever order.

Seeded with deep states: a machine may begin with one yes said, in the last round,
or after the expiry. A model of three numbers runs beside; a planted fault that lets somebody
answer for the other side, in a dead round or after the end is found in seconds.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from marketplace.domain.bargaining import Bid, CounterOffer, Line, other
from marketplace.domain.errors import Refused
from marketplace.domain.words import ProposalState, Side
from marketplace.services.counters import counter_terms
from marketplace.services.matching import run_matching
from marketplace.services.proposal_expiry import expire_proposals
from marketplace.services.proposal_making import bid_of
from marketplace.services.proposals import _accept as accept
from marketplace.services.proposals import (
    accept_terms,
    accepted_by,
    check_answerable,
    current_terms,
    decline_proposal,
)
from marketplace.services.quantities import promise_kg
from models.contracts import Contract
from models.proposals import Proposal
from tests.factories import NOW, TODAY, Make

DAY = date(2026, 7, 28)
SIDES = st.sampled_from(list(Side))
ENDS = {ProposalState.AGREED, ProposalState.DECLINED, ProposalState.EXPIRED}


def machine(session, starts):
    """The machine on this session; each example is undone by a savepoint.

    It begins after so many counter-offers (0 to 3), after one yes (4), or after
    the expiry (5).
    """

    class Negotiation(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = session.begin_nested()
            self.now = NOW + timedelta(minutes=1)
            self.end = None

        def teardown(self):
            session.expire_all()
            self.savepoint.rollback()

        @initialize(deep=st.sampled_from(starts), side=SIDES)
        def lay(self, deep, side):
            make = Make(session)
            self.harvest = make.harvest(likely_kg=20_000)
            self.offer = make.offer(tranches=[(DAY, 12_000)])
            self.people = {
                Side.SELLER: make.member(self.harvest.organisation),
                Side.BUYER: make.member(self.offer.organisation),
            }
            run_matching(session, today=TODAY, now=NOW)
            found = select(Proposal).where(Proposal.harvest_id == self.harvest.id)
            self.proposal = session.scalars(found).one()
            for turn in range(deep if deep <= 3 else 0):
                self.ask(side if turn % 2 else self.across(side), 14_100 + turn, 12)
            if deep == 4:
                self.answer(side, 0)
            if deep == 5:
                self.now += timedelta(hours=80)

        @staticmethod
        def across(side):
            return Side.BUYER if side is Side.SELLER else Side.SELLER

        def live(self):
            return self.proposal.state in (
                ProposalState.PROPOSED,
                ProposalState.NEGOTIATING,
            )

        def in_time(self):
            return current_terms(self.proposal).expires_at > self.now

        def tried(self, action):
            """Whether the use case went through; a refusal leaves no trace."""
            try:
                with session.begin_nested():
                    action()
            except Refused:
                session.expire_all()
                return False
            return True

        def may_answer(self, side, round_):
            terms = current_terms(self.proposal)
            return (
                self.live()
                and terms.round == round_
                and self.in_time()
                and accepted_by(terms, side) is None
            )

        @rule(side=SIDES, back=st.integers(0, 1))
        def answer(self, side, back):
            round_ = max(self.proposal.round - back, 0)
            said = accepted_by(current_terms(self.proposal), side)
            again = round_ == self.proposal.round and said is not None
            allowed = self.may_answer(side, round_) or again

            done = self.tried(
                lambda: accept_terms(
                    session,
                    self.people[side],
                    self.proposal.public_id,
                    round_,
                    today=TODAY,
                    now=self.now,
                )
            )

            assert done == allowed
            terms = self.proposal.terms[round_]
            assert not done or accepted_by(terms, side) is not None

        @rule(
            side=SIDES,
            price=st.integers(1, 40_000),
            tonnes=st.sampled_from([0, 5, 12, 13]),
        )
        def ask(self, side, price, tonnes):
            before = bid_of(current_terms(self.proposal))
            old = before.lines[0]
            lines = (Line(old.tranche_id, tonnes * 1000, DAY, DAY),) if tonnes else ()
            bid = Bid(price, lines)
            allowed = (
                self.may_answer(side, self.proposal.round)
                and self.proposal.round < 3
                and 0 < tonnes <= 12
                and bid != before
            )
            round_ = self.proposal.round

            done = self.tried(
                lambda: counter_terms(
                    session,
                    self.people[side],
                    self.proposal.public_id,
                    round_,
                    CounterOffer(bid),
                    today=TODAY,
                    now=self.now,
                )
            )

            assert done == allowed
            assert self.proposal.round == round_ + done

        @rule(side=SIDES)
        def decline(self, side):
            repeated = self.proposal.state is ProposalState.DECLINED
            allowed = self.live() or repeated

            done = self.tried(
                lambda: decline_proposal(
                    session,
                    self.people[side],
                    self.proposal.public_id,
                    "Không hợp",
                    now=self.now,
                )
            )

            assert done == allowed

        @rule(hours=st.sampled_from([1, 80]))
        def wait(self, hours):
            self.now += timedelta(hours=hours)

        @rule()
        def sweep(self):
            lapsed = self.live() and not self.in_time()

            assert expire_proposals(session, now=self.now) == lapsed
            assert not lapsed or self.proposal.state is ProposalState.EXPIRED

        @rule()
        def match_again(self):
            run_matching(session, today=TODAY, now=self.now)
            session.refresh(self.proposal)

        @invariant()
        def an_end_is_an_end(self):
            if not hasattr(self, "proposal"):
                return
            state = self.proposal.state
            assert self.end in (None, state)
            self.end = state if state in ENDS else None

        @invariant()
        def kilograms_are_promised_once_and_only_by_agreement(self):
            if not hasattr(self, "proposal"):
                return
            session.refresh(self.harvest)
            agreed = self.proposal.state is ProposalState.AGREED
            kg = bid_of(current_terms(self.proposal)).kg if agreed else 0
            contracts = session.scalar(
                select(func.count(Contract.id)).where(
                    Contract.proposal_id == self.proposal.id
                )
            )
            assert (self.harvest.promised_kg, contracts) == (kg, int(agreed))
            assert self.offer.tranches[0].promised_kg == kg

        @invariant()
        def rounds_follow_each_other_and_expire_on_their_own(self):
            if not hasattr(self, "proposal"):
                return
            terms = self.proposal.terms
            assert [one.round for one in terms] == list(range(len(terms)))
            assert len(terms) == self.proposal.round + 1 <= 4
            assert all(one.made_at < one.expires_at for one in terms)
            makers = [one.made_by for one in terms[1:]]
            assert all(a is not b for a, b in pairwise(makers))

    return Negotiation


def play(session, examples=25, starts=range(6), **over):
    """Play the machine; the same examples every time."""
    run_state_machine_as_test(
        machine(session, starts),
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            **over,
        ),
    )


@pytest.mark.timeout(300)
def test_no_order_of_answers_breaks_a_negotiation(session):
    play(session)

    assert session.is_active


def _answerable_for_ever(proposal, round_, _now):
    return check_answerable(proposal, round_, NOW)


def _any_round(proposal, _round, now):
    return check_answerable(proposal, proposal.round, now)


def _in_any_state(proposal, _round, _now):
    return current_terms(proposal)


def _for_the_other(terms, side, now):
    accept(terms, other(side), now)


def _promise_twice(session, harvest_id, kg):
    promise_kg(session, harvest_id, kg)
    promise_kg(session, harvest_id, kg // 3)


def _no_effect(*_args, **_options):
    return None


# What is broken -> (where, how, the start from which it is found soon).
MUTANTS = {
    "answers after the expiry": ("proposals.check_answerable", _answerable_for_ever, 5),
    "counters after the expiry": ("counters.check_answerable", _answerable_for_ever, 5),
    "yes to an old round": ("proposals.check_answerable", _any_round, 2),
    "yes after the end": ("proposals.check_answerable", _in_any_state, 1),
    "yes for the other side": ("proposals._accept", _for_the_other, 0),
    "no kilograms promised": ("agreements.promise_kg", _no_effect, 4),
    "kilograms promised twice": ("agreements.promise_kg", _promise_twice, 4),
    "nothing taken from the offer": ("agreements.promise_tranche", _no_effect, 4),
    "more than the delivery needs": ("counters.check_deliverable", _no_effect, 0),
    "one round too many": ("counters.rule", lambda *_: {"rounds": 9, "hours": 72}, 3),
    "nothing ever lapses": ("proposal_expiry.move", _no_effect, 5),
}


@pytest.mark.timeout(300)
@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("fault", MUTANTS)
def test_a_planted_fault_is_found(session, monkeypatch, fault):
    place, mutant, start = MUTANTS[fault]
    monkeypatch.setattr(f"marketplace.services.{place}", mutant)

    with pytest.raises(BaseException, match=r"."):
        play(session, 40, [start], phases=[Phase.generate])
