"""Whether a lot is on hold: whatever has a reason to hold one says so here.

`lots.held` follows from the reasons; a module that may hold lots registers how to
ask it, and calls `settle_held` after its reasons have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.lots import Lot

Holder = Callable[[Session, Collection[int]], set[int]]

_holders: list[Holder] = []


def register_holder(holder: Holder) -> Holder:
    """Let a module say which of some lots it holds; usable as a decorator."""
    if holder not in _holders:
        _holders.append(holder)
    return holder


def settle_held(session: Session, lot_ids: Collection[int]) -> None:
    """Hold the lots that anybody has a reason to hold, and free the others."""
    held = set[int]().union(*(holder(session, lot_ids) for holder in _holders))
    wanted = select(Lot).where(Lot.id.in_(list(lot_ids))).order_by(Lot.id)
    for lot in session.scalars(wanted.with_for_update()):
        lot.held = lot.id in held
    session.flush()  # who takes of a lot next asks the database
