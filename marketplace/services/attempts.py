"""Guarded doors: how often somebody tried, and when it is too often.

The rows hold digests, so that the table tells nobody which accounts exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from models.sessions import Attempt

KEPT = timedelta(days=2)


class TooOften(Refused):
    """The door stays shut for a while, whoever knocks."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            N_("Thử quá nhiều lần. Chờ %(minutes)d phút rồi thử lại."), minutes=minutes
        )
        self.minutes = minutes


def note_attempt(
    session: Session,
    door: str,
    keys: Iterable[str],
    *,
    most: int,
    window: timedelta,
    now: datetime,
) -> list[Attempt]:
    """Write down a try under each key; TooOften if one of them has failed enough.

    Whoever gets in marks the rows as succeeded, and they count no more.
    """
    digests = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    for digest in digests:
        if failures(session, door, digest, since=now - window) >= most:
            raise TooOften(int(window.total_seconds() // 60))
    rows = [Attempt(door=door, key=digest, at=now) for digest in digests]
    session.add_all(rows)
    return rows


def failures(session: Session, door: str, digest: str, *, since: datetime) -> int:
    """How many tries under this key have failed since."""
    found = session.scalar(
        select(func.count(Attempt.id)).where(
            Attempt.door == door,
            Attempt.key == digest,
            Attempt.at > since,
            Attempt.succeeded.is_(False),
        )
    )
    return found or 0


def forget_attempts(session: Session, *, now: datetime) -> None:
    """Drop what limits nothing any more."""
    session.execute(delete(Attempt).where(Attempt.at < now - KEPT))
