"""Evaluate chains day by day, and store what changed with its reason.

No day before the last evaluated one is ever written again, so that a count of a
past day is the same whenever it is asked. Nights that were missed are caught up
day by day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts, ChainParams, PredicateResult
from marketplace.domain.chains import (
    between_seasons,
    evaluate,
    is_counted,
    state_on,
)
from marketplace.domain.lifecycles import TRANSITIONS, Lifecycle
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.chain_facts import facts_of, load_chains
from marketplace.services.notices import notify_organisation
from models.chains import Chain, ChainEvaluation, ChainInterval
from models.reference import Rule


@dataclass(frozen=True)
class Day:
    """How a chain stood on a day."""

    on: date
    state: ChainState
    between: bool
    results: Sequence[PredicateResult]


def params_on(session: Session, day: date) -> ChainParams:
    """The parameters of the predicates as they stood on a day."""
    return _Parameters(session).on(day)


class _Parameters:
    """The dated parameters, read once for a walk over many days."""

    def __init__(self, session: Session) -> None:
        rows = select(Rule).where(Rule.code == "chain.parameters")
        self._rows = [
            (row.valid_from, row.valid_to, ChainParams.from_rule(row.params))
            for row in session.scalars(rows)
        ]

    def on(self, day: date) -> ChainParams:
        """LookupError if no row covers the day."""
        for first, until, params in self._rows:
            if first <= day and (until is None or day < until):
                return params
        raise LookupError(f"no chain.parameters on {day.isoformat()}")


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
    session.execute(
        select(Chain.id).where(Chain.id == chain_id).with_for_update(key_share=True)
    )
    chain = load_chains(session, [chain_id])[0]
    facts = facts_of(session, chain)
    before = chain.state
    parameters, known = _Parameters(session), _latest(session, chain.id)
    for day in _days(chain, facts, today, parameters):
        version = parameters.on(day.on).version
        _store_results(session, chain, day, known, version, now=now)
        _store_interval(session, chain, day, version)
    chain.evaluated_on = today
    session.flush()  # the state follows by conditional steps
    _move(session, chain, chain.intervals[-1].state)
    if before is ChainState.ACTIVE and chain.state is not ChainState.ACTIVE:
        _warn(session, chain, now)
    return chain


def _days(
    chain: Chain, facts: ChainFacts, today: date, parameters: _Parameters
) -> Iterator[Day]:
    """From the last evaluated day to today, both included."""
    first = chain.evaluated_on or facts.submitted_on or today
    for back in range((today - first).days, -1, -1):
        on = today - timedelta(days=back)
        params = parameters.on(on)
        results = evaluate(facts, on, params)
        state = state_on(facts, on, params, results)
        yield Day(on, state, between_seasons(facts, on, params), results)


def _store_results(
    session: Session,
    chain: Chain,
    day: Day,
    known: dict[str, ChainEvaluation],
    version: str,
    *,
    now: datetime,
) -> None:
    """Write what differs from the day before; `known` is kept up to date."""
    for result in day.results:
        row = known.get(result.code)
        values = {
            "holds": result.holds,
            "reason": result.reason,
            "params": {k: _plain(v) for k, v in result.params.items()},
        }
        if row and all(getattr(row, name) == v for name, v in values.items()):
            continue
        if row is None or row.on != day.on:
            row = ChainEvaluation(chain_id=chain.id, predicate=result.code, on=day.on)
            session.add(row)
            known[result.code] = row
        for name, value in values.items():
            setattr(row, name, value)
        row.rule_version, row.evaluated_at = version, now


def _latest(session: Session, chain_id: int) -> dict[str, ChainEvaluation]:
    rows = session.scalars(
        select(ChainEvaluation)
        .where(ChainEvaluation.chain_id == chain_id)
        .order_by(ChainEvaluation.on)
    )
    return {row.predicate: row for row in rows}


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | list | bool) else str(value)


def _store_interval(session: Session, chain: Chain, day: Day, version: str) -> None:
    """Close the open interval and begin a new one where the state changed."""
    last = chain.intervals[-1] if chain.intervals else None
    counts = is_counted(day.state)
    if last and (last.state, last.between_seasons) == (day.state, day.between):
        return
    if last and last.valid_from == day.on:
        last.state, last.counts = day.state, counts
        last.between_seasons, last.rule_version = day.between, version
        return
    if last:
        last.valid_to = day.on
        session.flush()  # one open interval at a time
    chain.intervals.append(
        ChainInterval(
            chain_id=chain.id,
            valid_from=day.on,
            state=day.state,
            counts=counts,
            between_seasons=day.between,
            rule_version=version,
        )
    )


def _move(session: Session, chain: Chain, target: ChainState) -> None:
    """Take the legal steps from the stored state to the one the facts give."""
    for old, new in _steps(chain.state, target):
        session.execute(
            update(Chain)
            .where(Chain.id == chain.id, Chain.state == old)
            .values(state=new)
            .execution_options(synchronize_session=False)
        )
    session.refresh(chain, ["state"])


def _steps(old: str, target: str) -> list[tuple[str, str]]:
    """The shortest way through the table of transitions."""
    table = TRANSITIONS[Lifecycle.CHAIN]
    queue: deque[tuple[str, list[tuple[str, str]]]] = deque([(old, [])])
    seen = {old}
    while queue:
        here, path = queue.popleft()
        if here == target:
            return path
        for following in sorted(table[here] - seen):
            seen.add(following)
            queue.append((following, [*path, (here, following)]))
    raise AssertionError(f"no way from {old} to {target}")


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
