"""The way of a lot from its gardens to where it is, as everybody may read it.

Only what made this lot, and what it was through itself: no other lot that shares its
gardens, no household, no person, no price, and a receiver only while it has some.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.domain.words_trace import (
    OBSERVATIONS,
    ORIGINS,
    TRANSFORMATIONS,
    LotStep,
    PartRole,
)
from marketplace.services.days import day_of
from marketplace.services.lot_graph import ancestors
from models.inspections import Inspection
from models.lot_events import LotEvent, LotPart
from models.lots import Lot
from models.organisations import Organisation
from models.reference import AdminUnit, Grade, Product
from models.trade_items import LotItem, TradeItem

OWN_MOVES = (LotStep.SHIP, LotStep.ARRIVE, LotStep.SELL, LotStep.DESTROY)
GRADING = (LotStep.SORT, LotStep.PACK)
Rest = dict[int, tuple[Grade | None, int]]


@dataclass(frozen=True)
class Step:
    """Something that happened; `until` if it went on for days, kilograms made.

    `who` is named only where it made the lot or has some of it now. `item` is what
    was packed, where all of it was packed as one; `rest` what came out beside it, by
    the grade's id: the grade and the kilograms. `checked` if the buyer wrote down what
    it found in the load.
    """

    step: LotStep
    at: datetime
    until: datetime
    unit: AdminUnit | None = None
    facility: str = ""
    who: Organisation | None = None
    kg: int | None = None
    in_kg: int | None = None
    product: Product | None = None
    temperature_c: Decimal | None = None
    item: TradeItem | None = None
    rest: Rest = field(default_factory=dict)
    times: int = 1
    checked: bool = False

    @property
    def packages(self) -> int | None:
        """How many whole boxes or bags that makes, if it was packed as one item."""
        if self.item is None or not self.kg:
            return None
        return self.kg * 1000 // self.item.net_g

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day in Viet Nam."""
        return day_of(self.at), day_of(self.until)


@dataclass(frozen=True)
class Story:
    """Steps in their order, the lots that went in, corrections by day and step."""

    steps: list[Step]
    lot_ids: set[int]
    makers: set[int]
    corrections: list[tuple[date, LotStep]]


def story_of(session: Session, lot: Lot) -> Story:
    """What happened to the lot and to those it was made of."""
    ids = ancestors(session, [lot.id])
    events = _events(session, ids)
    good = [one for one in events if one.wrong_at is None]
    makers = {one.organisation_id for one in good if _makes(one, ids)}
    holders = {one.organisation_id for one in lot.holdings if one.kg > 0}
    told = [one for one in good if _belongs(one, lot, ids, makers)]
    checked = _checked(session, told)
    steps = [
        replace(_step(one, lot, ids, makers | holders), checked=one.note_id in checked)
        for one in told
    ]
    wrong = [
        (day_of(one.wrong_at), one.step)
        for one in events
        if one.wrong_at is not None and _belongs(one, lot, ids, makers)
    ]
    return Story(_together(steps), ids, makers, wrong)


def _events(session: Session, ids: Collection[int]) -> list[LotEvent]:
    """Every event that touched these lots, wrong ones too."""
    touched = select(LotPart.event_id).where(LotPart.lot_id.in_(ids))
    return list(
        session.scalars(
            select(LotEvent)
            .where(LotEvent.id.in_(touched))
            .options(
                selectinload(LotEvent.parts)
                .joinedload(LotPart.lot)
                .options(
                    joinedload(Lot.sold_as).joinedload(LotItem.item),
                    joinedload(Lot.grade),
                ),
                joinedload(LotEvent.organisation).joinedload(Organisation.unit),
                joinedload(LotEvent.facility),
            )
            .order_by(LotEvent.at, LotEvent.id)
        )
    )


def _checked(session: Session, events: Iterable[LotEvent]) -> set[int | None]:
    """Of the notes that these arrivals belong to, those that somebody inspected."""
    notes = [one.note_id for one in events if one.step is LotStep.ARRIVE]
    wanted = select(Inspection.note_id).where(
        Inspection.note_id.in_([note for note in notes if note is not None]),
        Inspection.by_organisation_id.is_not(None),
    )
    return set(session.scalars(wanted))


def _lots(event: LotEvent, role: PartRole) -> set[int]:
    return {part.lot_id for part in event.parts if part.role is role}


def _makes(event: LotEvent, ids: Collection[int]) -> bool:
    """Whether the event made one of the lots, by picking or by packing."""
    made = event.step in ORIGINS | TRANSFORMATIONS
    return made and bool(_lots(event, PartRole.OUTPUT) & set(ids))


def _belongs(
    event: LotEvent, lot: Lot, ids: Collection[int], makers: Collection[int]
) -> bool:
    """Whether the event is of this lot's way, not of a sister's."""
    if event.step in ORIGINS | TRANSFORMATIONS:
        return _makes(event, ids)
    if event.step in OBSERVATIONS:
        return bool(_lots(event, PartRole.SEEN) & set(ids))
    of_lot = any(part.lot_id == lot.id for part in event.parts)
    if event.step in OWN_MOVES and of_lot:
        return True
    # A lot on its way to whoever packed it further.
    return event.step is LotStep.ARRIVE and event.organisation_id in set(makers)


def _step(
    event: LotEvent, lot: Lot, ids: Collection[int], named: Collection[int]
) -> Step:
    made = [p for p in event.parts if p.role is PartRole.OUTPUT and p.lot_id in ids]
    makes = event.step in ORIGINS | TRANSFORMATIONS
    place = event.facility
    home = event.organisation.unit if event.organisation_id in named else None
    return Step(
        step=event.step,
        at=event.at,
        until=event.at,
        unit=place.unit if place else home,
        facility=place.name if place and event.organisation_id in named else "",
        who=event.organisation if event.organisation_id in named else None,
        kg=sum(part.kg for part in made) if makes else None,
        in_kg=event.in_kg if event.step is LotStep.DRY else None,
        product=made[0].lot.product if makes and made else lot.product,
        temperature_c=event.temperature_c,
        item=_item(made) if event.step not in ORIGINS else None,
        rest=_rest(event, ids) if event.step in GRADING else {},
    )


def _item(made: Collection[LotPart]) -> TradeItem | None:
    """What these lots were packed as, if all were packed as the same."""
    items = {part.lot.sold_as.item if part.lot.sold_as else None for part in made}
    return items.pop() if len(items) == 1 else None


def _rest(event: LotEvent, ids: Collection[int]) -> Rest:
    """What came out of a grading and went another way: no lot, only how much."""
    found: Rest = {}
    for part in event.parts:
        if part.role is PartRole.OUTPUT and part.lot_id not in ids:
            key = part.lot.grade_id or 0
            found[key] = (part.lot.grade, found.get(key, (None, 0))[1] + part.kg)
    return found


def _together(steps: Iterable[Step]) -> list[Step]:
    """Steps of one kind at one place within the story are told once, with the span."""
    found: dict[object, Step] = {}
    for one in steps:
        unit, who = one.unit.id if one.unit else 0, one.who.id if one.who else 0
        product = one.product.id if one.product else 0
        key = (one.step, unit, who, one.facility, product, one.item, one.checked)
        known = found.get(key)
        found[key] = one if known is None else _joined(known, one)
    return sorted(found.values(), key=lambda one: one.at)


def _joined(known: Step, one: Step) -> Step:
    kg = None if known.kg is None else known.kg + (one.kg or 0)
    went_in = None if known.in_kg is None else known.in_kg + (one.in_kg or 0)
    return replace(
        known,
        until=one.at,
        kg=kg,
        in_kg=went_in,
        temperature_c=one.temperature_c or known.temperature_c,
        rest=_added(known.rest, one.rest),
        times=known.times + 1,
    )


def _added(known: Rest, more: Rest) -> Rest:
    return known | {
        key: (grade, kg + known.get(key, (None, 0))[1])
        for key, (grade, kg) in more.items()
    }
