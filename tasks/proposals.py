"""The clock of proposals: a word before terms lapse, and their end."""

from __future__ import annotations

from typing import Any

from marketplace.services.clockwork import HOME
from marketplace.services.proposal_ending import end_hopeless
from marketplace.services.proposal_expiry import expire_proposals, warn_expiring
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

BATCH = 50


@handles("proposals.expire")
def expire(job: JobRun) -> dict[str, Any]:
    """Warn, then let go in small batches, so that no lock is held for long."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        today = now.astimezone(HOME).date()
        warned = warn_expiring(session, today=today, now=now)
    expired = 0
    while True:
        with transaction() as session:
            job.hold(session)
            batch = expire_proposals(session, now=now, limit=BATCH)
            batch += end_hopeless(session, now=now, limit=BATCH)
        expired += batch
        if batch < BATCH:
            return {"warned": warned, "expired": expired}
