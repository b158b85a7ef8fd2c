"""The matcher at work: a run is planned, its shards are read, solved and stored.

Each step is a transaction of its own. A shard is read in one state of the
market; if that has moved when it is to be stored, this shard is read again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from celery import current_app as celery
from flask import current_app
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_
from marketplace.matching import Cancelled
from marketplace.services.clockwork import HOME
from marketplace.services.failpoints import failpoint
from marketplace.services.matching import (
    StaleSnapshotError,
    read_shard,
    store_shard,
)
from marketplace.services.matching_asking import POST, seconds_to_wait
from marketplace.services.matching_post import match_harvest, match_offer
from marketplace.services.matching_records import told_of
from marketplace.services.matching_runs import (
    SHARD,
    Order,
    RunOver,
    begin_shard,
    close_abandoned,
    end_shard,
    is_running,
    open_run,
    plan_run,
    share_out,
)
from marketplace.services.matching_solved import Reading, Solved
from marketplace.services.proposal_ending import end_hopeless
from marketplace.services.proposal_expiry import expire_proposals
from marketplace.services.proposals import MARKET, rematch
from models.database import db_now, transaction
from models.jobs import Job
from models.matching import MatchShard
from tasks.handlers import JobRun, gives_up, handles

MOST_READINGS = 3
TURN = 2  # seconds after which a run looks whether the one before has ended
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
def plan_matching(job: JobRun) -> dict[str, Any] | None:
    """Plan a run of the whole market; one run is at work at a time.

    The clock asks without a key; it joins the line of the one market.
    """
    with transaction() as session:
        job.hold(session)
        if job.key != MARKET:
            rematch(session, trigger="night")
            return {"passed_on": True}
        now = db_now(session)
        close_abandoned(session, now=now)
        trigger = str(job.payload.get("trigger", "post"))
        wait = TURN if open_run(session) else seconds_to_wait(session, trigger, now)
        if wait:
            job.postpone(session, wait)
            return None
        expire_proposals(session, now=now, look_again=False)
        end_hopeless(session, now=now)
        order = Order(trigger, now, job.id)
        run = plan_run(session, order, grouped=_grouped())
        share_out(session, run)
        job.finish(session, told_of(run))
    return None


@handles(SHARD)
def match_shard(job: JobRun) -> dict[str, Any] | None:
    """Match the products of one shard; posts that change meanwhile are left out."""
    report = _Reporter(job)
    try:
        for number in range(1, MOST_READINGS + 1):
            report("read", 0, 1)
            shard, reading = _read(job)
            with _watched(shard.run_id) as cancelled:
                solved = reading.solve(report, cancelled)
            failpoint("matching.before_store")
            report("store", 0, 1)
            try:
                return _store(job, reading, solved, last=number == MOST_READINGS)
            except StaleSnapshotError:
                continue
        return _give_up(job)
    except (Cancelled, RunOver):
        return {"cancelled": True}


@gives_up(SHARD)
def end_failed_shard(session: Session, job: Job) -> None:
    """Nobody waits for ever for a shard that nobody will solve."""
    shard = session.get_one(MatchShard, job.payload["shard"])
    with suppress(RunOver):
        end_shard(session, shard, now=db_now(session), failed=True)


@handles(POST)
def match_one_post(job: JobRun) -> None:
    """Match one new or revised post at once; a run of everything comes later."""
    with transaction() as session:
        job.hold(session)
        if open_run(session):
            # Its shard may have been stored before the post was.
            job.postpone(session, TURN)
            return
        now = db_now(session)
        how: dict[str, Any] = {"beside": job.payload.get("beside", ())}
        how |= {"today": now.astimezone(HOME).date(), "now": now}
        if harvest := job.payload["harvest"]:
            run = match_harvest(session, harvest, **how)
        else:
            run = match_offer(session, job.payload["offer"], **how)
        job.finish(session, {"run": run.public_id} if run else None)


@handles("matching.tend")
def tend_runs(job: JobRun) -> None:
    """End a run that nobody works on any more."""
    with transaction() as session:
        job.hold(session)
        close_abandoned(session, now=db_now(session))
        job.finish(session)


def _grouped() -> int:
    return int(current_app.config["SETTINGS"].shard_posts)


def _read(job: JobRun) -> tuple[MatchShard, Reading]:
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        shard = begin_shard(session, job.payload["shard"], now=now)
        session.flush()
        session.expunge(shard)
    today = now.astimezone(HOME).date()
    with transaction(read_only=True, snapshot=True) as session:
        return shard, read_shard(session, shard.products, today=today)


def _store(
    job: JobRun, reading: Reading, solved: Solved, *, last: bool
) -> dict[str, Any]:
    """Effect and end of the job in one transaction.

    A market in which somebody always edits never rests: the last time what has
    changed is left out.
    """
    with transaction() as session:
        job.hold(session)
        now = db_now(session)
        today: date = now.astimezone(HOME).date()
        shard = session.get_one(MatchShard, job.payload["shard"])
        when: dict[str, Any] = {"today": today, "now": now, "leave_out": last}
        store_shard(session, shard, reading, solved, **when)
        told = {"new": shard.proposals_new, "kept": shard.proposals_kept}
        failpoint("matching.before_commit")
        job.finish(session, told)
    return told


def _give_up(job: JobRun) -> dict[str, Any]:
    with transaction() as session:
        job.hold(session)
        shard = session.get_one(MatchShard, job.payload["shard"])
        end_shard(session, shard, now=db_now(session), failed=True)
        rematch(session)
        job.finish(session, {"stale": True})
    return {"stale": True}


@contextmanager
def _watched(run_id: int) -> Iterator[Callable[[], bool]]:
    """Whether the run was cancelled, looked up beside the work, not within it."""
    over, done = threading.Event(), threading.Event()

    def watch() -> None:
        while not done.wait(SHOW_EVERY):
            with app.app_context(), transaction(read_only=True) as session:
                if not is_running(session, run_id):
                    over.set()
                    return

    app = celery.flask_app
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield over.is_set
    finally:
        done.set()
        watcher.join()


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
