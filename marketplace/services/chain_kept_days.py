"""Of which days the sums of chains are kept, and hold."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from models.chain_sums import ChainChange, ChainSumDay
from models.reads import read_once


def note_change(session: Session, day: date) -> None:
    """From this day on intervals were written: its sums no longer hold."""
    session.add(ChainChange(day=day))


def is_kept(session: Session, day: date) -> bool:
    """Whether the sums of a day hold: none of its intervals was written since.

    Who reads them afterwards in the same transaction finds those of this moment, or
    those that were made since: both are what the intervals said at one time.
    """
    return day < read_once(session, is_kept, lambda: _kept_before(session))


def _kept_before(session: Session) -> date:
    begin, changed = session.execute(
        select(
            select(func.min(ChainSumDay.day)).scalar_subquery(),
            select(func.min(ChainChange.day)).scalar_subquery(),
        )
    ).one()
    return date.min if begin is None else changed or date.max


def day_of_sums(day: date) -> ScalarSelect[date]:
    """The day whose rows are the sums of this one; none before the first chain."""
    last = select(func.max(ChainSumDay.day)).where(ChainSumDay.day <= day)
    return last.scalar_subquery()
