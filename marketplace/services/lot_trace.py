"""The trace of lots: all they were made of, all that was made of them, who has it.

Seven queries whatever the size of the graph; `trace_for` keeps to what one may learn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.domain.actor import Actor
from marketplace.domain.lot_layers import layers
from marketplace.domain.trace import (
    Party,
    Placed,
    Shipped,
    Trace,
    TracedLink,
    TracedLot,
    Whereabout,
)
from marketplace.domain.trace_sight import seen_by
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.areas import access_area
from marketplace.services.lot_graph import (
    Held,
    ancestors,
    descendants,
    lots_of_area,
    lots_of_plot,
    whereabouts,
)
from marketplace.services.lot_holds import recalled_among
from marketplace.services.lot_sources import sources_of
from marketplace.services.lots import access_lot
from marketplace.services.plots import access_plot
from models.bulk import among
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotLink
from models.organisations import Organisation

_GONE = {LotStep.SELL: Whereabout.SOLD, LotStep.DESTROY: Whereabout.DESTROYED}


def trace_lot(session: Session, who: Actor, public_id: str) -> Trace:
    """The trace of a lot, as far as the actor may learn it; NotFound for strangers."""
    lot = access_lot(session, who, public_id)
    return trace_for(session, who, [lot.id])


def trace_area(session: Session, who: Actor, public_id: str) -> Trace:
    """All that was made of what was picked in a garden."""
    area = access_area(session, who, public_id)
    return trace_for(session, who, lots_of_area(session, area.id))


def trace_plot(session: Session, who: Actor, public_id: str) -> Trace:
    """All that was made of what was picked on a plot."""
    plot = access_plot(session, who, public_id)
    return trace_for(session, who, lots_of_plot(session, plot.id))


def trace_for(session: Session, who: Actor, lot_ids: Collection[int]) -> Trace:
    """The trace of lots, all of it for an officer, else what TR-01 allows."""
    trace = read_trace(session, lot_ids)
    if who.is_officer:
        return trace
    recalled = recalled_among(session, trace.by_id())
    return seen_by(trace, who.organisation_id, recalled)


def read_trace(session: Session, lot_ids: Collection[int]) -> Trace:
    """All that is stored about lots, both ways, whoever asks."""
    before, after = ancestors(session, lot_ids), descendants(session, lot_ids)
    links = [*_links(session, before), *_links(session, after)]
    ids = before | after
    at = layers(lot_ids, [(one.parent, one.child) for one in links], ids)
    return Trace(
        frozenset(lot_ids),
        _lots(session, at),
        tuple(dict.fromkeys(links)),
        _shipped(session, ids),
        sources_of(session, ids),
        tuple(read_placed(session, ids)),
    )


def read_placed(session: Session, lot_ids: Collection[int]) -> list[Placed]:
    """Who has how much of these lots, and how the rest left everybody's hands."""
    return [_placed(one) for one in whereabouts(session, lot_ids)]


def partners_of(
    session: Session, who: Actor, lot_ids: Collection[int]
) -> frozenset[int]:
    """The organisations in the trace of these lots whose names the actor may read."""
    trace = trace_for(session, who, lot_ids)
    parties = [one.maker for one in trace.lots]
    parties += [end for one in trace.shipped for end in (one.sender, one.receiver)]
    parties += [one.holder for one in trace.placed]
    known = {one.organisation_id for one in parties} | {who.organisation_id}
    return frozenset(one for one in known if one is not None)


def _lots(session: Session, at: dict[int, int]) -> tuple[TracedLot, ...]:
    rows = session.scalars(
        select(Lot)
        .where(among(session, Lot.id, at))
        .options(joinedload(Lot.product), joinedload(Lot.organisation))
    )
    return tuple(
        sorted(
            (_lot(one, at[one.id]) for one in rows), key=lambda one: (one.layer, one.id)
        )
    )


def _lot(lot: Lot, layer: int) -> TracedLot:
    return TracedLot(
        id=lot.id,
        public_id=lot.public_id,
        code=lot.code,
        product=lot.product.code,
        name_vi=lot.product.name_vi,
        name_en=lot.product.name_en,
        maker=party_of(lot.organisation),
        made_on=lot.made_on,
        made_kg=lot.made_kg,
        layer=layer,
        held=lot.held,
    )


def party_of(organisation: Organisation) -> Party:
    """An organisation as a trace names it."""
    return Party(organisation.id, organisation.short_name)


def _links(session: Session, ids: Collection[int]) -> list[TracedLink]:
    """The links within a closure, with what of the parent went into the step."""
    used = and_(
        LotPart.event_id == LotLink.event_id,
        LotPart.lot_id == LotLink.parent_id,
        LotPart.role == PartRole.INPUT,
    )
    rows = session.execute(
        select(LotLink.parent_id, LotLink.child_id, LotPart.kg)
        .join(LotPart, used)
        .where(among(session, LotLink.child_id, ids))
        .order_by(LotLink.child_id, LotLink.parent_id)
    )
    return [TracedLink(*row) for row in rows if row.parent_id in ids]


def _shipped(session: Session, ids: Collection[int]) -> tuple[Shipped, ...]:
    parts = session.scalars(
        select(LotPart)
        .join(LotPart.event)
        .where(
            among(session, LotPart.lot_id, ids),
            LotPart.role == PartRole.INPUT,
            LotEvent.step == LotStep.SHIP,
            LotEvent.wrong_at.is_(None),
        )
        .options(
            joinedload(LotPart.event).joinedload(LotEvent.organisation),
            joinedload(LotPart.event).joinedload(LotEvent.to_organisation),
        )
        .order_by(LotEvent.at, LotEvent.id, LotPart.number)
    ).all()
    came = _arrived(session, {part.event_id for part in parts})
    return tuple(_way(part, came) for part in parts)


def _arrived(session: Session, ships: Collection[int]) -> dict[int, dict[int, int]]:
    """What arrived of shipments: shipment -> lot -> kilograms; none if none was told."""
    rows: Iterable[Any] = session.execute(
        select(LotEvent.answers_id, LotPart.lot_id, LotPart.kg)
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .where(among(session, LotEvent.answers_id, ships), LotEvent.wrong_at.is_(None))
    )
    came: dict[int, dict[int, int]] = {}
    for ship, lot, kg in rows:
        came.setdefault(ship, {})[lot] = kg
    return came


def _way(part: LotPart, came: dict[int, dict[int, int]]) -> Shipped:
    event = part.event
    arrived = came.get(event.id)
    return Shipped(
        lot=part.lot_id,
        at=event.at,
        sender=party_of(event.organisation),
        receiver=_receiver(event.to_organisation, event.to_name),
        kg=part.kg,
        arrived_kg=arrived.get(part.lot_id, 0) if arrived is not None else None,
    )


def _receiver(organisation: Organisation | None, name: str) -> Party:
    return party_of(organisation) if organisation else Party(None, name)


def _placed(held: Held) -> Placed:
    where = Whereabout.STOCK
    if held.gone is not None:
        where = _GONE[held.gone]
    elif held.on_the_way:
        where = Whereabout.ON_THE_WAY
    elif held.organisation is None:
        where = Whereabout.OUTSIDE
    return Placed(
        held.lot.id,
        held.kg,
        _receiver(held.organisation, held.name),
        where,
        held.sender_id,
    )
