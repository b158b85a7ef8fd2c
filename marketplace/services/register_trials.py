"""Write every row of a register, or only try to: the same code does both.

Rows are looked at in memory, beside what the market knows; then all that are right
are written at once. A trial writes into a savepoint and takes it back, so that it
finds exactly what the import would find; one of a long file only looks, so that
nobody else who writes has to wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.register_rows import ReadRecord, read_record, read_skipped
from marketplace.domain.register_sheets import Register, cells_of, columns_of
from marketplace.services.register_books import Books
from marketplace.services.register_chains import settle_chains, write_chain
from marketplace.services.register_codes import write_code
from marketplace.services.register_organisations import (
    settle_organisations,
    write_organisation,
)
from marketplace.services.register_papers import settle_papers, write_certificate
from marketplace.services.rules import rules_at_hand
from models.database import Base
from models.register_imports import RegisterImport


@dataclass(frozen=True)
class Writer:
    """How rows of a register are made of records, and what becomes of those stored."""

    write: Callable[[Books, ReadRecord], list[Base]]
    settle: Callable[[Books, Sequence[Base]], None]


WRITERS: Mapping[Register, Writer] = {
    Register.ORGANISATIONS: Writer(write_organisation, settle_organisations),
    Register.CODES: Writer(write_code, settle_papers),
    Register.CERTIFICATES: Writer(write_certificate, settle_papers),
    Register.CHAINS: Writer(write_chain, settle_chains),
}
MOST_SHOWN = 5_000
TAKEN = N_("Dòng này trùng với một bản ghi đã có trong sổ")


@dataclass
class Outcome:
    """What became of the rows: those written with their number in the file.

    `faults` are all cells to mend, `findings` as many of them as are kept.
    """

    written: list[tuple[int, Base]] = field(default_factory=list)
    fresh: int = 0
    known: int = 0
    wrong: int = 0
    faults: int = 0
    findings: list[dict[str, object]] = field(default_factory=list)


@dataclass
class Trial:
    """Who writes or tries which rows of which import, and when."""

    session: Session
    who: Actor
    row: RegisterImport
    records: Sequence[ReadRecord]
    today: date
    now: datetime

    @property
    def writer(self) -> Writer:
        return WRITERS[self.row.register]

    def books(self) -> Books:
        """What the rows are held against, with no row of the file seen yet."""
        maker = self.row.made_by_id
        return Books(self.session, self.who, self.today, self.now, maker)


def try_rows(trial: Trial) -> Outcome:
    """What an import would do now; nothing is written."""
    with trial.session.begin_nested() as savepoint:
        outcome = write_rows(trial)
        savepoint.rollback()
    outcome.written.clear()
    return outcome


def look_at_rows(trial: Trial) -> Outcome:
    """What an import would do now, as far as that can be told without writing."""
    with rules_at_hand(trial.session):
        _, outcome = _looked(trial)
    outcome.written.clear()
    return _told(trial, outcome)


def write_rows(trial: Trial) -> Outcome:
    """Write all rows that are right, and say at its cell what is wrong with others."""
    with rules_at_hand(trial.session):
        outcome = _written(trial)
    return _told(trial, outcome)


def _told(trial: Trial, outcome: Outcome) -> Outcome:
    for read in trial.records:
        if read.errors:
            outcome.wrong += 1
            outcome.faults += len(read.errors)
            if len(outcome.findings) < MOST_SHOWN:
                outcome.findings += _stored(trial.row.register, read)
    return outcome


def _looked(trial: Trial) -> tuple[Books, Outcome]:
    books, outcome = trial.books(), Outcome()
    for read in trial.records:
        _note(outcome, read, trial.writer.write(books, read))
    return books, outcome


def _written(trial: Trial) -> Outcome:
    books, outcome = _looked(trial)
    try:
        with trial.session.begin_nested():
            _store(books, trial.writer, [one for _, one in outcome.written])
    except IntegrityError:
        return _written_singly(trial)
    return outcome


def _written_singly(trial: Trial) -> Outcome:
    """The database knows one of the rows after all: each by itself, to tell which."""
    books, outcome = trial.books(), Outcome()
    for read in trial.records:
        if read.errors:
            continue
        rows = trial.writer.write(books, read)
        try:
            with trial.session.begin_nested():
                _store(books, trial.writer, rows)
        except IntegrityError:
            read.errors[""] = Refused(TAKEN)
        _note(outcome, read, rows)
    return outcome


def _note(outcome: Outcome, read: ReadRecord, rows: Sequence[Base]) -> None:
    if read.errors:
        return
    outcome.fresh += bool(rows)
    outcome.known += not rows
    outcome.written += [(read.number, one) for one in rows]


def _store(books: Books, writer: Writer, rows: Sequence[Base]) -> None:
    if not rows:
        return
    books.session.add_all(rows)
    books.session.flush()  # what becomes of them names them
    writer.settle(books, rows)


Line = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Table:
    """The rows of an import, and how they are read."""

    register: Register
    lang: str
    mapping: Mapping[str, int]
    heading: int
    skipped: frozenset[int]
    cells: Sequence[Sequence[str]]

    def lines(self) -> Iterator[Line]:
        """Records with their numbers, without heading, blanks and skipped rows."""
        for number, cells in enumerate(self.cells, start=1):
            if number > self.heading and number not in self.skipped and any(cells):
                yield number, cells


def table_of(row: RegisterImport) -> Table:
    """As the import maps its columns now."""
    skipped = read_skipped(row.skipped)
    return Table(row.register, row.lang, row.mapping, row.heading, skipped, row.cells)


def read_lines(table: Table, lines: Iterable[Line]) -> list[ReadRecord]:
    """What each row says, cell by cell."""
    return [
        read_record(
            table.register, number, cells_of(tuple(cells), table.mapping), table.lang
        )
        for number, cells in lines
    ]


def records_of(row: RegisterImport) -> list[ReadRecord]:
    """All records of an import at once."""
    table = table_of(row)
    return read_lines(table, table.lines())


def _stored(register: Register, read: ReadRecord) -> Sequence[dict[str, object]]:
    """Errors as the import keeps them: row, field, what was typed, a msgid."""
    fields = [column.field for column in columns_of(register)]
    order = {name: place for place, name in enumerate(fields)}
    return [
        {
            "row": read.number,
            "field": name if name in order else "",
            "typed": read.cells.get(name, ""),
            "message": refusal.message,
            "params": {key: _plain(value) for key, value in refusal.params.items()},
        }
        for name, refusal in sorted(
            read.errors.items(), key=lambda one: order.get(one[0], len(order))
        )
    ]


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)
