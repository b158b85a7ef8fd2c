"""Keep the facts of a contract up to the day, so that records are read at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.track_record import Fact, FactKind
from marketplace.domain.words import Side
from marketplace.services.contract_events import lock_contract
from marketplace.services.record_facts import ContractRecord
from models.contracts import Contract
from models.track_records import RecordFact

Known = tuple[int, FactKind, str]


def keep_record(session: Session, contract_id: int, *, today: date) -> int:
    """Write the facts of a signed contract as they stand; how many there are.

    Safe to repeat and to run twice at once: the contract's lock puts two in line,
    and every fact has one row. What is no fact any more goes, but for its dispute.
    """
    contract = lock_contract(session, contract_id)
    if contract.signed_on is None:
        return 0
    known = {(r.organisation_id, r.kind, r.key): r for r in _rows(session, contract)}
    found: set[Known] = set()
    for side, fact in ContractRecord(session, contract, today).facts():
        seller = side is Side.SELLER
        whose = contract.seller_id if seller else contract.buyer_id
        place = (whose, fact.kind, fact.key)
        found.add(place)
        _write(session, known.get(place), whose, fact)
    for place, row in known.items():
        if place not in found:
            _drop(session, row)
    session.flush()  # whoever reads next sees them
    return len(found)


def _rows(session: Session, contract: Contract) -> Sequence[RecordFact]:
    wanted = select(RecordFact).where(RecordFact.contract_id == contract.id)
    return session.scalars(wanted.options(selectinload(RecordFact.contest))).all()


def _write(session: Session, row: RecordFact | None, whose: int, fact: Fact) -> None:
    if row is None:
        row = RecordFact(
            organisation_id=whose,
            contract_id=fact.contract,
            kind=fact.kind,
            key=fact.key,
        )
        session.add(row)
    row.day, row.good, row.total = fact.day, fact.good, fact.total
    row.days_late, row.contract_end = fact.days_late, fact.end


def _drop(session: Session, row: RecordFact) -> None:
    """Nothing is left of it; where somebody disputed it, its words stay."""
    if row.contest is None:
        session.delete(row)
    else:
        row.good = row.total = row.days_late = 0


def contracts_to_record(session: Session) -> Sequence[int]:
    """Ids of signed contracts of which nothing is written, for the night to find."""
    written = select(RecordFact.contract_id)
    return session.scalars(
        select(Contract.id)
        .where(Contract.signed_on.is_not(None), Contract.id.not_in(written))
        .order_by(Contract.id)
    ).all()
