"""When the market is matched again: small ones at once, a nation in its turn.

What takes seconds is simply done anew whenever something changes. What takes
longer than that is done anew only after so long a pause that it keeps workers
busy a twentieth of the time, or when an officer or the night asks for it; a new
or revised post is then matched at once by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.services.jobs import enqueue_job
from marketplace.services.matching_records import latest_run

POST = "matching.post"
QUICK_MS = 2_000
PATIENCE = 20
SOON = 2  # seconds, in which several changes become one


def ask_for_matching(
    session: Session,
    *,
    harvest_id: int | None = None,
    offer_id: int | None = None,
    beside: Collection[int] = (),
) -> None:
    """Supply or demand has changed, maybe by this one post.

    `beside` are posts of the other side that it would have met as it was: at the
    stored prices they have enough already, and would not be looked at.
    """
    if (harvest_id or offer_id) and _pause(session):
        wanted: dict[str, Any] = {"harvest": harvest_id, "offer": offer_id}
        job = enqueue_job(session, POST, f"{harvest_id}:{offer_id}", wanted)
        if beside:
            job.payload = {**wanted, "beside": sorted(beside)}
    enqueue_job(session, "matching.run", "market", due_in_seconds=SOON)


def seconds_to_wait(session: Session, trigger: str, now: datetime) -> int:
    """How long a run that nobody asked for in person waits for its turn."""
    run = latest_run(session)
    if trigger != "post" or run is None or run.finished_at is None:
        return 0
    return max(int((run.finished_at + _pause(session) - now).total_seconds()), 0)


def _pause(session: Session) -> timedelta:
    run = latest_run(session)
    if run is None or run.duration_ms <= QUICK_MS:
        return timedelta(0)
    return timedelta(milliseconds=PATIENCE * run.duration_ms)
