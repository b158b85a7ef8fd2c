"""Take an import back while nothing rests on what it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.register_sheets import ImportState
from marketplace.domain.words import NoticeKind
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.register_lists import access_import
from marketplace.services.register_news import tell_maker
from models.chains import Chain, ChainEvaluation, Recognition
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.register_imports import ImportedRecord, RegisterImport

Imported = Organisation | GrowingArea | GrowingAreaCode | Certificate | Chain
TABLES: Mapping[str, type[Imported | Recognition]] = {
    table.__tablename__: table
    for table in (
        Organisation,
        GrowingArea,
        GrowingAreaCode,
        Certificate,
        Chain,
        Recognition,
    )
}
IN_USE = N_(
    "Không hoàn tác được: dòng %(row)s của tệp đã có hồ sơ khác dựa vào"
    " (thành viên, giấy tờ, vụ, hợp đồng hoặc số liệu đã tính)"
)


def undo_import(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> RegisterImport:
    """Remove everything that the import wrote, all or nothing.

    Refused if anything else refers to a record by now, if one was changed since,
    or if a day was already counted with it: then the past must stay as it is.
    """
    words = clean_text(reason, long=True, field="reason")
    if len(words) < 5:
        raise Refused(N_("Nói rõ lý do"), "reason")
    row = access_import(session, who, public_id, lock=True)
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.UNDONE)
    _refuse_changed(session, row)
    with session.begin_nested():
        for record in reversed(row.records):
            _remove(session, record)
    row.state, row.reason = ImportState.UNDONE, words
    row.undone_by_id, row.undone_at, row.step = who.user_id, now, row.step + 1
    session.flush()
    session.expire_all()  # rows went past the session
    ask_for_matching(session)
    tell_maker(session, row, NoticeKind.REGISTER_UNDONE, now=now)
    return row


def _remove(session: Session, record: ImportedRecord) -> None:
    table = TABLES[record.table]
    try:
        with session.begin_nested():
            session.execute(
                delete(table)
                .where(table.id == record.record_id)
                .execution_options(synchronize_session=False)
            )
    except IntegrityError:
        raise Refused(IN_USE, row=record.row) from None


def _is_counted(session: Session, record: ImportedRecord) -> bool:
    """Whether it is a chain that a night has evaluated: then days have been counted."""
    if record.table != Chain.__tablename__:
        return False
    counted = select(func.count()).where(ChainEvaluation.chain_id == record.record_id)
    return bool(session.scalar(counted))


def _refuse_changed(session: Session, row: RegisterImport) -> None:
    """What its owner has changed since is no longer the import's to remove."""
    for record in row.records:
        table = TABLES[record.table]
        if _is_counted(session, record):
            raise Refused(IN_USE, row=record.row)
        changed = select(table.id).where(
            table.id == record.record_id,
            or_(table.updated_at > row.updated_at),
        )
        if session.scalar(changed) is not None:
            message = N_("Không hoàn tác được: dòng %(row)s đã được sửa sau khi nhập")
            raise Refused(message, row=record.row)
