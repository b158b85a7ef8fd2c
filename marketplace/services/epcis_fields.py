"""Fields of our own events, and of the master data of lots, as columns of the graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, select, true
from sqlalchemy.orm import aliased

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.epcis_fields import TIME, full_field
from marketplace.domain.epcis_words import PREFIXES
from marketplace.domain.words_trace import TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.epcis_found import Found
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot
from models.plots import Plot
from models.reference import Grade, Product, Variety

Condition = ColumnElement[bool]
ILMD = "ILMD_"
CARRIES = LotEvent.step.in_(TRANSFORMATIONS | {LotStep.HARVEST, LotStep.RECEIVE})
"""Steps that tell the master data of the lots they make."""
DAYS: Mapping[str, Any] = {
    "cbvmda:bestBeforeDate": Lot.best_before,
    "cbvmda:harvestStartDate": Lot.harvested_from,
    "cbvmda:harvestEndDate": Lot.harvested_to,
}
WORDS: Mapping[str, Any] = {
    "cbvmda:lotNumber": Lot.code,
    "lk:product": Product.code,
    "lk:productName": Product.name_vi,
    "lk:variety": Variety.name_vi,
    "lk:grade": Grade.name_vi,
}
COUNTRY = "cbvmda:countryOfOrigin"
TEXTS: Mapping[str, Any] = {
    "lk:note": LotEvent.note,
    "lk:vehicle": LotEvent.vehicle,
    "lk:supplierName": LotEvent.from_name,
    "lk:supplierPlace": LotEvent.from_place,
    "lk:supplierLot": LotEvent.their_code,
    "lk:receiverName": LotEvent.to_name,
    "lk:reason": LotEvent.reason,
}
"""Told only to who told the event, and to who gets its goods."""


class Fields:
    """What must hold of an event for its fields to be as they are asked for."""

    def __init__(self, found: Found, prefixes: Mapping[str, str]) -> None:
        self.found, self.whole = found, True
        known = {**PREFIXES, **prefixes}
        names = [*DAYS, *WORDS, COUNTRY, *TEXTS, *_LISTED, "lk:step"]
        self.names = {full_field(name, known) or name: name for name in names}

    def equal(self, name: str, values: Collection[str]) -> Condition:
        """A field is one of the values, or `EXISTS`."""
        how, _, told = name.partition("_")
        place = ILMD if told.startswith(ILMD) else ""
        field = self.names.get(told.removeprefix(place), "")
        if place:
            return self._of_lots(field, how, values)
        return self._of_event(field, how, values)

    def within(self, bounds: Bounds) -> Condition:
        """A field lies in the bounds; what is text may do so, which is seen later."""
        kind, _, told = bounds.measure.partition(":")
        place = ILMD if told.startswith(ILMD) else ""
        field = self.names.get(told.removeprefix(place), "")
        if place and field in DAYS:
            days = _days(bounds, DAYS[field]) if kind == TIME else [false()]
            return self._made(*days)
        if field not in (WORDS if place else {**TEXTS, "lk:plot": None}):
            return false()
        return self.equal(f"EXISTS_{told}", ())

    def _of_lots(self, field: str, how: str, values: Collection[str]) -> Condition:
        exists_only = how == "EXISTS"
        if field == COUNTRY:
            return self._made() if exists_only or "VN" in values else false()
        if field in DAYS:
            column = DAYS[field]
            days = [one for one in map(_day, values) if one]
            told = column.is_not(None) if exists_only else column.in_(days)
            return self._made(told)
        if field not in WORDS:
            return false()
        column = WORDS[field]
        told = self._made(column != "" if exists_only else column.in_(values))
        if field == "cbvmda:lotNumber":
            return self._numbered(told, () if exists_only else values)
        return told

    def _made(self, *conditions: Condition) -> Condition:
        """It tells master data of a lot that it made, of which this holds."""
        made = (
            select(LotPart.lot_id)
            .join(Lot, Lot.id == LotPart.lot_id)
            .join(Product, Product.id == Lot.product_id)
            .outerjoin(Variety, Variety.id == Lot.variety_id)
            .outerjoin(Grade, Grade.id == Lot.grade_id)
            .where(
                LotPart.event_id == LotEvent.id,
                LotPart.role == PartRole.OUTPUT,
                *conditions,
            )
        )
        return and_(CARRIES, made.correlate(LotEvent).exists())

    def _numbered(self, told: Condition, codes: Collection[str]) -> Condition:
        """Numbers are found by their index; of others' lots those of one lot alone."""
        limits = [told]
        if codes:
            named = select(LotPart.event_id).join(Lot, Lot.id == LotPart.lot_id)
            limits.append(LotEvent.id.in_(named.where(Lot.code.in_(codes))))
        if not self.whole:
            part = aliased(LotPart)
            made = select(func.count()).where(
                part.event_id == LotEvent.id, part.role == PartRole.OUTPUT
            )
            limits.append(made.correlate(LotEvent).scalar_subquery() < 2)
        return and_(*limits)

    def _of_event(self, field: str, how: str, values: Collection[str]) -> Condition:
        exists_only = how == "EXISTS"
        if field == "lk:step":
            known = [one for one in LotStep if one.value in values]
            return true() if exists_only else LotEvent.step.in_(known)
        if field == "lk:growingArea":
            return self._areas(values, exists_only)
        if not self.whole:
            return false()
        if field == "lk:plot":
            return self._plots(values, exists_only)
        if field not in TEXTS:
            return false()
        column = TEXTS[field]
        return column != "" if exists_only else column.in_(values)  # type: ignore[no-any-return]

    def _areas(self, values: Collection[str], exists_only: bool) -> Condition:
        areas = [] if exists_only else self.found.areas(values)
        named = [] if exists_only else [LotOrigin.area_id.in_(areas)]
        return exists().where(LotOrigin.event_id == LotEvent.id, *named)

    def _plots(self, values: Collection[str], exists_only: bool) -> Condition:
        plots = select(Plot.id).where(Plot.public_id.in_(values))
        named = LotOrigin.plot_id.in_(plots)
        told = LotOrigin.plot_id.is_not(None) if exists_only else named
        return exists().where(LotOrigin.event_id == LotEvent.id, told)


_LISTED = ("lk:growingArea", "lk:plot")


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _days(bounds: Bounds, column: Any) -> list[Condition]:
    """Days begin in UTC: which of them lie in the bounds."""
    limits: list[Condition] = []
    if bounds.low is not None:
        day, begun = _day_of(bounds.low)
        from_it = bounds.low_counts and not begun
        limits.append(column >= day if from_it else column > day)
    if bounds.high is not None:
        day, begun = _day_of(bounds.high)
        up_to_it = bounds.high_counts or begun
        limits.append(column <= day if up_to_it else column < day)
    return limits


def _day_of(moment: float) -> tuple[date, bool]:
    """The day of a moment, and whether it has begun already."""
    days, seconds = divmod(moment, 86_400)
    first = date(1970, 1, 1).toordinal()
    place = min(max(first + int(days), 1), date.max.toordinal())
    return date.fromordinal(place), seconds > 0
