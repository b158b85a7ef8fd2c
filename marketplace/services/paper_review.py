"""An officer's word on papers: verified, returned, suspended, revoked, looked at.

Four eyes: nobody decides on a paper of an organisation of their own, nor on one
that they wrote down themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.words import MembershipState, PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.paper_history import record_paper_event
from marketplace.services.paper_news import tell_holder
from marketplace.services.paper_rows import Row, column_of, holder_of, paper_of
from models.organisations import Membership
from models.paper_records import PaperStop
from models.papers import Certificate

NOT_YOURS = N_("Không tự xác minh giấy của mình")
CHANGED = N_("Giấy này vừa được người khác thay đổi, hãy xem lại")


@dataclass(frozen=True)
class Reviewing:
    """The officer, and when."""

    who: Actor
    today: date
    now: datetime


def verify_paper(session: Session, row: Row, step: Reviewing, *, seen: str) -> None:
    """The paper is as it is written here, and counts from today.

    `seen` is the stamp of what the officer read; Conflict if the holder has
    changed it since.
    """
    _check_seen(session, step.who, row, seen)
    verified = {"verified_at": step.now, "verified_by_id": step.who.user_id}
    _move(session, row, PaperState.ACTIVE, **verified)
    record_decision(session, row, PaperEventKind.VERIFIED, step, on=step.today)


def return_paper(
    session: Session, row: Row, reason: str, step: Reviewing, *, seen: str
) -> None:
    """The holder mends it and sends it again; the reason says what is wrong."""
    words = reason_of(reason)
    _check_seen(session, step.who, row, seen)
    _move(session, row, PaperState.RETURNED)
    record_decision(
        session, row, PaperEventKind.RETURNED, step, on=step.today, reason=words
    )


def suspend_paper(
    session: Session, row: Row, reason: str, step: Reviewing, *, on: date | None = None
) -> None:
    """The paper does not count from that day until it is taken up again."""
    _stop(session, row, PaperState.SUSPENDED, reason, step, on or step.today)


def revoke_paper(
    session: Session, row: Row, reason: str, step: Reviewing, *, on: date | None = None
) -> None:
    """The paper does not count from that day, for good; also the no to a new one."""
    _stop(session, row, PaperState.REVOKED, reason, step, on or step.today)


def resume_paper(session: Session, row: Row, step: Reviewing) -> None:
    """A suspended paper counts again from today; the days between stay lost."""
    check_not_own(session, step.who, row)
    if row.state is not PaperState.SUSPENDED:
        raise Refused(N_("Giấy này không bị tạm đình chỉ"))
    stopped = row.ended_on
    _move(session, row, PaperState.ACTIVE, ended_on=None)
    if stopped is not None and stopped < step.today:
        days = {"first_day": stopped, "until": step.today}
        session.add(PaperStop(**{column_of(row): row.id}, **days))
    record_decision(session, row, PaperEventKind.RESUMED, step, on=step.today)


def record_supervision(
    session: Session, row: Row, note: str, step: Reviewing, *, on: date
) -> None:
    """Its issuer has looked again, on that day, at what the paper speaks of."""
    check_not_own(session, step.who, row)
    if row.state is not PaperState.ACTIVE:
        raise Refused(N_("Chỉ ghi giám sát cho giấy còn hiệu lực"))
    _check_day(row, on, step.today)
    row.supervised_on = max(on, row.supervised_on or on)
    words = clean_text(note, long=True, field="reason")
    record_decision(session, row, PaperEventKind.SUPERVISED, step, on=on, reason=words)


def stamp_of(row: Row) -> str:
    """When the paper was last written, to the microsecond."""
    return row.updated_at.isoformat()


def _check_seen(session: Session, who: Actor, row: Row, seen: str) -> None:
    check_not_own(session, who, row)
    session.refresh(row, with_for_update=True)
    if seen != stamp_of(row):
        raise Conflict(CHANGED)


def check_not_own(
    session: Session, who: Actor, row: Row, wrote: int | None = None
) -> None:
    """Refused: a paper that the officer or somebody of an own organisation wrote.

    `wrote` is who wrote what is looked at, if that is not the paper itself.
    """
    holder = holder_of(row).id
    own = select(Membership.id).where(
        Membership.user_id == who.user_id,
        Membership.organisation_id == holder,
        Membership.state != MembershipState.ENDED,
    )
    if who.user_id == (wrote or row.submitted_by_id) or session.scalar(own) is not None:
        raise Refused(NOT_YOURS)


def _stop(
    session: Session,
    row: Row,
    state: PaperState,
    reason: str,
    step: Reviewing,
    on: date,
) -> None:
    words = reason_of(reason)
    check_not_own(session, step.who, row)
    _check_day(row, on, step.today)
    refused = row.verified_at is None
    columns: dict[str, object] = {"ended_on": min(row.ended_on or on, on)}
    if isinstance(row, Certificate):
        columns["note"] = words
    _move(session, row, state, **columns)
    kind = PaperEventKind.REFUSED if refused else PaperEventKind(state.value)
    record_decision(session, row, kind, step, on=on, reason=words)


def reason_of(typed: str) -> str:
    """Refused: a no without words."""
    words = clean_text(typed, long=True, field="reason")
    if not words:
        raise Refused(N_("Nói rõ lý do"), "reason")
    return words


def _check_day(row: Row, on: date, today: date) -> None:
    """A decision of the past is written down later, never before it is made."""
    if on > today:
        raise Refused(N_("Ngày không được sau hôm nay"), "day")
    if on < paper_of(row).first_day:
        raise Refused(N_("Ngày không được trước ngày cấp giấy"), "day")


def record_decision(
    session: Session,
    row: Row,
    kind: PaperEventKind,
    step: Reviewing,
    *,
    on: date,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Keep what was decided in the history, and tell the holder."""
    event = record_paper_event(
        session,
        row,
        kind,
        step.who.user_id,
        on=on,
        now=step.now,
        reason=reason,
        data=data,
    )
    if kind is not PaperEventKind.SUPERVISED:
        tell_holder(session, row, event, step.now)


def _move(session: Session, row: Row, new: PaperState, **columns: object) -> None:
    """Take one legal step; Conflict if the holder or a colleague was faster."""
    check_transition(Lifecycle.PAPER, row.state, new)
    table = type(row)
    moved = cast(
        "CursorResult[Any]",
        session.execute(
            update(table)
            .where(table.id == row.id, table.state == row.state)
            .values(state=new, **columns)
            .execution_options(synchronize_session=False)
        ),
    )
    if moved.rowcount != 1:
        raise Conflict(CHANGED)
    session.refresh(row)
    ask_for_matching(session)
