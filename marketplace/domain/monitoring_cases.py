"""Monitoring cases (vụ việc giám sát) of a chain: opened on grounds, answered, decided.

A draft is the officers' own. Once active, its lead is asked and answers in time. One
officer then writes a conclusion, and another decides: addressed where something has
to be mended, declined where nothing is wrong. It is closed once all of it is mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.domain.monitoring import FindingSeverity


class CaseState(StrEnum):
    """How far a case has come."""

    DRAFT = "draft"
    ACTIVE = "active"
    ADDRESSED = "addressed"
    DECLINED = "declined"
    CLOSED = "closed"
    DROPPED = "dropped"


CASE_STEPS = """
draft     -> active, dropped
active    -> addressed, declined
addressed -> closed
declined  -> closed
closed    ->
dropped   ->
"""
LIVE = (CaseState.DRAFT, CaseState.ACTIVE, CaseState.ADDRESSED, CaseState.DECLINED)


class CaseGround(StrEnum):
    """Why officers look."""

    ALERT = "alert"
    SAMPLE = "sample"
    EXPIRY = "expiry"
    CHECK = "check"
    REPORT = "report"
    PLAN = "plan"


@dataclass(frozen=True)
class OpenCase:
    """What a case is about: grounds, and what the lead is asked."""

    ground: CaseGround
    about: str
    question: str


@dataclass(frozen=True)
class Conclude:
    """What one officer concludes: a fault to mend, or none, and why."""

    severity: FindingSeverity | None
    text: str
    measures: str = ""


def answer_day(opened_on: date, days: int) -> date:
    """The last day on which the lead may answer."""
    return date.fromordinal(opened_on.toordinal() + days)
