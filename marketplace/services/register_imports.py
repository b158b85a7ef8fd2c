"""Take a register over from a file: look, try, propose, confirm by a second officer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import read_skipped
from marketplace.domain.register_sheets import (
    BOUNDS,
    ImportState,
    Register,
    columns_of,
    guess_heading,
    guess_mapping,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.register_lists import access_import
from marketplace.services.register_news import tell_maker, tell_second_officers
from marketplace.services.register_trials import (
    Outcome,
    Trial,
    records_of,
    try_rows,
    write_rows,
)
from marketplace.services.spreadsheets import read_table
from models.bulk import insert_rows
from models.register_imports import ImportedRecord, RegisterImport


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
    _try(session, who, row, today=today, now=now)
    _require_right(row)
    _move(row, ImportState.PROPOSED)
    row.proposed_at = now
    session.flush()
    tell_second_officers(session, row, now=now)
    return row


def confirm_import(
    session: Session, who: Actor, public_id: str, *, today: date, now: datetime
) -> RegisterImport:
    """A second officer confirms; all rows are written, or none."""
    row = access_import(session, who, public_id, lock=True)
    _require_second(row, who)
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.APPLIED)
    with session.begin_nested():
        records = list(records_of(row))
        outcome = write_rows(Trial(session, who, row, records, today, now))
        if outcome.wrong:
            message = N_("Sổ đã đổi: %(wrong)s dòng nay không còn đúng. Trả lại để sửa")
            raise Refused(message, wrong=outcome.wrong)
        _keep_records(session, row, outcome)
    _move(row, ImportState.APPLIED)
    _count(row, outcome)
    row.decided_by_id, row.decided_at = who.user_id, now
    session.flush()
    ask_for_matching(session)
    tell_maker(session, row, NoticeKind.REGISTER_APPLIED, now=now)
    return row


def return_import(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> RegisterImport:
    """A second officer sends it back with the reason; its maker may mend it."""
    row = access_import(session, who, public_id, lock=True)
    _require_second(row, who)
    if row.state is not ImportState.PROPOSED:
        raise Refused(N_("Lần nhập này không chờ duyệt"))
    row.reason = _reason(reason)
    _move(row, ImportState.DRAFT)
    session.flush()
    tell_maker(session, row, NoticeKind.REGISTER_RETURNED, now=now)
    return row


def drop_import(session: Session, who: Actor, public_id: str) -> RegisterImport:
    """Its maker gives it up before anything was written."""
    row = access_import(session, who, public_id, lock=True)
    if row.made_by_id != who.user_id:
        raise Refused(N_("Chỉ người nhập tệp mới bỏ được"))
    _move(row, ImportState.DROPPED)
    return row


def _own_draft(session: Session, who: Actor, public_id: str) -> RegisterImport:
    row = access_import(session, who, public_id, lock=True)
    if row.made_by_id != who.user_id:
        raise Refused(N_("Chỉ người nhập tệp mới sửa được"))
    if row.state is not ImportState.DRAFT:
        raise Refused(N_("Lần nhập này không còn là nháp"))
    return row


def _try(
    session: Session, who: Actor, row: RegisterImport, *, today: date, now: datetime
) -> RegisterImport:
    records = list(records_of(row))
    _count(row, try_rows(Trial(session, who, row, records, today, now)))
    return row


def _count(row: RegisterImport, outcome: Outcome) -> None:
    row.fresh, row.known, row.wrong = outcome.fresh, outcome.known, outcome.wrong
    row.findings = outcome.findings


def _require_right(row: RegisterImport) -> None:
    if row.wrong:
        raise Refused(N_("Sửa hết các dòng sai, hoặc bỏ các dòng đó, rồi gửi duyệt"))
    if not row.fresh:
        raise Refused(N_("Tệp không có bản ghi nào mới"))


def _require_second(row: RegisterImport, who: Actor) -> None:
    if row.made_by_id == who.user_id:
        raise Refused(N_("Người nhập tệp không tự duyệt được, cần cán bộ thứ hai"))


def _keep_records(session: Session, row: RegisterImport, outcome: Outcome) -> None:
    """Which row of the file became what, for whoever wants to take it back."""
    names = ("import_id", "row", "table", "record_id")
    found = (
        (row.id, number, one.__tablename__, inspect(one).identity[0])
        for number, one in outcome.written
    )
    insert_rows(session, ImportedRecord, names, found)


def _move(row: RegisterImport, new: ImportState) -> None:
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, new)
    row.state = new
    row.step += 1


def _reason(text: str) -> str:
    words = clean_text(text, long=True, field="reason")
    if len(words) < 5:
        raise Refused(N_("Nói rõ lý do"), "reason")
    return words
