"""The lot graph: from a box back to the plots, and from a plot on to all boxes.

Recursive queries over `lot_links`, whose two indexes lead both ways.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from marketplace.domain.words_trace import LotStep, PartRole
from models.bulk import among
from models.lot_events import LotEvent, LotOrigin, LotPart
from models.lots import Lot, LotHolding, LotLink
from models.organisations import Organisation


@dataclass(frozen=True)
class Held:
    """Kilograms of a lot at a holder now; `on_the_way` if they have not arrived.

    Without an organisation it is somebody outside, known by `name`; `gone` says
    that they were sold to consumers, or destroyed, by the organisation.
    """

    lot: Lot
    kg: int
    organisation: Organisation | None
    name: str = ""
    on_the_way: bool = False
    gone: LotStep | None = None
    sender_id: int | None = None  # who shipped what is on the way or outside


def ancestors(session: Session, lot_ids: Collection[int]) -> set[int]:
    """The ids of all lots that these were made of, themselves among them."""
    return _walk(session, lot_ids, LotLink.child_id, LotLink.parent_id)


def descendants(session: Session, lot_ids: Collection[int]) -> set[int]:
    """The ids of all lots that were made of these, themselves among them."""
    return _walk(session, lot_ids, LotLink.parent_id, LotLink.child_id)


def _walk(
    session: Session,
    lot_ids: Collection[int],
    here: InstrumentedAttribute[int],
    there: InstrumentedAttribute[int],
) -> set[int]:
    reached = select(Lot.id.label("id")).where(among(session, Lot.id, lot_ids))
    walk = reached.cte("walk", recursive=True)
    walk = walk.union(select(there).where(here == walk.c.id))
    alive = (
        select(Lot.id).join(walk, walk.c.id == Lot.id).where(Lot.voided_at.is_(None))
    )
    return set(session.scalars(alive)) | set(lot_ids)


def lots_of_area(session: Session, area_id: int) -> set[int]:
    """The ids of the lots that were picked in a garden."""
    return set(session.scalars(_picked().where(LotOrigin.area_id == area_id)))


def lots_of_plot(session: Session, plot_id: int) -> set[int]:
    """The ids of the lots that were picked on a plot."""
    return set(session.scalars(_picked().where(LotOrigin.plot_id == plot_id)))


def _picked() -> Select[int]:
    return (
        select(LotPart.lot_id)
        .join(LotOrigin, LotOrigin.event_id == LotPart.event_id)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(LotPart.role == PartRole.OUTPUT, LotEvent.wrong_at.is_(None))
    )


def origins_of(session: Session, lot_ids: Collection[int]) -> list[LotOrigin]:
    """Where these lots, or those they were made of, were picked."""
    wanted = (
        select(LotOrigin)
        .join(LotEvent, LotEvent.id == LotOrigin.event_id)
        .join(LotPart, LotPart.event_id == LotOrigin.event_id)
        .where(
            among(session, LotPart.lot_id, ancestors(session, lot_ids)),
            LotEvent.wrong_at.is_(None),
        )
        .options(joinedload(LotOrigin.event), joinedload(LotOrigin.area))
        .order_by(LotOrigin.event_id, LotOrigin.number)
    )
    return list(session.scalars(wanted).unique())


def bought_in(session: Session, lot_ids: Collection[int]) -> bool:
    """Whether anything in these lots was taken over from who keeps no lots here."""
    wanted = (
        select(LotPart.lot_id)
        .join(LotEvent, LotEvent.id == LotPart.event_id)
        .where(
            among(session, LotPart.lot_id, ancestors(session, lot_ids)),
            LotPart.role == PartRole.OUTPUT,
            LotEvent.step == LotStep.RECEIVE,
            LotEvent.wrong_at.is_(None),
        )
    )
    return session.scalar(wanted.limit(1)) is not None


def whereabouts(session: Session, lot_ids: Collection[int]) -> list[Held]:
    """Where all kilograms of these lots are or went: stock, on the way, out of reach.

    Kilograms that became other lots are not among them: those lots are.
    """
    return [
        *_in_stock(session, lot_ids),
        *_left(session, lot_ids),
    ]


def _in_stock(session: Session, lot_ids: Collection[int]) -> list[Held]:
    rows = session.scalars(
        select(LotHolding)
        .where(among(session, LotHolding.lot_id, lot_ids), LotHolding.kg > 0)
        .options(joinedload(LotHolding.lot), joinedload(LotHolding.organisation))
        .order_by(LotHolding.lot_id, LotHolding.organisation_id)
    )
    return [Held(one.lot, one.kg, one.organisation) for one in rows]


def _left(session: Session, lot_ids: Collection[int]) -> list[Held]:
    steps = (LotStep.SHIP, LotStep.SELL, LotStep.DESTROY)
    rows = session.scalars(
        select(LotPart)
        .join(LotPart.event)
        .where(
            among(session, LotPart.lot_id, lot_ids),
            LotPart.role == PartRole.INPUT,
            LotEvent.step.in_(steps),
            LotEvent.wrong_at.is_(None),
            not_arrived(),
        )
        .options(
            joinedload(LotPart.lot),
            joinedload(LotPart.event).joinedload(LotEvent.organisation),
            joinedload(LotPart.event).joinedload(LotEvent.to_organisation),
        )
        .order_by(LotEvent.at, LotEvent.id, LotPart.number)
    )
    return [_gone(part) for part in rows]


def not_arrived() -> ColumnElement[bool]:
    """Of an event: no arrival answers it. One look into an index an event."""
    answer = aliased(LotEvent)
    return ~exists().where(answer.answers_id == LotEvent.id, answer.wrong_at.is_(None))


def _gone(part: LotPart) -> Held:
    event = part.event
    if event.step is LotStep.SHIP:
        on_the_way = event.to_organisation_id is not None
        to = event.to_organisation, event.to_name
        return Held(part.lot, part.kg, *to, on_the_way, None, event.organisation_id)
    return Held(part.lot, part.kg, event.organisation, event.to_name, gone=event.step)
