"""The life of a piece of background work."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(seconds=5)


class JobState(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 5, 20, 80, 320 seconds."""
    return FIRST_PAUSE * int(4 ** max(0, attempts - 1))
