"""What became of the documents that software sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import NotFound
from marketplace.domain.jobs import JobState
from models.epcis import EpcisCapture
from models.jobs import Job

JOB = "epcis.capture"


def list_captures(
    session: Session, organisation_id: int, *, before: int = 0, limit: int
) -> list[EpcisCapture]:
    """Documents that an organisation's software sent, those before a row, newest first.

    Zero stands for no row: then it is the last ones.
    """
    mine = select(EpcisCapture).where(EpcisCapture.organisation_id == organisation_id)
    if before:
        mine = mine.where(EpcisCapture.id < before)
    return list(session.scalars(mine.order_by(EpcisCapture.id.desc()).limit(limit)))


def access_capture(
    session: Session, organisation_id: int, public_id: str
) -> EpcisCapture:
    """One of them; NotFound for those of others."""
    found = session.scalars(
        select(EpcisCapture).where(
            EpcisCapture.public_id == public_id,
            EpcisCapture.organisation_id == organisation_id,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def work_failed(session: Session, taken: EpcisCapture) -> bool:
    """Whether the work on a document was given up: nobody will finish it."""
    states = select(Job.state).where(Job.kind == JOB, Job.key == taken.public_id)
    last = session.scalars(states.order_by(Job.id.desc()).limit(1)).first()
    return taken.finished_at is None and last is JobState.FAILED
