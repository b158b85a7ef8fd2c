"""Whether a lot is on hold: it is while anything has a reason to hold it.

The reasons are holds and recalls that stand, drills left out, and treatments that
were written down after the lot was picked too early.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.domain.recalls import STANDING, RecallKind
from models.bulk import among
from models.lots import Lot
from models.recalls import Recall, RecallLot
from models.spray_holds import SprayHold

_STANDS = and_(
    RecallLot.recall_id == Recall.id,
    Recall.state.in_(STANDING),
    Recall.drill.is_(False),
)
HAS_REASON = or_(
    exists().where(and_(RecallLot.lot_id == Lot.id, _STANDS)),
    exists().where(SprayHold.lot_id == Lot.id),
)
"""Of a row of lots: something holds it."""


def recalled_among(session: Session, lot_ids: Collection[int]) -> set[int]:
    """Those of these lots that a hold or a recall stands over; drills are none."""
    wanted = select(RecallLot.lot_id).join(Recall, _STANDS)
    return set(session.scalars(wanted.where(among(session, RecallLot.lot_id, lot_ids))))


def is_recalled(session: Session, lot_id: int) -> bool:
    """Whether goods of a lot are called back, not merely held."""
    wanted = (
        select(RecallLot.lot_id)
        .join(Recall, _STANDS)
        .where(RecallLot.lot_id == lot_id, Recall.kind == RecallKind.RECALL)
    )
    return session.scalar(wanted.limit(1)) is not None


def settle_held(session: Session, lot_ids: Collection[int]) -> None:
    """Hold the lots that anything has a reason to hold, and free the others."""
    wanted = (
        select(Lot, HAS_REASON)
        .where(among(session, Lot.id, list(lot_ids)))
        .order_by(Lot.id)
        .with_for_update(of=Lot)
    )
    for lot, held in session.execute(wanted):
        lot.held = bool(held)
    session.flush()  # who takes of a lot next asks the database
