"""A night's evaluation as rows: planned, shared out, ended by its last shard.

Only those chains are looked at whose records changed since the last finished night
or whose day has come on which time alone may change something.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import CompoundSelect, Select, or_, select, union, update
from sqlalchemy.orm import Session

from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_evaluation import chain_ids, schedule_of
from marketplace.services.jobs import enqueue_job
from models.bulk import among, chunks
from models.chain_days import ChainRun
from models.chains import Chain, ChainContract, ChainFact, Recognition
from models.contracts import Contract
from models.organisations import Membership, Organisation
from models.paper_records import PackingHouseCode
from models.papers import Certificate, Facility, GrowingArea
from models.plots import Plot

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
        Chain.id.in_(_changed(since)),
    )
    wanted = select(Chain.id).where(Chain.submitted_at.is_not(None), due)
    return list(session.scalars(wanted.order_by(Chain.id)))


def _changed(since: datetime) -> Select[int]:
    """Chains by what their facts are read from: every such row knows its change."""
    parties = select(_organisations_changed(since).subquery().c[0])
    linked = select(ChainContract.chain_id).join(
        Contract, Contract.id == ChainContract.contract_id
    )
    found = union(
        select(Recognition.chain_id).where(Recognition.updated_at > since),
        select(ChainFact.chain_id).where(ChainFact.updated_at > since),
        select(Chain.id).where(Chain.lead_id.in_(parties)),
        linked.where(Contract.updated_at > since),
        linked.where(
            or_(Contract.seller_id.in_(parties), Contract.buyer_id.in_(parties))
        ),
    ).subquery()
    return select(found.c[0])


def _organisations_changed(since: datetime) -> CompoundSelect[int]:
    """By themselves, or by what they hold, run, and who sits in them."""
    return union(
        select(Organisation.id).where(Organisation.updated_at > since),
        *(
            select(table.organisation_id).where(table.updated_at > since)
            for table in (Certificate, Facility, GrowingArea, Membership)
        ),
        select(GrowingArea.organisation_id)
        .join(Plot, Plot.area_id == GrowingArea.id)
        .where(Plot.updated_at > since),
        select(Facility.organisation_id)
        .join(PackingHouseCode, PackingHouseCode.facility_id == Facility.id)
        .where(PackingHouseCode.updated_at > since),
    )


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
    return run
