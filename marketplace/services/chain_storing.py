"""What an evaluation leaves behind: results, intervals, what was known, the state."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.domain.chain_facts import ChainFacts, PredicateResult
from marketplace.domain.chain_params import Schedule
from marketplace.domain.chain_records import digest_of_record, record_of
from marketplace.domain.chain_states import Step
from marketplace.domain.chains import (
    between_seasons,
    form_on,
    is_built_only,
    is_counted,
)
from marketplace.domain.lifecycles import TRANSITIONS, Lifecycle
from marketplace.domain.words import ChainState
from marketplace.services.boundaries import Boundaries
from models.bulk import among
from models.chain_days import ChainInput, ChainInterval
from models.chains import Chain, ChainEvaluation

Known = dict[str, ChainEvaluation]


def latest_results(session: Session, ids: Collection[int]) -> dict[int, Known]:
    """The newest stored row of each predicate, by chain and predicate."""
    row = ChainEvaluation
    newest = (
        select(row.chain_id, row.predicate, func.max(row.on).label("on"))
        .where(among(session, row.chain_id, ids))
        .group_by(row.chain_id, row.predicate)
        .subquery()
    )
    is_newest = and_(
        row.chain_id == newest.c.chain_id,
        row.predicate == newest.c.predicate,
        row.on == newest.c.on,
    )
    found: dict[int, Known] = defaultdict(dict)
    for one in session.scalars(select(row).join(newest, is_newest)):
        found[one.chain_id][one.predicate] = one
    return found


def values_of(result: PredicateResult) -> dict[str, Any]:
    """What of a result is stored."""
    return {
        "holds": result.holds,
        "reason": result.reason,
        "params": {name: _plain(value) for name, value in result.params.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, int | str | list | dict) else str(value)


def store_results(
    session: Session,
    chain: Chain,
    step: Step,
    known: Known,
    version: str,
    *,
    now: datetime,
) -> None:
    """Write what differs from the day before; `known` is kept up to date."""
    for result in step.results:
        row, values = known.get(result.code), values_of(result)
        if row and all(getattr(row, name) == v for name, v in values.items()):
            continue
        if row is None or row.on != step.day:
            row = ChainEvaluation(chain_id=chain.id, predicate=result.code, on=step.day)
            session.add(row)
            known[result.code] = row
        for name, value in values.items():
            setattr(row, name, value)
        row.rule_version, row.evaluated_at = version, now


def day_values(
    chain: Chain, step: Step, schedule: Schedule, boundaries: Boundaries
) -> dict[str, Any]:
    """What the interval of a day says, but for the lead's kind and the rules."""
    params, state = schedule.on(step.day), step.standing.state
    given = step.facts.recognitions
    return {
        "state": state,
        "counts": is_counted(state),
        "between_seasons": between_seasons(step.facts, step.day, params),
        "since": step.standing.since,
        "why": step.standing.why,
        "confirmed": any(one.issued_on <= step.day for one in given),
        "built_only": is_built_only(chain.kind, step.results, params),
        "unit_id": boundaries.unit_on(chain.unit_id, step.day),
        "form": form_on(step.facts, step.day, params),
    }


def add_interval(
    rows: list[ChainInterval],
    chain: Chain,
    step: Step,
    schedule: Schedule,
    boundaries: Boundaries,
    today: date,
) -> bool:
    """Close the last of the rows and begin a new one; whether anything changed.

    Nobody writes down since when a lead is of another kind: since today. The new
    row is not stored yet: see `store_intervals`.
    """
    last = rows[-1] if rows else None
    values = day_values(chain, step, schedule, boundaries)
    values |= {"kind": chain.kind, "group_id": chain.group_id}
    same = last is not None and step.day < today
    values["lead_kind"] = last.lead_kind if last and same else chain.lead.kind
    if last and all(getattr(last, name) == value for name, value in values.items()):
        return False
    values["rule_version"] = schedule.on(step.day).version
    if last and last.valid_from == step.day:
        for name, value in values.items():
            setattr(last, name, value)
        return True
    if last:
        last.valid_to = step.day
    rows.append(ChainInterval(chain_id=chain.id, valid_from=step.day, **values))
    return True


def store_intervals(
    session: Session, rows: Mapping[Chain, Sequence[ChainInterval]]
) -> None:
    """Store what was begun, once what was open is closed: one is open at a time."""
    session.flush()
    for chain, intervals in rows.items():
        session.add_all(row for row in intervals if row not in session)
        set_committed_value(chain, "intervals", list(intervals))
    session.flush()  # the state follows by conditional steps


def latest_inputs(session: Session, ids: Collection[int]) -> dict[int, ChainInput]:
    """The newest record of what was known of each chain."""
    row = ChainInput
    newest = (
        select(row.chain_id, func.max(row.known_from).label("known_from"))
        .where(among(session, row.chain_id, ids))
        .group_by(row.chain_id)
        .subquery()
    )
    is_newest = and_(
        row.chain_id == newest.c.chain_id, row.known_from == newest.c.known_from
    )
    rows = session.scalars(select(row).join(newest, is_newest))
    return {one.chain_id: one for one in rows}


def latest_digests(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What tells apart the newest records of what was known, without the records."""
    row = ChainInput
    wanted = select(row.chain_id, row.digest).where(among(session, row.chain_id, ids))
    # In the order of the key: the last one of each chain stays.
    rows = session.execute(wanted.order_by(row.chain_id, row.known_from))
    return dict(rows.all()) if ids else {}


def store_input(
    session: Session,
    chain: Chain,
    facts: ChainFacts,
    known_from: date,
    last: ChainInput | None,
) -> None:
    """Keep the facts that the days from this one on are evaluated by."""
    record = record_of(facts)
    digest = digest_of_record(record)
    if last is not None and last.digest == digest:
        return
    if last is None or last.known_from < known_from:
        last = ChainInput(chain_id=chain.id, known_from=known_from)
        session.add(last)
    last.facts, last.digest = record, digest


def move_chains(session: Session, targets: Mapping[Chain, ChainState]) -> None:
    """Take the legal steps from the stored states to those that the facts give.

    Chains that take the same step take it together; the caller holds their rows.
    """
    left = {chain: _steps(chain.state, new) for chain, new in targets.items()}
    while together := _next_steps(left):
        for (old, new), chains in together.items():
            session.execute(
                update(Chain)
                .where(among(session, Chain.id, [c.id for c in chains]))
                .where(Chain.state == old)
                .values(state=new)
                .execution_options(synchronize_session=False)
            )
            for chain in chains:
                set_committed_value(chain, "state", new)


def _next_steps(
    left: Mapping[Chain, list[tuple[ChainState, ChainState]]],
) -> dict[tuple[ChainState, ChainState], list[Chain]]:
    together: dict[tuple[ChainState, ChainState], list[Chain]] = defaultdict(list)
    for chain, path in left.items():
        if path:
            together[path.pop(0)].append(chain)
    return together


def _steps(old: ChainState, target: ChainState) -> list[tuple[ChainState, ChainState]]:
    """The shortest way through the table of transitions."""
    table = TRANSITIONS[Lifecycle.CHAIN]
    queue: deque[tuple[ChainState, list[tuple[ChainState, ChainState]]]] = deque()
    queue.append((old, []))
    seen: set[str] = {old}
    while queue:
        here, path = queue.popleft()
        if here == target:
            return path
        for following in sorted(table[here] - seen):
            seen.add(following)
            queue.append(
                (ChainState(following), [*path, (here, ChainState(following))])
            )
    raise AssertionError(f"no way from {old} to {target}")
