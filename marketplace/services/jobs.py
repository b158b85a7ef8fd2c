"""Background work: asked for, claimed, kept, finished; every time twice is once.

Times come from the database, so that a worker with a wrong clock does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from marketplace.domain.errors import N_, Conflict
from marketplace.domain.jobs import FINAL, MOST_ATTEMPTS, JobState, pause_after
from models.database import after_commit, db_now, new_public_id
from models.jobs import Job

SAME_MOMENT = timedelta(seconds=1)

_announcers: list[Callable[[int], object]] = []


class LeaseLost(Conflict):
    """Another worker has this job now; whatever was not committed must not be."""

    def __init__(self) -> None:
        super().__init__(N_("Việc này đang do tiến trình khác làm"))


def on_enqueue(announce: Callable[[int], object]) -> None:
    """Call `announce(due_in_seconds)` after the commit of each new job."""
    _announcers[:] = [announce]


def enqueue_job(
    session: Session,
    kind: str,
    key: str = "",
    payload: dict[str, Any] | None = None,
    due_in_seconds: int = 0,
    requested_by: int | None = None,
) -> Job:
    """Ask for work; one already asked for and not yet begun is returned instead.

    Call it late in the transaction: who asks for the same for the first time at
    the same moment waits for this one to end.
    """
    public_id = new_public_id()
    due_at = db_now(session) + timedelta(seconds=due_in_seconds)
    row = {
        "public_id": public_id,
        "kind": kind,
        "key": key,
        "payload": payload or {},
        "due_at": due_at,
        "requested_by": requested_by,
    }
    while (job := _queued_job(session, kind, key, due_at)) is None:
        insert_or_ignore(session, Job, row)
    if job.public_id == public_id or due_at < job.due_at - SAME_MOMENT:
        job.due_at = due_at
        after_commit(session, lambda: _announce(due_in_seconds))
    return job


def _queued_job(
    session: Session, kind: str, key: str, due_at: datetime | None = None
) -> Job | None:
    """The lock keeps workers off until what we wrote can be seen by them.

    It is shared, so that nobody waits who asks meanwhile; but not if the job is to
    be brought forward, for two who share it and both want to write wait for ever.
    """
    wanted = sa.and_(Job.kind == kind, Job.key == key, Job.state == JobState.QUEUED)
    planned = session.scalar(sa.select(Job.due_at).where(wanted))
    sooner = due_at and planned and due_at < planned - SAME_MOMENT
    return session.scalar(
        sa.select(Job)
        .where(wanted)
        .with_for_update(read=not sooner)
        .execution_options(populate_existing=True)
    )


def insert_or_ignore(session: Session, table: type[Any], row: dict[str, Any]) -> bool:
    """INSERT .. ON CONFLICT DO NOTHING; whether the row was written."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table).on_conflict_do_nothing().values(row)
    written = session.execute(statement.returning(*sa.inspect(table).primary_key))
    return written.first() is not None


def _rows(result: sa.Result[Any]) -> int:
    """How many rows a statement changed."""
    assert isinstance(result, sa.CursorResult)
    return result.rowcount


def _announce(due_in_seconds: int) -> None:
    for announce in _announcers:
        announce(due_in_seconds)


def claim_job(session: Session, lease: timedelta) -> Job | None:
    """Lease the job that is due longest, or one whose worker vanished.

    None if nothing is due. Commit before working on it.
    """
    now = db_now(session)
    job = session.scalar(_due(now).limit(1).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.fence += 1
    job.lease_until = now + lease
    job.started_at = now
    try:
        with session.begin_nested():
            session.flush()  # the twin that began in this very moment is met here
    except IntegrityError:
        session.expire(job)
        return None
    return job


def _due(now: datetime) -> sa.Select[Job]:
    running = aliased(Job)
    busy = sa.exists().where(
        running.kind == Job.kind,
        running.key == Job.key,
        running.state == JobState.RUNNING,
    )
    waiting = sa.and_(Job.state == JobState.QUEUED, Job.due_at <= now, ~busy)
    left_behind = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return (
        sa.select(Job)
        .where(sa.or_(waiting, left_behind), Job.attempts < MOST_ATTEMPTS)
        .order_by(Job.due_at, Job.id)
        .execution_options(populate_existing=True)
    )


def hold_job(session: Session, job_id: int, fence: int, lease: timedelta) -> Job:
    """Lock the job, prolong its lease and return it; LeaseLost if it is not ours.

    In the transaction of an effect this makes the effect ours alone.
    """
    held = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.fence == fence, Job.state == JobState.RUNNING)
        .values(lease_until=db_now(session) + lease)
    )
    if not _rows(held):
        raise LeaseLost
    return session.get_one(Job, job_id, populate_existing=True)


def report_progress(job: Job, done: int, total: int, stage: str | None = None) -> None:
    """Say how far a held job is; `stage` is a message id or plain words."""
    job.progress_done = min(done, total)
    job.progress_total = total
    if stage is not None:
        job.stage = stage


def finish_job(session: Session, job: Job, result: dict[str, Any] | None) -> None:
    """A held job is done."""
    _close(job, JobState.DONE, db_now(session))
    job.result = result
    job.error = None
    job.progress_done = job.progress_total


def fail_job(session: Session, job: Job, error: str, *, for_good: bool = False) -> None:
    """A held job broke: try again after a pause, five times in all."""
    now = db_now(session)
    job.error = error[:2000]
    if for_good or job.attempts >= MOST_ATTEMPTS:
        _close(job, JobState.FAILED, now)
    elif _queued_job(session, job.kind, job.key):
        _close(job, JobState.CANCELLED, now)  # the one in the queue does the work
    else:
        _requeue(job, now + pause_after(job.attempts))


def release_job(session: Session, job: Job, due_in_seconds: int = 0) -> None:
    """The worker stops before the job is done; another may begin, maybe later."""
    now = db_now(session)
    if _queued_job(session, job.kind, job.key):
        _close(job, JobState.CANCELLED, now)
    else:
        job.attempts -= 1
        _requeue(job, now + timedelta(seconds=due_in_seconds))
        after_commit(session, lambda: _announce(due_in_seconds))


def _requeue(job: Job, due_at: datetime) -> None:
    job.state = JobState.QUEUED
    job.lease_until = None
    job.due_at = due_at


def _close(job: Job, state: JobState, now: datetime) -> None:
    job.state = state
    job.lease_until = None
    job.finished_at = now


def bury_dead_jobs(session: Session) -> int:
    """Fail what ended its worker five times over; returns how many."""
    dead = session.scalars(
        sa.select(Job)
        .where(
            Job.state == JobState.RUNNING,
            Job.lease_until < db_now(session),
            Job.attempts >= MOST_ATTEMPTS,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for job in dead:
        job.error = job.error or "Its worker vanished at every attempt"
        _close(job, JobState.FAILED, db_now(session))
    return len(dead)


def is_work_due(session: Session) -> bool:
    """Whether a worker that looked now would find a job."""
    due = _due(db_now(session)).with_only_columns(Job.id).limit(1)
    return session.scalar(due) is not None


def forget_jobs(session: Session, *, days: int = 30) -> int:
    """Delete jobs that ended long ago; returns how many."""
    before = db_now(session) - timedelta(days=days)
    gone = session.execute(
        sa.delete(Job).where(Job.state.in_(FINAL), Job.finished_at < before)
    )
    return _rows(gone)
