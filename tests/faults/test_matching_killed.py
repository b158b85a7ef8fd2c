"""The matcher killed in the middle: the market is matched once, whole and sound."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.jobs import MOST_ATTEMPTS, JobState
from marketplace.domain.words import ProposalState
from marketplace.services import clockwork
from marketplace.services.invariants import find_violations
from marketplace.services.jobs import enqueue_job
from marketplace.services.proposals import MARKET
from models.database import transaction
from models.jobs import Job
from models.matching import MatchRun, MatchShard
from models.notices import Notice
from models.proposals import Proposal, Terms, TermsLine
from models.reference import Product
from tests.factories import Make

pytestmark = pytest.mark.timeout(200)
FAILPOINTS = (
    "jobs.after_claim",
    "matching.before_store",
    "matching.before_commit",
    "jobs.before_finish",
)
KILLS = MOST_ATTEMPTS - 1  # one that dies with every worker is given up


def a_market_with_something_to_match(products=("longan",)):
    today = datetime.now(UTC).date()
    with transaction() as session:
        clockwork.enqueue_nightly(session, "matching.run", 0)
        session.execute(sa.delete(Job))  # tonight's turn has been: one run is asked for
        make = Make(session)
        for number, product in enumerate(3 * list(products)):
            first = today + timedelta(days=7 * (number // len(products)))
            last = first + timedelta(days=30)
            harvest = make.harvest(product=product, window_start=first, window_end=last)
            make.member(harvest.organisation)
            make.offer(product=product, tranches=[(first + timedelta(days=10), 12_000)])
        enqueue_job(session, "matching.run", MARKET)


def run_is(state):
    with transaction() as session:
        return session.scalar(sa.select(MatchRun.state)) is state


def counted(*tables):
    with transaction() as session:
        return [
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in tables
        ]


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_each_step_it_is_matched_once(stack, broker, failpoint):
    market = stack(**({"REDIS_URL": broker} if broker else {}))
    with market.context():
        a_market_with_something_to_match()
        market.start_beat()
        market.start_worker(FAILPOINT=failpoint)
        log = market.folder / "worker.log"
        market.wait(lambda: "SIGKILL" in log.read_text(), f"a death at {failpoint}")
        market.kill("worker")

        market.start_worker()
        market.wait(lambda: run_is(JobState.DONE), "the market to be matched")

        assert counted(MatchRun, Proposal, Terms, TermsLine, Notice) == [1, 3, 3, 3, 3]
        with transaction() as session:
            assert find_violations(session) == []


def test_whole_workers_killed_in_mid_run_lose_and_double_nothing(
    stack, broker, database
):
    chance = random.Random(database)
    market = stack(**({"REDIS_URL": broker} if broker else {}), SHARD_POSTS="0")
    with market.context():
        with transaction() as session:
            products = list(session.scalars(sa.select(Product.code)))[:8]
        a_market_with_something_to_match(products)
        market.start_beat()
        for kill in range(KILLS):
            market.start_worker(processes=2)
            market.wait(lambda at=kill: shards_done() > at, "a shard to end")
            time.sleep(chance.random() / 4)
            market.kill("worker")

        market.start_worker(processes=2)
        market.wait(lambda: run_is(JobState.DONE), "the market to be matched", 120)

        pairs = 3 * len(products)
        assert counted(MatchRun, Proposal, TermsLine, Notice) == [1, *[pairs] * 3]
        assert Counter(shard_states()) == {JobState.DONE: shards_done()}
        with transaction() as session:
            assert set(session.scalars(sa.select(Proposal.state))) == {
                ProposalState.PROPOSED
            }
            assert session.scalar(sa.select(MatchRun.proposals_new)) == pairs
            assert find_violations(session) == []


def shard_states():
    with transaction() as session:
        return list(session.scalars(sa.select(MatchShard.state)))


def shards_done():
    return shard_states().count(JobState.DONE)
