"""How a recall ends: with its outcome, and by two officers if one opened it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.recalls import STANDING, RecallState
from marketplace.services.recall_answers import lock_recall
from marketplace.services.recall_news import tell_closed, tell_lifting
from models.bulk import among
from models.lots import Lot
from models.recalls import Recall, RecallLot


def lift_recall(
    session: Session, who: Actor, public_id: str, outcome: str, *, now: datetime
) -> Recall:
    """End it and say how it came out; one of an officer's waits for a second officer.

    NotFound for whoever neither opened it nor is an officer of the place.
    """
    recall = lock_recall(session, who, public_id)
    if recall.organisation_id != who.organisation_id and not (
        recall.by_officer and who.is_officer
    ):
        raise NotFound
    words = clean_text(outcome, long=True, field="text")
    if not words:
        raise Refused(N_("Viết rõ kết quả"), "text")
    check_transition(Lifecycle.RECALL, recall.state, RecallState.CLOSED)
    if recall.state is RecallState.LIFTING:
        raise Refused(N_("Đã có đề nghị gỡ, chờ cán bộ thứ hai"))
    recall.outcome = words
    if recall.by_officer and not recall.drill:
        recall.state, recall.lifting_by_id = RecallState.LIFTING, who.user_id
        tell_lifting(session, recall, now=now)
        return recall
    return _close(session, who, recall, now)


def agree_to_lift(
    session: Session, who: Actor, public_id: str, *, now: datetime
) -> Recall:
    """The second officer agrees; Refused for whoever proposed it."""
    recall = lock_recall(session, who, public_id)
    if not who.is_officer:
        raise NotFound
    if recall.state is not RecallState.LIFTING:
        raise Refused(N_("Chưa ai đề nghị gỡ lệnh này"))
    if recall.lifting_by_id == who.user_id:
        raise Refused(N_("Cần một cán bộ khác đồng ý"))
    return _close(session, who, recall, now)


def _close(session: Session, who: Actor, recall: Recall, now: datetime) -> Recall:
    recall.state = RecallState.CLOSED
    recall.closed_at, recall.closed_by_id = now, who.user_id
    session.flush()  # the lots look for what still stands over them
    if not recall.drill:
        _release(session, recall)
    tell_closed(session, recall, now=now)
    return recall


def _release(session: Session, recall: Recall) -> None:
    """Free the lots that no other hold or recall stands over."""
    other = exists().where(
        RecallLot.lot_id == Lot.id,
        RecallLot.recall_id == Recall.id,
        Recall.state.in_(STANDING),
        Recall.drill.is_(False),
    )
    ids = [one.lot_id for one in recall.lots]
    for lot in session.scalars(
        select(Lot).where(among(session, Lot.id, ids), ~other).order_by(Lot.id)
    ):
        lot.held = False
