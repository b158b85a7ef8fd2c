"""The work on a long import, as a worker does it: read in parts, done in one.

Everything that it writes is stored together with its end, so that a worker that
dies leaves nothing behind and another begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.register_sheets import ImportWork
from marketplace.services.days import day_of
from marketplace.services.register_asking import end_work
from marketplace.services.register_lists import officers_of
from marketplace.services.register_trials import (
    Outcome,
    Table,
    Trial,
    look_at_rows,
    table_of,
)
from marketplace.services.register_undoing import take_back
from marketplace.services.register_writing import count, write_import
from marketplace.services.units import scope_of
from models.register_imports import RegisterImport

GONE = N_("Người yêu cầu không còn là cán bộ của cơ quan")


def work_on(session: Session, import_id: int) -> tuple[ImportWork | None, Table | None]:
    """What is to be done, and what to be read first: nothing to take one back."""
    row = session.get_one(RegisterImport, import_id)
    reads = row.work in (ImportWork.TRIAL, ImportWork.WRITING)
    return row.work, table_of(row) if reads else None


def look_over(
    session: Session, import_id: int, records: Sequence[ReadRecord], *, now: datetime
) -> Outcome:
    """What a trial finds; it only reads, for it may take as long as it likes."""
    row = session.get_one(RegisterImport, import_id)
    if (who := _asker(session, row)) is None:
        return Outcome()
    trial = Trial(session, who, row, records, day_of(now), now)
    return look_at_rows(trial)


def do_work(
    session: Session,
    import_id: int,
    work: ImportWork | None,
    found: Outcome | Sequence[ReadRecord],
    *,
    now: datetime,
) -> None:
    """Do what was asked for, or keep what stands in the way; nothing if given up.

    `found` is what a trial found, or the records that are to be written.
    """
    row = session.get_one(
        RegisterImport, import_id, with_for_update=True, populate_existing=True
    )
    if work is None or row.work is not work:
        return
    refusal = None
    try:
        with session.begin_nested():
            _do(session, row, found, now)
    except Refused as refused:
        refusal = refused
    end_work(session, row, refusal, now=now)


def _do(
    session: Session,
    row: RegisterImport,
    found: Outcome | Sequence[ReadRecord],
    now: datetime,
) -> None:
    if (who := _asker(session, row)) is None:
        raise Refused(GONE)
    if isinstance(found, Outcome):
        count(row, found)
    elif row.work is ImportWork.WRITING:
        write_import(session, who, row, found, today=day_of(now), now=now)
    else:
        take_back(session, who, row, now=now)


def _asker(session: Session, row: RegisterImport) -> Actor | None:
    """Who asked, with what they oversee now."""
    for seat in officers_of(session, row.organisation_id):
        if seat.user_id == row.work_by_id:
            units = scope_of(session, seat)
            return Actor(seat.user_id, seat.organisation_id, seat.role, units)
    return None
