"""Facts of track records and their disputes, as rows for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.track_record import FactKind
from models.contracts import Contract
from models.database import new_public_id
from models.organisations import Membership, Organisation
from models.track_records import RecordContest, RecordFact
from tests.factories import NOW, TODAY


def fact(
    session: Session, contract: Contract, whose: Organisation, **over: Any
) -> RecordFact:
    """One fact of the organisation, of a payment that came in time."""
    given: dict[str, Any] = {
        "kind": FactKind.PAYMENT,
        "key": new_public_id(),
        "day": TODAY,
        "good": 1,
        "total": 1,
        "days_late": 0,
    }
    row = RecordFact(
        organisation_id=whose.id, contract_id=contract.id, **{**given, **over}
    )
    session.add(row)
    session.flush()
    return row


def contest(session: Session, contract: Contract, whose: Organisation) -> RecordContest:
    """The organisation says that a fact of its own is wrong."""
    raised_by = session.scalar(
        select(Membership.user_id).where(Membership.organisation_id == whose.id)
    )
    row = RecordContest(
        fact_id=fact(session, contract, whose).id,
        reason="Không đúng",
        raised_by_id=raised_by,
        raised_at=NOW,
    )
    session.add(row)
    session.flush()
    return row
