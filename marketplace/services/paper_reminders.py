"""Reminders of papers that end: each threshold of each end speaks once.

A row of `paper_reminders` is written in the transaction of the notices, and the
database takes it once; nights that were missed are made good by the nearest
threshold, with the days that are really left.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from marketplace.domain.papers import reminder_due
from marketplace.domain.words import NoticeKind, PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.jobs import insert_or_ignore
from marketplace.services.notices import notify_organisation
from marketplace.services.paper_expiries import ending_rows
from marketplace.services.paper_history import record_paper_event
from marketplace.services.paper_news import words_of_paper
from marketplace.services.paper_renewals import waiting_renewal_of
from marketplace.services.paper_rows import (
    Row,
    column_of,
    holder_of,
    paper_of,
    subject_of,
)
from marketplace.services.paper_stakes import stakes_of
from marketplace.services.rules import rule
from models.paper_records import PAPER_COLUMNS, PackingHouseCode, PaperReminder
from models.papers import Certificate, GrowingAreaCode

KINDS: dict[str, Any] = dict(
    zip(PAPER_COLUMNS, (Certificate, GrowingAreaCode, PackingHouseCode), strict=True)
)
Key = tuple[str, int]
"""The column that names a paper in its records, and its id."""


def thresholds(session: Session, on: date) -> list[int]:
    """CE-11: days before the end at which people are reminded."""
    days: list[int] = rule(session, "certificate.reminders", on)["days"]
    return days


def papers_to_remind(session: Session, *, today: date) -> list[Key]:
    """Papers in the days of a threshold that has not spoken of their end yet."""
    known = thresholds(session, today)
    spoken = _spoken(session, today)
    found = []
    for row in ending_rows(session, true(), today, max(known)):
        last, key = paper_of(row).last_day, (column_of(row), row.id)
        assert last is not None
        due = reminder_due((last - today).days, known)
        if due is not None and (*key, last, due) not in spoken:
            found.append(key)
    return found


def _spoken(session: Session, today: date) -> set[tuple[str, int, date, int]]:
    rows = session.scalars(
        select(PaperReminder).where(PaperReminder.last_day >= today)
    ).all()
    return {
        (column, paper, row.last_day, row.days)
        for row in rows
        for column in PAPER_COLUMNS
        if (paper := getattr(row, column)) is not None
    }


def remind(session: Session, key: Key, *, today: date, now: datetime) -> int:
    """Tell the holder of one paper; returns how many people heard of it now.

    Safe to repeat and to run twice at once. Nothing for one that was renewed,
    stopped or changed since.
    """
    column, paper_id = key
    kind = KINDS[column]
    row: Row = session.scalars(
        select(kind).where(kind.id == paper_id).with_for_update(of=kind)
    ).one()
    last = paper_of(row).last_day
    if row.state is not PaperState.ACTIVE or last is None:
        return 0
    left = (last - today).days
    due = reminder_due(left, thresholds(session, today))
    if due is None or waiting_renewal_of(session, row, last + timedelta(days=1)):
        return 0
    stakes = stakes_of(session, row, today=today)
    assert stakes is not None
    told = {"days": due, "left_days": left, "stakes": stakes.summary()}
    reminder = {column_of(row): row.id, "last_day": last, "sent_at": now, **told}
    if not insert_or_ignore(session, PaperReminder, reminder):
        return 0
    record_paper_event(
        session, row, PaperEventKind.REMINDED, None, on=today, now=now, data=told
    )
    return _tell(session, row, last, told, now)


def _tell(
    session: Session, row: Row, last: date, told: dict[str, Any], now: datetime
) -> int:
    return notify_organisation(
        session,
        holder_of(row).id,
        NoticeKind.PAPER_EXPIRING,
        subject_of(row),
        {
            **words_of_paper(row),
            "day": last.isoformat(),
            "left": told["left_days"],
            **told["stakes"],
        },
        now=now,
        version=last.toordinal() * 1000 + told["days"],
    )
