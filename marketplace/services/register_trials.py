"""Write every row of a register, or only try to: the same code does both.

A trial writes into a savepoint and takes it back, so that it finds exactly what
the import would find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.register_rows import ReadRecord, read_record, read_skipped
from marketplace.domain.register_sheets import Register, cells_of, columns_of
from marketplace.services.register_books import Books
from marketplace.services.register_chains import write_chain
from marketplace.services.register_organisations import write_organisation
from marketplace.services.register_papers import write_certificate, write_code
from models.database import Base
from models.register_imports import RegisterImport

Write = Callable[[Books, ReadRecord], list[Base]]
WRITERS: Mapping[Register, Write] = {
    Register.ORGANISATIONS: write_organisation,
    Register.CODES: write_code,
    Register.CERTIFICATES: write_certificate,
    Register.CHAINS: write_chain,
}
MOST_SHOWN = 1_000
TAKEN = N_("Dòng này trùng với một bản ghi đã có trong sổ")


@dataclass
class Outcome:
    """What became of the rows: those written with their number in the file."""

    written: list[tuple[int, Base]] = field(default_factory=list)
    fresh: int = 0
    known: int = 0
    wrong: int = 0
    findings: list[dict[str, object]] = field(default_factory=list)


def try_rows(
    session: Session, who: Actor, row: RegisterImport, *, today: date, now: datetime
) -> Outcome:
    """What an import would do now; nothing is written."""
    with session.begin_nested() as savepoint:
        outcome = write_rows(session, who, row, today=today, now=now)
        savepoint.rollback()
    outcome.written.clear()
    return outcome


def write_rows(
    session: Session, who: Actor, row: RegisterImport, *, today: date, now: datetime
) -> Outcome:
    """Write all rows that are right, and say at its cell what is wrong with others."""
    books, outcome = Books(session, who, today, now, row.made_by_id), Outcome()
    for read in records_of(row):
        if not read.errors:
            _write(books, WRITERS[row.register], read, outcome)
        if read.errors:
            outcome.wrong += 1
            outcome.findings += _stored(row.register, read)
    del outcome.findings[MOST_SHOWN:]
    return outcome


def _write(books: Books, write: Write, read: ReadRecord, outcome: Outcome) -> None:
    try:
        with books.session.begin_nested():
            written = write(books, read)
    except Refused as refusal:
        read.errors[refusal.field or ""] = refusal
        return
    except IntegrityError:
        read.errors[""] = Refused(TAKEN)
        return
    if written:
        outcome.fresh += 1
        outcome.written += [(read.number, one) for one in written]
    else:
        outcome.known += 1


def records_of(row: RegisterImport) -> Iterable[ReadRecord]:
    """The records of the file in order, without heading, blanks and skipped rows."""
    skipped = read_skipped(row.skipped)
    for number, cells in enumerate(row.cells, start=1):
        if number <= row.heading or number in skipped or not any(cells):
            continue
        found = cells_of(tuple(cells), row.mapping)
        yield read_record(row.register, number, found, row.lang)


def _stored(register: Register, read: ReadRecord) -> Sequence[dict[str, object]]:
    """Errors as the import keeps them: row, field, what was typed, a msgid."""
    fields = {column.field for column in columns_of(register)}
    return [
        {
            "row": read.number,
            "field": name if name in fields else "",
            "typed": read.cells.get(name, ""),
            "message": refusal.message,
            "params": {key: _plain(value) for key, value in refusal.params.items()},
        }
        for name, refusal in read.errors.items()
    ]


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)
