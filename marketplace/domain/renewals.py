"""The season after a contract: when it is spoken of, and the plan carried over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from marketplace.domain.bargaining import Line
from marketplace.domain.words import ContractState

RUNNING = frozenset({ContractState.IN_FORCE, ContractState.SUSPENDED})
DONE = frozenset({ContractState.FULFILLED, ContractState.EXPIRED, ContractState.CLOSED})


@dataclass(frozen=True, order=True)
class PlanLine:
    """Kilograms delivered within days, both included."""

    first_day: date
    last_day: date
    kg: int


@dataclass(frozen=True)
class Opening:
    """What a tranche still takes, on days on which both posts allow it."""

    tranche_id: int
    first_day: date
    last_day: date
    kg: int


def year_after(day: date, years: int = 1) -> date:
    """The same day some years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def years_on(first_day: date, today: date) -> int:
    """After how many years, at least one, a season that began then is ahead."""
    years = max(1, today.year - first_day.year)
    return years if year_after(first_day, years) > today else years + 1


def plan_again(lines: Iterable[PlanLine], years: int) -> tuple[PlanLine, ...]:
    """The same plan some years later, in the order of its days."""
    return tuple(
        replace(
            line,
            first_day=year_after(line.first_day, years),
            last_day=year_after(line.last_day, years),
        )
        for line in sorted(lines)
    )


def fit_plan(
    plan: Iterable[PlanLine], openings: Sequence[Opening], most_kg: int
) -> tuple[Line, ...]:
    """The plan as lines of tranches; what finds no tranche or goods is left out.

    Each line of the plan goes to the tranche whose days it shares most; days
    are those shared. Never more than a tranche takes, or `most_kg` in all.
    """
    found: dict[int, Line] = {}
    for wanted in sorted(plan):
        best = max(openings, key=lambda one: _shared(wanted, one), default=None)
        if best is None or _shared(wanted, best) <= 0:
            continue
        held = found.get(best.tranche_id)
        left = min(
            best.kg - (held.kg if held else 0),
            most_kg - sum(one.kg for one in found.values()),
        )
        kg = min(wanted.kg, left)
        if kg > 0:
            found[best.tranche_id] = _joined(held, wanted, best, kg)
    return tuple(sorted(found.values()))


def _shared(wanted: PlanLine, opening: Opening) -> int:
    first = max(wanted.first_day, opening.first_day)
    last = min(wanted.last_day, opening.last_day)
    return (last - first).days + 1


def _joined(held: Line | None, wanted: PlanLine, opening: Opening, kg: int) -> Line:
    first = max(wanted.first_day, opening.first_day)
    last = min(wanted.last_day, opening.last_day)
    if held is None:
        return Line(opening.tranche_id, kg, first, last)
    return Line(
        opening.tranche_id,
        held.kg + kg,
        min(held.deliver_from, first),
        max(held.deliver_to, last),
    )


def is_time(
    state: ContractState,
    ends_on: date,
    today: date,
    notice_days: int,
    *,
    perennial: bool,
) -> bool:
    """Whether the two speak of the next season now: around the contract's end.

    From `notice_days` before the end to as many after it. Trees bear again, so
    a contract over their fruit is spoken of as soon as it is fulfilled.
    """
    days = timedelta(days=notice_days)
    if state not in RUNNING | DONE or today > ends_on + days:
        return False
    early = perennial and state in (ContractState.FULFILLED, ContractState.CLOSED)
    return early or ends_on - days <= today
