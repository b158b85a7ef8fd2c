"""Lots as they are read: whose they are, who holds them, and who may see them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.organisations import Organisation


def access_lot(session: Session, who: Actor, public_id: str) -> Lot:
    """A lot of those who made or handled it, or of an officer's scope.

    NotFound for everybody else.
    """
    lot = session.scalars(select(Lot).where(Lot.public_id == public_id)).first()
    if lot is None or not may_see(session, who, lot):
        raise NotFound
    return lot


def lots_named(session: Session, name: str) -> list[Lot]:
    """The lots with this public id or this number, for whoever runs the market."""
    named = or_(Lot.public_id == name, Lot.code == name)
    return list(session.scalars(select(Lot).where(named).order_by(Lot.id)))


def may_see(session: Session, who: Actor, lot: Lot) -> bool:
    """Whether the actor made it, holds or held it, gets it, or has it in scope."""
    if who.organisation_id == lot.organisation_id:
        return True
    handled = _handlers(lot.id)
    if who.is_officer:
        wanted = select(Organisation.id).where(
            Organisation.id.in_(handled), Organisation.unit_id.in_(who.scope_unit_ids)
        )
        return session.scalars(wanted.limit(1)).first() is not None
    return who.organisation_id in set(session.scalars(handled))


def _handlers(lot_id: int):  # type: ignore[no-untyped-def]
    """Whoever told of an event of the lot, or is told of as its receiver."""
    mine = select(LotPart.event_id).where(LotPart.lot_id == lot_id)
    told = select(LotEvent.organisation_id).where(LotEvent.id.in_(mine))
    to = select(LotEvent.to_organisation_id).where(
        LotEvent.id.in_(mine), LotEvent.to_organisation_id.is_not(None)
    )
    return told.union(to)


def list_stock(session: Session, who: Actor) -> list[LotHolding]:
    """What the actor's organisation has in its hands, the youngest lots first."""
    return list(
        session.scalars(
            select(LotHolding)
            .join(LotHolding.lot)
            .where(LotHolding.organisation_id == who.organisation_id, LotHolding.kg > 0)
            .options(
                joinedload(LotHolding.lot).joinedload(Lot.product),
                joinedload(LotHolding.lot).joinedload(Lot.variety),
                joinedload(LotHolding.lot).joinedload(Lot.organisation),
            )
            .order_by(Lot.made_on.desc(), Lot.id.desc())
        )
    )


def events_of(session: Session, lot_ids: Collection[int]) -> list[LotEvent]:
    """What happened to these lots, in the order it happened, without wrong ones."""
    touched = select(LotPart.event_id).where(LotPart.lot_id.in_(list(lot_ids)))
    return list(
        session.scalars(
            select(LotEvent)
            .where(LotEvent.id.in_(touched), LotEvent.wrong_at.is_(None))
            .order_by(LotEvent.at, LotEvent.id)
        )
    )


def wrong_events_of(session: Session, lot: Lot) -> list[LotEvent]:
    """What was told of a lot and declared wrong since, in the order it was told."""
    touched = select(LotPart.event_id).where(LotPart.lot_id == lot.id)
    return list(
        session.scalars(
            select(LotEvent)
            .where(LotEvent.id.in_(touched), LotEvent.wrong_at.is_not(None))
            .order_by(LotEvent.at, LotEvent.id)
        )
    )


def arriving(session: Session, who: Actor) -> list[LotEvent]:
    """Shipments to the actor's organisation that it has not told the arrival of."""
    answered = select(LotEvent.answers_id).where(
        LotEvent.answers_id.is_not(None), LotEvent.wrong_at.is_(None)
    )
    return list(
        session.scalars(
            select(LotEvent)
            .where(
                or_(LotEvent.to_organisation_id == who.organisation_id),
                LotEvent.wrong_at.is_(None),
                LotEvent.id.not_in(answered),
            )
            .order_by(LotEvent.at, LotEvent.id)
        )
    )
