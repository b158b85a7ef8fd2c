"""What an accepted notice of force majeure changes: goods let go, days moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.deliveries import DeliveryState, DeliveryWord, Said
from marketplace.domain.words import ContractState, Side
from marketplace.services.deliveries import (
    Planned,
    planned_delivery,
    word_said,
)
from marketplace.services.release_candidates import RELEASING
from marketplace.services.releases import balance_of, release_missing, tell_of_release
from models.contracts import Contract
from models.majeure import MajeureLine, MajeureNotice


def let_stand(
    session: Session,
    contract: Contract,
    notice: MajeureNotice,
    who: Actor,
    *,
    now: datetime,
) -> int:
    """Release what is lost and move what comes later; returns the kilograms released.

    The caller holds the locks of a release. A delivery of which nothing is left is
    cancelled; what may be owed for the rest stays as the contract says.
    """
    freed = 0
    for line in notice.lines:
        planned = planned_delivery(session, contract, line.line)
        if contract.state in RELEASING and line.lost_kg:
            missing = balance_of(session, planned, now).missing_kg
            kg = min(line.lost_kg, missing)
            freed += release_missing(session, contract, planned.line, kg)
        if contract.state is ContractState.IN_FORCE:
            _speak(session, notice, line, planned, who, now)
    if freed:
        tell_of_release(session, contract, who, freed, now)
    return freed


def _speak(
    session: Session,
    notice: MajeureNotice,
    line: MajeureLine,
    planned: Planned,
    who: Actor,
    now: datetime,
) -> None:
    """The record of the delivery tells its new day, or that nothing is left of it."""
    if planned.delivery.state is DeliveryState.CANCELLED:
        return
    words: list[Said] = []
    if line.postponed_to:
        other = Side.BUYER if notice.given_by is Side.SELLER else Side.SELLER
        # An officer's word moves the day without the other side.
        agrees = None if notice.decided_at else other
        words = [
            Said(DeliveryWord.PROPOSE_DAY, notice.given_by, line.postponed_to),
            Said(DeliveryWord.ACCEPT_DAY, agrees, line.postponed_to),
        ]
    elif planned.open_kg == 0 and planned.noted_kg == 0:
        words = [Said(DeliveryWord.CANCEL)]
    for position, said in enumerate(words, len(planned.words)):
        session.add(word_said(planned, said, notice.text, who, now, position))
    session.flush()  # whoever reads the delivery next sees them
