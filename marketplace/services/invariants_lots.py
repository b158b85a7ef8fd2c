"""What must hold of lots: kilograms add up, and every lot leads back and forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.words_trace import ORIGINS, TRANSFORMATIONS, LotStep, PartRole
from marketplace.services.violations import Question, Violation, asked_alike
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot, LotHolding, LotLink

_RIGHT = LotEvent.wrong_at.is_(None)
_MAKING = LotEvent.step.in_([*ORIGINS, *TRANSFORMATIONS])


@asked_alike
def _holdings_are_the_sum_of_events() -> Iterator[Question]:
    signed = case(
        (LotPart.role == PartRole.OUTPUT, LotPart.kg),
        (LotPart.role == PartRole.INPUT, -LotPart.kg),
        else_=0,
    )
    moved = (
        select(LotPart.lot_id, LotEvent.organisation_id, func.sum(signed).label("kg"))
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(_RIGHT)
        .group_by(LotPart.lot_id, LotEvent.organisation_id)
        .subquery()
    )
    same = and_(
        moved.c.lot_id == LotHolding.lot_id,
        moved.c.organisation_id == LotHolding.organisation_id,
    )
    yield (
        "what is held of a lot is what came less what left",
        select(LotHolding.lot_id, LotHolding.organisation_id, LotHolding.kg)
        .outerjoin(moved, same)
        .where(LotHolding.kg != func.coalesce(moved.c.kg, 0)),
    )


@asked_alike
def _a_lot_is_made_once() -> Iterator[Question]:
    made = (
        select(LotPart.lot_id, func.sum(LotPart.kg).label("kg"))
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(_RIGHT, _MAKING, LotPart.role == PartRole.OUTPUT)
        .group_by(LotPart.lot_id)
        .subquery()
    )
    yield (
        "a lot was made by one event, so heavy as it says",
        select(Lot.public_id, Lot.made_kg, made.c.kg)
        .outerjoin(made, made.c.lot_id == Lot.id)
        .where(
            or_(
                and_(
                    Lot.voided_at.is_(None), func.coalesce(made.c.kg, 0) != Lot.made_kg
                ),
                and_(Lot.voided_at.is_not(None), made.c.kg.is_not(None)),
            )
        ),
    )


@asked_alike
def _origins_add_up() -> Iterator[Question]:
    origins = (
        select(LotOrigin.event_id, func.sum(LotOrigin.kg).label("kg"))
        .group_by(LotOrigin.event_id)
        .subquery()
    )
    yield (
        "the gardens of a harvest add up to its lot",
        select(LotEvent.public_id, LotEvent.out_kg, origins.c.kg)
        .outerjoin(origins, origins.c.event_id == LotEvent.id)
        .where(
            LotEvent.step == LotStep.HARVEST,
            func.coalesce(origins.c.kg, 0) != LotEvent.out_kg,
        ),
    )


@asked_alike
def _links_are_those_of_events() -> Iterator[Question]:
    before, after = aliased(LotPart), aliased(LotPart)
    yield (
        "what a step makes is linked to all that went into it",
        select(LotEvent.public_id, before.lot_id, after.lot_id)
        .join(before, before.event_id == LotEvent.id)
        .join(after, after.event_id == LotEvent.id)
        .where(
            LotEvent.step.in_(TRANSFORMATIONS),
            before.role == PartRole.INPUT,
            after.role == PartRole.OUTPUT,
            ~exists().where(
                LotLink.parent_id == before.lot_id, LotLink.child_id == after.lot_id
            ),
        ),
    )


@asked_alike
def _a_wrong_lot_leads_nowhere() -> Iterator[Question]:
    child, held = aliased(Lot), aliased(LotHolding)
    used = (
        exists()
        .where(LotLink.parent_id == Lot.id, LotLink.child_id == child.id)
        .where(child.voided_at.is_(None))
    )
    yield (
        "nothing is held or made of a lot that was told wrongly",
        select(Lot.public_id, Lot.code).where(
            Lot.voided_at.is_not(None),
            or_(used, exists().where(held.lot_id == Lot.id, held.kg > 0)),
        ),
    )


@asked_alike
def _what_arrived_was_sent() -> Iterator[Question]:
    ship, sent, came = aliased(LotEvent), aliased(LotPart), aliased(LotPart)
    yield (
        "no more of a lot arrived than was sent to this receiver",
        select(LotEvent.public_id, came.lot_id, came.kg)
        .join(ship, ship.id == LotEvent.answers_id)
        .join(came, came.event_id == LotEvent.id)
        .outerjoin(sent, and_(sent.event_id == ship.id, sent.lot_id == came.lot_id))
        .where(
            _RIGHT,
            or_(
                func.coalesce(sent.kg, 0) < came.kg,
                ship.wrong_at.is_not(None),
                ship.to_organisation_id != LotEvent.organisation_id,
            ),
        ),
    )


def _behind_inputs() -> Subquery:
    """Event -> how many kilograms somebody picked or supplied of what went in."""
    lot = aliased(Lot)
    behind = LotPart.kg * lot.weighed_kg // lot.made_kg
    return (
        select(LotPart.event_id, func.sum(behind).label("kg"))
        .join(lot, lot.id == LotPart.lot_id)
        .where(LotPart.role == PartRole.INPUT)
        .group_by(LotPart.event_id)
        .subquery()
    )


@asked_alike
def _nothing_is_added_from_nowhere() -> Iterator[Question]:
    taken, made, after = _behind_inputs(), aliased(LotPart), aliased(Lot)
    yield (
        "what is sorted or packed weighs no more than what somebody picked or supplied",
        select(LotEvent.public_id, taken.c.kg, func.sum(after.weighed_kg))
        .join(taken, taken.c.event_id == LotEvent.id)
        .join(made, made.event_id == LotEvent.id)
        .join(after, after.id == made.lot_id)
        .where(
            _RIGHT,
            LotEvent.step.in_(TRANSFORMATIONS - {LotStep.DRY}),
            made.role == PartRole.OUTPUT,
        )
        .group_by(LotEvent.id, LotEvent.public_id, taken.c.kg)
        .having(func.sum(after.weighed_kg) > taken.c.kg),
    )


CHECKS_OF_LOTS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _holdings_are_the_sum_of_events,
    _a_lot_is_made_once,
    _origins_add_up,
    _links_are_those_of_events,
    _a_wrong_lot_leads_nowhere,
    _what_arrived_was_sent,
    _nothing_is_added_from_nowhere,
)
