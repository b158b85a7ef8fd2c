"""The night's look at the chains: planned once, evaluated by all workers there are.

A shard is evaluated in batches, each a transaction that holds the job. Whoever takes
over from a worker that died begins the shard anew: what is evaluated twice on one
day is stored once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from marketplace.domain.errors import N_
from marketplace.services.chain_asking import LOOK
from marketplace.services.chain_dormancy import propose_dormant
from marketplace.services.chain_evaluation import evaluate_chain, evaluate_chains
from marketplace.services.chain_runs import SHARD, end_shard, plan_run
from marketplace.services.chain_sums import SUM, keep_sums
from marketplace.services.days import day_of
from marketplace.services.failpoints import failpoint
from marketplace.services.jobs import LeaseLost
from models.bulk import chunks
from models.chain_days import ChainRun
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

log = logging.getLogger(__name__)

BATCH = 50
LOOK_AT = N_("Xét điều kiện của từng chuỗi")


@handles("chains.evaluate")
def plan(job: JobRun) -> None:
    """Find what is due tonight and share it out."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        full = bool(job.payload.get("full"))
        run = plan_run(session, today=day_of(now), now=now, full=full)
        dormant = propose_dormant(session, today=run.day, now=now)
        told = {"chains": run.chains, "shards": run.shards, "dormant": dormant}
        job.finish(session, told | {"full": run.full})


@handles(SHARD)
def evaluate_shard(job: JobRun) -> None:
    """Bring the chains of one shard up to the day of the run."""
    ids: list[int] = job.payload["chains"]
    with transaction() as session:
        day = session.get_one(ChainRun, job.payload["run"]).day
    failed: list[int] = []
    for done, batch in enumerate(chunks(ids, BATCH), 1):
        failed += _evaluate(job, batch, day)
        failpoint("chains.after_batch")
        job.progress(min(done * BATCH, len(ids)), len(ids), LOOK_AT)
    with transaction() as session:
        job.hold(session)
        end_shard(session, job.payload["run"], failed, now=db_now(session))
        told: dict[str, Any] = {"chains": len(ids), "failed": failed}
        failpoint("chains.before_commit")
        job.finish(session, told)


@handles(LOOK)
def look(job: JobRun) -> None:
    """Bring chains up to today that were taken over from a register."""
    ids: list[int] = job.payload["chains"]
    with transaction(read_only=True) as session:
        day = day_of(db_now(session))
    for done, batch in enumerate(chunks(ids, BATCH), 1):
        for chain_id in _evaluate(job, batch, day):
            log.warning("Chain %d is left for the night", chain_id)
        job.progress(min(done * BATCH, len(ids)), len(ids), LOOK_AT)


@handles(SUM)
def keep(job: JobRun) -> None:
    """Make the sums of all days whose intervals changed, some at a time."""
    more = True
    while more:
        with transaction() as session:
            job.hold(session)
            more = keep_sums(session)


def _evaluate(job: JobRun, ids: Collection[int], day: date) -> Iterator[int]:
    """All at once; one by one what somebody holds, or all if one is bad."""
    done: set[int] = set()
    try:
        with transaction() as session:
            job.hold(session)
            done = evaluate_chains(session, ids, today=day, now=db_now(session))
            job.hold(session)  # nobody could prolong the lease meanwhile
    except LeaseLost:
        raise
    except (SQLAlchemyError, ArithmeticError, LookupError, ValueError):
        log.warning("A batch of chains failed; they are looked at one by one")
        done = set()
    for chain_id in sorted(set(ids) - done):
        if not _evaluate_one(job, chain_id, day):
            yield chain_id


def _evaluate_one(job: JobRun, chain_id: int, day: date) -> bool:
    try:
        with transaction() as session:
            job.hold(session)
            evaluate_chain(session, chain_id, today=day, now=db_now(session))
    except LeaseLost:
        raise
    except Exception:
        log.exception("Chain %d could not be evaluated", chain_id)
        return False
    return True
