"""The matching job: read, solve, store, each in a transaction of its own."""

from __future__ import annotations

import time
from typing import Any

from marketplace.domain.errors import N_
from marketplace.matching import Result
from marketplace.services.clockwork import HOME
from marketplace.services.failpoints import failpoint
from marketplace.services.matching import (
    Order,
    StaleSnapshotError,
    solve_market,
    store_run,
)
from marketplace.services.matching_inputs import Snapshot, read_market
from marketplace.services.proposal_expiry import expire_proposals
from marketplace.services.proposals import MARKET, rematch
from models.database import db_now, transaction
from models.matching import MatchRun
from tasks.handlers import JobRun, handles

MOST_READINGS = 3
# stage of the solver -> (first step, steps, words) out of STEPS
STEPS = 10
STAGES = {
    "read": (0, 1, N_("Đọc vụ và đơn đang mở")),
    "pairs": (1, 3, N_("So sản phẩm, thời gian, giấy tờ, giá")),
    "allocation": (4, 4, N_("Chia số lượng cho hợp nhất")),
    "advice": (8, 1, N_("Tìm cách cho phần còn lại")),
    "store": (9, 1, N_("Xếp hạng và gửi đề xuất")),
}
SHOW_EVERY = 0.5  # seconds between two reports of the same stage


@handles("matching.run")
def run_matching(job: JobRun) -> dict[str, Any]:
    """Match the whole market; a market that moved meanwhile is read again.

    The clock asks without a key; it joins the line of the one market, in which
    one run is at work at a time.
    """
    if job.key != MARKET:
        with transaction() as session:
            job.hold(session)
            rematch(session, trigger="night")
        return {"passed_on": True}
    report = _Reporter(job)
    for _ in range(MOST_READINGS):
        report("read", 0, 1)
        snapshot, order = _read(job)
        result = solve_market(snapshot, report)
        failpoint("matching.before_store")
        report("store", 0, 1)
        try:
            return _store(job, snapshot, result, order)
        except StaleSnapshotError:
            continue
    with transaction() as session:  # so busy a market is matched when it is calmer
        rematch(session)
    return {"stale": True}


def _read(job: JobRun) -> tuple[Snapshot, Order]:
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        expire_proposals(session, now=now, look_again=False)
    with transaction(read_only=True) as session:
        snapshot = read_market(session, today=now.astimezone(HOME).date())
    return snapshot, Order(str(job.payload.get("trigger", "post")), now, job.id)


def _store(
    job: JobRun, snapshot: Snapshot, result: Result, order: Order
) -> dict[str, Any]:
    """Effect and end of the job in one transaction."""
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        today = now.astimezone(HOME).date()
        run = store_run(session, snapshot, result, order, today=today, now=now)
        told = _told(run)
        job.finish(session, told)
    return told


def _told(run: MatchRun) -> dict[str, Any]:
    return {
        "run": run.public_id,
        "new": run.proposals_new,
        "kept": run.proposals_kept,
        "pairs": run.pairs_considered,
    }


class _Reporter:
    """Progress in short transactions; LeaseLost in one of them ends the run."""

    def __init__(self, job: JobRun) -> None:
        self.job = job
        self.stage = ""
        self.shown_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say where the run is, but not more often than somebody can read."""
        moment = time.monotonic()
        if stage == self.stage and moment - self.shown_at < SHOW_EVERY:
            return
        self.stage, self.shown_at = stage, moment
        first, steps, words = STAGES[stage]
        self.job.progress(first + steps * done // max(total, 1), STEPS, words)
