"""The clock of papers: who is reminded that one ends."""

from __future__ import annotations

import logging
from typing import Any

from marketplace.services.days import day_of
from marketplace.services.paper_reminders import papers_to_remind, remind
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

log = logging.getLogger(__name__)


@handles("papers.remind")
def remind_all(job: JobRun) -> dict[str, Any]:
    """Remind of each paper in a transaction of its own; one bad one stops none."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        due = papers_to_remind(session, today=day_of(now))
    told = failed = 0
    for key in due:
        try:
            with transaction() as session:
                told += remind(session, key, today=day_of(now), now=now)
        except Exception:
            failed += 1
            log.exception("No reminder for %s %d", *key)
    return {"papers": len(due), "told": told, "failed": failed}
