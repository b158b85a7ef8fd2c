"""Where lots without parents come from: gardens, and suppliers outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.trace import Source
from marketplace.domain.words_trace import LotStep, PartRole
from models.bulk import among
from models.lot_events import LotEvent, LotOrigin, LotPart


def sources_of(session: Session, ids: Collection[int]) -> tuple[Source, ...]:
    """The gardens and suppliers behind those of these lots that have any."""
    made = (
        select(LotPart.lot_id, LotPart.event_id)
        .join(LotPart.event)
        .where(
            among(session, LotPart.lot_id, ids),
            LotPart.role == PartRole.OUTPUT,
            LotEvent.step.in_((LotStep.HARVEST, LotStep.RECEIVE)),
            LotEvent.wrong_at.is_(None),
        )
        .order_by(LotPart.lot_id)
    )
    lots = {event: lot for lot, event in session.execute(made)}
    return (*_gardens(session, lots), *_suppliers(session, lots))


def _gardens(session: Session, lots: dict[int, int]) -> Iterable[Source]:
    """Gardens with their kilograms; whose household it was is nobody else's business."""
    rows = session.scalars(
        select(LotOrigin)
        .where(among(session, LotOrigin.event_id, lots))
        .options(joinedload(LotOrigin.area))
        .order_by(LotOrigin.event_id, LotOrigin.number)
    )
    kg: dict[tuple[int, str], int] = {}
    for one in rows:
        key = lots[one.event_id], one.area.name
        kg[key] = kg.get(key, 0) + one.kg
    return [Source(lot, name, so_much, True) for (lot, name), so_much in kg.items()]


def _suppliers(session: Session, lots: dict[int, int]) -> Iterable[Source]:
    rows = session.scalars(
        select(LotEvent)
        .where(among(session, LotEvent.id, lots), LotEvent.step == LotStep.RECEIVE)
        .order_by(LotEvent.id)
    )
    return [Source(lots[one.id], one.from_name, one.out_kg, False) for one in rows]
