"""An officer's word on what holders write: a new paper, or a change of a verified one."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_papers import SaveCertificate, SaveCode
from marketplace.domain.errors import Conflict
from marketplace.domain.words import PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.days import day_of
from marketplace.services.harvest_papers import cover_open_harvests
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.packing_codes import write_packing_code
from marketplace.services.paper_changes import Command, command_of, open_change
from marketplace.services.paper_history import said_on
from marketplace.services.paper_places import scope_of
from marketplace.services.paper_review import (
    CHANGED,
    Reviewing,
    check_not_own,
    reason_of,
    record_decision,
    return_paper,
    stamp_of,
    verify_paper,
)
from marketplace.services.paper_rows import Row, column_of, holder_of, paper_of
from marketplace.services.papers import write_certificate, write_code
from models.paper_records import PackingHouseCode
from models.paper_versions import PaperChange, PaperVersion
from models.papers import Certificate, GrowingAreaCode


def seen_of(session: Session, row: Row) -> str:
    """The stamp of what waits: of the change, or of the paper itself."""
    change = waiting_change(session, row)
    return change.updated_at.isoformat() if change else stamp_of(row)


def waiting_change(session: Session, row: Row) -> PaperChange | None:
    """The change that waits for an officer, if the paper has one."""
    change = open_change(session, row)
    waits = change is not None and change.state is PaperState.PENDING
    return change if waits and row.state is not PaperState.REVOKED else None


def verify_written(session: Session, row: Row, step: Reviewing, *, seen: str) -> None:
    """What the holder wrote is as on the paper: the paper, or its change."""
    change = waiting_change(session, row)
    if change is None:
        verify_paper(session, row, step, seen=seen)
        return
    _check_seen(session, row, change, step, seen)
    kept = version_of(row, step.today)
    if kept is not None:
        session.add(kept)
    _apply(session, row, change, step)
    record_decision(
        session, row, PaperEventKind.VERIFIED, step, on=step.today, data=said_on(row)
    )
    if not isinstance(row, PackingHouseCode):
        cover_open_harvests(session, row, holder_of(row).id)
    ask_for_matching(session)


def return_written(
    session: Session, row: Row, reason: str, step: Reviewing, *, seen: str
) -> None:
    """The holder mends what was written; a verified paper counts on as it was."""
    change = waiting_change(session, row)
    if change is None:
        return_paper(session, row, reason, step, seen=seen)
        return
    words = reason_of(reason)
    _check_seen(session, row, change, step, seen)
    change.state = PaperState.RETURNED
    record_decision(
        session, row, PaperEventKind.RETURNED, step, on=step.today, reason=words
    )


def version_of(row: Row, today: date) -> PaperVersion | None:
    """How the paper counted until today; None where it did on no day."""
    value = paper_of(row)
    if row.verified_at is None or row.verified_by_id is None:
        return None
    first = max(value.first_day, day_of(row.verified_at))
    ends = [today, value.ended_on or today]
    if value.last_day is not None:
        ends.append(value.last_day + timedelta(days=1))
    if first >= min(ends):
        return None
    return PaperVersion(
        **{column_of(row): row.id},
        said=said_on(row),
        scope=scope_of(row) if isinstance(row, Certificate) else {},
        first_day=first,
        until=min(ends),
        verified_at=row.verified_at,
        verified_by_id=row.verified_by_id,
    )


def _check_seen(
    session: Session, row: Row, change: PaperChange, step: Reviewing, seen: str
) -> None:
    check_not_own(session, step.who, row, change.submitted_by_id)
    session.refresh(row, with_for_update=True)
    session.refresh(change, with_for_update=True)
    if seen != change.updated_at.isoformat() or row.state is PaperState.REVOKED:
        raise Conflict(CHANGED)


def _apply(session: Session, row: Row, change: PaperChange, step: Reviewing) -> None:
    """The paper says from today on what the change said."""
    holder = Actor(change.submitted_by_id, holder_of(row).id, Role.DIRECTOR)
    try:
        with session.begin_nested():
            write_paper(session, row, holder, command_of(change))
            row.verified_at, row.verified_by_id = step.now, step.who.user_id
            row.submitted_by_id = change.submitted_by_id
            if row.state is PaperState.EXPIRED:
                row.state = PaperState.ACTIVE
            change.state = PaperState.ACTIVE
            change.decided_by_id, change.decided_at = step.who.user_id, step.now
            session.flush()  # somebody may have taken the number since
    except IntegrityError:
        raise Conflict(CHANGED) from None


def write_paper(session: Session, row: Row, who: Actor, command: Command) -> None:
    """Put what the holder typed on the row."""
    if isinstance(command, SaveCertificate):
        assert isinstance(row, Certificate)
        write_certificate(session, row, who, command)
    elif isinstance(command, SaveCode):
        assert isinstance(row, GrowingAreaCode)
        write_code(session, row, who, command)
    else:
        assert isinstance(row, PackingHouseCode)
        write_packing_code(session, row, who, command)
