"""Ten thousand accept at once on each database: nothing oversold, nothing doubled."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import sqlalchemy as sa

from marketplace.domain.words import ContractState, ProposalState
from marketplace.services.invariants import find_violations
from models.contracts import Contract
from models.database import db, transaction
from models.harvests import Harvest
from models.offers import Tranche
from models.proposals import Proposal, TermsLine
from tests.faults import accepting
from tests.faults.accepting import Attempt, journal

MANY = {"postgres": 10_000, "sqlite": 2_500}  # one after the other, whatever comes
PROCESSES = 6
PROPOSALS = 100
STOCK_KG = 60_000

pytestmark = pytest.mark.timeout(300)


class Place:
    """A market of its own with real commits, and a way to storm it."""

    def __init__(self, app, folder, proposals):
        self.url, self.folder = app.config["SQLALCHEMY_DATABASE_URI"], folder
        self.chance = random.Random(1)
        journal.create(db.engine)
        with transaction() as session:
            self.market = accepting.make_market(
                session, stock_kg=STOCK_KG, proposals=proposals
            )

    def calmly(self, attempts):
        """One after the other, in this process: what a storm begins or ends with."""
        report = accepting.Report()
        for attempt in attempts:
            accepting.try_attempt(attempt, report)
        assert report.errors == []

    def storm(self, attempts):
        report = accepting.storm(self.url, self.folder, attempts, PROCESSES)
        assert report.errors == []  # "database is locked" would be one
        assert report.outcomes.total() == len(attempts)
        return report

    def read(self, question, *arguments):
        with transaction() as session:
            return question(session, *arguments)

    def contracts(self):
        """(public id, seller, buyer) of every contract, with its people."""
        people = {
            proposal: (seller, buyer)
            for proposal, seller, buyer in self.market.proposals
        }
        wanted = sa.select(Contract.public_id, Proposal.public_id).join(
            Proposal, Proposal.id == Contract.proposal_id
        )
        with transaction() as session:
            return [(one, *people[it]) for one, it in session.execute(wanted)]


@pytest.fixture
def place(fresh_app, tmp_path):
    with fresh_app.app_context():
        yield lambda proposals=PROPOSALS: Place(fresh_app, tmp_path, proposals)
        db.session.remove()


def states(session, table=Proposal):
    counted = sa.select(table.state, sa.func.count()).group_by(table.state)
    return dict(session.execute(counted).all())


def contracts_a_proposal(session):
    return Counter(session.scalars(sa.select(Contract.proposal_id)))


def left_although_it_fits(session):
    """Proposals that both sides accepted, not agreed although there is room."""
    wanted = (
        sa.select(Proposal.public_id)
        .join(Harvest, Harvest.id == Proposal.harvest_id)
        .join(TermsLine, TermsLine.proposal_id == Proposal.id)
        .join(Tranche, Tranche.id == TermsLine.tranche_id)
        .where(
            Proposal.state != ProposalState.AGREED,
            Harvest.promised_kg + TermsLine.kg <= Harvest.limit_kg,
            Tranche.promised_kg + TermsLine.kg <= Tranche.kg,
        )
    )
    return session.scalars(wanted).all()


def test_thousands_at_once_oversell_nothing_and_double_nothing(place, database):
    here = place()
    attempts = accepting.answers(here.market, here.chance)
    more = MANY[database] - len(attempts)
    attempts += accepting.promises(here.market, more, here.chance)

    report = here.storm(attempts)

    assert here.read(accepting.oversold) == 0
    assert here.read(accepting.miscounted) == []
    assert here.read(accepting.wrongly_refused, report) == []
    assert here.read(left_although_it_fits) == []
    agreed = here.read(states)[ProposalState.AGREED]
    assert 0 < agreed < PROPOSALS
    assert sorted(here.read(contracts_a_proposal).values()) == [1] * agreed

    rows = here.read(lambda session: session.scalars(sa.select(journal.c.id)).all())
    again = here.storm([Attempt("release", (row,)) for row in rows for _ in range(2)])

    assert again.outcomes["release released"] == len(rows)
    assert here.read(find_violations) == []


def test_every_kind_of_answer_at_once_keeps_every_rule(place):
    here = place(60)
    attempts = accepting.answers(here.market, here.chance)
    for public_id, seller, buyer in here.market.proposals[::4]:
        attempts.append(Attempt("decline", (seller, public_id)))
        attempts.append(Attempt("decline", (buyer, public_id)))
    here.chance.shuffle(attempts)
    late = len(attempts) * 3 // 4  # what has lapsed can be agreed no more
    attempts[late:late] = [Attempt("lapse", ())] * 4

    report = here.storm(attempts)

    assert report.retries["40P01"] == 0  # locks are taken in one order
    found = here.read(states)
    assert found.get(ProposalState.AGREED, 0) == here.read(contracts_a_proposal).total()
    assert here.read(find_violations) == []


def test_contracts_signed_withdrawn_and_expired_at_once(place):
    here = place(48)
    answers = accepting.answers(here.market, here.chance)
    here.storm(answers[::2])  # of each four answers two: some agree, some wait
    first, *rest, last = here.contracts()
    # Two ends are sure, however unevenly the processes of the storm are started.
    here.calmly([Attempt("sign", (who, first[0])) for who in first[1:]])
    here.calmly([Attempt("withdraw", (last[1], last[0]))])
    attempts = [*answers[1::2], *leavings(rest)]
    here.chance.shuffle(attempts)
    late = len(attempts) // 2
    attempts[late:late] = [Attempt("expire", ())] * 8

    report = here.storm(attempts)
    here.calmly([Attempt("expire", ())])

    assert report.retries["40P01"] == 0
    assert set(here.read(states, Contract)) == {
        ContractState.IN_FORCE,
        ContractState.TERMINATED,
        ContractState.EXPIRED,
    }
    assert here.read(find_violations) == []


def leavings(contracts):
    """Both sides sign every contract twice; some would rather step back."""
    found = []
    for number, (public_id, *people) in enumerate(contracts):
        found += [Attempt("sign", (who, public_id)) for who in people * 2]
        if number % 3 == 0:
            found += [Attempt("withdraw", (who, public_id)) for who in people]
    return found
