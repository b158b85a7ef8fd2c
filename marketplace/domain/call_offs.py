"""Standing agreements: within a band, week by week, the buyer calls goods off.

A frame draws from one planned delivery of a contract. Each call-off takes its
kilograms out of that delivery and becomes one of its own, on days inside the window
that both signed; so the sum of the contract's deliveries stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_LEAD_DAYS = 30
MOST_ANSWER_HOURS = 168


class FrameState(StrEnum):
    """Of a standing agreement; one side proposes, the other answers."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class CallOffState(StrEnum):
    """Of one week's call-off; it lapses where silence cannot accept any more."""

    POSTED = "posted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


FRAME_STEPS = """
    proposed  -> agreed, declined, withdrawn
    agreed    -> ended
    declined  ->
    withdrawn ->
    ended     ->
"""
CALL_OFF_STEPS = """
    posted    -> confirmed, declined, withdrawn, lapsed
    confirmed ->
    declined  ->
    withdrawn ->
    lapsed    ->
"""


class EndWord(StrEnum):
    """What a side says about ending a standing agreement early."""

    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class FrameFault(StrEnum):
    """What is wrong with a proposed frame."""

    BAND = "band"
    LEAD = "lead"
    HOURS = "hours"
    WEEKS = "weeks"
    WINDOW = "window"
    TOO_MUCH = "too_much"


class CallFault(StrEnum):
    """What is wrong with a call-off."""

    BELOW = "below"
    ABOVE = "above"
    NOT_LEFT = "not_left"
    TOO_LATE = "too_late"
    WEEKS = "weeks"
    DAYS = "days"
    WINDOW = "window"


@dataclass(frozen=True)
class FrameTerms:
    """The band in kilograms a week, the notice in days, the answer in hours.

    Weeks are named by their Monday.
    """

    least_kg: int
    most_kg: int
    lead_days: int
    answer_hours: int
    first_week: date
    last_week: date


@dataclass(frozen=True)
class Source:
    """What is left of the planned delivery, in kilograms, and its days."""

    left_kg: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Call:
    """So many kilograms, from one day to another."""

    kg: int
    first_day: date
    last_day: date

    @property
    def week(self) -> date:
        return week_of(self.first_day)


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def fault_of_frame(terms: FrameTerms, source: Source) -> FrameFault | None:
    """The first thing wrong with a frame, if anything.

    Silence has to accept before the goods are due, so the hours fit in the notice.
    """
    if not 0 < terms.least_kg <= terms.most_kg:
        return FrameFault.BAND
    if terms.most_kg > source.left_kg:
        return FrameFault.TOO_MUCH
    if not 1 <= terms.lead_days <= MOST_LEAD_DAYS:
        return FrameFault.LEAD
    if not 1 <= terms.answer_hours <= min(terms.lead_days * 24, MOST_ANSWER_HOURS):
        return FrameFault.HOURS
    if terms.first_week > terms.last_week:
        return FrameFault.WEEKS
    first, last = week_of(source.first_day), week_of(source.last_day)
    within = first <= terms.first_week and terms.last_week <= last
    return None if within else FrameFault.WINDOW


def fault_of_call(
    terms: FrameTerms, source: Source, call: Call, *, today: date
) -> CallFault | None:
    """The first thing wrong with a call-off, if anything.

    What is left at the end may be less than the band's least: then all of it.
    """
    if call.first_day > call.last_day or week_of(call.last_day) != call.week:
        return CallFault.DAYS
    if not terms.first_week <= call.week <= terms.last_week:
        return CallFault.WEEKS
    if not source.first_day <= call.first_day <= call.last_day <= source.last_day:
        return CallFault.WINDOW
    if call.first_day < today + timedelta(days=terms.lead_days):
        return CallFault.TOO_LATE
    return _fault_of_kg(terms, source.left_kg, call.kg)


def _fault_of_kg(terms: FrameTerms, left_kg: int, kg: int) -> CallFault | None:
    if kg > terms.most_kg:
        return CallFault.ABOVE
    if kg > left_kg:
        return CallFault.NOT_LEFT
    is_the_rest = 0 < kg == left_kg
    return None if is_the_rest or kg >= terms.least_kg else CallFault.BELOW


def earliest_day(terms: FrameTerms, source: Source, today: date) -> date:
    """The first day that can still be called."""
    return max(today + timedelta(days=terms.lead_days), source.first_day)
