"""Bargaining over a proposal: what a side asks for, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from marketplace.domain.words import ProposalState, Side

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
LIVE = frozenset({ProposalState.PROPOSED, ProposalState.NEGOTIATING})


@dataclass(frozen=True, order=True)
class Line:
    """Kilograms for one tranche, delivered on one of these days."""

    tranche_id: int
    kg: int
    deliver_from: date
    deliver_to: date


@dataclass(frozen=True)
class Bid:
    """A price in đồng a kilogram and lines, one a tranche, by tranche."""

    price_vnd: int
    lines: tuple[Line, ...]

    @property
    def kg(self) -> int:
        """Kilograms of all lines."""
        return sum(line.kg for line in self.lines)

    @property
    def value_vnd(self) -> int:
        """What the goods cost, without transport."""
        return self.kg * self.price_vnd

    @property
    def first_day(self) -> date:
        return min(line.deliver_from for line in self.lines)

    @property
    def last_day(self) -> date:
        return max(line.deliver_to for line in self.lines)

    @property
    def by_tranche(self) -> Mapping[int, Line]:
        return {line.tranche_id: line for line in self.lines}


@dataclass(frozen=True)
class CounterOffer:
    """What a side sends back: its terms and a word to the other side."""

    bid: Bid
    message: str = ""


class Matter(StrEnum):
    """What of a bid may differ."""

    KG = "kg"
    DAYS = "days"
    PRICE = "price"


@dataclass(frozen=True)
class Difference:
    """One thing that a counter-offer changed; None where it was or is not there."""

    matter: Matter
    tranche_id: int | None
    before: int | tuple[date, date] | None
    after: int | tuple[date, date] | None


def differences(before: Bid, after: Bid) -> list[Difference]:
    """All that changed, tranche by tranche, the price last."""
    found = list(_line_differences(before, after))
    if before.price_vnd != after.price_vnd:
        found.append(Difference(Matter.PRICE, None, before.price_vnd, after.price_vnd))
    return found


def _line_differences(before: Bid, after: Bid) -> Iterator[Difference]:
    old, new = before.by_tranche, after.by_tranche
    for tranche in sorted(old.keys() | new.keys()):
        was, now = old.get(tranche), new.get(tranche)
        if (was.kg if was else 0) != (now.kg if now else 0):
            yield Difference(
                Matter.KG, tranche, was.kg if was else 0, now.kg if now else 0
            )
        if was and now and _days(was) != _days(now):
            yield Difference(Matter.DAYS, tranche, _days(was), _days(now))


def _days(line: Line) -> tuple[date, date]:
    return line.deliver_from, line.deliver_to


def other(side: Side) -> Side:
    """The one across the table."""
    return Side.BUYER if side is Side.SELLER else Side.SELLER


def expiry(
    now: datetime,
    hours: int,
    *,
    first_delivery: date,
    answer_by: date | None = None,
) -> datetime:
    """When terms made now lapse: some hours on, at the latest on the eve of the
    first delivery, and on the day by which the buyer wants an answer.

    Never before one hour has passed, so that somebody can answer at all.
    """
    ends = [now + timedelta(hours=hours), _end_of(first_delivery - timedelta(days=1))]
    if answer_by is not None:
        ends.append(_end_of(answer_by))
    return max(min(ends), now + timedelta(hours=1))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), HOME).astimezone(
        ZoneInfo("UTC")
    )
