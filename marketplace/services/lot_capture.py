"""One door for all that is told of lots: each command goes to its use case, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    ArriveLots,
    Capture,
    EndLots,
    HarvestLot,
    ObserveLots,
    ReceiveLot,
    ShipLots,
    TransformLots,
)
from marketplace.domain.errors import NotFound
from marketplace.services.lot_events import known_event
from marketplace.services.lot_making import harvest_lot, receive_lot
from marketplace.services.lot_moves import (
    arrive_lots,
    end_lots,
    observe_lots,
    ship_lots,
)
from marketplace.services.lot_transforming import transform_lots
from models.lot_events import LotEvent

_WRITERS: Mapping[type, Callable[..., LotEvent]] = {
    HarvestLot: harvest_lot,
    ReceiveLot: receive_lot,
    TransformLots: transform_lots,
    ObserveLots: observe_lots,
    ShipLots: ship_lots,
    ArriveLots: arrive_lots,
    EndLots: end_lots,
}


def capture(
    session: Session, who: Actor, command: Capture, *, now: datetime, **over: Any
) -> LotEvent:
    """Store an event of lots that the actor's organisation holds; twice is as once.

    Refused with the field that is wrong; Conflict if the id was told with other words.
    """
    if who.is_officer:
        raise NotFound
    known = known_event(session, who, command)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            return _WRITERS[type(command)](session, who, command, now=now, **over)
    except IntegrityError:
        # The same event came by another way while this one was being written.
        known = known_event(session, who, command)
        if known is None:
            raise
        return known
