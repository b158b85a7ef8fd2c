"""A worker that also knows a kind of work whose effect can be counted."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from marketplace.services.failpoints import failpoint
from models.database import transaction
from tasks.handlers import JobRun, handles
from tasks.worker import app
from tests.faults.effects_table import KIND, POISON, effects

__all__ = ["app"]


@handles(KIND)
def leave_an_effect(job: JobRun) -> dict[str, Any] | None:
    """One row a job; effect and end of the job are one transaction."""
    time.sleep(0.02)
    with transaction() as session:
        session.execute(effects.insert().values(key=job.key))
        failpoint("effect.before_commit")
        job.finish(session, {"left": job.key})
    failpoint("effect.after_commit")
    return None


@handles(POISON)
def end_the_worker(job: JobRun) -> None:
    """Ends its process at every attempt."""
    os.kill(os.getpid(), signal.SIGKILL)
