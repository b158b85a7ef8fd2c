"""Small changes to an offer that would bring more supply, each counted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_offers import PostOffer, TrancheLine
from marketplace.services.supply import Field, Supply, count_in, read_field

MOST_LEVERS = 3
MOST_TRIED = 24
"""Each candidate is a count of its own, and the buyer is typing meanwhile."""
FARTHEST_DAYS = 30


@dataclass(frozen=True)
class Lever:
    """One change and what it brings.

    `code` is what a button sends: `shift:0:2026-07-31`, `move:0:3:2000` (from
    tranche 0 to 3 so many kg), `grade:2`, `variety:any`.
    """

    code: str
    kind: str
    row: int
    other: int
    day: date | None
    kg: int
    supply: Supply
    more_cooperatives: int
    more_kg: int


def find_levers(
    session: Session, who: Actor, command: PostOffer, *, today: date
) -> list[Lever]:
    """At most three changes that cover more, the best first; none if all is there."""
    field = read_field(session, who, command, today=today)
    now = count_in(field, command)
    if not command.tranches or now.covered_kg >= now.asked_kg:
        return []
    found = [
        lever
        for code in islice(_candidates(field, command, now), MOST_TRIED)
        if (lever := _tried(field, command, now, code))
    ]
    found.sort(key=lambda lever: (-lever.supply.covered_kg, _cost(lever), lever.code))
    return _one_of_a_kind(found)


def apply_lever(command: PostOffer, code: str) -> PostOffer:
    """The offer with the change of a lever; unchanged for a code that is none."""
    kind, *words = code.split(":")
    try:
        return _APPLIED[kind](command, *words)
    except (KeyError, ValueError, IndexError, TypeError):
        return command


def _shift(command: PostOffer, row: str, day: str) -> PostOffer:
    line = _line(command, row)
    start = date.fromisoformat(day)
    end = start + (line.window_end - line.window_start)
    return _with(command, {int(row): replace(line, window_start=start, window_end=end)})


def _move(command: PostOffer, row: str, other: str, kg: str) -> PostOffer:
    giver, taker = _line(command, row), _line(command, other)
    if not 0 < int(kg) < giver.kg:
        raise ValueError(kg)
    return _with(
        command,
        {
            int(row): replace(giver, kg=giver.kg - int(kg)),
            int(other): replace(taker, kg=taker.kg + int(kg)),
        },
    )


def _grade(command: PostOffer, rank: str) -> PostOffer:
    return replace(command, least_grade=int(rank))


def _variety(command: PostOffer, _any: str) -> PostOffer:
    return replace(command, variety_codes=())


_APPLIED: dict[str, Callable[..., PostOffer]] = {
    "shift": _shift,
    "move": _move,
    "grade": _grade,
    "variety": _variety,
}


def _line(command: PostOffer, row: str) -> TrancheLine:
    if not row.isdecimal():
        raise ValueError(row)
    return command.tranches[int(row)]


def _with(command: PostOffer, lines: dict[int, TrancheLine]) -> PostOffer:
    changed = (lines.get(row, line) for row, line in enumerate(command.tranches))
    return replace(command, tranches=tuple(changed))


def _candidates(field: Field, command: PostOffer, now: Supply) -> Iterator[str]:
    if command.least_grade:
        yield f"grade:{command.least_grade + 1}"
    if command.variety_codes:
        yield "variety:any"
    for row, tranche in enumerate(now.tranches):
        if tranche.covered_kg < tranche.asked_kg:
            yield from islice(_other_rows(command, now, row), 2)
            yield from _other_days(field, command, row)


def _other_days(field: Field, command: PostOffer, row: int) -> Iterator[str]:
    """The nearest later and earlier days on which some lot begins or still is."""
    line = command.tranches[row]
    span = line.window_end - line.window_start
    first, last = line.window_start.toordinal(), line.window_end.toordinal()
    later = {lot.first_day for lot in field.lots if last < lot.first_day}
    # A day under way either side keeps the shift within what can arrive.
    later |= {day + 1 for day in later}
    ends = {lot.last_day + lot.shelf_life_days for lot in field.lots}
    earlier = {day for end in ends if end < first for day in (end, end - 1)}
    for day in [*sorted(later)[:4], *sorted(earlier, reverse=True)[:4]]:
        start = date.fromordinal(day) - (span if day < first else timedelta())
        close = abs((start - line.window_start).days) <= FARTHEST_DAYS
        if close and start >= field.today:
            yield f"shift:{row}:{start.isoformat()}"


def _other_rows(command: PostOffer, now: Supply, row: int) -> Iterator[str]:
    """What this tranche lacks, asked of a tranche that has more than it needs."""
    lacking = now.tranches[row].asked_kg - now.tranches[row].covered_kg
    if lacking >= command.tranches[row].kg:
        return
    for other, tranche in enumerate(now.tranches):
        if other != row and tranche.kg >= tranche.asked_kg + lacking:
            yield f"move:{row}:{other}:{lacking}"


def _tried(field: Field, command: PostOffer, now: Supply, code: str) -> Lever | None:
    changed = apply_lever(command, code)
    after = count_in(field, changed)
    if changed == command or after.covered_kg <= now.covered_kg:
        return None
    kind, *words = code.split(":")
    row = int(words[0]) if kind in ("shift", "move") else 0
    other = int(words[1]) if kind == "move" else 0
    return Lever(
        code=code,
        kind=kind,
        row=row,
        other=other,
        day=changed.tranches[row].window_start if kind == "shift" else None,
        kg=int(words[2]) if kind == "move" else 0,
        supply=after,
        more_cooperatives=max(after.cooperatives - now.cooperatives, 0),
        more_kg=max(after.kg - now.kg, 0),
    )


def _cost(lever: Lever) -> int:
    """Moving kilograms asks less of a buyer than other days, and these less than
    other fruit."""
    return {"move": 0, "shift": 1, "grade": 2, "variety": 3}[lever.kind]


def _one_of_a_kind(levers: list[Lever]) -> list[Lever]:
    """The best of each kind and tranche first, so that three differ."""
    seen: set[tuple[str, int]] = set()
    chosen = []
    for lever in levers:
        if (lever.kind, lever.row) not in seen:
            seen.add((lever.kind, lever.row))
            chosen.append(lever)
    return chosen[:MOST_LEVERS]
