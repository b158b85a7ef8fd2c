"""The bell and the sweeper: messages only wake a worker, rows say what to do."""

from __future__ import annotations

import logging
import time
from socket import gethostname
from typing import TYPE_CHECKING

from celery import Celery, current_app, shared_task
from celery.signals import worker_process_init, worker_ready
from kombu.exceptions import OperationalError

from marketplace.services import clockwork, jobs
from models.database import db, transaction
from tasks.runner import run_next_job
from tasks.schedule import EVERY, NIGHTLY, beat_schedule

if TYPE_CHECKING:
    from config import Settings

log = logging.getLogger(__name__)

LONGEST_COUNTDOWN = 5  # seconds; what is due later is found by the sweeper
LONGEST_TURN = 30  # seconds after which a worker rings again instead of going on
QUIET_AFTER_FAILURE = 5.0  # seconds without trying a broker that was away

_quiet_until = 0.0


def init_celery(celery: Celery, settings: Settings) -> None:
    """Give beat its entries."""
    celery.conf.beat_schedule = beat_schedule(settings.sweep_seconds)


def wake_worker(due_in_seconds: int = 0) -> None:
    """Ring once. The work is stored already, so a broken bell is only slower."""
    global _quiet_until
    if due_in_seconds > LONGEST_COUNTDOWN or time.monotonic() < _quiet_until:
        return
    try:
        work.apply_async(countdown=due_in_seconds or None, retry=False)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
        log.warning("The broker is away (%s); the sweeper will find the work", error)


@shared_task(name="jobs.work", ignore_result=True)
def work() -> None:
    """Run jobs until none is due."""
    began = time.monotonic()
    while run_next_job():
        if time.monotonic() - began > LONGEST_TURN:
            wake_worker()  # others get their turn, and a stop is noticed
            return


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> None:
    """Find what no message announced: due jobs, dead workers, turns of the clock."""
    with transaction() as session:
        clockwork.record_heartbeat(session, gethostname())
        jobs.bury_dead_jobs(session)
        for kind, seconds in EVERY.items():
            clockwork.enqueue_every(session, kind, seconds)
        for turn in NIGHTLY:
            clockwork.enqueue_nightly(session, *turn)
        due = jobs.is_work_due(session)
    if due:
        wake_worker()


@worker_ready.connect
def _sweep_at_once(**_: object) -> None:
    """A worker that has just come looks round before beat tells it to."""
    current_app.tasks["jobs.sweep"].apply_async(retry=False)


@worker_process_init.connect
def _own_connections(**_: object) -> None:
    """A connection inherited over a fork would be used by two processes at once."""
    flask_app = current_app.flask_app
    with flask_app.app_context():
        db.engine.dispose(close=False)
