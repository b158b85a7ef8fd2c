"""Monitoring of a chain: post-checks, samples, what was wrong, and what mended it.

Dossier 1.4 (hậu kiểm, lấy mẫu giám sát) and 5.2: S5 looks at samples, S7 at
post-checks. A sample passes if every value keeps its limit; a post-check fails if it
found something serious, until another officer has seen that it was mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_day


class CheckState(StrEnum):
    """Of a post-check (hậu kiểm)."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


CHECK_STEPS = """
planned   -> done, cancelled
done      ->
cancelled ->
"""


class SampleState(StrEnum):
    """Of a surveillance sample (mẫu giám sát)."""

    TAKEN = "taken"
    ANALYSED = "analysed"
    SPOILT = "spoilt"


SAMPLE_STEPS = """
taken    -> analysed, spoilt
analysed ->
spoilt   ->
"""


class FindingState(StrEnum):
    """Of a non-conformity (lỗi): who is waited for."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


# What the lead did may not be enough: then it is open again.
FINDING_STEPS = """
open     -> answered
answered -> open, closed
closed   ->
"""


class FindingSeverity(StrEnum):
    """A serious one stops a safe supply chain from counting (S5, S7)."""

    MINOR = "minor"
    SERIOUS = "serious"


class CheckPoint(StrEnum):
    """What an officer looks at during a post-check."""

    PAPERS = "papers"
    RECORDS = "records"
    INPUTS = "inputs"
    HYGIENE = "hygiene"
    LABELS = "labels"
    SHELVES = "shelves"
    CONTRACTS = "contracts"


class PointAnswer(StrEnum):
    """What was seen at one point of the list."""

    FINE = "fine"
    MINOR = "minor"
    SERIOUS = "serious"
    NOT_SEEN = "not_seen"


class Audience(StrEnum):
    """Who reads an entry of a chain's history, beside the officers of its area."""

    EVERYBODY = "everybody"
    LEAD = "lead"
    OFFICERS = "officers"


class PlaceKind(StrEnum):
    """What is at a place of the chain."""

    PLOT = "plot"
    PLANT = "plant"
    SHELF = "shelf"


@dataclass(frozen=True)
class Deadlines:
    """Days that a rule of the day gives; see `monitoring.deadlines`."""

    minor_days: int
    serious_days: int
    answer_days: int
    again_days: int

    @classmethod
    def from_rule(cls, params: Mapping[str, int]) -> Deadlines:
        """KeyError if a parameter is missing."""
        return cls(**{one.name: params[one.name] for one in fields(cls)})

    def due_on(self, severity: FindingSeverity, found_on: date) -> date:
        """The last day to mend what was found."""
        serious = severity is FindingSeverity.SERIOUS
        return found_on + timedelta(
            days=self.serious_days if serious else self.minor_days
        )


@dataclass(frozen=True)
class Seen:
    """One point of a post-check with its answer; what is wrong is said."""

    point: CheckPoint
    answer: PointAnswer
    text: str = ""

    @property
    def severity(self) -> FindingSeverity | None:
        """How bad it is, None where nothing is wrong."""
        if self.answer in (PointAnswer.MINOR, PointAnswer.SERIOUS):
            return FindingSeverity(self.answer.value)
        return None


@dataclass(frozen=True)
class DoCheck:
    """The result of a post-check: every point, in words, and when the next is due.

    `done_on` is the day of the visit, the day of writing if not given.
    """

    seen: tuple[Seen, ...]
    summary: str
    next_due_on: date
    done_on: date | None = None


@dataclass(frozen=True)
class PlanAction:
    """What a lead does about a finding, which person does it, and until when."""

    what: str
    person: str
    due_on: date


@dataclass(frozen=True)
class Measured:
    """A parameter that a laboratory measured, with the most that is allowed."""

    parameter: str
    value: Decimal
    limit: Decimal
    unit: str = "mg/kg"

    @property
    def passed(self) -> bool:
        return self.value <= self.limit


@dataclass(frozen=True)
class TakeSample:
    """What was taken, when, of which lot, and who analyses it."""

    code: str
    product_id: int
    lot: str
    laboratory: str
    taken_on: date | None = None


@dataclass(frozen=True)
class SampleAnalysed:
    """What the laboratory answers; `analysed_on` is the day of its report."""

    measured: tuple[Measured, ...] = field(default_factory=tuple)
    report: str = ""
    analysed_on: date | None = None

    @property
    def failed(self) -> tuple[Measured, ...]:
        return tuple(one for one in self.measured if not one.passed)


def check_seen(seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """Every point once, in the order of the list.

    Refused: a point without an answer, all points unseen, a fault without words.
    """
    answers = {one.point: one for one in seen}
    if answers.keys() != set(CheckPoint):
        raise Refused(N_("Trả lời mọi mục của bảng kiểm"), "points")
    if all(one.answer is PointAnswer.NOT_SEEN for one in answers.values()):
        raise Refused(N_("Chưa xem mục nào thì chưa phải hậu kiểm"), "points")
    for number, point in enumerate(CheckPoint):
        one = answers[point]
        if one.severity and not one.text.strip():
            raise Refused(N_("Nói rõ lỗi là gì"), f"points-{number}-text")
    return tuple(answers[point] for point in CheckPoint)


def check_measured(answer: SampleAnalysed) -> None:
    """Refused: nothing measured, or a value below nought."""
    if not answer.measured:
        raise Refused(N_("Nhập ít nhất một chỉ tiêu"), "measured")
    if any(min(one.value, one.limit) < 0 for one in answer.measured):
        raise Refused(N_("Kết quả và mức cho phép không được âm"), "measured")


def day_of_look(on: date | None, name: str, *, earliest: date, today: date) -> date:
    """The day on which something was looked at, today if none is given.

    Refused beside the field: a day to come, or one before the earliest that can be.
    """
    if on is None:
        return today
    if on > today:
        raise Refused(N_("Ngày này chưa tới"), name)
    if on < earliest:
        message = N_("Ngày này sớm quá, sớm nhất là %(day)s")
        raise Refused(message, name, day=format_day(earliest))
    return on


def is_overdue(due_on: date, today: date) -> bool:
    """Its last day has passed."""
    return due_on < today
