"""Holds, recalls and drills: what is blocked, who is told, what each answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_lots import ShipLots, Used
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.recalls import (
    AnswerRecall,
    OpenRecall,
    RecallKind,
    RecallState,
    share,
)
from marketplace.domain.trace import Whereabout
from marketplace.domain.words_trace import LotStep
from marketplace.domain.words_work import NoticeKind
from marketplace.services.invariants_recalls import CHECKS_OF_RECALLS
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_trace import read_placed
from marketplace.services.recall_answers import (
    answer_recall,
    remind_late,
)
from marketplace.services.recall_lifting import agree_to_lift, lift_recall
from marketplace.services.recall_lists import (
    access_recall,
    coming_kg,
    list_recalls,
    progress_of,
    sent_outside,
)
from marketplace.services.recalls import extend_recalls, open_recall, open_recall_of
from models.database import new_public_id
from models.lot_events import LotEvent
from models.lots import Lot
from models.notices import Notice
from models.organisations import Organisation
from models.recalls import Recall
from tests.factories import NOW, Make
from tests.services.test_lot_trace import Road

LATER = NOW + timedelta(days=40)  # all that the road tells of lies before


@pytest.fixture
def road(session: Session, make: Make) -> Road:
    return Road(session, make)


def opened(road: Road, who: Actor, lot: Lot, **over: object) -> Recall:
    """A recall of one lot, by who made it."""
    told = {"kind": RecallKind.RECALL, "reason": "Dư lượng thuốc"} | over
    return open_recall(
        road.session, who, OpenRecall((lot.public_id,), **told), now=LATER
    )


def answer(
    road: Road, who: Actor, recall: Recall, note: str = "Tìm tiếp", **kg: int
) -> None:
    """What somebody found of it, and what is to be said of the rest."""
    told = AnswerRecall(**kg, note=note)
    answer_recall(road.session, who, recall.public_id, told, now=LATER)


def told_of(road: Road, kind: NoticeKind) -> set[int]:
    """The organisations that were told."""
    wanted = select(Notice.organisation_id).where(Notice.kind == kind)
    return {int(one or 0) for one in road.session.scalars(wanted)}


def stock(road: Road) -> int:
    """All kilograms of the boxes that are in somebody's stock."""
    return sum(
        one.kg
        for one in read_placed(road.session, [road.boxes.id])
        if one.where is Whereabout.STOCK
    )


def test_one_action_holds_all_that_was_made_and_tells_every_holder(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)

    assert (road.boxes.held, road.bags.held, road.picked.held) == (True, True, False)
    assert recall.listed_at > recall.opened_at
    everybody = {road.grower, road.trader, road.shop}
    asked = {one.organisation_id: one.asked_kg for one in recall.answers}
    assert asked == {
        road.grower.organisation_id: 290,
        road.trader.organisation_id: 400,
        road.shop.organisation_id: 50 + 110 + 40,
    }
    told = told_of(road, NoticeKind.RECALL_OPENED)
    assert {one.organisation_id for one in everybody} <= told
    assert open_recall_of(road.session, road.bags) == recall


def test_each_is_told_of_the_lots_that_it_had(road: Road) -> None:
    opened(road, road.grower, road.picked)

    wanted = select(Notice).where(Notice.kind == NoticeKind.RECALL_OPENED)
    told = {one.organisation_id: one.params for one in road.session.scalars(wanted)}
    shop = told[road.shop.organisation_id]["lot"].split(", ")
    assert set(shop) == {road.boxes.code, road.bags.code}
    assert told[road.trader.organisation_id]["lot"] == road.boxes.code


def test_held_goods_neither_leave_nor_become_anything_else(road: Road) -> None:
    opened(road, road.grower, road.picked)

    with pytest.raises(Refused):
        road.lots.shipped(road.trader, road.boxes, 10, road.shop.organisation_id)
    with pytest.raises(Refused):
        road.lots.turned(road.shop, {road.boxes: 10}, [10])
    with pytest.raises(Refused):
        road.lots.ended(road.shop, road.bags, 10)


def test_a_drill_tells_everybody_and_blocks_nothing(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes, drill=True)

    answer(road, road.trader, recall, isolated_kg=300, destroyed_kg=100)
    road.lots.shipped(road.trader, road.boxes, 10, road.shop.organisation_id)

    assert not road.boxes.held
    assert open_recall_of(road.session, road.boxes) is None
    assert road.shop.organisation_id in told_of(road, NoticeKind.RECALL_DRILL)
    assert told_of(road, NoticeKind.RECALL_OPENED) == set()
    assert road.lots.kg(road.trader, road.boxes) == 390


def test_destroyed_and_returned_goods_are_events_of_the_same_tap(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)

    answer(road, road.trader, recall, isolated_kg=50, destroyed_kg=100, returned_kg=250)

    assert road.lots.kg(road.trader, road.boxes) == 50
    placed = read_placed(road.session, [road.boxes.id])
    gone = [one.kg for one in placed if one.where is Whereabout.DESTROYED]
    back = [
        (one.kg, one.holder.organisation_id)
        for one in placed
        if one.where is Whereabout.ON_THE_WAY
    ]
    assert gone == [100]
    assert back == [(250, road.grower.organisation_id)]


def test_nobody_finds_more_than_is_there_or_answers_twice(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)
    before = stock(road)

    with pytest.raises(Refused):
        answer(road, road.trader, recall, isolated_kg=301, destroyed_kg=100)
    with pytest.raises(Refused):
        answer(road, road.grower, recall, returned_kg=10)
    answer(road, road.trader, recall, isolated_kg=400)
    with pytest.raises(Refused):
        answer(road, road.trader, recall, destroyed_kg=400)

    assert stock(road) == before


def test_what_is_not_told_of_and_who_got_some_outside_need_a_word(road: Road) -> None:
    road.lots.tell(
        road.trader,
        ShipLots(
            new_public_id(),
            road.lots.tick(),
            (Used(road.boxes.public_id, 50),),
            to_name="Chợ đầu mối",
        ),
    )
    recall = opened(road, road.grower, road.boxes)

    for who, kg in ((road.trader, 300), (road.trader, 350)):
        with pytest.raises(Refused) as refused:
            answer(road, who, recall, note="", isolated_kg=kg)
        assert refused.value.field == "note"
    assert "Chợ đầu mối" in str(refused.value)
    assert [one.name for one in sent_outside(road.trader, recall)] == ["Chợ đầu mối"]
    assert sent_outside(road.shop, recall) == []
    answer(road, road.trader, recall, note="Chợ còn 20 kg", isolated_kg=350)
    answer(road, road.shop, recall, note="", isolated_kg=160)


def test_nobody_writes_recalled_goods_away(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)
    packed = road.session.scalars(
        select(LotEvent).where(
            LotEvent.organisation_id == road.shop.organisation_id,
            LotEvent.step == LotStep.SELL,
        )
    ).one()

    with pytest.raises(Refused):
        declare_wrong(road.session, road.shop, packed.public_id, "Nhầm", now=LATER)
    lift_recall(road.session, road.grower, recall.public_id, "Không sao", now=LATER)
    declare_wrong(road.session, road.shop, packed.public_id, "Nhầm", now=LATER)

    assert road.lots.kg(road.shop, road.bags) == 150


def test_what_is_on_its_way_is_told_to_who_gets_it(road: Road) -> None:
    road.lots.shipped(road.trader, road.boxes, 30, road.shop.organisation_id)

    recall = opened(road, road.grower, road.boxes)

    assert coming_kg(road.session, road.shop, recall) == 30
    assert coming_kg(road.session, road.trader, recall) == 0


def test_what_was_packed_here_goes_back_to_who_sent_what_is_in_it(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)

    answer(road, road.shop, recall, returned_kg=160)
    with pytest.raises(Refused) as refused:
        answer(road, road.grower, recall, returned_kg=10)

    assert (
        road.lots.kg(road.shop, road.bags),
        road.lots.kg(road.shop, road.boxes),
    ) == (
        0,
        0,
    )
    sent = road.session.scalars(
        select(LotEvent.to_organisation_id).where(
            LotEvent.organisation_id == road.shop.organisation_id,
            LotEvent.step == LotStep.SHIP,
        )
    ).all()
    assert set(sent) == {road.trader.organisation_id}
    assert refused.value.field == "returned"


def test_a_later_answer_tells_of_goods_that_came_since_and_destroys_none_twice(
    road: Road,
) -> None:
    recall = opened(road, road.grower, road.boxes)
    answer(road, road.trader, recall, isolated_kg=0)
    answer(road, road.trader, recall, isolated_kg=300, destroyed_kg=100, after_kg=0)

    answer(road, road.trader, recall, isolated_kg=200, destroyed_kg=100, after_kg=100)
    with pytest.raises(Refused):  # the page of before, sent once more
        answer(road, road.trader, recall, destroyed_kg=100, after_kg=100)

    assert road.lots.kg(road.trader, road.boxes) == 200
    own = next(
        one
        for one in recall.answers
        if one.organisation_id == road.trader.organisation_id
    )
    assert (own.isolated_kg, own.destroyed_kg, own.accounted_kg) == (200, 200, 400)


def test_a_later_answer_in_a_drill_replaces_the_one_before(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes, drill=True)
    answer(road, road.trader, recall, isolated_kg=300, destroyed_kg=100)

    answer(road, road.trader, recall, destroyed_kg=400, after_kg=100)

    seen = progress_of(road.session, road.trader, recall, now=LATER)
    assert seen.found_kg == 400
    assert road.lots.kg(road.trader, road.boxes) == 400


def test_progress_counts_answers_and_kilograms_and_hides_strangers(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)
    answer(road, road.trader, recall, isolated_kg=390)

    seen = progress_of(road.session, road.grower, recall, now=LATER)
    own = progress_of(road.session, road.shop, recall, now=LATER)

    assert (seen.answered, seen.asked, seen.found_kg, seen.asked_kg) == (1, 3, 390, 890)
    assert seen.percent == 33
    assert {one.name for one in seen.rows} == {"Người trồng", "Thương lái", ""}
    assert [one.name for one in own.rows] == ["Cửa hàng"]


def test_a_drill_tells_who_opened_it_no_kilograms_of_others(
    road: Road, make: Make
) -> None:
    recall = opened(road, road.grower, road.boxes, drill=True)
    answer(road, road.trader, recall, isolated_kg=390)

    seen = progress_of(road.session, road.grower, recall, now=LATER)
    officers = progress_of(road.session, make.officer(), recall, now=LATER)

    known = {one.answer.asked_kg for one in seen.rows if one.weighed}
    assert (known, seen.weighed) == ({290}, False)
    assert officers.weighed


def test_its_owner_lifts_a_hold_with_the_outcome(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes, kind=RecallKind.HOLD)
    with pytest.raises(Refused):
        lift_recall(road.session, road.grower, recall.public_id, " ", now=LATER)

    lift_recall(road.session, road.grower, recall.public_id, "Mẫu đạt", now=LATER)

    assert recall.state is RecallState.CLOSED
    assert not road.boxes.held
    assert road.shop.organisation_id in told_of(road, NoticeKind.RECALL_CLOSED)
    with pytest.raises(NotFound):
        lift_recall(road.session, road.shop, recall.public_id, "Gỡ", now=LATER)


def test_a_hold_without_an_order_breaks_an_invariant(road: Road) -> None:
    opened(road, road.grower, road.boxes)
    assert broken(road) == []

    road.picked.held = True
    road.session.flush()  # the check reads the table

    assert len(broken(road)) == 1


def test_whoever_is_not_asked_for_what_was_listed_breaks_an_invariant(
    road: Road,
) -> None:
    recall = opened(road, road.grower, road.boxes)

    recall.answers[0].asked_kg += 1
    recall.answers[1].answered_at = recall.opened_at - timedelta(hours=1)
    recall.answers[1].answered_by_id = road.trader.user_id
    road.session.flush()  # the checks read the tables

    assert len(broken(road)) == 2


def broken(road: Road) -> list[object]:
    """What the checks of recalls find."""
    return [one for check in CHECKS_OF_RECALLS for one in check(road.session)]


def test_a_lot_stays_held_while_another_recall_stands_over_it(road: Road) -> None:
    opened(road, road.grower, road.picked)
    second = opened(road, road.shop, road.bags, kind=RecallKind.HOLD)

    lift_recall(road.session, road.shop, second.public_id, "Đạt", now=LATER)

    assert road.bags.held


def test_two_officers_lift_what_an_officer_opened(road: Road, make: Make) -> None:
    first, second = make.officer(), make.officer()
    recall = opened(road, first, road.boxes)

    lift_recall(road.session, first, recall.public_id, "Mẫu đạt", now=LATER)
    with pytest.raises(Refused):
        agree_to_lift(road.session, first, recall.public_id, now=LATER)
    assert (recall.state, road.boxes.held) == (RecallState.LIFTING, True)
    agree_to_lift(road.session, second, recall.public_id, now=LATER)

    assert (recall.state, road.boxes.held) == (RecallState.CLOSED, False)


def test_only_the_maker_or_an_officer_recalls_a_lot(road: Road, make: Make) -> None:
    for who in (road.trader, road.shop, make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            opened(road, who, road.boxes)


def test_a_stranger_sees_no_recall(road: Road, make: Make) -> None:
    recall = opened(road, road.grower, road.boxes)
    stranger = make.member(make.buyer())

    assert list_recalls(road.session, stranger) == []
    with pytest.raises(NotFound):
        access_recall(road.session, stranger, recall.public_id)
    assert list_recalls(road.session, road.shop) == [recall]


def test_officers_where_it_began_follow_it_though_all_goods_have_left(
    road: Road, make: Make
) -> None:
    near, far = make.officer(), make.officer("D116")
    road.move(road.grower, road.trader, road.boxes, 290)
    for one in (road.trader, road.shop):
        away = road.session.get_one(Organisation, one.organisation_id)
        away.unit_id = next(iter(far.scope_unit_ids - near.scope_unit_ids))

    recall = opened(road, road.grower, road.boxes)

    assert list_recalls(road.session, near) == [recall]
    assert list_recalls(road.session, far) == [recall]
    assert told_of(road, NoticeKind.RECALL_OPENED) >= {
        near.organisation_id,
        far.organisation_id,
    }


def test_the_late_are_reminded_once(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)
    answer(road, road.trader, recall, isolated_kg=400)
    due: datetime = recall.answer_by

    assert remind_late(road.session, now=due) == 0
    assert remind_late(road.session, now=due + timedelta(minutes=1)) == 2
    assert remind_late(road.session, now=due + timedelta(days=2)) == 0
    assert road.shop.organisation_id in told_of(road, NoticeKind.RECALL_LATE)


def test_what_was_made_and_told_later_is_affected_too(road: Road) -> None:
    recall = opened(road, road.grower, road.boxes)
    road.boxes.held = False  # as if the step had been captured while it was opened
    (late,) = road.lots.turned(road.shop, {road.boxes: 20}, [20])
    road.boxes.held = True

    assert extend_recalls(road.session, now=LATER) == 1
    assert extend_recalls(road.session, now=LATER) == 0

    assert late.held
    assert open_recall_of(road.session, late) == recall


def test_kilograms_are_taken_from_the_lots_in_their_order() -> None:
    assert share({3: 10, 1: 5, 2: 7}, 9) == {1: 5, 2: 4}
    assert share({1: 5}, 0) == {}
