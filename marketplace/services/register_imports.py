"""Take a register over from a file: look, try, propose, confirm by a second officer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import read_skipped
from marketplace.domain.register_sheets import (
    BOUNDS,
    ImportState,
    ImportWork,
    Register,
    columns_of,
    guess_heading,
    guess_mapping,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.register_asking import (
    ask_for_work,
    is_long,
    refuse_busy,
    refuse_too_long,
)
from marketplace.services.register_lists import access_import
from marketplace.services.register_news import tell_maker, tell_second_officers
from marketplace.services.register_trials import Outcome, records_of
from marketplace.services.register_writing import (
    count,
    move,
    try_import,
    write_import,
)
from marketplace.services.spreadsheets import read_table
from models.register_imports import RegisterImport


def begin_import(
    session: Session,
    who: Actor,
    register: Register,
    filename: str,
    data: bytes,
    *,
    lang: str,
    titles: Mapping[str, str],
    today: date,
    now: datetime,
) -> RegisterImport:
    """Keep the rows of a file with the columns that its headings name, and try them.

    `titles` are the fields as the officer's language calls them.
    """
    cells = read_table(data, lang=lang, bounds=BOUNDS)
    if not any(any(row) for row in cells):
        raise Refused(N_("Tệp không có dòng nào"), "file")
    heading = guess_heading(cells, register, titles)
    row = RegisterImport(
        organisation_id=who.organisation_id,
        register=register,
        filename=clean_text(filename, field="file")[-200:] or "-",
        digest=hashlib.sha256(data).hexdigest(),
        lang=lang,
        cells=[list(line) for line in cells],
        mapping=guess_mapping(cells[heading], register, titles),
        heading=heading + 1,
        findings=[],
        made_by_id=who.user_id,
    )
    session.add(row)
    refuse_too_long(row)
    session.flush()  # it has its number before it is tried
    return _try(session, who, row, today=today, now=now)


def map_columns(
    session: Session,
    who: Actor,
    public_id: str,
    mapping: Mapping[str, int],
    heading: int,
    skipped: str,
    *,
    today: date,
    now: datetime,
) -> RegisterImport:
    """Say which column holds what and which rows are no records; then try again."""
    row = _own_draft(session, who, public_id)
    width = max(len(line) for line in row.cells)
    known = {column.field for column in columns_of(row.register)}
    if not set(mapping) <= known or not all(0 <= at < width for at in mapping.values()):
        raise Refused(N_("Chọn cột trong danh sách"))
    if len(set(mapping.values())) < len(mapping):
        raise Refused(N_("Một cột chỉ dùng cho một mục"))
    if not 0 <= heading <= len(row.cells):
        raise Refused(N_("Số dòng tiêu đề không có trong tệp"), "heading")
    read_skipped(skipped)
    row.mapping, row.heading, row.skipped = dict(mapping), heading, skipped
    return _try(session, who, row, today=today, now=now)


def propose_import(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> RegisterImport:
    """Show it to a second officer; only a file without mistakes, with something new."""
    row = _own_draft(session, who, public_id)
    if not is_long(row):  # what takes longer is looked at again when it is written
        _try(session, who, row, today=today, now=now)
    _require_right(row)
    move(row, ImportState.PROPOSED)
    row.proposed_at = now
    session.flush()
    tell_second_officers(session, row, NoticeKind.REGISTER_WAITING, now=now)
    return row


def confirm_import(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> RegisterImport:
    """A second officer confirms; all rows are written, or none.

    Of a long file a worker writes them, and both officers are told.
    """
    row = access_import(session, who, public_id, lock=True)
    _require_second(row, who)
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.APPLIED)
    refuse_busy(session, row)
    if is_long(row):
        ask_for_work(session, who, row, ImportWork.WRITING)
    else:
        write_import(session, who, row, records_of(row), today=today, now=now)
    return row


def return_import(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> RegisterImport:
    """A second officer sends it back with the reason; its maker may mend it."""
    row = access_import(session, who, public_id, lock=True)
    _require_second(row, who)
    if row.state is not ImportState.PROPOSED:
        raise Refused(N_("Lần nhập này không chờ duyệt"))
    refuse_busy(session, row)
    row.reason = _reason(reason)
    move(row, ImportState.DRAFT)
    session.flush()
    tell_maker(session, row, NoticeKind.REGISTER_RETURNED, now=now)
    return row


def drop_import(session: Session, who: Actor, public_id: str) -> RegisterImport:
    """Its maker gives it up before anything was written."""
    row = access_import(session, who, public_id, lock=True)
    if row.made_by_id != who.user_id:
        raise Refused(N_("Chỉ người nhập tệp mới bỏ được"))
    if row.state is not ImportState.DRAFT:
        refuse_busy(session, row)
    row.work = row.work_by_id = None  # a worker that looks finds nothing to do
    move(row, ImportState.DROPPED)
    return row


def _own_draft(session: Session, who: Actor, public_id: str) -> RegisterImport:
    row = access_import(session, who, public_id, lock=True)
    if row.made_by_id != who.user_id:
        raise Refused(N_("Chỉ người nhập tệp mới sửa được"))
    if row.state is not ImportState.DRAFT:
        raise Refused(N_("Lần nhập này không còn là nháp"))
    refuse_busy(session, row)
    return row


def _try(
    session: Session, who: Actor, row: RegisterImport, *, today: date, now: datetime
) -> RegisterImport:
    """At once, or by a worker; until then nothing of it is known."""
    if is_long(row):
        count(row, Outcome())
        ask_for_work(session, who, row, ImportWork.TRIAL)
    else:
        try_import(session, who, row, records_of(row), today=today, now=now)
    return row


def _require_right(row: RegisterImport) -> None:
    if row.wrong:
        raise Refused(N_("Sửa hết các dòng sai, hoặc bỏ các dòng đó, rồi gửi duyệt"))
    if not row.fresh:
        raise Refused(N_("Tệp không có bản ghi nào mới"))


def _require_second(row: RegisterImport, who: Actor) -> None:
    if row.made_by_id == who.user_id:
        raise Refused(N_("Người nhập tệp không tự duyệt được, cần cán bộ thứ hai"))


def _reason(text: str) -> str:
    words = clean_text(text, long=True, field="reason")
    if len(words) < 5:
        raise Refused(N_("Nói rõ lý do"), "reason")
    return words
