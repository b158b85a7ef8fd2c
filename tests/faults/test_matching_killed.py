"""The matcher killed in the middle: the market is matched once, whole and sound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.jobs import JobState
from marketplace.services import clockwork
from marketplace.services.invariants import find_violations
from marketplace.services.jobs import enqueue_job
from marketplace.services.proposals import MARKET
from models.database import transaction
from models.jobs import Job
from models.matching import MatchRun
from models.proposals import Proposal
from tests.factories import Make

pytestmark = pytest.mark.timeout(200)
FAILPOINTS = ("jobs.after_claim", "matching.before_store", "jobs.before_finish")


def a_market_with_something_to_match():
    today = datetime.now(UTC).date()
    with transaction() as session:
        clockwork.enqueue_nightly(session, "matching.run", 0)
        session.execute(sa.delete(Job))  # tonight's turn has been: one run is asked for
        make = Make(session)
        for week in range(3):
            make.harvest(
                window_start=today + timedelta(days=7 * week),
                window_end=today + timedelta(days=7 * week + 30),
            )
            make.offer(tranches=[(today + timedelta(days=7 * week + 10), 12_000)])
        enqueue_job(session, "matching.run", MARKET)


def job_is(state):
    with transaction() as session:
        job = sa.select(Job).where(Job.kind == "matching.run", Job.key == MARKET)
        return session.scalars(job.order_by(Job.id)).first().state is state


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
        market.wait(lambda: job_is(JobState.DONE), "the market to be matched")

        runs, proposals = counted(MatchRun, Proposal)
        assert (runs, proposals) == (1, 3)
        with transaction() as session:
            assert find_violations(session) == []
