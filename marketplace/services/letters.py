"""The outbox: claimed with a lease and a fence, sent, tried again, given up.

Times come from the database. A worker that lost its lease may have sent the
letter all the same; the fixed message id lets the receiver know it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from marketplace.domain.words import LetterState
from models.database import db_now
from models.notices import Letter

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8
# After the first, second, ... failure; a day in all.
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 18000, 28800))


def claim_letter(session: Session) -> Letter | None:
    """Lease the letter that is due longest, or one whose sender vanished.

    None if nothing is due. Commit before sending it.
    """
    now = db_now(session)
    letter = session.scalars(
        select(Letter)
        .where(
            or_(
                (Letter.state == LetterState.PENDING) & (Letter.due_at <= now),
                (Letter.state == LetterState.SENDING) & (Letter.lease_until < now),
            )
        )
        .order_by(Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if letter is None:
        return None
    letter.state = LetterState.SENDING
    letter.attempts += 1
    letter.fence += 1
    letter.lease_until = now + LEASE
    session.flush()  # the fence is read by the sender
    return letter


def finish_letter(session: Session, letter_id: int, fence: int) -> bool:
    """It is sent; False if another worker has taken it over since."""
    return _close(
        session,
        letter_id,
        fence,
        state=LetterState.SENT,
        sent_at=db_now(session),
        error="",
    )


def fail_letter(session: Session, letter_id: int, fence: int, error: str) -> bool:
    """It could not be sent: again after a pause, eight times in all."""
    attempts = session.scalar(select(Letter.attempts).where(Letter.id == letter_id))
    if attempts is None or attempts >= MOST_ATTEMPTS:
        return _close(
            session, letter_id, fence, state=LetterState.FAILED, error=error[:500]
        )
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    return _close(
        session,
        letter_id,
        fence,
        state=LetterState.PENDING,
        due_at=db_now(session) + pause,
        error=error[:500],
    )


def _close(
    session: Session, letter_id: int, fence: int, **values: datetime | str | None
) -> bool:
    closed = session.execute(
        update(Letter)
        .where(
            Letter.id == letter_id,
            Letter.fence == fence,
            Letter.state == LetterState.SENDING,
        )
        .values(lease_until=None, **values)
        .returning(Letter.id)
    )
    return closed.first() is not None


def list_letters(session: Session, *, limit: int = 50) -> Sequence[Letter]:
    """The newest letters of the outbox."""
    return session.scalars(select(Letter).order_by(Letter.id.desc()).limit(limit)).all()
