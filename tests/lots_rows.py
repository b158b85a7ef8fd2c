"""Lots for tests: a garden that is picked, packed, shipped, through the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.commands_lots import (
    ArriveLots,
    Capture,
    EndLots,
    HarvestLot,
    Made,
    ShipLots,
    TransformLots,
    Used,
)
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.lot_capture import capture
from marketplace.services.recalls import open_recall
from marketplace.services.sprays import write_spray
from marketplace.web import clock
from models.database import new_public_id
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.papers import GrowingArea
from models.recalls import Recall
from models.reference import Grade, Product
from models.sprays import Spray
from tests.factories import NOW, TODAY, Make

# Routes whose public id is that of a lot, a garden or a plot; see tests/estate.py.
OF_LOTS = ("lot_trace.show", "lot_trace.show_file", "recalls.new")
OF_AREAS = ("lot_trace.area", "lot_trace.area_file")
OF_PLOTS = ("lot_trace.plot", "lot_trace.plot_file")


def recall_of(own: Any) -> Recall:
    """A drill over a lot of an estate."""
    told = OpenRecall(
        (lot_of(own).public_id,), RecallKind.RECALL, "Diễn tập", drill=True
    )
    return open_recall(own.session, own.director, told, now=clock.now())


class Lots:
    """A cooperative with a garden, and what it tells of its lots, hour after hour."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.at = NOW - timedelta(days=2)

    def seller(self, **over: Any) -> Actor:
        """Somebody of a cooperative with one garden of longan."""
        cooperative = self.make.organisation(**over)
        self.make.area(cooperative)
        return self.of(cooperative)

    def of(self, organisation: Any, role: Role = Role.STAFF) -> Actor:
        """Somebody of an organisation."""
        return self.make.member(organisation, role)

    def tick(self) -> datetime:
        """The next hour."""
        self.at += timedelta(hours=1)
        return self.at

    def tell(self, who: Actor, command: Capture) -> LotEvent:
        """Store it, a month later than anything here happens."""
        return capture(self.session, who, command, now=NOW + timedelta(days=30))

    def harvested(self, who: Actor, kg: int = 1000, **over: Any) -> Lot:
        """A lot as it was picked in the actor's garden."""
        told = {"area_id": self.garden(who), "kg": kg, "at": self.tick()} | over
        return self.made(self.tell(who, HarvestLot(new_public_id(), **told)))[0]

    def garden(self, who: Actor) -> int:
        """The id of the first garden of the actor's organisation."""
        wanted = select(GrowingArea.id).where(
            GrowingArea.organisation_id == who.organisation_id
        )
        return int(self.session.scalars(wanted.order_by(GrowingArea.id)).first() or 0)

    def turned(
        self,
        who: Actor,
        used: dict[Lot, int],
        made: list[int],
        step: LotStep = LotStep.PACK,
        product: Product | None = None,
        grades: Sequence[Grade | None] = (),
    ) -> list[Lot]:
        """Lots that were made of lots."""
        kind = product.id if product else None
        told = [one.id if one else None for one in grades] or [None] * len(made)
        command = TransformLots(
            new_public_id(),
            step,
            self.tick(),
            tuple(Used(lot.public_id, kg) for lot, kg in used.items()),
            tuple(
                Made(kg, product_id=kind, grade_id=grade)
                for kg, grade in zip(made, told, strict=True)
            ),
        )
        return self.made(self.tell(who, command))

    def grade(self, rank: int) -> Grade:
        """A grade of longan, 1 the best."""
        wanted = select(Grade).join(Product, Product.id == Grade.product_id)
        same = wanted.where(Product.code == "longan", Grade.rank == rank)
        return self.session.scalars(same).one()

    def shipped(self, who: Actor, lot: Lot, kg: int, to: int) -> LotEvent:
        """Kilograms of a lot on their way to an organisation."""
        used = (Used(lot.public_id, kg),)
        return self.tell(who, ShipLots(new_public_id(), self.tick(), used, to))

    def arrived(self, who: Actor, ship: LotEvent, kg: int | None = None) -> LotEvent:
        """All of a shipment, or so much of its only lot."""
        came = tuple(Used(p.lot.public_id, kg or p.kg) for p in ship.parts)
        command = ArriveLots(new_public_id(), ship.public_id, self.tick(), came)
        return self.tell(who, command)

    def ended(
        self, who: Actor, lot: Lot, kg: int, step: LotStep = LotStep.SELL
    ) -> LotEvent:
        """Kilograms that were sold to consumers, or destroyed."""
        used = (Used(lot.public_id, kg),)
        reason = "" if step is LotStep.SELL else "Hỏng"
        told = EndLots(new_public_id(), step, self.tick(), used, reason=reason)
        return self.tell(who, told)

    def made(self, event: LotEvent) -> list[Lot]:
        """The lots that an event made."""
        return [one.lot for one in event.parts if one.role is PartRole.OUTPUT]

    def kg(self, who: Actor | int, lot: Lot) -> int:
        """What an organisation has of a lot."""
        key = who if isinstance(who, int) else who.organisation_id
        holding = self.session.get(LotHolding, (lot.id, key))
        return holding.kg if holding else 0


def lot_of(own: Any) -> Lot:
    """A lot that the estate's owner has picked."""
    if not hasattr(own, "picked_lot"):
        lots = Lots(own.session, own.make)
        own.picked_lot = lots.harvested(own.director, area_id=own.area.id)
    return own.picked_lot


def event_of(own: Any) -> LotEvent:
    """The event that made it."""
    lot = lot_of(own)
    wanted = select(LotEvent).join(LotPart, LotPart.event_id == LotEvent.id)
    return own.session.scalars(wanted.where(LotPart.lot_id == lot.id)).first()


def shipment_to(own: Any) -> LotEvent:
    """A shipment of somebody else's that has not arrived at the owner yet."""
    if not hasattr(own, "shipment"):
        lots = Lots(own.session, own.make)
        sender = lots.seller()
        lot = lots.harvested(sender, 100)
        own.shipment = lots.shipped(sender, lot, 60, own.owner.id)
    return own.shipment


def spray_of(own: Any) -> Spray:
    """A line of the diary of the owner's garden."""
    command = WriteSpray(new_public_id(), TODAY - timedelta(days=40), "Abamectin", 7)
    area = own.area.public_id
    return write_spray(own.session, own.director, area, command, now=NOW)


# What the routes of lots are about, and what fills their other arguments.
OBJECTS: dict[str, Callable[[Any], Any]] = {
    "lots": lot_of,
    "lots.event": event_of,
    "lots.wrong": event_of,
    "lot_turning": lot_of,
    "note_lots": lambda own: own.note,
    "sprays": lambda own: own.area,
    "sprays.wrong": spray_of,
    "lot_arrivals": shipment_to,
}
PLAIN: dict[str, Any] = {"making": "dong-thung", "seeing": "tru", "leaving": "huy"}
