"""Notices of force majeure for tests: as rows, and as a side would give them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.majeure import (
    GiveNotice,
    Hindered,
    MajeureKind,
    MajeureState,
)
from marketplace.domain.words import Side
from marketplace.services.contract_events import record_event
from marketplace.services.majeure import give_notice
from models.contracts import Contract
from models.majeure import MajeureLine, MajeureNotice
from tests.factories import NOW, TODAY


def notice(session: Session, make: Any, contract: Contract) -> MajeureNotice:
    """The one notice of a contract, given by its seller, of all of line 1."""
    known = select(MajeureNotice).where(MajeureNotice.contract_id == contract.id)
    return session.scalars(known).first() or _row(session, make, contract)


def _row(session: Session, make: Any, contract: Contract) -> MajeureNotice:
    row = MajeureNotice(
        contract_id=contract.id,
        number=1,
        state=MajeureState.NOTIFIED,
        kind=MajeureKind.FLOOD,
        given_by=Side.SELLER,
        given_by_id=make.user().id,
        began_on=TODAY,
        learned_at=NOW,
        given_at=NOW,
        late=False,
        text="Lũ cuốn vườn",
        measures="Đã kê hàng lên cao",
        answer_by=NOW + timedelta(days=3),
    )
    session.add(row)
    session.flush()
    kg = contract.lines[0].kg
    lost = {"lost_kg": kg, "postponed_kg": 0}
    row.lines.append(MajeureLine(line=1, contract_id=contract.id, **lost))
    record_event(session, contract, "majeure_given", None, now=NOW)
    session.flush()
    return row


def told(
    session: Session,
    who: Actor,
    contract: Contract,
    *hindered: Hindered,
    at: datetime = NOW,
    learned: datetime | None = None,
) -> MajeureNotice:
    """A side says that a flood came on the first day."""
    command = GiveNotice(
        MajeureKind.FLOOD, TODAY, learned or at, "Lũ cuốn vườn", "Đã che bạt", hindered
    )
    today = at.date()
    return give_notice(session, who, contract.public_id, command, today=today, now=at)
