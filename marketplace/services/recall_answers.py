"""What holders answer to a recall, and who is late."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import EndLots, ShipLots, Used
from marketplace.domain.errors import N_, NotFound, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.recalls import (
    STANDING,
    AnswerRecall,
    check_answer,
    check_said,
    share,
)
from marketplace.domain.words_trace import LotStep, PartRole
from marketplace.services.lot_capture import capture
from marketplace.services.lot_graph import ancestors
from marketplace.services.recall_lists import access_recall, sent_outside
from marketplace.services.recall_news import (
    remind,
    tell_answered,
)
from models.bulk import among
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding
from models.recalls import Recall, RecallAnswer


def answer_recall(
    session: Session,
    who: Actor,
    public_id: str,
    command: AnswerRecall,
    *,
    now: datetime,
) -> RecallAnswer:
    """Say what was found; what was destroyed or sent back is captured as lot events.

    Goods come after the first answer too, so one may follow: what lies apart is told
    anew, what was destroyed or sent back is added. Refused if it does not know the one
    before, so that no kilogram is destroyed twice. In a drill nothing moves. NotFound
    for whoever was not asked.
    """
    recall = lock_recall(session, who, public_id)
    answer = next(
        (one for one in recall.answers if one.organisation_id == who.organisation_id),
        None,
    )
    if answer is None:
        raise NotFound
    if recall.state not in STANDING:
        raise Refused(N_("Lệnh này đã đóng"))
    if command.after_kg != answer.told_gone_kg:
        raise Refused(N_("Đơn vị đã trả lời lệnh này rồi"))
    stock = stock_of(session, who, recall)
    _check(who, recall, answer, command, sum(stock.values()))
    if not recall.drill:
        _act(session, who, recall, command, stock, now)
    _keep(answer, who, command, now)
    if command.after_kg is None and all(one.answered_at for one in recall.answers):
        tell_answered(session, recall, now=now)
    return answer


def _check(
    who: Actor,
    recall: Recall,
    answer: RecallAnswer,
    command: AnswerRecall,
    stock_kg: int,
) -> None:
    check_answer(command, stock_kg)
    outside = ", ".join(dict.fromkeys(one.name for one in sent_outside(who, recall)))
    check_said(command, stock_kg, outside, command.note.strip() or answer.note)


def _keep(
    answer: RecallAnswer, who: Actor, command: AnswerRecall, now: datetime
) -> None:
    """How fast it answered is told by the first; a drill destroys nothing to add up."""
    if answer.recall.drill:
        answer.destroyed_kg = answer.returned_kg = 0
    answer.answered_at, answer.answered_by_id = answer.answered_at or now, who.user_id
    answer.isolated_kg = command.isolated_kg
    answer.destroyed_kg += command.destroyed_kg
    answer.returned_kg += command.returned_kg
    answer.note = clean_text(command.note, long=True, field="note") or answer.note


def lock_recall(session: Session, who: Actor, public_id: str) -> Recall:
    """A recall that the actor may see, under lock."""
    recall = access_recall(session, who, public_id)
    session.refresh(recall, with_for_update={"of": Recall})
    return recall


def stock_of(session: Session, who: Actor, recall: Recall) -> dict[int, int]:
    """What the actor has in hand of the affected lots: lot id -> kilograms."""
    rows: Any = session.execute(
        select(LotHolding.lot_id, LotHolding.kg).where(
            among(session, LotHolding.lot_id, [one.lot_id for one in recall.lots]),
            LotHolding.organisation_id == who.organisation_id,
            LotHolding.kg > 0,
        )
    )
    return dict(rows.all())


def _act(
    session: Session,
    who: Actor,
    recall: Recall,
    command: AnswerRecall,
    stock: Mapping[int, int],
    now: datetime,
) -> None:
    destroyed = share(stock, command.destroyed_kg)
    left = {lot: kg - destroyed.get(lot, 0) for lot, kg in stock.items()}
    if destroyed:
        told = EndLots(
            event_id=_drawn(recall, who, f"destroy:{command.after_kg}"),
            step=LotStep.DESTROY,
            at=now,
            used=_used(session, destroyed),
            reason=recall.reason,
        )
        capture(session, who, told, now=now)
    for supplier, some in _back(session, who, left, command.returned_kg).items():
        drawn = _drawn(recall, who, f"return:{supplier}:{command.after_kg}")
        _send_back(session, who, drawn, supplier, some, now)


def _used(session: Session, some: Mapping[int, int]) -> tuple[Used, ...]:
    return tuple(
        Used(session.get_one(Lot, lot).public_id, kg)
        for lot, kg in sorted(some.items())
    )


def _back(
    session: Session, who: Actor, left: Mapping[int, int], kg: int
) -> dict[int, dict[int, int]]:
    """One step back: to whom which kilograms of each lot are returned.

    To who sent the lot last, or what it was packed of here, or who made it.
    """
    senders = {lot_id: _sender(session, who, lot_id) for lot_id in left}
    stock = {lot_id: there for lot_id, there in left.items() if senders[lot_id]}
    if kg > sum(stock.values()):
        raise Refused(N_("Hàng này của đơn vị làm ra, không có ai để trả"), "returned")
    back: dict[int, dict[int, int]] = {}
    for lot_id, some in share(stock, kg).items():
        back.setdefault(senders[lot_id] or 0, {})[lot_id] = some
    return back


def _sender(session: Session, who: Actor, lot_id: int) -> int | None:
    """Whom to return a lot to; None for what was made of nobody else's."""
    sender = session.scalars(
        select(LotEvent.organisation_id)
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .where(
            LotPart.lot_id.in_(ancestors(session, [lot_id])),
            LotPart.role == PartRole.INPUT,
            LotEvent.to_organisation_id == who.organisation_id,
            LotEvent.wrong_at.is_(None),
        )
        .order_by(
            (LotPart.lot_id == lot_id).desc(), LotEvent.at.desc(), LotEvent.id.desc()
        )
    ).first()
    maker = session.get_one(Lot, lot_id).organisation_id
    return sender or (maker if maker != who.organisation_id else None)


def _send_back(
    session: Session,
    who: Actor,
    event_id: str,
    to: int,
    some: Mapping[int, int],
    now: datetime,
) -> None:
    told = ShipLots(
        event_id=event_id,
        at=now,
        used=_used(session, some),
        to_organisation_id=to,
    )
    capture(session, who, told, now=now, returned=True)


def _drawn(recall: Recall, who: Actor, word: str) -> str:
    """The id of an event that follows from an answer: the same every time."""
    seed = f"{recall.public_id}:{who.organisation_id}:{word}".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(seed).digest()[:16]).decode()[:22]


def remind_late(session: Session, *, now: datetime) -> int:
    """Remind whoever has not answered in time, each once; how many organisations."""
    late = session.scalars(
        select(RecallAnswer)
        .join(RecallAnswer.recall)
        .where(
            Recall.state.in_(STANDING),
            Recall.answer_by < now,
            RecallAnswer.answered_at.is_(None),
            RecallAnswer.reminded_at.is_(None),
        )
        .order_by(RecallAnswer.recall_id, RecallAnswer.organisation_id)
    ).all()
    for one in late:
        remind(session, one.recall, one.organisation_id, now=now)
        one.reminded_at = now
    return len(late)
