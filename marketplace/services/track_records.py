"""How an organisation has kept its contracts so far; nothing if it has none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState, Verdict
from models.contracts import Contract

ENDED = (
    ContractState.FULFILLED,
    ContractState.CLOSED,
    ContractState.EXPIRED,
    ContractState.TERMINATED,
)


@dataclass(frozen=True)
class TrackRecord:
    """Contracts that were signed and are over, and those that ended in breach."""

    ended: int
    breached: int

    @property
    def verdict(self) -> Verdict:
        return Verdict.TIGHT if self.breached else Verdict.OK


def track_record(session: Session, organisation_id: int) -> TrackRecord | None:
    """What is known of a partner; None while nothing is."""
    mine = or_(
        Contract.seller_id == organisation_id, Contract.buyer_id == organisation_id
    )
    over = select(func.count(Contract.id)).where(
        mine, Contract.signed_on.is_not(None), Contract.state.in_(ENDED)
    )
    ended = session.scalar(over) or 0
    if not ended:
        return None
    breached = session.scalar(over.where(Contract.ended_for_breach)) or 0
    return TrackRecord(ended, breached)
