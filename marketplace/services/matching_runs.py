"""A run and its shards as rows: planned, shared out, ended, cancelled.

No pair reaches from one product to another, so products are solved apart, by
whichever worker is free; small ones share a shard. The last shard to end ends
the run. Who dies leaves its job behind, whose lease another worker takes over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.domain.jobs import JobState
from marketplace.domain.words import HarvestState, OfferState
from marketplace.services.jobs import enqueue_job
from marketplace.services.matching_records import SUMS, told_of
from models.harvests import Harvest
from models.jobs import Job
from models.matching import MatchRun, MatchShard
from models.offers import Offer

SHARD = "matching.shard"
GROUPED = 2_000
OPEN = (JobState.QUEUED, JobState.RUNNING)
OVER = N_("Lượt khớp này đã kết thúc")


@dataclass(frozen=True)
class Order:
    """Who asked for a run: `post`, `night`, `officer` or `command`, and when."""

    trigger: str
    started_at: datetime
    job_id: int | None = None


class RunOver(Exception):
    """The run was cancelled, or has ended: whatever was solved is not wanted."""


def plan_run(session: Session, order: Order, *, grouped: int = GROUPED) -> MatchRun:
    """A new run with its shards, the ones with most posts first.

    Products share a shard while they have no more than `grouped` open posts.
    """
    run = MatchRun(
        job_id=order.job_id, trigger=order.trigger, started_at=order.started_at
    )
    groups = enumerate(_groups(_posts_of(session), grouped))
    run.shards = [MatchShard(number=n, products=group) for n, group in groups]
    session.add(run)
    session.flush()  # its shards are named by their ids
    return run


def share_out(session: Session, run: MatchRun) -> None:
    """A job for each shard, for all workers there are."""
    for shard in run.shards:
        enqueue_job(session, SHARD, shard_key(shard), {"shard": shard.id})


def shard_key(shard: MatchShard) -> str:
    """The key of the shard's job."""
    return f"{shard.run_id}:{shard.number}"


def _posts_of(session: Session) -> Counter[int]:
    """Open posts by product; products whose posts have all gone count 0."""
    found: Counter[int] = Counter()
    for product, state, opened in (
        (Harvest.product_id, Harvest.state, HarvestState.OPEN),
        (Offer.product_id, Offer.state, OfferState.OPEN),
    ):
        posts = sa.func.sum(sa.case((state == opened, 1), else_=0))
        for number, count in session.execute(select(product, posts).group_by(product)):
            found[number] += int(count)
    return found


def _groups(posts: Counter[int], most: int) -> Iterator[list[int]]:
    """Products in shards, each large one alone; at least one shard."""
    group: list[int] = []
    size = 0
    for product, count in sorted(posts.items(), key=lambda item: (-item[1], item[0])):
        if group and size + count > most:
            yield group
            group, size = [], 0
        group.append(product)
        size += count
    yield group


def begin_shard(session: Session, shard_id: int, *, now: datetime) -> MatchShard:
    """The shard is read now, maybe anew; RunOver if nobody waits for it."""
    shard = session.get_one(MatchShard, shard_id, populate_existing=True)
    if shard.state not in OPEN or not is_running(session, shard.run_id):
        raise RunOver
    shard.state = JobState.RUNNING
    shard.readings += 1
    shard.started_at = now
    return shard


def is_running(session: Session, run_id: int) -> bool:
    """Whether the run still wants its shards."""
    return session.scalar(_state_of(run_id)) is JobState.RUNNING


def _state_of(run_id: int) -> sa.Select[JobState]:
    return select(MatchRun.state).where(MatchRun.id == run_id)


def end_shard(
    session: Session, shard: MatchShard, *, now: datetime, failed: bool = False
) -> MatchRun:
    """The shard is over, and with the last one the run; RunOver if it is already.

    The lock lets one shard end at a time, so that one of them is the last.
    """
    run = session.scalars(
        select(MatchRun)
        .where(MatchRun.id == shard.run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if run.state is not JobState.RUNNING:
        raise RunOver
    shard.state = JobState.FAILED if failed else JobState.DONE
    shard.finished_at = now
    session.flush()  # the count below sees it
    _end_if_last(session, run, now)
    return run


def _end_if_last(session: Session, run: MatchRun, now: datetime) -> None:
    waiting = sa.exists().where(MatchShard.run_id == run.id, MatchShard.state.in_(OPEN))
    ended = session.execute(
        sa.update(MatchRun)
        .where(MatchRun.id == run.id, MatchRun.state == JobState.RUNNING, ~waiting)
        .values(state=JobState.DONE, finished_at=now)
        .returning(MatchRun.id)
    )
    if ended.first() is not None:
        session.refresh(run)
        _sum_up(session, run, now)


def _sum_up(session: Session, run: MatchRun, now: datetime) -> None:
    """What the shards found, as one; also told in the row of the job."""
    for name in SUMS:
        setattr(run, name, sum(getattr(shard, name) for shard in run.shards))
    run.stages = dict(sum((Counter(s.stages) for s in run.shards), Counter()))
    run.duration_ms = max(int((now - run.started_at).total_seconds() * 1000), 0)
    if any(shard.state is not JobState.DONE for shard in run.shards):
        run.state = JobState.FAILED
    session.execute(
        sa.update(Job).where(Job.id == run.job_id).values(result=told_of(run))
    )


def open_run(session: Session) -> MatchRun | None:
    """The run whose shards are at work, if any."""
    return session.scalars(
        select(MatchRun).where(MatchRun.state == JobState.RUNNING)
    ).first()


def cancel_run(session: Session, run: MatchRun, *, now: datetime) -> None:
    """Nobody waits for the rest of a run; what it has stored stays.

    Who solves a shard of it notices and stops. Refused if it is over.
    """
    session.refresh(run, with_for_update={"key_share": True})
    if run.state is not JobState.RUNNING:
        raise Refused(OVER)
    _close(session, run, JobState.CANCELLED, now)


def close_abandoned(session: Session, *, now: datetime) -> bool:
    """End a run whose jobs have all failed; whether there was one."""
    run = open_run(session)
    if run is None or session.scalar(_live_jobs(run).limit(1)) is not None:
        return False
    session.refresh(run, with_for_update={"key_share": True})
    if run.state is not JobState.RUNNING:
        return False
    _close(session, run, JobState.FAILED, now)
    return True


def _live_jobs(run: MatchRun) -> sa.Select[int]:
    keys = [shard_key(shard) for shard in run.shards]
    return select(Job.id).where(
        Job.kind == SHARD, Job.key.in_(keys), Job.state.in_(OPEN)
    )


def _close(session: Session, run: MatchRun, state: JobState, now: datetime) -> None:
    run.state, run.finished_at = state, now
    for shard in run.shards:
        if shard.state in OPEN:
            shard.state, shard.finished_at = state, now
    session.execute(
        sa.update(Job)
        .where(Job.id.in_(_live_jobs(run)), Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=now)
    )
