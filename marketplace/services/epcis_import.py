"""Events of partners' software as what is told of lots here, where they mean such.

An event means something here if its goods are whole kilograms of lots that the
organisation has told of, or makes. Any other is kept as a document: None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import (
    ArriveLots,
    Capture,
    EndLots,
    HarvestLot,
    Made,
    ObserveLots,
    ReceiveLot,
    ShipLots,
    TransformLots,
    Used,
)
from marketplace.domain.epcis_events import namespace
from marketplace.domain.epcis_reading import (
    Json,
    key_of_event,
    lot_number,
    measured,
    read_day,
    step_of_making,
    whole_kg,
)
from marketplace.domain.epcis_words import bare_word
from marketplace.domain.errors import N_, Refused
from marketplace.domain.gs1_uris import canonical_uri
from marketplace.domain.words_trace import LotStep
from marketplace.services.epcis_uris import lot_of_uri, organisation_of_uri
from marketplace.services.lots import arriving
from models.epcis import EpcisClass
from models.lots import Lot
from models.papers import GrowingArea
from models.reference import Product

CREATION = frozenset({"creating_class_instance", "commissioning"})
TOLD_BY_SOFTWARE = "EPCIS"
LOT_IS_HERE = N_(
    "Lô %(lot)s đã có rồi, số cân của sự kiện này không được tính."
    " Hàng làm ra lần sau cần mã lô khác"
)


class Import:
    """Reads the events of one document for one organisation."""

    def __init__(
        self, session: Session, who: Actor, base: str, prefixes: Mapping[str, str]
    ) -> None:
        self.session, self.who, self.base = session, who, base
        ours = [key for key, space in prefixes.items() if space == namespace(base)]
        self.prefix = ours[0] if ours else ""

    def command(self, event: Json) -> Capture | None:
        """What the event means here; None if it means nothing here."""
        step = bare_word("bizStep", str(event.get("bizStep", "")))
        at = datetime.fromisoformat(event["eventTime"])
        key = key_of_event(self.who.organisation_id, event)
        if event["type"] == "TransformationEvent":
            return self._transform(event, step, key, at)
        if event["type"] != "ObjectEvent" or event.get("epcList"):
            return None
        if event["action"] == "ADD":
            return self._origin(event, step, key, at)
        used = self._used(event.get("quantityList", ()))
        if step == "storing" or self._own(event, "step") == LotStep.TREAT:
            return self._observe(event, step, key, at)
        if used is None:
            return None
        return self._move(event, step, key, at, used)

    def made_by(self, event: Json) -> list[tuple[str, str]]:
        """What the software calls each lot that the event makes, and its number."""
        goods = event.get("outputQuantityList", event.get("quantityList", ()))
        return [(canonical_uri(g["epcClass"]), lot_number(event, g)) for g in goods]

    def _own(self, event: Json, name: str) -> Any:
        """A word of ours, beside the standard ones or in the master data."""
        key = f"{self.prefix}:{name}"
        if not self.prefix:
            return ""
        return event.get(key, event.get("ilmd", {}).get(key, ""))

    def _text(self, event: Json, name: str) -> str:
        value = self._own(event, name)
        return value.strip()[:200] if isinstance(value, str) else ""

    def _origin(
        self, event: Json, step: str, key: str, at: datetime
    ) -> HarvestLot | ReceiveLot | None:
        goods = event.get("quantityList", ())
        kg = whole_kg(goods[0]) if len(goods) == 1 else None
        if kg is None:
            return None
        if step == "receiving":
            return self._receive(event, key, at, kg)
        area = self._area(event)
        if area is None or step not in CREATION:
            return None
        self._check_new(goods)
        code = lot_number(event, goods[0])
        return HarvestLot(key, area.id, kg, at, code=code, where=measured(event))

    def _check_new(self, goods: Sequence[Json]) -> None:
        """Refused if a lot is told to be made that is here: nothing would count."""
        for one in goods:
            lot = self.lot(one["epcClass"])
            if lot is not None:
                raise Refused(LOT_IS_HERE, "made", lot=lot.code)

    def _receive(
        self, event: Json, key: str, at: datetime, kg: int
    ) -> ReceiveLot | None:
        product = self._product(event)
        if product is None or not self._text(event, "supplierName"):
            return None
        self._check_new(event["quantityList"])
        return ReceiveLot(
            key,
            product.id,
            kg,
            at,
            from_name=self._text(event, "supplierName"),
            from_place=self._text(event, "supplierPlace"),
            their_code=self._text(event, "supplierLot")[:64],
            best_before=read_day(event.get("ilmd", {}).get("cbvmda:bestBeforeDate")),
            where=measured(event),
        )

    def _transform(
        self, event: Json, step: str, key: str, at: datetime
    ) -> TransformLots | None:
        used = self._used(event.get("inputQuantityList", ()))
        goods = event.get("outputQuantityList", ())
        weights = [whole_kg(one) for one in goods]
        what = step_of_making(self._own(event, "step"), step)
        if not used or not goods or None in weights or what is None:
            return None
        self._check_new(goods)
        product = self._product(event) if what is LotStep.DRY else None
        made = tuple(
            Made(
                kg or 0,
                product_id=product.id if product else None,
                code=lot_number(event, one),
            )
            for kg, one in zip(weights, goods, strict=True)
        )
        return TransformLots(key, what, at, used, made, measured(event))

    def _observe(
        self, event: Json, step: str, key: str, at: datetime
    ) -> ObserveLots | None:
        lots = [self.lot(one["epcClass"]) for one in event.get("quantityList", ())]
        if not lots or None in lots:
            return None
        what = LotStep.STORE if step == "storing" else LotStep.TREAT
        names = tuple(sorted({lot.public_id for lot in lots if lot}))
        return ObserveLots(key, what, at, names, measured(event))

    def _move(
        self, event: Json, step: str, key: str, at: datetime, used: tuple[Used, ...]
    ) -> Capture | None:
        where = measured(event)
        if step == "shipping":
            return self._ship(event, key, at, used)
        if step == "receiving":
            ship = self._shipment(used)
            return ArriveLots(key, ship, at, used, where) if ship else None
        why = self._text(event, "reason") or TOLD_BY_SOFTWARE
        if step == "retail_selling":
            return EndLots(key, LotStep.SELL, at, used, where=where)
        if step == "destroying":
            return EndLots(key, LotStep.DESTROY, at, used, reason=why, where=where)
        return None

    def _ship(
        self, event: Json, key: str, at: datetime, used: tuple[Used, ...]
    ) -> ShipLots | None:
        ends = [one["destination"] for one in event.get("destinationList", ())]
        found = (organisation_of_uri(self.session, one, self.base) for one in ends)
        to = next((one for one in found if one is not None), None)
        name = "" if to else self._text(event, "receiverName")
        if to is None and not name:
            return None
        vehicle = self._text(event, "vehicle")[:64]
        to_id = to.id if to else None
        return ShipLots(key, at, used, to_id, name, vehicle, measured(event))

    def _shipment(self, came: Sequence[Used]) -> str | None:
        """The one shipment on its way here that these goods can have come with."""
        fits = [
            ship.public_id
            for ship in arriving(self.session, self.who)
            if all(
                any(
                    p.lot.public_id == one.lot and one.kg <= p.kg
                    for p in ship.parts
                )
                for one in came
            )
        ]  # fmt: skip
        return fits[0] if len(fits) == 1 else None

    def _used(self, goods: Sequence[Json]) -> tuple[Used, ...] | None:
        weighed = [(self.lot(one["epcClass"]), whole_kg(one)) for one in goods]
        used = tuple(Used(lot.public_id, kg) for lot, kg in weighed if lot and kg)
        return used if used and len(used) == len(weighed) else None

    def lot(self, uri: str) -> Lot | None:
        """The lot that this is, by our address or by what the software calls it."""
        key = (self.who.organisation_id, canonical_uri(uri)[:500])
        known = self.session.get(EpcisClass, key)
        return known.lot if known else lot_of_uri(self.session, uri, self.base)

    def _area(self, event: Json) -> GrowingArea | None:
        told = self._own(event, "growingArea")
        named = told if isinstance(told, list) else [told]
        places = [*named, event.get("readPoint", {}).get("id", "")]
        start = f"{self.base}/vung-trong/"
        ids = [
            one.removeprefix(start)
            for one in places
            if isinstance(one, str) and one.startswith(start)
        ]
        mine = select(GrowingArea).where(
            GrowingArea.public_id.in_(ids),
            GrowingArea.organisation_id == self.who.organisation_id,
        )
        return self.session.scalars(mine).first() if ids else None

    def _product(self, event: Json) -> Product | None:
        wanted = select(Product).where(Product.code == self._text(event, "product"))
        return self.session.scalars(wanted).first()
