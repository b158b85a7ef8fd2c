"""Recalls as they are read: who may see which, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.domain.actor import Actor
from marketplace.domain.errors import NotFound
from marketplace.domain.recalls import STANDING
from marketplace.services.lot_trace import partners_of
from marketplace.services.lots import arriving
from models.bulk import within
from models.organisations import Organisation
from models.recalls import Recall, RecallAnswer, RecallLot, RecallShare


def access_recall(session: Session, who: Actor, public_id: str) -> Recall:
    """A recall for whoever opened it or is asked by it, or officers of a place of these."""
    recall = session.scalars(
        select(Recall).where(Recall.public_id == public_id, _seen_by(session, who))
    ).first()
    if recall is None:
        raise NotFound
    return recall


def list_recalls(session: Session, who: Actor) -> list[Recall]:
    """What the actor opened or is asked by; officers see those of their scope."""
    return list(
        session.scalars(
            select(Recall)
            .where(_seen_by(session, who))
            .options(
                selectinload(Recall.answers),
                selectinload(Recall.lots).selectinload(RecallLot.lot),
            )
            .order_by(Recall.opened_at.desc(), Recall.id.desc())
        )
    )


def count_standing(session: Session, who: Actor) -> int:
    """How many recalls and holds the actor sees that are not lifted; drills are none."""
    standing = select(func.count(Recall.id)).where(
        Recall.state.in_(STANDING), Recall.drill.is_(False), _seen_by(session, who)
    )
    return session.scalar(standing) or 0


def unanswered(session: Session, who: Actor) -> list[Recall]:
    """Standing orders that wait for the answer of the actor's organisation."""
    waiting = select(RecallAnswer.recall_id).where(
        RecallAnswer.organisation_id == who.organisation_id,
        RecallAnswer.answered_at.is_(None),
    )
    return list(
        session.scalars(
            select(Recall)
            .where(Recall.id.in_(waiting), Recall.state.in_(STANDING))
            .options(selectinload(Recall.lots).selectinload(RecallLot.lot))
            .order_by(Recall.drill, Recall.answer_by, Recall.id)
        )
    )


def _seen_by(session: Session, who: Actor) -> ColumnElement[bool]:
    asked = select(RecallAnswer.recall_id).where(
        RecallAnswer.organisation_id == who.organisation_id
    )
    ways = [Recall.organisation_id == who.organisation_id, Recall.id.in_(asked)]
    if who.is_officer:
        near = select(Organisation.id).where(
            within(session, Organisation.unit_id, who.scope_unit_ids)
        )
        asked_near = select(RecallAnswer.recall_id).where(
            RecallAnswer.organisation_id.in_(near)
        )
        ways += [Recall.organisation_id.in_(near), Recall.id.in_(asked_near)]
    return or_(*ways)


def sent_outside(who: Actor, recall: Recall) -> list[RecallShare]:
    """What went to who keeps no lots here: to be called by who sent it.

    Officers read of all of it, others of what they sent themselves.
    """
    return [
        one
        for one in recall.shares
        if one.organisation_id is None
        and (who.is_officer or one.sender_id == who.organisation_id)
    ]


def coming_kg(session: Session, who: Actor, recall: Recall) -> int:
    """Kilograms of its lots that are on their way to the actor."""
    lots = {one.lot_id for one in recall.lots}
    parts = (part for ship in arriving(session, who) for part in ship.parts)
    return sum(part.kg for part in parts if part.lot_id in lots)


@dataclass(frozen=True)
class Row:
    """One that was asked, as the reader may know it; a name may be hidden."""

    name: str
    answer: RecallAnswer
    late: bool
    took: timedelta | None
    weighed: bool = True  # whether the reader may know its kilograms


@dataclass(frozen=True)
class Progress:
    """How far a recall has come."""

    rows: tuple[Row, ...]
    answered: int
    asked: int
    found_kg: int
    asked_kg: int
    weighed: bool = True  # whether the reader may know the kilograms of all

    @property
    def percent(self) -> int:
        """Of those asked, how many answered."""
        return self.answered * 100 // self.asked if self.asked else 100


def progress_of(
    session: Session, who: Actor, recall: Recall, *, now: datetime
) -> Progress:
    """All rows for who opened it and for officers; one's own row for others.

    Whoever opened it reads the names of its own partners alone (TR-01): officers go
    after the others. A drill is no reason to learn what a buyer has left: whoever
    opened one reads who answered when. Not even a share of the kilograms: with one
    buyer it would tell the buyer's stock.
    """
    mine = recall.organisation_id == who.organisation_id
    answers = [
        one
        for one in recall.answers
        if mine or who.is_officer or one.organisation_id == who.organisation_id
    ]
    named = None
    if not who.is_officer:
        chosen = [one.lot_id for one in recall.lots if one.chosen]
        named = partners_of(session, who, chosen)
    done = [one for one in answers if one.answered_at]
    rows = tuple(_row(recall, one, named, now, _weighs(who, one)) for one in answers)
    return Progress(
        rows=rows,
        answered=len(done),
        asked=len(answers),
        found_kg=sum(one.accounted_kg for one in done),
        asked_kg=sum(one.asked_kg for one in answers),
        weighed=all(one.weighed for one in rows),
    )


def _weighs(who: Actor, one: RecallAnswer) -> bool:
    own = one.organisation_id == who.organisation_id
    return who.is_officer or own or not one.recall.drill


def _row(
    recall: Recall,
    one: RecallAnswer,
    named: frozenset[int] | None,
    now: datetime,
    weighed: bool,
) -> Row:
    shown = named is None or one.organisation_id in named
    answered = one.answered_at
    return Row(
        name=one.organisation.short_name if shown else "",
        answer=one,
        late=(answered or now) > recall.answer_by,
        took=answered - one.told_at if answered else None,
        weighed=weighed,
    )
