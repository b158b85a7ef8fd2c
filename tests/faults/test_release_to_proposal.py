"""What falls free of a contract is proposed to the next-best partners in a minute."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.jobs import JobState
from marketplace.domain.words import ProposalState, Side
from marketplace.services import clockwork
from marketplace.services.contract_endings import withdraw_contract
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.invariants import find_violations
from marketplace.services.jobs import enqueue_job
from marketplace.services.matching import run_matching
from marketplace.services.proposals import MARKET
from marketplace.services.releases import give_up_delivery
from models.contracts import Contract
from models.database import transaction
from models.jobs import Job
from models.matching import MatchRun
from models.proposals import Proposal
from tests.deals import Deals
from tests.factories import Make

pytestmark = pytest.mark.timeout(240)
KG = 12_000
WITHIN = 60.0  # seconds from the commit of the deed


class Market:
    """A lot and a need promised to each other, and the next-best partner of each."""

    def __init__(self, *, signed: bool) -> None:
        today = datetime.now(UTC).date()
        self.day = today + timedelta(days=20)
        with transaction() as session:
            clockwork.enqueue_nightly(session, "matching.run", 0)
            session.execute(sa.delete(Job))  # tonight's turn has been
            make = Make(session)
            deals = Deals(session, make)
            days = {"window_start": today, "window_end": self.day, "likely_kg": KG}
            lot, need = make.harvest(**days), make.offer(tranches=[(self.day, KG)])
            run_matching(session, today=today, now=datetime.now(UTC))
            proposal = session.scalars(sa.select(Proposal)).one()
            terms, now = proposal.terms[0], datetime.now(UTC)
            terms.seller_accepted_at = terms.buyer_accepted_at = now
            other_lot, other_need = (
                make.harvest(**days),
                make.offer(tranches=[(self.day, KG)]),
            )
            contract = deals.in_force(proposal) if signed else deals.drawn(proposal)
            contract.sign_by = datetime.now(UTC) + timedelta(days=2)
            contract.effective_to = self.day + timedelta(days=30)
            self.contract, self.number = contract.id, contract.public_id
            self.seller = deals.actor(contract, Side.SELLER)
            self.buyer = deals.actor(contract, Side.BUYER)
            self.freed = {(lot.id, other_need.id), (other_lot.id, need.id)}
            enqueue_job(session, "matching.run", MARKET)

    def withdraw(self) -> None:
        """The seller steps back before the contract is signed."""
        with transaction() as session:
            now = datetime.now(UTC)
            withdraw_contract(session, self.seller, self.number, "Đổi ý", now=now)

    def give_up(self) -> None:
        """The seller cannot deliver, and the buyer lets go of the delivery."""
        now, number = datetime.now(UTC), self.number
        with transaction() as session:
            say_of_delivery(
                session,
                self.seller,
                number,
                1,
                DeliveryWord.BLOCKED,
                now=now,
                today=now.date(),
                text="Mưa đá",
            )
        with transaction() as session:
            give_up_delivery(session, self.buyer, number, 1, "", now=now)


def proposed() -> set[tuple[int, int]]:
    """Harvest and offer of every proposal on the table."""
    with transaction() as session:
        live = sa.select(Proposal.harvest_id, Proposal.offer_id).where(
            Proposal.state == ProposalState.PROPOSED
        )
        return {(harvest, offer) for harvest, offer in session.execute(live)}


def runs_done() -> int:
    with transaction() as session:
        done = sa.select(sa.func.count()).where(MatchRun.state == JobState.DONE)
        return session.scalar(done.select_from(MatchRun)) or 0


@pytest.mark.parametrize(("deed", "signed"), [("withdraw", False), ("give_up", True)])
def test_what_falls_free_is_proposed_within_a_minute(stack, broker, deed, signed):
    processes = stack(**({"REDIS_URL": broker} if broker else {}))
    with processes.context():
        market = Market(signed=signed)
        processes.start_worker()
        processes.start_beat()
        processes.wait(lambda: runs_done() == 2, "the market to be matched")
        assert not market.freed & proposed()

        getattr(market, deed)()
        committed = time.monotonic()
        processes.wait(
            lambda: market.freed <= proposed(), "the next-best partners", WITHIN
        )

        assert time.monotonic() - committed < WITHIN
        with transaction() as session:
            contract = session.get_one(Contract, market.contract)
            assert sum(line.released_kg for line in contract.lines) == KG
            assert find_violations(session) == []
