"""Background work as rows; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.domain.jobs import MOST_ATTEMPTS, JobState, pause_after
from marketplace.services import clockwork, jobs
from marketplace.services.jobs import LeaseLost, claim_job, enqueue_job, hold_job
from models.database import db_now
from models.jobs import BeatSlot, Job, WorkerHeartbeat

LEASE = timedelta(seconds=30)


@pytest.fixture
def announced():
    heard = []
    jobs.on_enqueue(heard.append)
    yield heard
    jobs.on_enqueue(lambda _seconds: None)


def claimed(session, kind="matching.run", key=""):
    enqueue_job(session, kind, key)
    job = claim_job(session, LEASE)
    assert job is not None
    return job


def expire_lease(session, job):
    job.lease_until = db_now(session) - timedelta(seconds=1)
    session.flush()


def count(session, *where):
    return session.scalar(sa.select(sa.func.count(Job.id)).where(*where))


def test_asking_twice_is_asking_once(session, announced):
    first = enqueue_job(session, "matching.run", due_in_seconds=2)

    second = enqueue_job(session, "matching.run", due_in_seconds=2)
    session.commit()

    assert second is first
    assert announced == [2]


def test_another_key_is_another_job(session):
    first = enqueue_job(session, "chains.evaluate", "longan")

    second = enqueue_job(session, "chains.evaluate", "mango", {"product": "mango"})

    assert (second.payload, second.id) == ({"product": "mango"}, first.id + 1)


def test_asking_for_it_sooner_brings_it_forward(session, announced):
    job = enqueue_job(session, "matching.run", due_in_seconds=600)
    later = job.due_at

    again = enqueue_job(session, "matching.run")
    session.commit()

    assert again is job
    assert job.due_at < later - timedelta(minutes=9)
    assert announced == [600, 0]


def test_what_was_rolled_back_is_not_announced(session, announced):
    enqueue_job(session, "matching.run")

    session.rollback()

    assert announced == []
    assert count(session) == 0


def test_work_is_done_in_the_order_in_which_it_falls_due(session):
    enqueue_job(session, "second", due_in_seconds=-5)
    enqueue_job(session, "first", due_in_seconds=-9)
    enqueue_job(session, "later", due_in_seconds=60)

    kinds = [claim_job(session, LEASE).kind for _ in range(2)]

    assert kinds == ["first", "second"]
    assert claim_job(session, LEASE) is None
    assert not jobs.is_work_due(session)


def test_a_claim_counts_the_attempt_before_the_work_begins(session):
    job = claimed(session)

    assert (job.state, job.attempts, job.fence) == (JobState.RUNNING, 1, 1)
    assert timedelta(0) < job.lease_until - db_now(session) <= LEASE


def test_the_same_work_waits_until_its_twin_has_ended(session):
    running = claimed(session)
    waiting = enqueue_job(session, running.kind)

    assert claim_job(session, LEASE) is None

    jobs.finish_job(session, running, {"proposals": 3})
    session.flush()
    assert claim_job(session, LEASE) is waiting


def test_a_twin_that_begins_in_the_same_moment_is_refused_by_the_database(session):
    running = claimed(session)
    session.commit()

    twin = Job(
        kind=running.kind,
        state=JobState.RUNNING,
        due_at=running.due_at,
        lease_until=running.lease_until,
    )
    session.add(twin)

    with pytest.raises(IntegrityError):
        session.flush()


def test_work_whose_worker_vanished_is_claimed_again(session):
    job = claimed(session)
    expire_lease(session, job)

    again = claim_job(session, LEASE)

    assert again is job
    assert (job.attempts, job.fence) == (2, 2)


def test_who_lost_the_lease_may_write_nothing(session):
    job = claimed(session)
    stale = job.fence
    expire_lease(session, job)
    claim_job(session, LEASE)

    with pytest.raises(LeaseLost):
        hold_job(session, job.id, stale, LEASE)


def test_holding_prolongs_the_lease(session):
    job = claimed(session)
    expire_lease(session, job)

    held = hold_job(session, job.id, job.fence, LEASE)

    assert held.lease_until > db_now(session)


def test_finished_work_keeps_its_result(session):
    job = claimed(session)
    jobs.report_progress(job, 7, 10, "Đang ghép")

    jobs.finish_job(session, job, {"proposals": 12})
    session.commit()

    assert (job.state, job.result) == (JobState.DONE, {"proposals": 12})
    assert (job.progress_done, job.progress_total, job.stage) == (10, 10, "Đang ghép")
    assert job.finished_at >= job.started_at


def test_a_failure_is_tried_again_after_a_pause(session):
    job = claimed(session)

    jobs.fail_job(session, job, "the solver broke")
    session.commit()

    assert (job.state, job.error) == (JobState.QUEUED, "the solver broke")
    assert job.due_at > db_now(session) + pause_after(1) / 2
    assert claim_job(session, LEASE) is None


def test_the_fifth_failure_is_the_last(session):
    job = claimed(session)
    for _ in range(MOST_ATTEMPTS - 1):
        jobs.fail_job(session, job, "again")
        job.due_at = db_now(session)
        assert claim_job(session, LEASE) is job

    jobs.fail_job(session, job, "for the last time")
    session.commit()

    assert (job.state, job.attempts) == (JobState.FAILED, MOST_ATTEMPTS)


def test_a_failure_for_good_is_not_tried_again(session):
    job = claimed(session)

    jobs.fail_job(session, job, "no such kind", for_good=True)

    assert job.state is JobState.FAILED


@pytest.mark.parametrize("end", [jobs.release_job, jobs.fail_job])
def test_what_is_asked_for_again_already_is_left_to_its_successor(session, end):
    job = claimed(session)
    successor = enqueue_job(session, job.kind)

    end(session, job, *["broken"] * (end is jobs.fail_job))
    session.commit()

    assert (job.state, successor.state) == (JobState.CANCELLED, JobState.QUEUED)


def test_released_work_is_free_at_once_and_loses_no_attempt(session):
    job = claimed(session)

    jobs.release_job(session, job)
    session.commit()

    assert (job.attempts, job.fence) == (0, 1)
    assert claim_job(session, LEASE) is job


def test_work_that_ends_its_worker_five_times_is_buried(session):
    job = claimed(session)
    job.attempts = job.fence = MOST_ATTEMPTS
    expire_lease(session, job)

    buried = jobs.bury_dead_jobs(session)

    assert (buried, job.state) == (1, JobState.FAILED)
    assert "vanished" in job.error
    assert claim_job(session, LEASE) is None


def test_old_ends_are_forgotten_and_open_work_is_kept(session):
    old = claimed(session, "old")
    jobs.finish_job(session, old, None)
    old.finished_at -= timedelta(days=40)
    recent = claimed(session, "recent")
    jobs.finish_job(session, recent, None)
    enqueue_job(session, "open")

    assert jobs.forget_jobs(session) == 1
    assert count(session) == 2


def test_each_turn_of_the_clock_is_taken_once(session):
    first = clockwork.take_slot(session, "matching.run", "2026-11-23")
    second = clockwork.take_slot(session, "matching.run", "2026-11-23")
    next_day = clockwork.take_slot(session, "matching.run", "2026-11-24")

    assert (first, second, next_day) == (True, False, True)


def test_what_comes_round_leaves_one_row_behind(session):
    for turn in range(3):
        session.execute(sa.delete(BeatSlot))
        clockwork.enqueue_every(session, "letters.send", 10)
        jobs.finish_job(session, claim_job(session, LEASE), {"turn": turn})
        session.flush()

    kept = session.scalars(sa.select(Job)).one()
    assert kept.result == {"turn": 2}


def test_a_turn_already_taken_asks_for_nothing(session):
    long = 10**9  # seconds: the turn cannot change under the test

    assert clockwork.enqueue_every(session, "letters.send", long)
    assert not clockwork.enqueue_every(session, "letters.send", long)


@pytest.mark.parametrize(("hour", "comes"), [(0, True), (24, False)])
def test_nightly_work_is_asked_for_once_its_hour_has_come(session, hour, comes):
    first = clockwork.enqueue_nightly(session, "matching.run", hour)
    second = clockwork.enqueue_nightly(session, "matching.run", hour)

    assert (first, second) == (comes, False)
    assert count(session) == comes


def test_the_heartbeat_is_as_old_as_the_last_sign_of_life(session):
    assert clockwork.last_heartbeat_age(session) is None

    clockwork.record_heartbeat(session, "one")
    clockwork.record_heartbeat(session, "one")
    clockwork.record_heartbeat(session, "two")

    assert clockwork.last_heartbeat_age(session) < timedelta(seconds=5)
    assert session.scalar(sa.select(sa.func.count(WorkerHeartbeat.name))) == 2


def test_old_turns_are_forgotten(session):
    clockwork.take_slot(session, "matching.run", "2026-01-01")
    slot = session.scalars(sa.select(BeatSlot)).one()
    slot.taken_at -= timedelta(days=8)
    session.flush()

    clockwork.forget_turns(session)

    assert session.scalar(sa.select(sa.func.count(BeatSlot.name))) == 0
