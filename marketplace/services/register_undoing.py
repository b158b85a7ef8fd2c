"""Take an import back while nothing rests on what it wrote.

Two officers brought it into the register, and two take it out: one asks and says
why, another one agrees.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.register_sheets import ImportState, ImportWork
from marketplace.domain.words import NoticeKind
from marketplace.services.days import day_of
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.register_asking import ask_for_work, is_long, refuse_busy
from marketplace.services.register_lists import access_import
from marketplace.services.register_news import (
    tell_maker,
    tell_one,
    tell_second_officers,
)
from marketplace.services.register_removing import refuse_changed, remove_records
from marketplace.services.register_writing import move
from models.register_imports import RegisterImport

NOT_ASKED = N_("Chưa ai đề nghị hoàn tác lần nhập này")
OWN_WISH = N_("Người đề nghị hoàn tác không tự đồng ý được, cần cán bộ thứ hai")


def ask_undo(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> RegisterImport:
    """Ask another officer to agree that it goes.

    Refused if that cannot be any more; see `undo_import`.
    """
    words = clean_text(reason, long=True, field="reason")
    if len(words) < 5:
        raise Refused(N_("Nói rõ lý do"), "reason")
    row = access_import(session, who, public_id, lock=True)
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.UNDO_ASKED)
    refuse_changed(session, row, today=day_of(now))
    row.reason = words
    row.undo_asked_by_id, row.undo_asked_at = who.user_id, now
    move(row, ImportState.UNDO_ASKED)
    session.flush()
    kind = NoticeKind.REGISTER_UNDO_ASKED
    tell_second_officers(session, row, kind, who.user_id, now=now)
    return row


def keep_import(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> RegisterImport:
    """It stays after all: who asked has changed their mind, or another says no."""
    row = _asked(session, who, public_id)
    asker = row.undo_asked_by_id
    move(row, ImportState.APPLIED)
    row.reason, row.undo_asked_by_id, row.undo_asked_at = "", None, None
    session.flush()
    if asker != who.user_id:
        tell_one(session, row, NoticeKind.REGISTER_KEPT, asker, now=now)
    return row


def undo_import(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> RegisterImport:
    """A second officer agrees: everything that the import wrote goes, or nothing.

    Refused if anything else refers to a record by now, if one was changed since,
    or if a day that is over was counted with it: then the past must stay as it is.
    """
    row = _asked(session, who, public_id)
    if row.undo_asked_by_id == who.user_id:
        raise Refused(OWN_WISH)
    if is_long(row):
        ask_for_work(session, who, row, ImportWork.UNDOING)
    else:
        take_back(session, who, row, now=now)
    return row


def take_back(
    session: Session, who: Actor, row: RegisterImport, *, now: datetime
) -> None:
    """Remove it now; whoever agreed stands for it."""
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.UNDONE)
    refuse_changed(session, row, today=day_of(now))
    with session.begin_nested():
        remove_records(session, row)
    move(row, ImportState.UNDONE)
    row.undone_by_id, row.undone_at = who.user_id, now
    session.flush()
    session.expire_all()  # rows went past the session
    ask_for_matching(session)
    tell_maker(session, row, NoticeKind.REGISTER_UNDONE, now=now)
    tell_one(session, row, NoticeKind.REGISTER_UNDONE, row.undo_asked_by_id, now=now)


def _asked(session: Session, who: Actor, public_id: str) -> RegisterImport:
    row = access_import(session, who, public_id, lock=True)
    if row.state is not ImportState.UNDO_ASKED:
        raise Refused(NOT_ASKED)
    refuse_busy(session, row)
    return row
