"""Nightly: forget finished jobs and old turns of the clock."""

from __future__ import annotations

from typing import Any

from marketplace.services import clockwork, jobs
from marketplace.services.attempts import forget_attempts
from marketplace.services.idempotency import forget_keys
from marketplace.services.report_orders import forget_orders
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles


@handles("jobs.tidy")
def tidy(job: JobRun) -> dict[str, Any]:
    """Forget what ended long ago."""
    with transaction() as session:
        job.hold(session)
        forgotten = jobs.forget_jobs(session)
        clockwork.forget_turns(session)
        forget_attempts(session, now=db_now(session))
        forget_orders(session, now=db_now(session))
        forget_keys(session, now=db_now(session))
    return {"forgotten": forgotten}
