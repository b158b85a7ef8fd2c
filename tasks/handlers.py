"""Which function does which kind of work.

    @handles("matching.run")
    def run_matching(job: JobRun) -> dict[str, Any] | None:
        with transaction() as session:
            job.hold(session)          # this effect is ours, or LeaseLost
            ...
        job.progress(3, 10, N_("Đang ghép"))
        return {"proposals": 12}       # kept in the job's row

A handler may be run again after a crash: what it wrote must then count once.
`job.finish(session)` inside its last transaction makes effect and end one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.services import jobs
from models.database import transaction
from models.jobs import Job

Handler = Callable[["JobRun"], dict[str, Any] | None]

HANDLERS: dict[str, Handler] = {}
Ending = Callable[[Session, Job], None]
ENDINGS: dict[str, Ending] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function as the one that does this kind of work."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS and HANDLERS[kind] is not handler:
            raise ValueError(f"two handlers for {kind}")
        HANDLERS[kind] = handler
        return handler

    return register


def gives_up(kind: str) -> Callable[[Ending], Ending]:
    """Register what else ends with a job of this kind that has failed for good.

    It is called in the transaction that says so; nobody tries the job again.
    """

    def register(ending: Ending) -> Ending:
        ENDINGS[kind] = ending
        return ending

    return register


@dataclass
class JobRun:
    """One attempt at one job, as its handler sees it."""

    id: int
    public_id: str
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int
    fence: int
    requested_by: int | None
    lease: timedelta
    finished: bool = field(default=False, init=False)

    @classmethod
    def of(cls, job: Job, lease: timedelta) -> JobRun:
        """The attempt that has just claimed this job."""
        return cls(
            id=job.id,
            public_id=job.public_id,
            kind=job.kind,
            key=job.key,
            payload=dict(job.payload),
            attempt=job.attempts,
            fence=job.fence,
            requested_by=job.requested_by,
            lease=lease,
        )

    def hold(self, session: Session) -> Job:
        """Lock the job in the effect's transaction; LeaseLost if it is not ours."""
        return jobs.hold_job(session, self.id, self.fence, self.lease)

    def progress(self, done: int, total: int, stage: str | None = None) -> None:
        """Show how far the work is, in a transaction of its own."""
        with transaction() as session:
            jobs.report_progress(self.hold(session), done, total, stage)

    def postpone(self, session: Session, seconds: int) -> None:
        """Give the job back; its time has not come yet."""
        jobs.release_job(session, self.hold(session), due_in_seconds=seconds)
        self.finished = True

    def finish(self, session: Session, result: dict[str, Any] | None = None) -> None:
        """End the job together with the effect that this transaction stores."""
        jobs.finish_job(session, self.hold(session), result)
        self.finished = True
