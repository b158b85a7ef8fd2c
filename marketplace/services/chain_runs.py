"""A night's evaluation as rows: planned, shared out, ended by its last shard.

Only those chains are looked at whose records changed since the last finished night
or whose day has come on which time alone may change something.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_changes import chains_changed
from marketplace.services.chain_evaluation import chain_ids, schedule_of
from marketplace.services.chain_sums import SUM
from marketplace.services.jobs import enqueue_job
from models.bulk import among, chunks
from models.chain_days import ChainRun
from models.chains import Chain

SHARD = "chains.shard"
SHARD_CHAINS = 500
# Who began to write before the last night looked may have been stored after it.
OVERLAP = timedelta(hours=1)
SUNDAY = 6  # of a week's days all chains are looked at on one


def plan_run(
    session: Session, *, today: date, now: datetime, full: bool = False
) -> ChainRun:
    """A new run of what is due, shared out as jobs for all workers there are.

    All chains are due on the first night, once a week, and when rules or boundaries
    have changed since the last finished night.
    """
    before = last_finished(session)
    full = full or before is None or _all_changed(session, before.day, today)
    if before is None or full:
        ids = chain_ids(session)
    else:
        ids = due_chains(session, today, before.started_at - OVERLAP)
    shards = list(chunks(ids, SHARD_CHAINS))
    run = ChainRun(
        day=today, started_at=now, full=full, chains=len(ids), shards=len(shards)
    )
    if not shards:
        run.finished_at = now
    session.add(run)
    session.flush()  # its shards name it
    for number, shard in enumerate(shards):
        payload = {"run": run.id, "chains": list(shard)}
        enqueue_job(session, SHARD, f"{run.id}:{number}", payload)
    return run


def last_finished(session: Session) -> ChainRun | None:
    """The last run all of whose shards have ended."""
    wanted = select(ChainRun).where(ChainRun.finished_at.is_not(None))
    return session.scalars(wanted.order_by(ChainRun.id.desc()).limit(1)).first()


def _all_changed(session: Session, before: date, today: date) -> bool:
    schedule = schedule_of(session)
    days = Boundaries(session).days()
    return (
        today.weekday() == SUNDAY
        or schedule.on(before) != schedule.on(today)
        or any(before < day <= today for day in days)
    )


def due_chains(session: Session, today: date, since: datetime) -> list[int]:
    """Chains whose day has come, and those whose records changed since an instant."""
    due = or_(
        Chain.evaluated_on.is_(None),
        Chain.next_change_on <= today,
        Chain.id.in_(chains_changed(since)),
    )
    wanted = select(Chain.id).where(Chain.submitted_at.is_not(None), due)
    return list(session.scalars(wanted.order_by(Chain.id)))


def leave_for_next_run(session: Session, run: ChainRun, ids: Collection[int]) -> None:
    """Chains that could not be evaluated are due again, from their own last day."""
    session.execute(
        update(Chain)
        .where(among(session, Chain.id, ids))
        .values(next_change_on=run.day)
        .execution_options(synchronize_session=False)
    )


def end_shard(
    session: Session, run_id: int, failed: Collection[int], *, now: datetime
) -> ChainRun:
    """One shard more has ended, together with its job; the last one ends the run."""
    run = session.get_one(
        ChainRun,
        run_id,
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    if failed:
        leave_for_next_run(session, run, failed)
    run.failed += len(failed)
    run.shards_done += 1
    if run.shards_done == run.shards:
        run.finished_at = now
        enqueue_job(session, SUM)
    return run
