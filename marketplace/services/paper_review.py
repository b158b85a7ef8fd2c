"""An officer's word on papers: verified, suspended, revoked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.words import PaperState
from marketplace.services.matching_asking import ask_for_matching
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode

Row = Certificate | GrowingAreaCode


def waiting_papers(session: Session, who: Actor) -> list[Row]:
    """Papers that wait for an officer of this scope, the oldest first."""
    certificates = session.scalars(
        select(Certificate)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.state == PaperState.PENDING,
            Organisation.unit_id.in_(who.scope_unit_ids),
        )
        .options(selectinload(Certificate.organisation))
    ).all()
    codes = session.scalars(
        select(GrowingAreaCode)
        .join(GrowingArea, GrowingArea.id == GrowingAreaCode.area_id)
        .join(Organisation, Organisation.id == GrowingArea.organisation_id)
        .where(
            GrowingAreaCode.state == PaperState.PENDING,
            Organisation.unit_id.in_(who.scope_unit_ids),
        )
        .options(
            selectinload(GrowingAreaCode.area).selectinload(GrowingArea.organisation)
        )
    ).all()
    return sorted([*certificates, *codes], key=lambda row: (row.updated_at, row.id))


def verify_paper(
    session: Session, who: Actor, row: Row, *, seen: str, now: datetime
) -> None:
    """The paper is as it is written here, and counts from today.

    `seen` is the stamp of what the officer read; Conflict if the holder has
    changed it since.
    """
    if holder_of(row).id == who.organisation_id:
        raise Refused(N_("Không tự xác minh giấy của mình"))
    session.refresh(row, with_for_update=True)
    if seen != stamp_of(row):
        raise Conflict(N_("Giấy này vừa được người khác thay đổi, hãy xem lại"))
    _move(session, row, PaperState.ACTIVE, verified_at=now, verified_by_id=who.user_id)


def suspend_paper(session: Session, row: Row, reason: str, *, today: date) -> None:
    """The paper does not count from today until it is taken up again."""
    _stop(session, row, PaperState.SUSPENDED, reason, today)


def revoke_paper(session: Session, row: Row, reason: str, *, today: date) -> None:
    """The paper does not count from today, for good; also the no to a new one."""
    _stop(session, row, PaperState.REVOKED, reason, today)


def resume_paper(session: Session, row: Row) -> None:
    """A suspended paper counts again."""
    if row.state is not PaperState.SUSPENDED:
        raise Refused(N_("Giấy này không bị tạm đình chỉ"))
    _move(session, row, PaperState.ACTIVE, ended_on=None)


def stamp_of(row: Row) -> str:
    """When the paper was last written, to the microsecond."""
    return row.updated_at.isoformat()


def holder_of(row: Row) -> Organisation:
    """Whose paper it is."""
    return row.organisation if isinstance(row, Certificate) else row.area.organisation


def _stop(
    session: Session, row: Row, state: PaperState, reason: str, today: date
) -> None:
    words = clean_text(reason, long=True, field="reason")
    if not words:
        raise Refused(N_("Nói rõ lý do"), "reason")
    columns: dict[str, object] = {"ended_on": row.ended_on or today}
    if isinstance(row, Certificate):
        columns["note"] = words
    _move(session, row, state, **columns)


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
        raise Conflict(N_("Giấy này vừa được người khác thay đổi, hãy xem lại"))
    session.refresh(row)
    ask_for_matching(session)
