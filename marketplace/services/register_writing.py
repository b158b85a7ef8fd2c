"""What an import does once it may: tried, or written whole by a second officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.register_sheets import ImportState
from marketplace.domain.words import NoticeKind
from marketplace.services.chain_asking import ask_for_evaluation
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.register_news import tell_maker
from marketplace.services.register_trials import Outcome, Trial, try_rows, write_rows
from models.bulk import insert_rows
from models.chains import Chain
from models.database import utc_now
from models.register_imports import ImportedRecord, RegisterImport

Records = Sequence[ReadRecord]


def try_import(
    session: Session,
    who: Actor,
    row: RegisterImport,
    records: Records,
    *,
    today: date,
    now: datetime,
) -> None:
    """Count what is new, known and wrong in it; nothing else is written."""
    count(row, try_rows(Trial(session, who, row, records, today, now)))


def write_import(
    session: Session,
    who: Actor,
    row: RegisterImport,
    records: Records,
    *,
    today: date,
    now: datetime,
) -> None:
    """All rows into the register, or none; the second officer stands for them."""
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, ImportState.APPLIED)
    with session.begin_nested():
        outcome = write_rows(Trial(session, who, row, records, today, now))
        if outcome.wrong:
            message = N_("Sổ đã đổi: %(wrong)s dòng nay không còn đúng. Trả lại để sửa")
            raise Refused(message, wrong=outcome.wrong)
        _keep_records(session, row, outcome)
    move(row, ImportState.APPLIED)
    count(row, outcome)
    row.decided_by_id, row.decided_at = who.user_id, now
    row.written_at = utc_now()  # by the clock that its records say their changes by
    session.flush()
    chains = [one.id for _, one in outcome.written if isinstance(one, Chain)]
    ask_for_evaluation(session, f"import:{row.public_id}", chains)
    ask_for_matching(session)
    tell_maker(session, row, NoticeKind.REGISTER_APPLIED, now=now)


def count(row: RegisterImport, outcome: Outcome) -> None:
    """Keep what was found."""
    row.fresh, row.known, row.wrong = outcome.fresh, outcome.known, outcome.wrong
    row.faults, row.findings = outcome.faults, outcome.findings


def move(row: RegisterImport, new: ImportState) -> None:
    """To another state, if that may follow; the step is told once."""
    check_transition(Lifecycle.REGISTER_IMPORT, row.state, new)
    row.state = new
    row.step += 1


def _keep_records(session: Session, row: RegisterImport, outcome: Outcome) -> None:
    """Which row of the file became what, for whoever wants to take it back."""
    names = ("import_id", "row", "table", "record_id")
    found = (
        (row.id, number, one.__tablename__, (inspect(one).identity or ())[0])
        for number, one in outcome.written
    )
    insert_rows(session, ImportedRecord, names, found)
