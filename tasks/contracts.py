"""The clock of contracts: what nobody signs, looks at or delivers any more."""

from __future__ import annotations

from typing import Any

from marketplace.services.amendment_answers import lapse_amendments
from marketplace.services.call_off_silence import accept_calls_silently, end_frames
from marketplace.services.contract_endings import end_over, expire_unsigned
from marketplace.services.days import day_of
from marketplace.services.fulfilling import fulfil_all, in_progress
from marketplace.services.inspections import accept_silently
from marketplace.services.jobs import enqueue_job
from marketplace.services.majeure_answers import leave_unanswered
from marketplace.services.release_candidates import contracts_to_release
from marketplace.services.releases import release_free
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

BATCH = 50


@handles("contracts.expire")
def expire(job: JobRun) -> dict[str, Any]:
    """Let go in small batches; what is free again goes back to matching."""
    expired = 0
    while True:
        with transaction() as session:
            job.hold(session)
            now = db_now(session)
            batch = expire_unsigned(session, now=now, limit=BATCH)
            over = end_over(session, today=day_of(now), now=now, limit=BATCH)
            taken = accept_silently(session, now=now, limit=BATCH)
            called = accept_calls_silently(session, now=now, limit=BATCH)
            end_frames(session, today=day_of(now), now=now, limit=BATCH)
            lapsed = lapse_amendments(session, now=now, limit=BATCH)
            silent = leave_unanswered(session, now=now, limit=BATCH)
            if batch:
                enqueue_job(session, "matching.run", key="market", due_in_seconds=2)
        expired += batch
        if max(batch, over, taken, called, lapsed, silent) < BATCH:
            return {"expired": expired}


@handles("contracts.release")
def release(job: JobRun) -> dict[str, Any]:
    """Give back what is free, each contract in a transaction of its own."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        ids = contracts_to_release(session, today=day_of(now))
    freed_kg = 0
    for contract_id in ids:
        with transaction() as session:
            freed_kg += release_free(session, contract_id, today=day_of(now), now=now)
    return {"freed_kg": freed_kg}


@handles("contracts.fulfil")
def fulfil(job: JobRun) -> dict[str, Any]:
    """Once the hours for a claim are over, what is delivered and paid is fulfilled."""
    fulfilled, last = 0, 0
    while True:
        with transaction() as session:
            job.hold(session)
            now = db_now(session)
            ids = in_progress(session, after=last, limit=BATCH)
            fulfilled += fulfil_all(session, ids, today=day_of(now), now=now)
        if len(ids) < BATCH:
            return {"fulfilled": fulfilled}
        last = ids[-1]
