"""The matcher as a use case: read the market, solve it, store what it proposes.

`read_market` (matching_inputs), `solve_market` and `store_run` are three steps
that a task takes in transactions of their own; `run_matching` takes them in one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.matching import Result, solve
from marketplace.services.matching_inputs import Snapshot, read_market
from marketplace.services.matching_plan import Plan, plans_of
from marketplace.services.matching_unmatched import keep_unmatched, store_unmatched
from marketplace.services.proposal_making import (
    lock_untouched,
    make_proposal,
    stands,
    supersede,
)
from models.matching import MatchRun
from models.proposals import Proposal

Progress = Callable[[str, int, int], None]
SECONDS = 20
"""How long the search for side rules may take; the bound tells what is open."""


class StaleSnapshotError(Exception):
    """The market has changed since it was read; read it again."""


@dataclass(frozen=True)
class Order:
    """Who asked for a run: `post`, `night` or `officer`, and when it began."""

    trigger: str
    started_at: datetime
    job_id: int | None = None


def run_matching(
    session: Session, *, trigger: str = "post", today: date, now: datetime
) -> MatchRun:
    """Read, solve and store in the caller's transaction."""
    snapshot = read_market(session, today=today)
    result = solve_market(snapshot)
    order = Order(trigger, now)
    return store_run(session, snapshot, result, order, today=today, now=now)


def solve_market(snapshot: Snapshot, progress: Progress | None = None) -> Result:
    """The best allocation of a snapshot; no database is touched meanwhile."""
    return solve(snapshot.market, progress=progress, seconds=SECONDS)


def store_run(
    session: Session,
    snapshot: Snapshot,
    result: Result,
    order: Order,
    *,
    today: date,
    now: datetime,
) -> MatchRun:
    """Make new proposals, keep those that stand, take back those that do not.

    Raises StaleSnapshotError if the market is no longer what was solved. Only
    proposals that nobody has acted on are ever replaced.
    """
    plans = {
        (plan.harvest_id, plan.offer_id): plan for plan in plans_of(snapshot, result)
    }
    untouched = lock_untouched(session, plans.values())
    if read_market(session, today=today).digest != snapshot.digest:
        raise StaleSnapshotError
    before = latest_run(session)
    run = _record(session, snapshot, result, order, now)
    kept = _keep_or_supersede(session, plans, untouched)
    replaced = {_pair(one) for one in untouched} & plans.keys()
    for pair, plan in plans.items():
        digest = snapshot.posts_digest(*pair, replaced_now=pair in replaced)
        fresh = replace(plan, posts_digest=digest)
        make_proposal(session, snapshot, fresh, run, today=today, now=now)
    run.proposals_kept, run.proposals_new = kept, len(plans)
    if before is not None and before.input_digest == run.input_digest:
        keep_unmatched(session, run)
    else:
        store_unmatched(session, snapshot, result, run)
    session.flush()  # a violated rule is this run's, not the next query's
    return run


def _keep_or_supersede(
    session: Session,
    plans: dict[tuple[int, int], Plan],
    untouched: Sequence[Proposal],
) -> int:
    """Take out of `plans` what lies there already; how many proposals stand."""
    gone = [one for one in untouched if not stands(one, plans.get(_pair(one)))]
    for proposal in untouched:
        if proposal not in gone:
            # Others have come and gone meanwhile, and the reasons count them.
            proposal.reasons = plans.pop(_pair(proposal)).reasons
    supersede(session, gone)
    return len(untouched) - len(gone)


def _pair(proposal: Proposal) -> tuple[int, int]:
    return proposal.harvest_id, proposal.offer_id


def _record(
    session: Session, snapshot: Snapshot, result: Result, order: Order, now: datetime
) -> MatchRun:
    run = MatchRun(
        job_id=order.job_id,
        trigger=order.trigger,
        input_digest=snapshot.digest,
        started_at=order.started_at,
        finished_at=now,
        duration_ms=max(int((now - order.started_at).total_seconds() * 1000), 0),
        harvests=len(snapshot.lots),
        tranches=len(snapshot.market.needs),
        pairs_considered=result.pairs_considered,
        stages=dict(result.stages),
        surplus_vnd=result.surplus_vnd,
        bound_vnd=result.bound_vnd,
        matched_kg=result.matched_kg,
        unmatched_supply_kg=sum(left.kg for left in result.unmatched_lots),
        unmatched_demand_kg=sum(left.kg for left in result.unmatched_needs),
        proposals_new=0,
        proposals_kept=0,
    )
    session.add(run)
    session.flush()  # the proposals name it
    return run


def latest_run(session: Session) -> MatchRun | None:
    """The run that finished last."""
    return session.scalars(
        select(MatchRun).order_by(MatchRun.id.desc()).limit(1)
    ).first()


def list_runs(session: Session, limit: int = 200) -> list[MatchRun]:
    """The newest runs, for officers."""
    return list(
        session.scalars(select(MatchRun).order_by(MatchRun.id.desc()).limit(limit))
    )
