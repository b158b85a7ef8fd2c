"""The clock of renewals: when the next season of a contract is to be spoken of."""

from __future__ import annotations

from typing import Any

from marketplace.services.days import day_of
from marketplace.services.renewal_telling import tell_due
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

BATCH = 50


@handles("renewals.tell")
def tell(job: JobRun) -> dict[str, Any]:
    """Tell both sides in small batches; who has heard of it hears it no second time."""
    told, last = 0, 0
    while True:
        with transaction() as session:
            job.hold(session)
            now = db_now(session)
            more, go_on = tell_due(
                session, today=day_of(now), now=now, after=last, limit=BATCH
            )
        told += more
        if go_on is None:
            return {"told": told}
        last = go_on
