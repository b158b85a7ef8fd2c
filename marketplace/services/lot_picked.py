"""Lots by the event that picked them, whose id a phone draws before anybody else knows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words_trace import LotStep, PartRole
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding

MOST = 20


@dataclass(frozen=True)
class Picked:
    """A lot as it was picked, and what of it is still there."""

    event_id: str
    lot: Lot
    kg: int


def just_picked(session: Session, who: Actor) -> list[Picked]:
    """What the actor's organisation picked and still has, the latest first."""
    rows = session.execute(
        select(LotEvent.public_id, LotHolding)
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .join(LotHolding, LotHolding.lot_id == LotPart.lot_id)
        .join(Lot, Lot.id == LotHolding.lot_id)
        .where(
            LotEvent.organisation_id == who.organisation_id,
            LotEvent.step == LotStep.HARVEST,
            LotEvent.wrong_at.is_(None),
            LotPart.role == PartRole.OUTPUT,
            LotHolding.organisation_id == who.organisation_id,
            LotHolding.kg > 0,
            Lot.held.is_(False),
        )
        .options(joinedload(LotHolding.lot).joinedload(Lot.product))
        .order_by(LotEvent.at.desc(), LotEvent.id.desc())
        .limit(MOST)
    )
    return [Picked(event_id, held.lot, held.kg) for event_id, held in rows]


def lot_picked(session: Session, who: Actor, event_id: str) -> Lot:
    """The lot that an event of picking of one's own made.

    Refused while the event is not here: it waits on some phone, or was refused.
    """
    lot = session.scalars(
        select(Lot)
        .join(LotPart, LotPart.lot_id == Lot.id)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(
            LotEvent.public_id == event_id,
            LotEvent.organisation_id == who.organisation_id,
            LotEvent.step == LotStep.HARVEST,
            LotPart.role == PartRole.OUTPUT,
        )
    ).first()
    if lot is None:
        raise Refused(N_("Lần hái này chưa được gửi. Gửi lần hái trước."), "picked")
    return lot
