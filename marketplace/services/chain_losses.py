"""Which predicates chains would lose with a paper, worked out once for equal facts.

What was known of a chain is kept with its last evaluation, under a digest. As long as
no record of it has changed since, by what the nights go by, the answer for a paper
follows from that digest, and the page that asks again need not read the facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.domain.chain_facts import ChainFacts, Evidence
from marketplace.domain.chain_params import Schedule
from marketplace.domain.chain_records import facts_from
from marketplace.domain.chains import evaluate
from marketplace.domain.papers import Paper, counts_on
from marketplace.services.chain_changes import unchanged_chains
from marketplace.services.chain_evaluation import schedule_of
from marketplace.services.chain_facts import facts_of_all, load_chains
from marketplace.services.chain_runs import OVERLAP, last_finished
from marketplace.services.chain_storing import latest_digests, latest_inputs

Pair = tuple[int, Paper]
"""A chain by its id, and a paper with an end."""
Codes = tuple[str, ...]

MOST_KEPT = 50_000
# By digest, paper, today and the rules of the day after: nothing else is looked at.
_kept: dict[tuple[object, ...], Codes] = {}


def lost_predicates(
    session: Session, pairs: Collection[Pair], *, today: date
) -> dict[Pair, Codes]:
    """Codes of what would no longer hold the day after; () where nothing is lost."""
    schedule = schedule_of(session)
    ids = {chain for chain, _ in pairs}
    digests = latest_digests(session, _as_evaluated(session, ids))
    keys = {
        (chain, paper): (digests[chain], paper, today, schedule.on(_after(paper)))
        for chain, paper in pairs
        if chain in digests
    }
    found = {pair: _kept[key] for pair, key in keys.items() if key in _kept}
    unknown = [pair for pair in pairs if pair not in found]
    for chain, facts in _facts(session, {one for one, _ in unknown}, digests):
        for pair in unknown:
            if pair[0] == chain:
                found[pair] = _lost(schedule, facts, pair[1], today)
    _keep({keys[pair]: found[pair] for pair in unknown if pair in keys})
    return found


def _as_evaluated(session: Session, ids: Collection[int]) -> set[int]:
    """Those of which nothing changed since the last night."""
    last = last_finished(session) if ids else None
    return unchanged_chains(session, ids, last.started_at - OVERLAP) if last else set()


def _keep(answers: Mapping[tuple[object, ...], Codes]) -> None:
    """Those of other days and of facts that have changed go when there are too many."""
    if len(_kept) + len(answers) > MOST_KEPT:
        _kept.clear()
    _kept.update(answers)


def _facts(
    session: Session, ids: Collection[int], digests: Mapping[int, str]
) -> Iterable[tuple[int, ChainFacts]]:
    """What was known at the last evaluation, or what is known now of the changed."""
    if known := ids & digests.keys():
        for chain, row in latest_inputs(session, known).items():
            yield chain, facts_from(row.facts)
    if changed := ids - digests.keys():
        yield from facts_of_all(session, load_chains(session, changed)).items()


def _after(paper: Paper) -> date:
    assert paper.last_day is not None
    return paper.last_day + timedelta(days=1)


def _lost(schedule: Schedule, facts: ChainFacts, value: Paper, today: date) -> Codes:
    """Predicates that hold the day after while all papers do, and without it do not."""
    if all(one.paper != value for one in facts.evidence):
        return ()
    day = _after(value)
    params = schedule.on(day)
    kept, gone = (
        evaluate(replace(facts, evidence=_lasting(facts, day, today, but)), day, params)
        for but in (None, value)
    )
    failing = {one.code for one in gone if one.fails}
    return tuple(one.code for one in kept if one.holds and one.code in failing)


def _lasting(
    facts: ChainFacts, day: date, today: date, but: Paper | None
) -> tuple[Evidence, ...]:
    """The papers that count today, as if they were renewed to that day."""
    return tuple(_renewed(one, day, today, but) for one in facts.evidence)


def _renewed(one: Evidence, day: date, today: date, but: Paper | None) -> Evidence:
    paper = one.paper
    if paper is None or paper == but or not counts_on(paper, min(today, day)):
        return one
    if paper.last_day is None or paper.last_day >= day:
        return one
    return replace(one, paper=replace(paper, last_day=day))
