"""The night's look at every chain: one transaction each, one bad one stops none."""

from __future__ import annotations

from typing import Any

from marketplace.domain.errors import N_
from marketplace.services.chain_evaluation import chain_ids, evaluate_chain
from marketplace.services.days import day_of
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles


@handles("chains.evaluate")
def evaluate(job: JobRun) -> dict[str, Any]:
    """Bring every chain up to today; nights that were missed are caught up."""
    with transaction() as session:
        job.hold(session)
        now, ids = db_now(session), chain_ids(session)
    for done, chain_id in enumerate(ids, 1):
        with transaction() as session:
            evaluate_chain(session, chain_id, today=day_of(now), now=now)
        if done % 20 == 0:
            job.progress(done, len(ids), N_("Xét điều kiện của từng chuỗi"))
    return {"chains": len(ids)}
