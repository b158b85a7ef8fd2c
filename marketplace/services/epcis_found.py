"""The rows of ours that addresses of a query mean, each proved by its own address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.gs1_uris import HOME, canonical_uri
from marketplace.services.epcis_uris import (
    area_uri,
    class_uri,
    facility_uri,
    home_uri,
    note_uri,
    party_uri,
)
from models.deliveries import DeliveryNote
from models.gs1_numbers import PlaceNumber
from models.lots import Lot
from models.organisations import Organisation
from models.papers import Facility, GrowingArea
from models.trade_items import LotItem, TradeItem, TradeItemGtin


class Found:
    """Looks for rows by what an address says, and keeps those that have it."""

    def __init__(self, session: Session, base: str) -> None:
        self.session, self.base = session, base

    def lots(self, values: Collection[str]) -> list[int]:
        """Lots whose class of goods is one of these."""
        named = select(Lot).where(Lot.public_id.in_(self._ids(values, "lo")))
        printed = [_gtin_and_lot(one) for one in values if f"{HOME}/01/" in one]
        some = [one for one in printed if one]
        gtins, codes = {one[0] for one in some}, {one[1] for one in some}
        sold = select(LotItem.lot_id).join(
            TradeItemGtin, TradeItemGtin.item_id == LotItem.item_id
        )
        sold = sold.where(TradeItemGtin.gtin.in_(gtins))
        boxes = select(Lot).where(Lot.code.in_(codes), Lot.id.in_(sold))
        return self._kept(
            values, class_uri, *(self._lot(one) for one in (named, boxes))
        )

    def _lot(self, wanted: Select[Any]) -> Select[Any]:
        item = joinedload(Lot.sold_as).joinedload(LotItem.item)
        return wanted.options(item.selectinload(TradeItem.gtins))

    def areas(self, values: Collection[str]) -> list[int]:
        """Gardens."""
        ids = self._ids(values, "vung-trong")
        wanted = select(GrowingArea).where(GrowingArea.public_id.in_(ids))
        return self._kept(values, area_uri, wanted)

    def facilities(self, values: Collection[str]) -> list[int]:
        """Packing houses, dryers, stores."""
        glns = _numbers(values, "414")
        numbered = select(PlaceNumber.facility_id).where(PlaceNumber.gln.in_(glns))
        ids = self._ids(values, "co-so")
        wanted = select(Facility).where(
            or_(Facility.public_id.in_(ids), Facility.id.in_(numbered))
        )
        return self._kept(
            values, facility_uri, wanted.options(selectinload(Facility.numbers))
        )

    def notes(self, values: Collection[str]) -> list[int]:
        """Delivery notes."""
        ids = self._ids(values, "phieu-giao")
        wanted = select(DeliveryNote).where(DeliveryNote.public_id.in_(ids))
        return self._kept(values, note_uri, wanted)

    def parties(self, values: Collection[str]) -> list[int]:
        """Organisations as owners of goods."""
        return self._kept(values, party_uri, self._organisations(values, "417"))

    def homes(self, values: Collection[str]) -> list[int]:
        """Organisations as places."""
        return self._kept(values, home_uri, self._organisations(values, "414"))

    def _organisations(self, values: Collection[str], key: str) -> Select[Any]:
        ids = [one.partition("/")[0] for one in self._ids(values, "don-vi")]
        named = Organisation.public_id.in_(ids)
        return select(Organisation).where(
            or_(named, Organisation.gln.in_(_numbers(values, key)))
        )

    def _ids(self, values: Iterable[str], path: str) -> list[str]:
        start = f"{self.base}/{path}/"
        return [one.removeprefix(start) for one in values if one.startswith(start)]

    def _kept(
        self,
        values: Collection[str],
        uri: Callable[[Any, str], str],
        *wanted: Select[Any],
    ) -> list[int]:
        rows: Sequence[Any] = [
            row for one in wanted for row in self.session.scalars(one).unique()
        ]
        mine = {row.id for row in rows if canonical_uri(uri(row, self.base)) in values}
        return sorted(mine)


def _numbers(values: Iterable[str], key: str) -> list[str]:
    start = f"{HOME}/{key}/"
    return [one.removeprefix(start) for one in values if one.startswith(start)]


def _gtin_and_lot(value: str) -> tuple[str, str] | None:
    gtin, found, code = value.removeprefix(f"{HOME}/01/").partition("/10/")
    return (gtin, unquote(code)) if found else None
