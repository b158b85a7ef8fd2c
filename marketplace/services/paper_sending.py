"""A paper that was written down goes to the officers, with its first event."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.paper_history import record_paper_event, said_on
from marketplace.services.paper_rows import Row

OVER = (PaperState.REVOKED, PaperState.EXPIRED)


def check_open(state: PaperState | None) -> None:
    """Refused: a paper that is over is not written again, a new one follows it."""
    if state in OVER:
        raise Refused(N_("Giấy này đã hết hạn hoặc bị thu hồi. Thêm giấy mới"))


def send_paper(
    session: Session,
    row: Row,
    who: Actor,
    taken: str,
    *,
    today: date,
    now: datetime,
    field: str = "number",
) -> None:
    """Store the paper as it is written now; it waits for an officer.

    Refused, in the words `taken`, if its number is in the register already.
    """
    known = row.id is not None
    # What an officer saw is no longer what is written here.
    row.state = PaperState.PENDING
    row.verified_at = row.verified_by_id = row.ended_on = None
    row.submitted_by_id = who.user_id
    _store(session, row, taken, field)
    kind = PaperEventKind.CHANGED if known else PaperEventKind.SUBMITTED
    record_paper_event(
        session, row, kind, who.user_id, on=today, now=now, data=said_on(row)
    )


def _store(session: Session, row: Row, taken: str, field: str) -> None:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()  # the number is taken or it is not
    except IntegrityError:
        raise Refused(taken, field) from None
