"""In which state a chain stands, day by day: at risk for a while, then suspended.

A chain that was suspended comes back only when all holds again and a monitor has
seen it: a check passed or settled, a paper verified, or a new recognition since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.domain import chain_backbone as backbones
from marketplace.domain import chain_safety as safety
from marketplace.domain.chain_facts import ChainFacts, PredicateResult
from marketplace.domain.chain_params import ChainParams, Schedule
from marketplace.domain.chain_time import change_days, known_on
from marketplace.domain.chains import Results, evaluate, failing
from marketplace.domain.words import ChainKind, ChainState

# Whether a chain is recognised and running decides its state by itself; the
# other predicates can fail for a while and be mended.
_STANDING = frozenset({"PD8", "S6", "S8"})
_WORKING = frozenset({ChainState.ACTIVE, ChainState.AT_RISK, ChainState.SUSPENDED})


@dataclass(frozen=True)
class Standing:
    """A state, the first day of its failing where it has one, and why it is so."""

    state: ChainState
    since: date | None = None
    why: str = ""


@dataclass(frozen=True)
class Step:
    """A day on which something may have changed, and what was found on it."""

    day: date
    standing: Standing
    results: Results
    facts: ChainFacts


def steps(
    facts: ChainFacts,
    first: date,
    until: date,
    schedule: Schedule,
    before: Standing | None,
    also: Iterable[date] = (),
) -> Iterator[Step]:
    """From the first day to the last, both included, wherever something may change.

    On the days between two steps everything is as on the first of them. Each day is
    judged by what was known by its end. `before` is the standing until then, `also`
    are days on which something else than facts and rules may change.
    """
    changing = change_days(facts, schedule).union(also)
    day, standing = first, before
    while True:
        known, params = known_on(facts, day), schedule.on(day)
        results = evaluate(known, day, params)
        standing = standing_on(known, day, params, standing, results)
        yield Step(day, standing, results, known)
        following = next_change(changing, day, standing, params)
        if following is None or following > until:
            return
        day = following


def next_change(
    changing: Iterable[date], day: date, standing: Standing, params: ChainParams
) -> date | None:
    """The first later day on which time alone may change a result or the state.

    None if nothing that is known ever will. For a chain that is at risk the ends
    of its graces are such days too.
    """
    days = set(changing)
    if standing.state is ChainState.AT_RISK and standing.since is not None:
        for grace in (params.grace_days, params.failed_sample_grace_days):
            days.add(standing.since + timedelta(days=grace))
    return min((one for one in days if one > day), default=None)


def state_on(
    facts: ChainFacts,
    day: date,
    params: ChainParams | Schedule,
    results: Results | None = None,
) -> ChainState:
    """The state that the facts give the chain on a day.

    `results` are the predicates of that day, where the caller has them already.
    """
    schedule = params if isinstance(params, Schedule) else Schedule.always(params)
    recognition = backbones.latest_recognition(facts, day)
    before = None
    if recognition is not None and recognition.issued_on < day:
        eve = day - timedelta(days=1)
        *_, last = steps(facts, recognition.issued_on, eve, schedule, None)
        before = last.standing
    return standing_on(facts, day, schedule.on(day), before, results).state


def standing_on(
    facts: ChainFacts,
    day: date,
    params: ChainParams,
    before: Standing | None,
    results: Results | None = None,
) -> Standing:
    """The next standing of a chain that stood so until the day before.

    A chain that has not met everything since its recognition had no state to
    be at risk of losing: it is suspended at once.
    """
    settled = settled_state(facts, day, params)
    if settled is not None:
        return settled
    broken = failing(results or evaluate(facts, day, params), params)
    if any(interval.contains(day) for interval in facts.suspensions):
        return Standing(ChainState.SUSPENDED, _since(before, day), "suspended")
    if before is None or before.state not in _WORKING:
        return _first(broken, day, params)
    if not broken:
        return _mended(facts, day, before)
    return _failing(broken, day, params, before)


def settled_state(facts: ChainFacts, day: date, params: ChainParams) -> Standing | None:
    """A state that does not depend on the predicates, if the chain is in one."""
    recognition = backbones.latest_recognition(facts, day)
    if any(stop.contains(day) for stop in facts.stops):
        return Standing(ChainState.STOPPED, why="stopped")
    if recognition is None:
        return Standing(_before_recognition(facts, day), why="not_recognised")
    if backbones.is_withdrawn(recognition, day):
        return Standing(ChainState.REVOKED, why="withdrawn")
    if _is_over(facts, day, params):
        return Standing(ChainState.EXPIRED, why="expired")
    return None


def _before_recognition(facts: ChainFacts, day: date) -> ChainState:
    if facts.submitted_on is None or day < facts.submitted_on:
        return ChainState.DRAFT
    returned = facts.returned_on
    if returned is not None and facts.submitted_on <= returned <= day:
        return ChainState.RETURNED
    return ChainState.SUBMITTED


def _is_over(facts: ChainFacts, day: date, params: ChainParams) -> bool:
    """Only a confirmation has a term; a recognition lasts until withdrawn."""
    if facts.kind is ChainKind.PRODUCT_DEVELOPMENT:
        return False
    return safety.s6(facts, day, params).reason == "expired"


def _since(before: Standing | None, day: date) -> date:
    if before is None or before.state is ChainState.ACTIVE or before.since is None:
        return day
    return before.since


def _first(broken: Results, day: date, params: ChainParams) -> Standing:
    if not broken:
        return Standing(ChainState.ACTIVE)
    return Standing(ChainState.SUSPENDED, day, _gravest(broken, params).reason)


def _mended(facts: ChainFacts, day: date, before: Standing) -> Standing:
    suspended = before.state is ChainState.SUSPENDED
    if suspended and not _seen_by_monitor(facts, before.since or day, day):
        return Standing(ChainState.SUSPENDED, before.since, "to_be_verified")
    return Standing(ChainState.ACTIVE)


def _failing(
    broken: Results, day: date, params: ChainParams, before: Standing
) -> Standing:
    """At risk while the shortest grace of what fails lasts, then suspended."""
    since = _since(before, day)
    gravest = _gravest(broken, params)
    over = (day - since).days >= _grace(gravest, params)
    if over or before.state is ChainState.SUSPENDED:
        return Standing(ChainState.SUSPENDED, since, gravest.reason)
    return Standing(ChainState.AT_RISK, since, gravest.reason)


def _gravest(broken: Results, params: ChainParams) -> PredicateResult:
    """What leaves the shortest grace; the first of them."""
    return min(broken, key=lambda one: _grace(one, params))


def _grace(result: PredicateResult, params: ChainParams) -> int:
    return 0 if result.code in _STANDING else params.grace(result.reason)


def _seen_by_monitor(facts: ChainFacts, since: date, day: date) -> bool:
    return any(since <= on <= day for on in _looks(facts))


def _looks(facts: ChainFacts) -> Iterable[date]:
    """The days on which somebody of the authority found something in order."""
    checks = (*(facts.samples or ()), *(facts.post_checks or ()), *facts.case_findings)
    for check in checks:
        if check.passed:
            yield check.on
        if check.settled_on is not None:
            yield check.settled_on
    for recognition in facts.recognitions:
        yield recognition.issued_on
    for item in facts.evidence:
        if item.paper is not None and item.paper.verified_on is not None:
            yield item.paper.verified_on
