"""Work on documents of EPCIS that software sent."""

from __future__ import annotations

from typing import Any

from flask import current_app

from marketplace.services.epcis_capture import run_capture
from marketplace.services.epcis_jobs import JOB
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles


@handles(JOB)
def run(job: JobRun) -> dict[str, Any] | None:
    """Check a document and tell its events, all in one transaction."""
    base = str(current_app.config["BASE_URL"])
    with transaction() as session:
        job.hold(session)
        run_capture(session, job.payload["capture"], base, now=db_now(session))
        job.finish(session, None)
    return None
