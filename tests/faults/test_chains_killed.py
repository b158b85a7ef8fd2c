"""Workers killed in the night of the chains: every chain is evaluated, and once."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.jobs import MOST_ATTEMPTS, JobState
from marketplace.services import clockwork
from marketplace.services.chain_recount import recount
from marketplace.services.chain_runs import SHARD
from marketplace.services.days import day_of
from marketplace.services.invariants import find_violations
from marketplace.services.jobs import enqueue_job
from models.chain_days import ChainInput, ChainInterval, ChainRun
from models.chains import Chain, ChainEvaluation
from models.database import transaction
from models.jobs import Job
from tests.chain_rows import Chains
from tests.factories import Make

pytestmark = pytest.mark.timeout(200)
FAILPOINTS = ("chains.after_batch", "chains.before_commit")
CHAINS = 12


def a_night_with_chains(shard=0):
    """Chains of last month; with `shard` their run is planned already."""
    today = day_of(datetime.now(UTC))
    with transaction() as session:
        clockwork.enqueue_nightly(session, "chains.evaluate", 0)
        session.execute(sa.delete(Job))  # tonight's turn has been: one run is asked for
        rows = Chains(session, Make(session))
        ids = [rows.own(on=today - timedelta(days=30)).id for _ in range(CHAINS)]
        if not shard:
            enqueue_job(session, "chains.evaluate")
            return
        shards = [ids[n : n + shard] for n in range(0, CHAINS, shard)]
        run = ChainRun(day=today, started_at=datetime.now(UTC), shards=len(shards))
        session.add(run)
        session.flush()
        for number, some in enumerate(shards):
            payload = {"run": run.id, "chains": some}
            enqueue_job(session, SHARD, str(number), payload)


def is_over():
    with transaction() as session:
        return session.scalar(sa.select(ChainRun.finished_at)) is not None


def shards_done():
    with transaction() as session:
        return session.scalar(sa.select(ChainRun.shards_done)) or 0


def check_that_all_is_stored_once():
    with transaction() as session:
        counted = [
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (ChainEvaluation, ChainInterval, ChainInput)
        ]
        assert counted == [CHAINS * 8, CHAINS, CHAINS]
        assert None not in set(session.scalars(sa.select(Chain.evaluated_on)))
        run = session.scalars(sa.select(ChainRun)).one()
        assert (run.shards_done, run.failed) == (run.shards, 0)
        shards = sa.select(Job.state).where(Job.kind == SHARD)
        assert set(session.scalars(shards)) == {JobState.DONE}
        assert list(recount(session, date.min, date.max)) == []
        assert find_violations(session) == []


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_each_step_every_chain_is_evaluated_once(stack, broker, failpoint):
    market = stack(**({"REDIS_URL": broker} if broker else {}))
    with market.context():
        a_night_with_chains()
        market.start_beat()
        market.start_worker(FAILPOINT=failpoint)
        log = market.folder / "worker.log"
        market.wait(lambda: "SIGKILL" in log.read_text(), f"a death at {failpoint}")
        market.kill("worker")

        market.start_worker()
        market.wait(is_over, "the night to be over")

        check_that_all_is_stored_once()


def test_whole_workers_killed_in_mid_run_lose_and_double_nothing(
    stack, broker, database
):
    chance = random.Random(database)
    market = stack(**({"REDIS_URL": broker} if broker else {}))
    with market.context():
        a_night_with_chains(shard=1)
        market.start_beat()
        for kill in range(MOST_ATTEMPTS - 1):
            market.start_worker(processes=2)
            market.wait(lambda at=kill: shards_done() > at, "a shard to end")
            time.sleep(chance.random() / 4)
            market.kill("worker")

        market.start_worker(processes=2)
        market.wait(is_over, "the night to be over", 120)

        check_that_all_is_stored_once()
