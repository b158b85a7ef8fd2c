"""Goods of the lot graph by how much they weigh, and by patterns of their numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.epcis_patterns import DIGITS
from marketplace.domain.words_trace import OBSERVATIONS, TRANSFORMATIONS, PartRole
from models.lot_events import LotEvent, LotPart
from models.lots import Lot
from models.trade_items import LotItem, TradeItemGtin

Condition = ColumnElement[bool]
MADE = LotEvent.step.in_(TRANSFORMATIONS)
AMOUNTS = frozenset({"quantity", "quantity_KGM"})
"""Lots are told of in kilograms only."""


def inside(bounds: Bounds, column: Any) -> list[Condition]:
    """The column lies in the bounds."""
    limits: list[Condition] = []
    if bounds.low is not None:
        above = column >= bounds.low if bounds.low_counts else column > bounds.low
        limits.append(above)
    if bounds.high is not None:
        below = column <= bounds.high if bounds.high_counts else column < bounds.high
        limits.append(below)
    return limits


def told_as(part: Any, name: str = "") -> Condition:
    """A part of an event is told where a filter of classes looks for it, or at all."""
    other = aliased(LotPart)
    out = part.role == PartRole.OUTPUT
    makes = exists().where(
        other.event_id == part.event_id, other.role == PartRole.OUTPUT
    )
    where = {
        "MATCH_inputEPCClass": and_(MADE, ~out),
        "MATCH_outputEPCClass": and_(MADE, out),
        "MATCH_epcClass": and_(~MADE, or_(out, ~makes)),
    }
    return where.get(name, or_(*where.values()))


def amounts(bounds: Bounds, *, whole: bool) -> Condition:
    """The event tells of so many kilograms of a lot.

    Of what others stored and treated no weights are told, unless it is told `whole`.
    """
    part = aliased(LotPart)
    has = exists().where(
        part.event_id == LotEvent.id,
        part.kg > 0,
        told_as(part),
        *inside(bounds, part.kg),
    )
    weighed = [] if whole else [LotEvent.step.not_in(OBSERVATIONS)]
    return and_(has.correlate(LotEvent), *weighed)


def patterned(name: str, bounds: Bounds) -> Condition:
    """The event tells of lots with a GTIN in an interval; each has a lot's number."""
    if not bounds.measure.endswith("/01/10"):
        return false()
    part, lot, item = aliased(LotPart), aliased(Lot), aliased(LotItem)
    gtin = aliased(TradeItemGtin)
    sold = (
        select(part.lot_id)
        .join(lot, lot.id == part.lot_id)
        .join(item, item.lot_id == lot.id)
        .join(gtin, gtin.item_id == item.item_id)
        .where(
            part.event_id == LotEvent.id,
            told_as(part, name),
            _is_on(gtin, lot),
            *_between(gtin, bounds),
        )
    )
    return sold.correlate(LotEvent).exists()


def _is_on(gtin: Any, lot: Any) -> Condition:
    """It was the first that was printed on what was packed that day."""
    other = aliased(TradeItemGtin)
    last = date.max
    ends, other_ends = (func.coalesce(g.valid_to, last) for g in (gtin, other))
    earlier = or_(
        other.valid_from < gtin.valid_from,
        and_(other.valid_from == gtin.valid_from, other_ends < ends),
    )
    before = exists().where(other.item_id == gtin.item_id, _holds(other, lot), earlier)
    return and_(_holds(gtin, lot), ~before)


def _holds(gtin: Any, lot: Any) -> Condition:
    return or_(gtin.valid_to.is_(None), gtin.valid_to >= lot.made_on)


def _between(gtin: Any, bounds: Bounds) -> list[Condition]:
    """Digits in order, the company's first: as text they compare like their numbers."""
    digits = func.substr(gtin.gtin, 2, DIGITS).concat(func.substr(gtin.gtin, 1, 1))
    low, high = int(bounds.low or 0), int(bounds.high or 0) - 1
    return [
        digits >= literal(f"{low:0{DIGITS + 1}}"),
        digits <= literal(f"{high:0{DIGITS + 1}}"),
    ]
