"""Recalls of the demo: a drill that has ended, and a recall that half have answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, func, select

from marketplace.demo.boxes import somebody
from marketplace.demo.diary import World
from marketplace.domain.actor import Actor
from marketplace.domain.recalls import AnswerRecall, OpenRecall, RecallKind
from marketplace.services.recall_answers import answer_recall, stock_of
from marketplace.services.recall_lifting import lift_recall
from marketplace.services.recalls import open_recall
from models.lot_events import LotEvent, LotPart
from models.lots import Lot, LotHolding, LotLink
from models.organisations import Organisation
from models.recalls import Recall

DRILLS, RECALLS = "Bảo Minh", "Toàn Thắng"
DRILL, RECALL = timedelta(days=21), timedelta(hours=20)
FIRST_ANSWER = timedelta(minutes=40)


def note_recalls(world: World) -> None:
    """Two makers whom the demo has logins of, over what their buyers still have."""
    if drilled := _lots(world, DRILLS, DRILL):
        _drill(world, drilled)
    if recalled := _lots(world, RECALLS, RECALL):
        _recall(world, recalled)


def _lots(world: World, maker: str, ago: timedelta) -> list[Lot]:
    """The youngest lot at each buyer, of one product; nothing was told of it since."""
    last = (
        select(func.max(LotEvent.at))
        .join(LotPart, LotPart.event_id == LotEvent.id)
        .where(LotPart.lot_id == Lot.id)
        .scalar_subquery()
    )
    rows = world.session.scalars(
        select(LotHolding)
        .join(LotHolding.lot)
        .join(Lot.organisation)
        .where(
            Organisation.short_name == maker,
            LotHolding.organisation_id != Lot.organisation_id,
            LotHolding.kg > 0,
            ~exists().where(LotLink.parent_id == Lot.id),
            last < world.now - ago,
        )
        .order_by(Lot.made_on.desc(), Lot.id.desc())
    ).all()
    found: dict[int, Lot] = {}
    for one in rows:
        if one.lot.product_id == rows[0].lot.product_id:
            found.setdefault(one.organisation_id, one.lot)
    return list(found.values())


def _open(
    world: World, lots: Sequence[Lot], told: OpenRecall, ago: timedelta
) -> Recall:
    who = _somebody(world, lots[0].organisation_id)
    return open_recall(world.session, who, told, now=world.now - ago)


def _somebody(world: World, organisation_id: int) -> Actor:
    found = somebody(world, organisation_id)
    assert found is not None
    return found


def _drill(world: World, lots: Sequence[Lot]) -> None:
    reason = "Diễn tập mỗi năm một lần: thử xem bao lâu thì mọi nơi trả lời"
    named = tuple(one.public_id for one in lots)
    told = OpenRecall(named, RecallKind.RECALL, reason, drill=True)
    drill = _open(world, lots, told, DRILL)
    for number, one in enumerate(drill.answers, 1):
        who = _somebody(world, one.organisation_id)
        stock = sum(stock_of(world.session, who, drill).values())
        answer_recall(
            world.session,
            who,
            drill.public_id,
            AnswerRecall(isolated_kg=stock),
            now=world.now - DRILL + number * FIRST_ANSWER,
        )
    who = _somebody(world, lots[0].organisation_id)
    said = "Mọi nơi đã trả lời trong ngày; phần không tìm thấy đã bán từ trước"
    ended = world.now - DRILL + timedelta(hours=5)
    lift_recall(world.session, who, drill.public_id, said, now=ended)


def _recall(world: World, lots: Sequence[Lot]) -> None:
    """One buyer has put apart what it has; others, if there are, still look."""
    reason = "Nhiều thùng của lô có quả bị dập, nước rỉ ra đáy"
    named = tuple(one.public_id for one in lots)
    told = OpenRecall(named, RecallKind.RECALL, reason)
    recall = _open(world, lots, told, RECALL)
    one = recall.answers[0]
    who = _somebody(world, one.organisation_id)
    stock = sum(stock_of(world.session, who, recall).values())
    bad = stock // 4
    found = AnswerRecall(stock - bad, bad, note="Đã bỏ khỏi kệ, phần còn lại đã bán")
    at = world.now - RECALL + FIRST_ANSWER
    answer_recall(world.session, who, recall.public_id, found, now=at)
