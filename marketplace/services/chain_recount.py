"""Past days evaluated again, beside what is stored of them; nothing is overwritten.

By what was known then, the answer must be the stored one for ever. By what is known
now it may differ: then somebody wrote something down late, or changed a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts
from marketplace.domain.chain_params import Schedule
from marketplace.domain.chain_records import changed_fields, facts_from, record_of
from marketplace.domain.chain_states import Step, steps
from marketplace.domain.chain_time import happened_by, known_at_once
from marketplace.services.boundaries import Boundaries
from marketplace.services.chain_evaluation import (
    chain_ids,
    run_through,
    schedule_of,
)
from marketplace.services.chain_facts import facts_of_all, load_chains
from marketplace.services.chain_storing import day_values, values_of
from models.bulk import among, chunks
from models.chain_days import ChainInput
from models.chains import Chain, ChainEvaluation

_DAY = timedelta(days=1)
_BATCH = 100


class Knowledge(StrEnum):
    """By which records a past day is evaluated again."""

    THEN = "then"
    NOW = "now"


class Why(StrEnum):
    """Why an answer differs from the stored one."""

    RULES = "rules"  # the rules of that day were changed afterwards
    RECORDS = "records"  # recorded or changed after the day
    UNKNOWN_THEN = "unknown_then"  # evaluated before the market kept what it knew
    ANSWER = "answer"  # same records, same rules: a stored row or the program changed


@dataclass(frozen=True)
class Difference:
    """What is stored of some days and what comes out now; both days included.

    `what` is a predicate or a value of the interval; `about` names the facts that
    were recorded or changed since.
    """

    chain: str
    what: str
    first: date
    last: date
    stored: str
    computed: str
    why: Why
    about: Sequence[str] = ()


@dataclass(frozen=True)
class _Chain:
    """A chain with everything that is compared."""

    row: Chain
    inputs: Sequence[ChainInput]
    results: Sequence[ChainEvaluation]
    now: ChainFacts
    through: date


Answers = Mapping[str, str]


def recount(
    session: Session,
    first: date,
    last: date,
    knowledge: Knowledge = Knowledge.THEN,
    ids: Sequence[int] | None = None,
) -> Iterator[Difference]:
    """Every difference within the days, both included, by chain and by day."""
    schedule, boundaries = schedule_of(session), Boundaries(session)
    wanted = chain_ids(session) if ids is None else ids
    for batch in chunks(wanted, _BATCH):
        for chain in _load(session, batch):
            walk = _walk(chain, knowledge, schedule, boundaries)
            why = partial(_why, chain, knowledge=knowledge, schedule=schedule)
            yield from _differences(chain, walk, first, last, why)


def _load(session: Session, ids: Sequence[int]) -> Iterator[_Chain]:
    chains = load_chains(session, ids)
    facts = facts_of_all(session, chains)
    inputs = _by_chain(session, ChainInput, ids, ChainInput.known_from)
    results = _by_chain(session, ChainEvaluation, ids, ChainEvaluation.on)
    ran = run_through(session) or date.min
    for chain in chains:
        if chain.intervals and chain.evaluated_on is not None:
            yield _Chain(
                chain,
                inputs.get(chain.id, []),
                results.get(chain.id, []),
                facts[chain.id],
                max(chain.evaluated_on, ran),
            )


def _by_chain(
    session: Session, table: Any, ids: Sequence[int], order: Any
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    rows = select(table).where(among(session, table.chain_id, ids)).order_by(order)
    for row in session.scalars(rows):
        found.setdefault(row.chain_id, []).append(row)
    return found


def _walk(
    chain: _Chain, knowledge: Knowledge, schedule: Schedule, boundaries: Boundaries
) -> list[tuple[date, Answers]]:
    """What comes out, on every day on which it may change."""
    before, found = None, []
    for begin, end, facts in _spans(chain, knowledge):
        step = None
        for step in steps(facts, begin, end, schedule, before, boundaries.days()):
            values = day_values(chain.row, step, schedule, boundaries)
            found.append((step.day, _answers(step, values)))
        before = step.standing if step else before
    return found


def _spans(
    chain: _Chain, knowledge: Knowledge
) -> Iterator[tuple[date, date, ChainFacts]]:
    """From a day to a day, and the facts that those days are evaluated by."""
    begin = chain.row.intervals[0].valid_from
    if knowledge is Knowledge.NOW or not chain.inputs:
        yield begin, chain.through, known_at_once(chain.now)
        return
    starts = [begin, *(row.known_from for row in chain.inputs[1:])]
    for (first, until), row in zip(
        pairwise([*starts, chain.through + _DAY]), chain.inputs, strict=True
    ):
        yield first, until - _DAY, facts_from(row.facts)


def _answers(step: Step, values: Mapping[str, Any]) -> Answers:
    found = {one.code: _told(values_of(one)) for one in step.results}
    return found | {name: str(value) for name, value in values.items()}


def _told(values: Mapping[str, Any]) -> str:
    word = {True: "yes", False: "no", None: "unknown"}[values["holds"]]
    params = ", ".join(f"{k}={v}" for k, v in sorted(values["params"].items()))
    return f"{word}: {values['reason']}" + (f" ({params})" if params else "")


def _stored_on(chain: _Chain, day: date) -> Answers:
    """What the stored rows say of a day."""
    found: dict[str, str] = {}
    for row in chain.results:
        if row.on <= day:
            values = {"holds": row.holds, "reason": row.reason, "params": row.params}
            found[row.predicate] = _told(values)
    for interval in chain.row.intervals:
        if interval.valid_from <= day:
            held = interval
    return found | {name: str(getattr(held, name)) for name in _OF_DAY}


_OF_DAY = (
    "state", "counts", "between_seasons", "since", "why", "confirmed", "built_only",
    "unit_id", "form",
)  # fmt: skip


def _differences(
    chain: _Chain,
    walk: Sequence[tuple[date, Answers]],
    first: date,
    last: date,
    why: Callable[[date], tuple[Why, Sequence[str]]],
) -> Iterator[Difference]:
    """Neighbouring days with the same difference are one."""
    last, open_ = min(last, chain.through), dict[str, Difference]()
    for day, until in pairwise([*_days(chain, walk, first, last), last + _DAY]):
        computed = [answers for on, answers in walk if on <= day][-1]
        stored = _stored_on(chain, day)
        for what in sorted({*stored, *computed}):
            pair = stored.get(what, "-"), computed.get(what, "-")
            seen = open_.pop(what, None)
            if seen and pair == (seen.stored, seen.computed):
                open_[what] = replace(seen, last=until - _DAY)
                continue
            if seen:
                yield seen
            if pair[0] != pair[1]:
                days = (day, until - _DAY)
                told = (chain.row.public_id, what, *days, *pair, *why(day))
                open_[what] = Difference(*told)
    yield from open_.values()


def _days(
    chain: _Chain, walk: Sequence[tuple[date, Answers]], first: date, last: date
) -> list[date]:
    """The days on which the stored or the new answer may change."""
    begin = max(first, chain.row.intervals[0].valid_from)
    days = {on for on, _ in walk} | {row.on for row in chain.results}
    days |= {row.valid_from for row in chain.row.intervals}
    days |= {row.known_from for row in chain.inputs} | {begin}
    return sorted(day for day in days if begin <= day <= last)


def _why(
    chain: _Chain, day: date, knowledge: Knowledge, schedule: Schedule
) -> tuple[Why, Sequence[str]]:
    known = [row for row in chain.inputs if row.known_from <= day]
    versions = [i.rule_version for i in chain.row.intervals if i.valid_from <= day]
    if not known:
        return Why.UNKNOWN_THEN, ()
    if versions[-1] not in {params.version for _, _, params in schedule.rows}:
        return Why.RULES, (versions[-1],)
    if knowledge is Knowledge.THEN:
        return Why.ANSWER, ()
    then = facts_from(known[-1].facts)
    before, after = (record_of(happened_by(facts, day)) for facts in (then, chain.now))
    about = changed_fields(before, after)
    return (Why.RECORDS, about) if about else (Why.ANSWER, ())
