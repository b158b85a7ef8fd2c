"""What is told of lots, in values that are read already.

`event_id` is drawn by whoever captures, a phone without network too: the same event
sent twice is stored once. Kilograms are whole, `at` is an aware instant, places are
ids of `facilities`, lots are public ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal

from marketplace.domain.words_trace import LotStep


@dataclass(frozen=True)
class Where:
    """Where a step was done, and what was noticed there."""

    facility_id: int | None = None
    place: str = ""
    temperature_c: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class Origin:
    """So much of a harvest from a plot, or from a household, of the garden."""

    kg: int
    plot_id: int | None = None
    household_id: int | None = None


@dataclass(frozen=True)
class HarvestLot:
    """Fruit as it comes from a garden; without origins from all of the garden."""

    event_id: str
    area_id: int
    kg: int
    at: datetime
    variety_id: int | None = None
    harvest_id: int | None = None
    origins: tuple[Origin, ...] = ()
    code: str = ""
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class ReceiveLot:
    """Goods taken over from somebody who keeps no lots here."""

    event_id: str
    product_id: int
    kg: int
    at: datetime
    from_name: str
    from_place: str = ""
    their_code: str = ""
    variety_id: int | None = None
    grade_id: int | None = None
    harvested_on: date | None = None
    best_before: date | None = None
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class Used:
    """Kilograms of a lot that a step takes from whoever acts."""

    lot: str
    kg: int


@dataclass(frozen=True)
class Made:
    """A lot that a step makes; the product is that of the inputs unless told."""

    kg: int
    product_id: int | None = None
    variety_id: int | None = None
    grade_id: int | None = None
    code: str = ""
    best_before: date | None = None


@dataclass(frozen=True)
class TransformLots:
    """Lots into lots: sorted, packed, merged, split, dried."""

    event_id: str
    step: LotStep
    at: datetime
    used: tuple[Used, ...]
    made: tuple[Made, ...]
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class ObserveLots:
    """Lots that were stored somewhere, or treated (cooled, fumigated, in hot water)."""

    event_id: str
    step: LotStep
    at: datetime
    lots: tuple[str, ...]
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class ShipLots:
    """Kilograms of lots on their way to an organisation here, or to somebody else."""

    event_id: str
    at: datetime
    used: tuple[Used, ...]
    to_organisation_id: int | None = None
    to_name: str = ""
    vehicle: str = ""
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class ArriveLots:
    """What came of a shipment; what did not arrive was lost on the way."""

    event_id: str
    ship_event_id: str
    at: datetime
    arrived: tuple[Used, ...]
    where: Where = field(default_factory=Where)


@dataclass(frozen=True)
class EndLots:
    """Kilograms sold to consumers, or destroyed for a reason."""

    event_id: str
    step: LotStep
    at: datetime
    used: tuple[Used, ...]
    to_name: str = ""
    reason: str = ""
    where: Where = field(default_factory=Where)


Capture = (
    HarvestLot
    | ReceiveLot
    | TransformLots
    | ObserveLots
    | ShipLots
    | ArriveLots
    | EndLots
)


def content_of_capture(command: Capture) -> Mapping[str, object]:
    """What was told, as plain values in one spelling: two tellings can be compared."""
    return {"kind": type(command).__name__, **_plain(asdict(command))}


def _plain(told: Mapping[str, object]) -> dict[str, object]:
    return {key: _value(value) for key, value in told.items()}


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value
