"""Remove what an import wrote: table by table, those that refer to others first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.errors import N_, Refused
from marketplace.services.chain_kept_days import note_change
from models.bulk import among
from models.chain_days import ChainInput, ChainInterval
from models.chains import Chain, ChainEvaluation, Recognition
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.register_imports import ImportedRecord, RegisterImport

Imported = (
    Organisation | GrowingArea | GrowingAreaCode | Certificate | Chain | Recognition
)
# Whatever refers to another of them comes before it.
TABLES: Mapping[str, type[Imported]] = {
    table.__tablename__: table
    for table in (
        Recognition,
        Chain,
        Certificate,
        GrowingAreaCode,
        GrowingArea,
        Organisation,
    )
}
# What the evaluation of a day has written of a chain.
DAYS = (ChainEvaluation, ChainInterval, ChainInput)
IN_USE = N_(
    "Không hoàn tác được: dòng %(row)s của tệp đã có hồ sơ khác dựa vào"
    " (thành viên, giấy tờ, vụ, hợp đồng hoặc số liệu đã tính)"
)
CHANGED = N_("Không hoàn tác được: dòng %(row)s đã được sửa sau khi nhập")
Rows = Mapping[int, int]
"""Id of a record -> row of the file that it came from."""


def refuse_changed(session: Session, row: RegisterImport, *, today: date) -> None:
    """What others have changed, or a day that is over has counted, stays.

    The evaluation of today moves a chain on and may be taken back with it.
    """
    for table, rows in _written(session, row):
        if table is Chain:
            _refuse(session, table, rows, _is_counted(today), IN_USE)
            moved: ColumnElement[bool] = Chain.returned_on.is_not(None)
        else:
            moved = table.updated_at > row.written_at
        _refuse(session, table, rows, moved, CHANGED)


def _is_counted(today: date) -> ColumnElement[bool]:
    """Whether a chain was evaluated on another day than this one."""
    before = exists().where(
        ChainInterval.chain_id == Chain.id, ChainInterval.valid_from < today
    )
    return or_(Chain.evaluated_on != today, before)


def _refuse(
    session: Session,
    table: type[Imported],
    rows: Rows,
    wrong: ColumnElement[bool],
    message: str,
) -> None:
    found = session.scalars(
        select(table.id).where(among(session, table.id, rows), wrong)
    ).all()
    if found:
        raise Refused(message, row=min(rows[id_] for id_ in found))


def remove_records(session: Session, row: RegisterImport) -> None:
    """Delete all of them; Refused with the row that something else rests on."""
    for table, rows in _written(session, row):
        if table is Chain:
            _forget_days(session, rows)
        try:
            with session.begin_nested():
                _delete(session, table, rows)
        except IntegrityError:
            raise Refused(IN_USE, row=_in_use(session, table, rows)) from None


def _written(
    session: Session, row: RegisterImport
) -> Sequence[tuple[type[Imported], Rows]]:
    """The records of an import by their tables, in the order in which they may go."""
    wanted = select(ImportedRecord.table, ImportedRecord.record_id, ImportedRecord.row)
    found: dict[str, dict[int, int]] = {}
    for name, id_, line in session.execute(
        wanted.where(ImportedRecord.import_id == row.id)
    ):
        found.setdefault(name, {})[id_] = line
    return [(table, found[name]) for name, table in TABLES.items() if name in found]


def _forget_days(session: Session, chains: Rows) -> None:
    first = select(func.min(ChainInterval.valid_from)).where(
        among(session, ChainInterval.chain_id, chains)
    )
    if day := session.scalar(first):
        note_change(session, day)
    for table in DAYS:
        _erase(session, table, among(session, table.chain_id, chains))


def _delete(session: Session, table: type[Imported], ids: Iterable[int]) -> None:
    _erase(session, table, among(session, table.id, ids))


def _erase(session: Session, table: type[object], which: ColumnElement[bool]) -> None:
    session.execute(
        delete(table).where(which).execution_options(synchronize_session=False)
    )


def _in_use(session: Session, table: type[Imported], rows: Rows) -> int:
    """The first row of the file whose record cannot go."""
    for id_, line in sorted(rows.items(), key=lambda one: one[1]):
        try:
            with session.begin_nested():
                _delete(session, table, [id_])
        except IntegrityError:
            return line
    return min(rows.values())
