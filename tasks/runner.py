"""One job from claim to end: lease kept alive, failures written down."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from celery import current_app as celery
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from marketplace.domain.errors import Refused
from marketplace.domain.jobs import JobState
from marketplace.services import jobs
from marketplace.services.failpoints import failpoint
from marketplace.services.jobs import LeaseLost
from models.database import transaction
from tasks.handlers import ENDINGS, HANDLERS, JobRun

log = logging.getLogger(__name__)


def run_next_job() -> bool:
    """Claim and run one job; False if none was due."""
    with current_app.app_context():  # each job gets a session of its own
        run = _claim()
        if run is None:
            return False
        failpoint("jobs.after_claim")
        try:
            _run(run)
        except LeaseLost:
            log.warning("Job %d (%s) was taken over by another", run.id, run.kind)
    return True


def _claim() -> JobRun | None:
    lease = _lease()
    with transaction() as session:
        job = jobs.claim_job(session, lease)
        return JobRun.of(job, lease) if job else None


def _lease() -> timedelta:
    return timedelta(seconds=current_app.config["SETTINGS"].job_lease_seconds)


def _run(run: JobRun) -> None:
    handler = HANDLERS.get(run.kind)
    if handler is None:
        _fail(run, f"No handler for the kind {run.kind!r}", for_good=True)
        return
    try:
        with _lease_kept(run):
            result = handler(run)
        failpoint("jobs.before_finish")
        if not run.finished:
            with transaction() as session:
                run.finish(session, result)
    except LeaseLost:
        raise
    except Refused as refused:
        _fail(run, str(refused), for_good=True)
    except Exception:
        log.exception("Job %d (%s) failed", run.id, run.kind)
        _fail(run, traceback.format_exc(limit=-3))
    except BaseException:  # the worker is told to stop
        with transaction() as session:
            jobs.release_job(session, run.hold(session))
        raise


def _fail(run: JobRun, error: str, *, for_good: bool = False) -> None:
    with transaction() as session:
        job = run.hold(session)
        jobs.fail_job(session, job, error, for_good=for_good)
        if job.state is JobState.FAILED and run.kind in ENDINGS:
            ENDINGS[run.kind](session, job)


@contextmanager
def _lease_kept(run: JobRun) -> Iterator[None]:
    """Prolong the lease from a second thread: slow work is not dead work."""
    app: Flask = celery.flask_app
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(app, run, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(app: Flask, run: JobRun, done: threading.Event) -> None:
    while not done.wait(run.lease.total_seconds() / 3):
        try:
            with app.app_context(), transaction() as session:
                run.hold(session)
        except LeaseLost:
            return
        except SQLAlchemyError:
            log.warning("Could not prolong the lease of job %d yet", run.id)
