"""Early warning and records: one contract after something happened, all at night."""

from __future__ import annotations

import logging
from typing import Any

from marketplace.domain.errors import N_
from marketplace.services.days import day_of
from marketplace.services.early_warning import contracts_to_watch, watch_contract
from marketplace.services.record_keeping import contracts_to_record, keep_record
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

log = logging.getLogger(__name__)

SHOW_EVERY = 20  # contracts between two reports of progress


@handles("alerts.watch")
def watch(job: JobRun) -> None:
    """Look at the contract that something happened to."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        contract, today = job.payload["contract"], day_of(now)
        watch_contract(session, contract, today=today, now=now)
        keep_record(session, contract, today=today)
        job.finish(session)


@handles("alerts.night")
def watch_all(job: JobRun) -> dict[str, Any]:
    """Look at every contract in a transaction of its own; one bad one stops none."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        ids = sorted({*contracts_to_watch(session), *contracts_to_record(session)})
    failed = 0
    for done, contract_id in enumerate(ids, 1):
        try:
            with transaction() as session:
                watch_contract(session, contract_id, today=day_of(now), now=now)
                keep_record(session, contract_id, today=day_of(now))
        except Exception:
            failed += 1
            log.exception("Contract %d could not be looked at", contract_id)
        if done % SHOW_EVERY == 0:
            job.progress(done, len(ids), N_("Xét cảnh báo của từng hợp đồng"))
    return {"contracts": len(ids), "failed": failed}
