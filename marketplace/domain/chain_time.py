"""What time alone changes about a chain, and what was known of it by a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from marketplace.domain.chain_facts import (
    ChainFacts,
    Check,
    ContractFacts,
    Interval,
    ShippedLots,
)
from marketplace.domain.chain_params import ChainParams, Schedule
from marketplace.domain.chain_safety import LOT_DAYS, confirmation_last_day
from marketplace.domain.land import Piece, drawn_by
from marketplace.domain.papers import Paper

_DAY = timedelta(days=1)


def change_days(facts: ChainFacts, schedule: Schedule) -> set[date]:
    """Every day on which a result may differ from the day before.

    With the parameters of every time: a day too many costs one evaluation, a day
    too few would leave a wrong answer standing.
    """
    days = {one for one in schedule.changes() if one > date.min}
    for _, _, params in schedule.rows:
        days |= set(_of_facts(facts, params))
    return days


def _of_facts(facts: ChainFacts, params: ChainParams) -> Iterator[date]:
    for contract in facts.contracts:
        yield from _of_contract(contract, params)
    for item in facts.evidence:
        if item.paper is not None:
            yield from _of_paper(item.paper)
        for stop in item.stopped:
            yield from _of_interval(stop)
    yield from _of_recognitions(facts, params)
    yield from _of_checks(facts, params)
    for interval in (*facts.stops, *facts.suspensions):
        yield from _of_interval(interval)
    yield from _of_land(facts.pieces)
    for lots in facts.lots or ():
        yield from (lots.on, lots.on + timedelta(days=LOT_DAYS) + _DAY)
        yield from _given(lots.linked_on, lots.recorded_on)
    yield from _given(facts.submitted_on, facts.returned_on)


def _of_contract(contract: ContractFacts, params: ChainParams) -> Iterator[date]:
    yield from _given(contract.signed_on)
    yield from (contract.effective_from, contract.effective_to, contract.end)
    yield contract.end + timedelta(days=params.continuity_days) + _DAY
    yield from _of_interval(contract.linked)
    for interval in contract.suspended:
        yield from _of_interval(interval)
    for first_day, _ in contract.seasons_kg:
        yield first_day


def _of_paper(paper: Paper) -> Iterator[date]:
    yield paper.first_day
    yield from _given(paper.verified_on, paper.ended_on)
    if paper.last_day is not None:
        yield paper.last_day + _DAY


def _of_land(pieces: Iterable[Piece]) -> Iterator[date]:
    for piece in pieces:
        for held in piece.held:
            yield from _given(held.first, held.until)


def _of_recognitions(facts: ChainFacts, params: ChainParams) -> Iterator[date]:
    for one in facts.recognitions:
        yield one.issued_on
        yield from _given(one.withdrawn_on, one.recorded_on)
        yield confirmation_last_day(one, params) + _DAY
        yield one.issued_on + timedelta(days=params.post_check_days) + _DAY


def _of_checks(facts: ChainFacts, params: ChainParams) -> Iterator[date]:
    for sample in facts.samples or ():
        yield from _of_check(sample, params.sample_days)
    for check in (*(facts.post_checks or ()), *facts.case_findings):
        yield from _of_check(check, params.post_check_days)


def _of_check(check: Check, lasts: int) -> Iterator[date]:
    yield check.on
    yield check.on + timedelta(days=lasts) + _DAY
    yield from _given(check.settled_on, check.recorded_on)


def _of_interval(interval: Interval) -> Iterator[date]:
    yield interval.first
    yield from _given(interval.until)


def _given(*days: date | None) -> Iterator[date]:
    yield from (day for day in days if day is not None)


def known_on(facts: ChainFacts, day: date) -> ChainFacts:
    """The facts without what the market learned only after that day.

    A check that was made on a day and written down a month later changes the month
    after, never the one before.
    """
    return replace(
        facts,
        recognitions=tuple(
            one
            for one in facts.recognitions
            if (one.recorded_on or one.issued_on) <= day
        ),
        samples=_known(facts.samples, day),
        post_checks=_known(facts.post_checks, day),
        case_findings=_known(facts.case_findings, day) or (),
        lots=_lots(facts.lots, day, learned=True),
    )


def _lots(
    lots: tuple[ShippedLots, ...] | None, day: date, *, learned: bool = False
) -> tuple[ShippedLots, ...] | None:
    """Those of a day, or known by it; None while none is linked: nobody kept lots yet."""
    kept = tuple(
        replace(one, linked_on=_past(one.linked_on, day))
        for one in lots or ()
        if ((learned and one.recorded_on) or one.on) <= day
    )
    return kept if any(one.linked_on for one in kept) else None


def _known(checks: tuple[Check, ...] | None, day: date) -> tuple[Check, ...] | None:
    if checks is None:
        return None
    return tuple(one for one in checks if (one.recorded_on or one.on) <= day)


def known_at_once(facts: ChainFacts) -> ChainFacts:
    """The facts as if each had been known on its own day: today's view of the past."""
    return replace(
        facts,
        recognitions=tuple(
            replace(one, recorded_on=None) for one in facts.recognitions
        ),
        samples=_at_once(facts.samples),
        post_checks=_at_once(facts.post_checks),
        case_findings=_at_once(facts.case_findings) or (),
        lots=facts.lots and tuple(_lots_at_once(one) for one in facts.lots),
    )


def _at_once(checks: tuple[Check, ...] | None) -> tuple[Check, ...] | None:
    if checks is None:
        return None
    return tuple(replace(one, recorded_on=None) for one in checks)


def _lots_at_once(one: ShippedLots) -> ShippedLots:
    return replace(one, recorded_on=None, linked_on=one.linked_on and one.on)


def happened_by(facts: ChainFacts, day: date) -> ChainFacts:
    """The facts that bear on a day: what came after it left out."""
    return replace(
        facts,
        contracts=tuple(
            one for one in facts.contracts if one.signed_on and one.signed_on <= day
        ),
        recognitions=tuple(one for one in facts.recognitions if one.issued_on <= day),
        samples=_made(facts.samples, day),
        post_checks=_made(facts.post_checks, day),
        case_findings=_made(facts.case_findings, day) or (),
        lots=_lots(facts.lots, day),
        stops=_begun(facts.stops, day),
        suspensions=_begun(facts.suspensions, day),
        pieces=drawn_by(facts.pieces, day),
    )


def _made(checks: tuple[Check, ...] | None, day: date) -> tuple[Check, ...] | None:
    if checks is None:
        return None
    return tuple(
        replace(one, recorded_on=None, settled_on=_past(one.settled_on, day))
        for one in checks
        if one.on <= day
    )


def _begun(intervals: tuple[Interval, ...], day: date) -> tuple[Interval, ...]:
    begun = (one for one in intervals if one.first <= day)
    return tuple(replace(one, until=_past(one.until, day)) for one in begun)


def _past(on: date | None, day: date) -> date | None:
    return on if on is not None and on <= day else None
