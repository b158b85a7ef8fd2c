"""Several at once, with real transactions; on both databases."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.jobs import JobState
from marketplace.services import clockwork, jobs
from models.database import db, transaction
from models.jobs import Job
from tasks.handlers import HANDLERS, handles
from tasks.runner import run_next_job

LEASE = timedelta(seconds=30)
MANY = 8


@pytest.fixture
def at_once(fresh_app):
    """Run a function in several threads that begin together; their answers."""

    def run(function, count=MANY):
        gate = threading.Barrier(count)

        def one(number):
            with fresh_app.app_context():
                gate.wait()
                return function(number)

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    jobs.on_enqueue(lambda _seconds: None)
    return run


@pytest.fixture
def handled(monkeypatch):
    monkeypatch.setattr("tasks.handlers.HANDLERS", known := dict(HANDLERS))
    monkeypatch.setattr("tasks.runner.HANDLERS", known)
    return handles


def enqueue(key):
    with transaction() as session:
        return jobs.enqueue_job(session, "test.kind", key).id


def claim():
    with transaction() as session:
        job = jobs.claim_job(session, LEASE)
        return job.id if job else None


def test_eight_who_ask_for_the_same_get_one_job(at_once):
    found = at_once(lambda _number: enqueue("same"))

    assert len(set(found)) == 1


def test_no_job_is_claimed_twice(fresh_app, at_once):
    with fresh_app.app_context():
        wanted = {enqueue(str(n)) for n in range(40)}

    def claim_all(_number):
        claimed = []
        misses = 0
        while misses < 3:
            job = claim()
            misses += job is None
            claimed += [job] if job else []
        return claimed

    claims = Counter(job for mine in at_once(claim_all) for job in mine)

    assert set(claims) == wanted
    assert set(claims.values()) == {1}


def test_one_turn_of_the_clock_is_taken_by_one(at_once):
    def take(_number):
        with transaction() as session:
            return clockwork.take_slot(session, "matching.run", "2026-11-23")

    assert sorted(at_once(take)) == [False] * (MANY - 1) + [True]


@pytest.mark.databases("postgres")
def test_a_worker_leaves_alone_what_somebody_is_just_asking_for(fresh_app):
    """Otherwise it would run before what was written with the asking is visible."""
    with fresh_app.app_context():
        enqueue("debounced")
        with transaction() as asking:
            jobs.enqueue_job(asking, "test.kind", "debounced")
            with fresh_app.app_context():
                during = claim()
        after = claim()

    assert during is None
    assert after is not None


def test_slow_work_keeps_its_lease(fresh_app, handled, monkeypatch):
    lease = timedelta(seconds=0.6)
    monkeypatch.setattr("tasks.runner._lease", lambda: lease)
    others = []

    @handled("test.kind")
    def slow(job):
        end = time.monotonic() + 2
        while time.monotonic() < end:
            time.sleep(0.2)
            with fresh_app.app_context():
                others.append(claim())

    with fresh_app.app_context():
        job_id = enqueue("slow")

        run_next_job()

        with transaction() as session:
            job = session.get_one(Job, job_id)
            assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert set(others) == {None}


def test_work_that_vanished_is_done_by_the_next(fresh_app, handled):
    handled("test.kind")(lambda job: {"attempt": job.attempt})
    with fresh_app.app_context():
        enqueue("left behind")
        claim()
        with transaction() as session:
            past = jobs.db_now(session) - timedelta(seconds=1)
            session.execute(sa.update(Job).values(lease_until=past))

        run_next_job()

        with transaction() as session:
            assert session.scalars(sa.select(Job)).one().result == {"attempt": 2}
        db.session.remove()
