"""An organisation's own offers: lists, counts, and what of them needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.words import OfferState
from models.offers import Offer, Tranche

SOON_DAYS = 14


@dataclass(frozen=True)
class Hungry:
    """A delivery that begins soon and is not promised in full."""

    offer: Offer
    number: int
    window_start: date
    lacking_kg: int


def list_offers(
    session: Session, who: Actor, states: Sequence[OfferState] = ()
) -> list[Offer]:
    """The offers of the actor's organisation, the newest first."""
    wanted = (
        select(Offer)
        .where(Offer.organisation_id == who.organisation_id)
        .options(selectinload(Offer.product), selectinload(Offer.tranches))
        .order_by(Offer.id.desc())
    )
    if states:
        wanted = wanted.where(Offer.state.in_(states))
    return list(session.scalars(wanted))


def count_offers(session: Session, who: Actor) -> dict[OfferState, int]:
    """How many offers the organisation has in each state."""
    rows = session.execute(
        select(Offer.state, func.count())
        .where(Offer.organisation_id == who.organisation_id)
        .group_by(Offer.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are no pairs


def hungry_tranches(
    session: Session, who: Actor, *, today: date, days: int = SOON_DAYS
) -> list[Hungry]:
    """Deliveries of open offers that begin soon without enough, the soonest first."""
    rows = session.scalars(
        select(Tranche)
        .join(Offer, Offer.id == Tranche.offer_id)
        .where(
            Offer.organisation_id == who.organisation_id,
            Offer.state == OfferState.OPEN,
            Tranche.dropped.is_(False),
            Tranche.promised_kg < Tranche.kg,
            Tranche.window_end >= today,
            Tranche.window_start <= today + timedelta(days=days),
        )
        .options(selectinload(Tranche.offer).selectinload(Offer.product))
        .order_by(Tranche.window_start, Tranche.id)
    )
    return [
        Hungry(row.offer, row.number, row.window_start, row.kg - row.promised_kg)
        for row in rows
    ]
