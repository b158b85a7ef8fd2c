"""A season of lots for the benchmark of traces: gardens to shelves, seeded.

A packing day of a cooperative: four lots are picked, each on two plots; they are packed
together into three lots of boxes; each of those goes to a buyer and arrives there; two
are sold. That is 13 events and 7 lots. The land grows with the events, thirty pickings a
plot, as it does when more cooperatives join.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.bulk import insert_rows, new_ids
from models.database import new_public_id
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot, LotHolding, LotLink
from models.organisations import Organisation
from models.plots import Plot
from tests.factories import NOW, Make
from tests.plot_rows import plot

A_DAY = 13  # events of a packing day
PICKINGS = 30  # of a plot
PLOTS = 20  # of a garden
DAYS = 4_000  # packing days in a piece of the filling: a COPY has a time limit

LOTS = ("id", "public_id", "organisation_id", "code", "product_id", "made_kg")
LOTS += ("weighed_kg", "made_on", "harvested_from", "harvested_to", "best_before")
EVENTS = ("id", "public_id", "organisation_id", "step", "at", "recorded_at", "digest")
EVENTS += ("told", "in_kg", "out_kg", "to_organisation_id", "answers_id")
PARTS = ("event_id", "number", "lot_id", "role", "kg")
ORIGINS = ("event_id", "number", "area_id", "plot_id", "kg")
LINKS = ("child_id", "parent_id", "event_id")
HOLDINGS = ("lot_id", "organisation_id", "kg")


@dataclass(frozen=True)
class Farm:
    """A cooperative with its garden and plots."""

    id: int
    area_id: int
    product_id: int
    plots: tuple[int, ...]


@dataclass
class Rows:
    """The tuples of each table, in the order of the names above."""

    lots: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    origins: list[Any] = field(default_factory=list)
    links: list[Any] = field(default_factory=list)
    holdings: list[Any] = field(default_factory=list)


def fill(session: Session, events: int, seed: int = 7) -> int:
    """Write at least so many events; how many were written."""
    draw, make = random.Random(seed), Make(session)
    days = -(-events // A_DAY)
    buyers = [make.buyer().id for _ in range(50)]
    farms = list(_farms(session, make, max(1, days * 8 // PICKINGS // PLOTS)))
    for begun in range(0, days, DAYS):
        some = min(DAYS, days - begun)
        lots, told = (
            new_ids(session, Lot, some * 7),
            new_ids(session, LotEvent, some * A_DAY),
        )
        rows = Rows()
        for day in range(some):
            farm = farms[draw.randrange(len(farms))]
            numbers = lots[day * 7 : day * 7 + 7], told[day * A_DAY : (day + 1) * A_DAY]
            _packing_day(rows, draw, farm, buyers, *numbers)
        _write(session, rows)
    return days * A_DAY


def _farms(session: Session, make: Make, count: int) -> Iterator[Farm]:
    """Gardens whose plots all lie where the first one does: nothing here measures land."""
    first = make.organisation()
    area = make.area(first)
    drawn = plot(session, area, make.member(first))
    names = [c.name for c in Plot.__table__.c if c.name not in ("id", "public_id")]
    usual = {name: getattr(drawn, name) for name in names}
    for _ in range(count):
        own: Organisation = make.organisation()
        garden = make.area(own)
        ids = new_ids(session, Plot, PLOTS)
        insert_rows(
            session,
            Plot,
            ("id", "public_id", *names),
            [(one, new_public_id(), *_of_plot(usual, garden.id, one)) for one in ids],
        )
        yield Farm(own.id, garden.id, garden.product_id, tuple(ids))


def _of_plot(usual: dict[str, Any], area_id: int, number: int) -> tuple[Any, ...]:
    return tuple((usual | {"area_id": area_id, "name": f"Thửa {number}"}).values())


def _packing_day(
    rows: Rows,
    draw: random.Random,
    farm: Farm,
    buyers: list[int],
    lots: list[int],
    events: list[int],
) -> None:
    picked, boxes, at = lots[:4], lots[4:], NOW - timedelta(days=draw.randrange(360))
    for lot, event in zip(picked, events, strict=False):
        _lot(rows, farm, lot, 300, at)
        _event(rows, farm.id, event, "harvest", at, 0, 300)
        rows.parts.append((event, 1, lot, "output", 300))
        for number, one in enumerate(draw.sample(farm.plots, 2), 1):
            rows.origins.append((event, number, farm.area_id, one, 150))
    pack, *later = events[4:]
    _event(rows, farm.id, pack, "pack", at + timedelta(hours=3), 1200, 1200)
    inputs = [(pack, n, lot, "input", 300) for n, lot in enumerate(picked, 1)]
    outputs = [(pack, n, lot, "output", 400) for n, lot in enumerate(boxes, 5)]
    rows.parts += inputs + outputs
    rows.links += [(child, parent, pack) for child in boxes for parent in picked]
    for place, lot in enumerate(boxes):
        _lot(rows, farm, lot, 400, at)
        buyer = buyers[draw.randrange(len(buyers))]
        ship, arrive = later[place * 2 : place * 2 + 2]
        sold = later[6 + place] if place < 2 else None
        _shipped(rows, farm, buyer, lot, (ship, arrive, sold), at + timedelta(hours=8))


def _shipped(
    rows: Rows,
    farm: Farm,
    buyer: int,
    lot: int,
    events: tuple[int, int, int | None],
    at: Any,
) -> None:
    ship, arrive, sold = events
    _event(rows, farm.id, ship, "ship", at, 400, 0, buyer)
    _event(rows, buyer, arrive, "arrive", at + timedelta(hours=9), 400, 400, None, ship)
    rows.parts += [(ship, 1, lot, "input", 400), (arrive, 1, lot, "output", 400)]
    if sold is not None:
        _event(rows, buyer, sold, "sell", at + timedelta(days=2), 300, 0)
        rows.parts.append((sold, 1, lot, "input", 300))
    rows.holdings += [(lot, farm.id, 0), (lot, buyer, 100 if sold else 400)]


def _lot(rows: Rows, farm: Farm, lot: int, kg: int, at: Any) -> None:
    day = at.date()
    code = f"{day:%y%m%d}-{lot:06X}"
    late = day + timedelta(days=20)
    rows.lots.append(
        (
            *(lot, new_public_id(), farm.id, code, farm.product_id, kg, kg),
            *(day,) * 3,
            late,
        )
    )


def _event(
    rows: Rows,
    by: int,
    event: int,
    step: str,
    at: Any,
    in_kg: int,
    out_kg: int,
    to: int | None = None,
    answers: int | None = None,
) -> None:
    rows.events.append(
        (
            event,
            new_public_id(),
            by,
            step,
            at,
            at,
            "0" * 64,
            {},
            in_kg,
            out_kg,
            to,
            answers,
        )
    )


def _write(session: Session, rows: Rows) -> None:
    insert_rows(session, Lot, LOTS, rows.lots)
    insert_rows(session, LotEvent, EVENTS, rows.events)
    insert_rows(session, LotPart, PARTS, rows.parts)
    insert_rows(session, LotOrigin, ORIGINS, rows.origins)
    insert_rows(session, LotLink, LINKS, rows.links)
    insert_rows(session, LotHolding, HOLDINGS, rows.holdings)
