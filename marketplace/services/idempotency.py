"""The same form sent twice does its work once: key and effect are stored together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.services.jobs import insert_or_ignore
from models.idempotency import IdempotencyKey

KEPT = timedelta(days=2)
PATIENCE_SECONDS = 12  # less than a statement may take


def take_key(
    session: Session,
    scope: str,
    route: str,
    key: str,
    fingerprint: str,
    *,
    now: datetime,
) -> IdempotencyKey | None:
    """Reserve the key; None if it is fresh, else what it answered before.

    Whoever sends the same key at the same moment waits here for the first one
    to end. Refuses a key that comes with another body.
    """
    row = {
        "scope": scope,
        "route": route,
        "key": key,
        "fingerprint": fingerprint,
        "status": 0,
        "location": "",
        "created_at": now,
    }
    with _patience(session):
        fresh = insert_or_ignore(session, IdempotencyKey, row)
    if fresh:
        return None
    known = session.get_one(IdempotencyKey, (scope, route, key), populate_existing=True)
    if known.fingerprint != fingerprint:
        raise Refused(
            N_("Biểu này đã gửi rồi với nội dung khác. Tải lại trang rồi gửi lại.")
        )
    return known


@contextmanager
def _patience(session: Session) -> Iterator[None]:
    """Wait longer than for any other lock: only the same press of a button is ahead.

    With the usual patience whoever taps twice is told that the system is busy where
    the first tap takes its time. SQLite has one lock, which is had at the beginning.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"))
    yield
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def keep_answer(
    session: Session, scope: str, route: str, key: str, status: int, location: str
) -> None:
    """Remember where the sender was led."""
    row = session.get_one(IdempotencyKey, (scope, route, key))
    row.status, row.location = status, location


def forget_keys(session: Session, *, now: datetime) -> None:
    """Drop keys that no browser will send again."""
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT)
    )
