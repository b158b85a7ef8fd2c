"""Evaluate chains day by day, and store what changed with its reason.

No day before the last evaluated one is ever written again, so that a count of a
past day is the same whenever it is asked. Nights that were missed are caught up
day by day, each by what was known by its end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts
from marketplace.domain.chain_params import ChainParams, Schedule
from marketplace.domain.chain_states import Standing, Step, next_change, steps
from marketplace.domain.chain_time import change_days
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_facts import facts_of_all, load_chains
from marketplace.services.chain_kept_days import note_change
from marketplace.services.chain_storing import (
    Known,
    add_interval,
    latest_inputs,
    latest_results,
    move_chains,
    store_input,
    store_intervals,
    store_results,
)
from marketplace.services.notices import notify_organisation
from models.bulk import among
from models.chain_days import ChainInput, ChainInterval, ChainRun
from models.chains import Chain
from models.reads import read_once
from models.reference import Rule


@dataclass(frozen=True)
class Frame:
    """What is the same for all chains of an evaluation."""

    today: date
    now: datetime
    schedule: Schedule
    boundaries: Boundaries
    # Up to this day a run has already said that what it passed over is as before.
    run_through: date | None
    results: Mapping[int, Known]
    inputs: Mapping[int, ChainInput]
    # The days from which on intervals are written.
    changed: set[date] = field(default_factory=set)


def params_on(session: Session, day: date) -> ChainParams:
    """The parameters of the predicates as they stood on a day."""
    return schedule_of(session).on(day)


def schedule_of(session: Session) -> Schedule:
    """The dated parameters, read once for a walk over many days."""
    return read_once(session, schedule_of, lambda: _schedule(session))


def _schedule(session: Session) -> Schedule:
    rows = session.scalars(select(Rule).where(Rule.code == "chain.parameters"))
    return Schedule(
        [
            (row.valid_from, row.valid_to, ChainParams.from_rule(row.params))
            for row in rows
        ]
    )


def chain_ids(session: Session) -> list[int]:
    """Every chain that was submitted at some time, in a fixed order."""
    wanted = select(Chain.id).where(Chain.submitted_at.is_not(None))
    return list(session.scalars(wanted.order_by(Chain.id)))


def evaluate_chain(
    session: Session, chain_id: int, *, today: date, now: datetime
) -> Chain:
    """Bring one chain up to today; safe to repeat.

    Stores the predicates that changed, the interval of the state, and tells the
    lead when the chain falls out of the active state.
    """
    wanted = select(Chain.id).where(Chain.id == chain_id)
    session.execute(wanted.with_for_update(key_share=True))
    (chain,) = _evaluate(session, [chain_id], today, now)
    return chain


def evaluate_chains(
    session: Session, ids: Collection[int], *, today: date, now: datetime
) -> set[int]:
    """Bring many chains up to today; returns those that nobody else was holding.

    The others are left for `evaluate_chain`, one by one: who holds some chains and
    waits for others would wait for ever with somebody who does the same.
    """
    free = session.scalars(
        select(Chain.id)
        .where(among(session, Chain.id, ids))
        .order_by(Chain.id)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    _evaluate(session, free, today, now)
    return set(free)


def _evaluate(
    session: Session, ids: Collection[int], today: date, now: datetime
) -> list[Chain]:
    frame = Frame(
        today,
        now,
        schedule_of(session),
        Boundaries(session),
        run_through(session),
        latest_results(session, ids),
        latest_inputs(session, ids),
    )
    chains = load_chains(session, ids)
    facts = facts_of_all(session, chains)
    before = {chain.id: chain.state for chain in chains}
    intervals = {
        chain: _bring_up(session, chain, facts[chain.id], frame) for chain in chains
    }
    store_intervals(session, intervals)
    if frame.changed:
        note_change(session, min(frame.changed))
    move_chains(session, {chain: chain.intervals[-1].state for chain in chains})
    for chain in chains:
        if before[chain.id] is ChainState.ACTIVE is not chain.state:
            _warn(session, chain, now)
    return chains


def run_through(session: Session) -> date | None:
    """The last day whose night is over; None before the first."""
    done = select(func.max(ChainRun.day)).where(ChainRun.finished_at.is_not(None))
    return session.scalar(done)


def _bring_up(
    session: Session,
    chain: Chain,
    facts: ChainFacts,
    frame: Frame,
) -> list[ChainInterval]:
    """From the last day that is not yet over for it, up to today; its intervals."""
    rows = list(chain.intervals)
    if chain.evaluated_on is not None and chain.evaluated_on > frame.today:
        return rows  # a shard of yesterday that was late
    first = first_open_day(chain, facts, frame)
    store_input(session, chain, facts, first, frame.inputs.get(chain.id))
    known = frame.results.get(chain.id, {})
    also = frame.boundaries.days() | {frame.today}
    before = standing_before(chain, first)
    for step in steps(facts, first, frame.today, frame.schedule, before, also):
        version = frame.schedule.on(step.day).version
        store_results(session, chain, step, known, version, now=frame.now)
        told = (chain, step, frame.schedule, frame.boundaries, frame.today)
        if add_interval(rows, *told):
            frame.changed.add(step.day)
    chain.evaluated_on = frame.today
    chain.next_change_on = _next(facts, step, frame)
    return rows


def _next(facts: ChainFacts, last: Step, frame: Frame) -> date | None:
    days = change_days(facts, frame.schedule) | frame.boundaries.days()
    params = frame.schedule.on(frame.today)
    return next_change(days, frame.today, last.standing, params)


def first_open_day(chain: Chain, facts: ChainFacts, frame: Frame) -> date:
    """The first day that is still to be told: today, yesterday, or the first missed.

    Yesterday was evaluated before it was over. What a finished run passed over was as
    before until that run; a chain that was due and failed in it has its own last day.
    """
    last = chain.evaluated_on
    if last is None:
        return min(facts.submitted_on or frame.today, frame.today)
    due = chain.next_change_on
    passed_over = due is None or frame.run_through is None or due > frame.run_through
    if frame.run_through is not None and passed_over:
        last = max(last, min(frame.run_through, frame.today))
    missed = (frame.today - last).days > 1
    return last + timedelta(days=1) if missed else last


def standing_before(chain: Chain, day: date) -> Standing | None:
    """How a chain stood on the day before, by its stored intervals."""
    for row in reversed(chain.intervals):
        if row.valid_from < day:
            return Standing(row.state, row.since, row.why)
    return None


def _warn(session: Session, chain: Chain, now: datetime) -> None:
    notify_organisation(
        session,
        chain.lead_id,
        NoticeKind.CHAIN_AT_RISK,
        f"chain:{chain.public_id}",
        {"chain": chain.name},
        now=now,
        version=len(chain.intervals),
    )
