"""Holds and recalls: opened over lots and all that was made of them, in one action."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.recalls import STANDING, OpenRecall
from marketplace.domain.trace import Placed, Whereabout
from marketplace.services.days import day_of
from marketplace.services.lot_graph import descendants
from marketplace.services.lot_trace import read_placed
from marketplace.services.lots import access_lot
from marketplace.services.recall_news import tell_opened
from marketplace.services.rules import rule
from models.bulk import among
from models.lots import Lot, LotHolding
from models.recalls import Recall, RecallAnswer, RecallLot, RecallShare


def open_recall(
    session: Session, who: Actor, command: OpenRecall, *, now: datetime
) -> Recall:
    """Hold or recall lots and everything made of them: blocked, listed, everybody told.

    An organisation does so for lots it made, an officer for any in scope. A drill
    does the same without blocking. NotFound for lots of others; Refused without a
    reason.
    """
    begun = monotonic()
    reason = _reason(command)
    chosen = [_own_lot(session, who, one) for one in command.lots]
    if not chosen:
        raise Refused(N_("Chọn ít nhất một lô"), "lots")
    lots = _lock_closure(session, {one.id for one in chosen})
    placed = _still_there(session, [one.id for one in lots])
    took = timedelta(seconds=monotonic() - begun)
    recall = Recall(
        kind=command.kind,
        drill=command.drill,
        organisation_id=who.organisation_id,
        by_user_id=who.user_id,
        by_officer=who.is_officer,
        reason=reason,
        opened_at=now,
        listed_at=now + took,
        answer_by=now + _time_to_answer(session, now),
    )
    session.add(recall)
    _cover(recall, lots, {one.id for one in chosen}, now)
    _list_holders(recall, placed, now)
    session.flush()  # notices name it by its public id
    tell_opened(session, recall, now=now)
    return recall


def _time_to_answer(session: Session, now: datetime) -> timedelta:
    hours = rule(session, "recall.deadlines", day_of(now))["answer_hours"]
    return timedelta(hours=int(hours))


def _reason(command: OpenRecall) -> str:
    reason = clean_text(command.reason, long=True, field="reason")
    if not reason:
        raise Refused(N_("Viết rõ lý do"), "reason")
    return reason


def _own_lot(session: Session, who: Actor, public_id: str) -> Lot:
    lot = access_lot(session, who, public_id)
    if not who.is_officer and lot.organisation_id != who.organisation_id:
        raise NotFound
    return lot


def _lock_closure(session: Session, chosen: set[int]) -> list[Lot]:
    """All that was made of the chosen lots, under lock.

    Whoever takes kilograms of a lot locks its holding: once all holdings are locked
    nothing new is made of them, and what was made while waiting is locked too.
    """
    ids: set[int] = set()
    while ids != (found := descendants(session, chosen)):
        ids = found
        session.scalars(
            select(LotHolding)
            .where(among(session, LotHolding.lot_id, ids))
            .order_by(LotHolding.lot_id, LotHolding.organisation_id)
            .with_for_update(of=LotHolding)
            .execution_options(populate_existing=True)
        ).all()
    return list(
        session.scalars(select(Lot).where(among(session, Lot.id, ids)).order_by(Lot.id))
    )


def _cover(
    recall: Recall, lots: Sequence[Lot], chosen: Collection[int], now: datetime
) -> None:
    for lot in lots:
        recall.lots.append(RecallLot(lot=lot, chosen=lot.id in chosen, added_at=now))
        if not recall.drill:
            lot.held = True


def _still_there(session: Session, lots: Collection[int]) -> list[Placed]:
    """Who has, gets, sent out or sold something of it; what is destroyed is no more."""
    return [
        one
        for one in read_placed(session, lots)
        if one.where is not Whereabout.DESTROYED
    ]


def _list_holders(recall: Recall, placed: Collection[Placed], now: datetime) -> None:
    for number, one in enumerate(placed, 1):
        recall.shares.append(
            RecallShare(
                number=number,
                lot_id=one.lot,
                kg=one.kg,
                organisation_id=one.holder.organisation_id,
                name=one.holder.name,
                sender_id=one.sender_id,
                where=one.where,
            )
        )
    for organisation_id, kg in sorted(_asked(placed).items()):
        recall.answers.append(
            RecallAnswer(organisation_id=organisation_id, told_at=now, asked_kg=kg)
        )


def _asked(placed: Collection[Placed]) -> dict[int, int]:
    """Whom to ask for how many kilograms: holders, and who sent on or outside."""
    asked: dict[int, int] = {}
    for one in placed:
        holder = one.holder.organisation_id
        answers = holder if holder is not None else one.sender_id
        if answers is not None:
            asked[answers] = asked.get(answers, 0) + one.kg
        if holder is not None and one.sender_id is not None:
            asked.setdefault(one.sender_id, 0)  # told, with nothing to count
    return asked


def extend_recalls(
    session: Session, *, now: datetime, lots: Collection[int] | None = None
) -> int:
    """Cover what was made of affected lots since; how many lots came to recalls.

    A step that had been captured before the recall may arrive later from a phone, a
    load that was on its way may be confirmed. `lots` narrows it to recalls of these.
    """
    wanted = select(Recall).where(Recall.state.in_(STANDING)).order_by(Recall.id)
    if lots is not None:
        over = select(RecallLot.recall_id).where(RecallLot.lot_id.in_(lots))
        wanted = wanted.where(Recall.id.in_(over))
    standing = session.scalars(wanted).all()
    return sum(_extend(session, recall, now) for recall in standing)


def _extend(session: Session, recall: Recall, now: datetime) -> int:
    known = {one.lot_id for one in recall.lots}
    new = [one for one in _lock_closure(session, known) if one.id not in known]
    _cover(recall, new, (), now)
    told = {one.organisation_id for one in recall.answers}
    placed = read_placed(session, known | {one.id for one in new})
    for organisation_id, kg in sorted(_asked(placed).items()):
        if organisation_id not in told:
            recall.answers.append(
                RecallAnswer(organisation_id=organisation_id, told_at=now, asked_kg=kg)
            )
    session.flush()  # whoever came to it is told by what is stored
    tell_opened(session, recall, now=now)
    return len(new)


def open_recall_of(session: Session, lot: Lot) -> Recall | None:
    """The hold or recall that stands over a lot, the first of several; drills are none."""
    return session.scalars(
        select(Recall)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .where(
            RecallLot.lot_id == lot.id,
            Recall.state.in_(STANDING),
            Recall.drill.is_(False),
        )
        .order_by(Recall.id)
    ).first()
