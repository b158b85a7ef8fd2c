"""What comes round by itself: turns of the clock, heartbeats, housekeeping."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.jobs import FINAL
from marketplace.services.jobs import enqueue_job, insert_or_ignore
from models.database import db_now
from models.jobs import BeatSlot, Job, WorkerHeartbeat

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
PERIODIC = "periodic"


def take_slot(session: Session, name: str, slot: str) -> bool:
    """True for the first who takes this turn, however many clocks tick."""
    return insert_or_ignore(session, BeatSlot, {"name": name, "slot": slot})


def enqueue_every(session: Session, kind: str, seconds: int) -> bool:
    """Ask for work that comes round every few seconds; its past turns are forgotten."""
    now = db_now(session)
    turn = int(now.timestamp()) // seconds
    if not take_slot(session, kind, f"{seconds}s:{turn}"):
        return False
    session.execute(
        sa.delete(Job).where(
            Job.kind == kind, Job.key == PERIODIC, Job.state.in_(FINAL)
        )
    )
    enqueue_job(session, kind, PERIODIC)
    return True


def enqueue_nightly(session: Session, kind: str, hour: int, minute: int = 0) -> bool:
    """Ask for today's work once the hour has come, also when it was slept through."""
    here = db_now(session).astimezone(HOME)
    if (here.hour, here.minute) < (hour, minute):
        return False
    if not take_slot(session, kind, here.date().isoformat()):
        return False
    enqueue_job(session, kind)
    return True


def record_heartbeat(session: Session, worker: str) -> None:
    """This worker is alive, by the database's clock."""
    now = db_now(session)
    beat = session.get(WorkerHeartbeat, worker)
    if beat is None:
        fresh = {"name": worker, "seen_at": now}
        insert_or_ignore(session, WorkerHeartbeat, fresh)
    else:
        beat.seen_at = now


def last_heartbeat_age(session: Session) -> timedelta | None:
    """How long ago any worker showed signs of life; None if none ever did."""
    newest = sa.select(WorkerHeartbeat.seen_at).order_by(WorkerHeartbeat.seen_at.desc())
    seen = session.scalar(newest.limit(1))
    return None if seen is None else db_now(session) - seen


def forget_turns(session: Session, *, days: int = 7) -> None:
    """Drop old turns of the clock and workers not seen for that long."""
    before: datetime = db_now(session) - timedelta(days=days)
    session.execute(sa.delete(BeatSlot).where(BeatSlot.taken_at < before))
    gone = WorkerHeartbeat.seen_at < before
    session.execute(sa.delete(WorkerHeartbeat).where(gone))
