"""Force majeure (bất khả kháng): what struck whom, what it hinders, what follows.

Civil Code 2015 art. 156 and 351, Commercial Law 2005 art. 294 to 296: who could not
foresee or prevent it owes neither penalty nor damages for what it hinders, has to
tell the other side at once and to prove it, and has more time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day, format_number


class MajeureKind(StrEnum):
    """What happened."""

    FLOOD = "flood"
    DROUGHT = "drought"
    HAIL = "hail"
    FROST = "frost"
    PEST = "pest"
    EPIDEMIC = "epidemic"
    ORDER = "order"
    ROAD_CUT = "road_cut"
    OTHER = "other"


class MajeureState(StrEnum):
    """How far a notice has come; silence of the other side is no consent."""

    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    CONTESTED = "contested"
    UNANSWERED = "unanswered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = (MajeureState.NOTIFIED, MajeureState.CONTESTED, MajeureState.UNANSWERED)
ACCEPTED = (MajeureState.ACKNOWLEDGED, MajeureState.CONFIRMED)
FOR_OFFICERS = (MajeureState.CONTESTED, MajeureState.UNANSWERED)


@dataclass(frozen=True)
class Hindered:
    """What of one planned delivery is lost, and what comes later, in kilograms."""

    line: int
    lost_kg: int = 0
    postponed_kg: int = 0
    postponed_to: date | None = None

    @property
    def kg(self) -> int:
        return self.lost_kg + self.postponed_kg


@dataclass(frozen=True)
class GiveNotice:
    """What a side says: what happened, since when, and what it hinders."""

    kind: MajeureKind
    began_on: date
    learned_at: datetime
    text: str
    measures: str
    hindered: tuple[Hindered, ...]


@dataclass(frozen=True)
class Expected:
    """A planned delivery as the contract has it: what is open, until when at most."""

    line: int
    open_kg: int
    day: date
    latest: date


@dataclass(frozen=True)
class Excused:
    """What accepted notices take off one delivery, in kilograms."""

    lost_kg: int = 0
    postponed_kg: int = 0

    @property
    def kg(self) -> int:
        return self.lost_kg + self.postponed_kg


def check_hindered(
    hindered: Iterable[Hindered], expected: Mapping[int, Expected]
) -> tuple[Hindered, ...]:
    """The deliveries that are touched, in their order.

    Refused: none, a delivery twice or unknown, more than is open, a later day that
    is not later or beyond the longest extension.
    """
    touched = tuple(one for one in hindered if one.kg or one.postponed_to)
    if not touched:
        raise Refused(N_("Ghi số kg bị mất hoặc phải lùi của ít nhất một đợt"), "lines")
    if len({one.line for one in touched}) < len(touched):
        raise Refused(N_("Mỗi đợt giao chỉ ghi một lần"), "lines")
    for one in touched:
        _check_one(one, expected.get(one.line))
    return tuple(sorted(touched, key=lambda one: one.line))


def _check_one(one: Hindered, plan: Expected | None) -> None:
    if plan is None or min(one.lost_kg, one.postponed_kg) < 0:
        raise Refused(N_("Đợt giao này không còn chờ giao"), "lines")
    if one.kg > plan.open_kg:
        raise Refused(
            N_("Đợt %(line)s chỉ còn %(kg)s kg chưa giao"),
            "lines",
            line=one.line,
            kg=format_number(plan.open_kg),
        )
    if bool(one.postponed_kg) is not bool(one.postponed_to):
        raise Refused(N_("Lùi thì ghi cả số kg và ngày giao mới"), "lines")
    if one.postponed_to and not plan.day < one.postponed_to <= plan.latest:
        raise Refused(
            N_("Ngày lùi của đợt %(line)s phải sau ngày hẹn và không quá %(day)s"),
            "lines",
            line=one.line,
            day=format_day(plan.latest),
        )


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)
