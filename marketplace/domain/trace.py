"""What a trace of lots tells, as values: lots, links, shipments, and who has what.

A name is empty where the reader is not to learn it (TR-01: one step back, one forward).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Whereabout(StrEnum):
    """Where kilograms of a lot are, or how they left everybody's hands."""

    STOCK = "stock"
    ON_THE_WAY = "on_the_way"
    OUTSIDE = "outside"  # with somebody who keeps no lots here
    SOLD = "sold"
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class Party:
    """An organisation here, or somebody outside who has a name alone."""

    organisation_id: int | None
    name: str


HIDDEN = Party(None, "")


@dataclass(frozen=True)
class TracedLot:
    """A lot of a trace; `layer` counts steps, below nought what it was made of."""

    id: int
    public_id: str
    code: str
    product: str
    name_vi: str
    name_en: str
    maker: Party
    made_on: date
    made_kg: int
    layer: int
    held: bool


@dataclass(frozen=True)
class TracedLink:
    """So many kilograms of a lot went into the step that made another."""

    parent: int
    child: int
    kg: int


@dataclass(frozen=True)
class Shipped:
    """Kilograms of a lot from one to another; `arrived_kg` is None until they come."""

    lot: int
    at: datetime
    sender: Party
    receiver: Party
    kg: int
    arrived_kg: int | None


@dataclass(frozen=True)
class Source:
    """Where a lot without parents comes from: a garden, or a supplier outside."""

    lot: int
    name: str
    kg: int
    garden: bool


@dataclass(frozen=True)
class Placed:
    """Kilograms of a lot with a holder now; `sender_id` is who shipped them, if so."""

    lot: int
    kg: int
    holder: Party
    where: Whereabout
    sender_id: int | None = None


@dataclass(frozen=True)
class Trace:
    """All that is told of some lots; `roots` are those that were asked about.

    It is not `whole` where the reader is kept from what others have and sold.
    """

    roots: frozenset[int]
    lots: tuple[TracedLot, ...]
    links: tuple[TracedLink, ...]
    shipped: tuple[Shipped, ...]
    sources: tuple[Source, ...]
    placed: tuple[Placed, ...]
    whole: bool = True

    def by_id(self) -> dict[int, TracedLot]:
        """Its lots by their ids."""
        return {one.id: one for one in self.lots}
