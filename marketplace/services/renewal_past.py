"""What the season was like, as its two sides know it from their contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.track_record import Fact, FactKind, Figure, figure_of
from marketplace.services.record_facts import ContractRecord
from models.contracts import Contract


@dataclass(frozen=True)
class Season:
    """Delivered of what was planned, on time, found good, and paid in time."""

    fulfilment: Figure
    on_time: Figure
    quality: Figure
    payment: Figure

    @property
    def rejected_kg(self) -> int:
        return self.quality.total - self.quality.good


def season_of_contract(session: Session, contract: Contract, *, today: date) -> Season:
    """The figures of this contract alone, from the same facts as the records."""
    facts: list[Fact] = [
        fact for _, fact in ContractRecord(session, contract, today).facts()
    ]
    return Season(
        figure_of(FactKind.FULFILMENT, facts),
        figure_of(FactKind.ON_TIME, facts),
        figure_of(FactKind.QUALITY, facts),
        figure_of(FactKind.PAYMENT, facts),
    )
