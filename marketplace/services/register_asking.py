"""Long imports are left to a worker: what is asked for, and how far it is.

The import says which work waits and who asked; the job says how far it is. Work
that broke for good leaves the import as it was, and may be asked for anew.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.jobs import FINAL
from marketplace.domain.register_sheets import (
    MOST_RECORDS,
    QUICK_RECORDS,
    ImportState,
    ImportWork,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.jobs import enqueue_job
from marketplace.services.register_news import tell_one
from models.jobs import Job
from models.register_imports import RegisterImport

KIND = "registers.work"
BUSY = N_("Đang kiểm hoặc ghi tệp này, chờ xong rồi làm tiếp")


def is_long(row: RegisterImport) -> bool:
    """Whether nobody should wait for it before a page."""
    return len(row.cells) - row.heading > QUICK_RECORDS


def refuse_too_long(row: RegisterImport) -> None:
    """Refused if it has more records than one import takes."""
    if len(row.cells) - row.heading > MOST_RECORDS:
        message = N_("Mỗi tệp nhiều nhất %(most)s dòng bản ghi, chia nhỏ rồi nhập lại")
        raise Refused(message, "file", most=MOST_RECORDS)


def ask_for_work(
    session: Session, who: Actor, row: RegisterImport, work: ImportWork
) -> None:
    """A worker is to do it; who asked is told when it is done."""
    row.work, row.work_by_id, row.trouble = work, who.user_id, {}
    session.flush()
    payload = {"import": row.id}  # what is to be done stands in the row
    enqueue_job(session, KIND, row.public_id, payload, requested_by=who.user_id)


def job_of(session: Session, row: RegisterImport) -> Job | None:
    """The last work on an import; forgotten a month after it ended."""
    wanted = select(Job).where(Job.kind == KIND, Job.key == row.public_id)
    return session.scalars(wanted.order_by(Job.id.desc())).first()


def is_busy(session: Session, row: RegisterImport) -> bool:
    """Whether a worker has it, or will soon."""
    job = job_of(session, row) if row.work else None
    return job is not None and job.state not in FINAL


def refuse_busy(session: Session, row: RegisterImport) -> None:
    """Refused while a worker has it: what it reads must not change under it."""
    if is_busy(session, row):
        raise Refused(BUSY)
    row.trouble = {}


def end_work(
    session: Session, row: RegisterImport, refusal: Refused | None, *, now: datetime
) -> None:
    """The work is over: with a result, or with what stands in the way of it."""
    asker, work = row.work_by_id, row.work
    row.work = row.work_by_id = None
    if refusal is not None:
        row.trouble = {"message": refusal.message, "params": dict(refusal.params)}
        row.step += 1
        kind = NoticeKind.REGISTER_FAILED
    elif work is ImportWork.TRIAL:
        row.step += 1
        kind = NoticeKind.REGISTER_TRIED
    else:
        undone = row.state is ImportState.UNDONE
        kind = NoticeKind.REGISTER_UNDONE if undone else NoticeKind.REGISTER_APPLIED
    session.flush()
    tell_one(session, row, kind, asker, now=now)
