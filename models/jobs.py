"""Background work as rows: the database, not the broker, is the truth."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index

from marketplace.domain.jobs import MOST_ATTEMPTS, JobState
from models.database import (
    Base,
    Code,
    Id,
    Mapped,
    PublicId,
    Words,
    mapped_column,
    utc_now,
    words,
)


class Job(Base):
    """One piece of work, leased to one worker at a time.

    Each claim raises `fence`; a worker whose fence is behind has lost its lease
    and may write nothing more.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(f"attempts BETWEEN 0 AND {MOST_ATTEMPTS}", name="attempts"),
        CheckConstraint("fence >= attempts", name="each_attempt_has_its_fence"),
        CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)",
            name="leased_if_and_only_if_running",
        ),
        CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished_if_and_only_if_final",
        ),
        CheckConstraint(
            "progress_done >= 0 AND progress_total >= progress_done", name="progress"
        ),
        # Asking twice before the work began is asking once ...
        Index(
            "uq_jobs_queued",
            "kind",
            "key",
            unique=True,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        # ... and the same work never runs twice at a time.
        Index(
            "uq_jobs_running",
            "kind",
            "key",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
        Index("ix_jobs_state_due_at", "state", "due_at"),
        Index("ix_jobs_kind_created_at", "kind", "created_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    kind: Mapped[Code]
    key: Mapped[str] = mapped_column(sa.String(200), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime]
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Words] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    error: Mapped[Words | None]
    # No foreign key: a job outlives the account of who asked for it.
    requested_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BeatSlot(Base):
    """One turn of the clock that was taken; a second beat finds it taken."""

    __tablename__ = "beat_slots"

    name: Mapped[Code] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(default=utc_now)


class WorkerHeartbeat(Base):
    """When a worker last worked, by the database's clock."""

    __tablename__ = "worker_heartbeats"

    name: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    seen_at: Mapped[datetime]
