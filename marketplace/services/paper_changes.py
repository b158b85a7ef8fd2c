"""Changes of verified papers: written by the holder, verified by an officer.

An edit is a new version. Until an officer has verified it, the paper counts as it
was, or until that lapses; afterwards the days on which it so counted are kept, so
that no count of a past day changes because somebody corrects a word today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.chain_records import plain_of, read_as
from marketplace.domain.commands_papers import (
    SaveCertificate,
    SaveCode,
    SavePackingCode,
)
from marketplace.domain.errors import Refused
from marketplace.domain.words import PaperState
from marketplace.domain.words_papers import PaperEventKind
from marketplace.services.days import day_of
from marketplace.services.paper_checks import (
    certificate_command,
    code_command,
    packing_command,
)
from marketplace.services.paper_history import record_paper_event
from marketplace.services.paper_rows import Row, about, column_of
from models.paper_records import PackingHouseCode
from models.paper_versions import PaperChange, PaperVersion
from models.papers import Certificate

Command = SaveCertificate | SaveCode | SavePackingCode
Kind = TypeVar("Kind", bound=Row)
OPEN = (PaperState.PENDING, PaperState.RETURNED)


def open_change(session: Session, row: Row) -> PaperChange | None:
    """What its holder wants to change and nobody has verified, if anything."""
    wanted = select(PaperChange).where(
        about(PaperChange, row), PaperChange.state.in_(OPEN)
    )
    return session.scalars(wanted).first()


def words_of(session: Session, row: Row) -> Command:
    """What its holder wrote last: a change that is open, or what the paper says."""
    change = open_change(session, row)
    if change is not None:
        return command_of(change)
    return words_of_paper(row)


def words_of_paper(row: Row) -> Command:
    """What the paper says, as its holder would type it again."""
    if isinstance(row, Certificate):
        return certificate_command(row)
    if isinstance(row, PackingHouseCode):
        return packing_command(row)
    return code_command(row)


def command_of(change: PaperChange) -> Command:
    """What the holder typed."""
    if change.certificate_id is not None:
        return read_as(SaveCertificate, change.said)
    if change.area_code_id is not None:
        return read_as(SaveCode, change.said)
    return read_as(SavePackingCode, change.said)


def propose_change(
    session: Session,
    row: Row,
    who: Actor,
    command: Command,
    write: Callable[[], object],
    taken: tuple[str, str],
    *,
    now: datetime,
) -> PaperChange:
    """Let a verified paper wait with other words; it counts as it is until then.

    `write` puts the words on the row: it is tried and taken back, and refuses what
    cannot be. `taken` is the field of the number, and what to say if somebody has it.
    """
    _try(session, row, write, taken)
    change = open_change(session, row) or PaperChange(**{column_of(row): row.id})
    change.said = plain_of(command)
    change.state, change.submitted_by_id = PaperState.PENDING, who.user_id
    change.updated_at = now  # what an officer saw is no longer what is written here
    session.add(change)
    record_paper_event(
        session,
        row,
        PaperEventKind.CHANGED,
        who.user_id,
        on=day_of(now),
        now=now,
        data=change.said,
    )
    session.flush()  # one change of a paper is open at a time
    return change


def _try(
    session: Session, row: Row, write: Callable[[], object], taken: tuple[str, str]
) -> None:
    field, words = taken
    probe = session.begin_nested()
    try:
        write()
        session.flush()  # the number is taken or it is not
    except IntegrityError:
        raise Refused(words, field) from None
    finally:
        probe.rollback()
    session.refresh(row)


def list_versions(session: Session, row: Row) -> Sequence[PaperVersion]:
    """How the paper was before, the newest first."""
    wanted = select(PaperVersion).where(about(PaperVersion, row))
    return session.scalars(wanted.order_by(PaperVersion.until.desc())).all()


def changes_wait(kind: type[Any], state: PaperState) -> ColumnElement[bool]:
    """Whether a paper of this table has a change in that state."""
    found: Select[Any] = select(_column(kind)).where(
        PaperChange.state == state, _column(kind).is_not(None)
    )
    wanted: ColumnElement[bool] = kind.id.in_(found)
    return and_(wanted, kind.state != PaperState.REVOKED)


def _column(kind: type[Any]) -> Any:
    if kind is Certificate:
        return PaperChange.certificate_id
    if kind is PackingHouseCode:
        return PaperChange.packing_code_id
    return PaperChange.area_code_id
