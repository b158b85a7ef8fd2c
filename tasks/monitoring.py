"""The clock of monitoring: what is overdue."""

from __future__ import annotations

from typing import Any

from marketplace.services.days import day_of
from marketplace.services.monitoring_night import warn_overdue
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles


@handles("monitoring.warn")
def warn(job: JobRun) -> dict[str, Any]:
    """Tell both sides of what is late; whoever has heard of it hears it no second time."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        late = warn_overdue(session, today=day_of(now), now=now)
    return {"late": late}
