"""Runs of the matcher as people follow them: the job, its steps, what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.bargaining import LIVE
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.jobs import FINAL, JobState
from marketplace.domain.words import OfferState, OrganisationState
from marketplace.services.matching_runs import OVER, SHARD, cancel_run, shard_key
from marketplace.services.matching_told import tell_reasons
from marketplace.services.proposals import MARKET, rematch
from models.harvests import Harvest
from models.jobs import Job
from models.matching import MatchRun
from models.offers import Offer, Tranche
from models.organisations import Organisation
from models.proposals import Proposal

KIND = "matching.run"
STEPS = 10
"""Steps that a shard counts as its own."""


@dataclass(frozen=True)
class Progress:
    """How far a run is, in steps of its shards."""

    state: JobState
    done: int
    total: int


def request_run(session: Session, user_id: int) -> Job:
    """An officer asks for a run; one already asked for is the same."""
    job = rematch(session, trigger="officer")
    job.requested_by = job.requested_by or user_id
    return job


def find_job(session: Session, public_id: str) -> Job:
    """A run of the matcher by its id; there is nothing secret in one."""
    job = session.scalars(
        select(Job).where(Job.public_id == public_id, Job.kind == KIND)
    ).first()
    if job is None:
        raise NotFound
    return job


def newest_job(session: Session) -> Job | None:
    """The run of the market that was asked for last."""
    return session.scalars(
        select(Job)
        .where(Job.kind == KIND, Job.key == MARKET)
        .order_by(Job.id.desc())
        .limit(1)
    ).first()


def run_of(session: Session, job: Job) -> MatchRun | None:
    """The record of a run that has ended well."""
    return session.scalars(
        select(MatchRun).where(MatchRun.job_id == job.id).order_by(MatchRun.id.desc())
    ).first()


def errors_of(session: Session, run: MatchRun) -> list[str]:
    """What the shards of a run failed by, in a line each."""
    keys = [shard_key(shard) for shard in run.shards]
    errors = session.scalars(
        select(Job.error)
        .where(Job.kind == SHARD, Job.key.in_(keys), Job.error.is_not(None))
        .order_by(Job.id)
    )
    return [error.strip().rpartition("\n")[2] for error in errors if error]


def progress_of(session: Session, job: Job) -> Progress:
    """How far a run is: planned, then shard by shard, each with its own steps."""
    run = run_of(session, job)
    if run is None:
        return Progress(job.state, STEPS if job.state is JobState.DONE else 0, STEPS)
    keys = [shard_key(shard) for shard in run.shards]
    at = session.execute(
        select(Job.key, Job.progress_done).where(Job.kind == SHARD, Job.key.in_(keys))
    )
    steps = {key: min(done, STEPS) for key, done in at}
    done = sum(
        STEPS if shard.state in FINAL else steps.get(shard_key(shard), 0)
        for shard in run.shards
    )
    return Progress(run.state, done // len(run.shards), STEPS)


def cancel_job(session: Session, job: Job, *, now: datetime) -> None:
    """An officer stops a run, planned or not. Refused if it is over."""
    run = run_of(session, job)
    if run is not None:
        cancel_run(session, run, now=now)
    elif not _is_dropped(session, job, now):
        raise Refused(OVER)


def _is_dropped(session: Session, job: Job, now: datetime) -> bool:
    dropped = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=now)
        .returning(Job.id)
    )
    return dropped.first() is not None


def offers_beside(session: Session, harvest: Harvest) -> tuple[int, int]:
    """How many open offers ask for the product, and for its days too."""
    wanted = (
        select(func.count(func.distinct(Offer.id)))
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Tranche, Tranche.offer_id == Offer.id)
        .where(
            Offer.state == OfferState.OPEN,
            Organisation.state == OrganisationState.VERIFIED,
            Offer.product_id == harvest.product_id,
            Tranche.dropped.is_(False),
        )
    )
    same_days = wanted.where(
        Tranche.window_start <= harvest.window_end,
        Tranche.window_end >= harvest.window_start,
    )
    return session.scalar(wanted) or 0, session.scalar(same_days) or 0


def live_proposals(
    session: Session, *, harvest_id: int | None = None, offer_id: int | None = None
) -> list[Proposal]:
    """What lies on the table for a harvest or an offer."""
    found = list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.state.in_(LIVE),
                or_(
                    Proposal.harvest_id == (harvest_id or 0),
                    Proposal.offer_id == (offer_id or 0),
                ),
            )
            .order_by(Proposal.id)
        )
    )
    tell_reasons(session, found)
    return found
