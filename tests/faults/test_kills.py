"""kill -9 at any moment, a broker that forgets: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import socket
import time
from collections import Counter

import pytest
import redis
import sqlalchemy as sa

from app import create_app
from config import Embedded
from marketplace.domain.jobs import MOST_ATTEMPTS, JobState
from marketplace.services import jobs
from models.database import db, transaction
from models.jobs import Job
from tasks import jobs as bell
from tests import markets
from tests.faults.effects_table import KIND, POISON, effects

KILLS = {"postgres": 20, "sqlite": 8}
JOBS_A_KILL = 10
EFFECTS = "tests.faults.effects:app"
FAILPOINTS = (
    "jobs.after_claim",
    "effect.before_commit",
    "effect.after_commit",
    "jobs.before_finish",
)


@pytest.fixture
def market(stack, broker):
    """A market without processes yet, with a table to count effects in."""
    market = stack(**({"REDIS_URL": broker} if broker else {}))
    with market.context():
        effects.create(db.engine)
    return market


def ask_for(keys, *, announce=True):
    """One job a key; sometimes the message that tells of it never leaves."""
    jobs.on_enqueue(bell.wake_worker if announce else lambda _seconds: None)
    with transaction() as session:
        for key in keys:
            jobs.enqueue_job(session, KIND, key)
    jobs.on_enqueue(bell.wake_worker)


def how_many(*states):
    with transaction() as session:
        found = sa.select(sa.func.count(Job.id)).where(Job.state.in_(states))
        return session.scalar(found.where(Job.kind.in_((KIND, POISON))))


def open_jobs():
    return how_many(JobState.QUEUED, JobState.RUNNING)


def effects_left():
    with transaction() as session:
        return Counter(session.scalars(sa.select(effects.c.key)))


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("database")
def test_killed_workers_lose_nothing_and_double_nothing(market, database):
    chance, kills = random.Random(database), KILLS[database]
    keys = [f"{n:04}" for n in range(kills * JOBS_A_KILL)]
    market.start_beat()
    with market.context():
        for kill in range(kills):
            batch = keys[kill * JOBS_A_KILL : (kill + 1) * JOBS_A_KILL]
            ask_for(batch, announce=kill % 3 != 0)
            done = how_many(JobState.DONE)
            market.start_worker(application=EFFECTS, **a_failpoint(chance, kill))
            market.wait(lambda at=done: how_many(JobState.DONE) > at, "work to begin")
            time.sleep(chance.uniform(0, 0.15))
            market.kill("worker")
            if kill == kills // 2:
                redis.Redis.from_url(market.environment["REDIS_URL"]).flushall()
        market.start_worker(application=EFFECTS, processes=2)
        market.wait(lambda: open_jobs() == 0, "all work to end", seconds=120)

        assert effects_left() == Counter(keys)
        assert how_many(JobState.DONE) == len(keys)


def a_failpoint(chance, kill):
    """Every second worker also dies by itself, at a place chosen in turn."""
    if kill % 2:
        return {}
    name = FAILPOINTS[kill // 2 % len(FAILPOINTS)]
    return {"FAILPOINT": f"{name}:{chance.randint(2, 6)}"}


@pytest.mark.timeout(200)
@pytest.mark.databases("sqlite")
def test_work_that_kills_its_worker_ends_after_five_attempts(market):
    market.start_beat()
    with market.context():
        with transaction() as session:
            jobs.enqueue_job(session, POISON)
        market.start_worker(application=EFFECTS, JOB_LEASE_SECONDS="1")

        market.wait(lambda: how_many(JobState.FAILED) == 1, "the job to be buried")

        with transaction() as session:
            poison = session.scalars(sa.select(Job).where(Job.kind == POISON)).one()
            assert poison.attempts == MOST_ATTEMPTS


@pytest.fixture
def silent_port():
    """A host that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield listening.getsockname()[1]


@pytest.mark.parametrize("away", ["refuses", "is silent"])
def test_writes_succeed_while_the_broker_is_away(
    database, tmp_path, silent_port, away, worker_name
):
    port = 1 if away == "refuses" else silent_port
    url = markets.new_database(database, f"away_{worker_name}", tmp_path)
    environment = {"DATABASE_URL": url, "LIENKET_INSTANCE": str(tmp_path)}
    broker = {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    app = create_app(Embedded.from_environment(environment | broker))
    slowest = 0.0

    with app.app_context():
        for n in range(20):
            bell._quiet_until = 0.0  # every write meets the broker anew
            began = time.monotonic()
            ask_for([str(n)])
            slowest = max(slowest, time.monotonic() - began)

        assert how_many(JobState.QUEUED) == 20
        db.session.remove()
        db.engine.dispose()
    assert slowest < 3


def test_a_broker_that_is_away_is_left_alone_for_a_while(silent_port, tmp_path):
    environment = {
        "REDIS_URL": f"redis://127.0.0.1:{silent_port}/0",
        "LIENKET_INSTANCE": str(tmp_path),
    }
    create_app(Embedded.from_environment(environment))
    bell._quiet_until = 0.0
    bell.wake_worker()

    began = time.monotonic()
    for _ in range(100):
        bell.wake_worker()

    assert time.monotonic() - began < 0.1
    bell._quiet_until = 0.0
