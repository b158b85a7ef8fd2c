"""The clock of recalls: what was made of affected lots since, and who is late."""

from __future__ import annotations

from typing import Any

from marketplace.services.recall_answers import remind_late
from marketplace.services.recalls import extend_recalls
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles


@handles("recalls.tend")
def tend(job: JobRun) -> dict[str, Any]:
    """Cover lots that came late, and remind whoever has not answered, each once."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        added = extend_recalls(session, now=now)
        late = remind_late(session, now=now)
    return {"lots": added, "late": late}
