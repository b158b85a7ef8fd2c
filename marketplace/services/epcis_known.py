"""The goods and places of an organisation by the names that events give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.services.epcis_uris import area_uri, class_uri, facility_uri, home_uri
from models.lots import Lot, LotHolding
from models.organisations import Organisation
from models.papers import Facility, GrowingArea
from models.trade_items import LotItem, TradeItem

Names = list[str]


def classes_of(
    session: Session, organisation_id: int, base: str, *, after: int, limit: int
) -> tuple[Names, int]:
    """The lots that it has or had in its hands, newest first, and the last one's id.

    Zero for the last one if there are no more.
    """
    held = select(LotHolding.lot_id).where(
        LotHolding.organisation_id == organisation_id
    )
    wanted = select(Lot).where(Lot.id.in_(held)).order_by(Lot.id.desc())
    if after:
        wanted = wanted.where(Lot.id < after)
    item = joinedload(Lot.sold_as).joinedload(LotItem.item)
    wanted = wanted.options(item.selectinload(TradeItem.gtins))
    lots = session.scalars(wanted.limit(limit + 1)).unique().all()
    last = lots[limit - 1].id if len(lots) > limit else 0
    return [class_uri(one, base) for one in lots[:limit]], last


def places_of(session: Session, organisation_id: int, base: str) -> Names:
    """Where its events are read: at home, in its facilities, in its gardens."""
    return [
        *homes_of(session, organisation_id, base),
        *(
            uri(row, base)
            for wanted, uri in _PLACES.items()
            for row in session.scalars(_own(wanted, organisation_id))
        ),
    ]


def homes_of(session: Session, organisation_id: int, base: str) -> Names:
    """Where its goods are said to be."""
    return [home_uri(session.get_one(Organisation, organisation_id), base)]


def _own(model: Any, organisation_id: int) -> Select[Any]:
    wanted = select(model).where(model.organisation_id == organisation_id)
    if model is Facility:
        wanted = wanted.options(selectinload(Facility.numbers))
    return wanted.order_by(model.id)


_PLACES: Mapping[Any, Callable[[Any, str], str]] = {
    Facility: facility_uri,
    GrowingArea: area_uri,
}
