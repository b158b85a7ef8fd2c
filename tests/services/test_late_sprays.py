"""A treatment told late holds what was picked too early, wherever it is by then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.commands_lots import Origin
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.errors import Refused
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.sprays import too_early
from marketplace.services.days import day_of
from marketplace.services.late_sprays import holding_sprays
from marketplace.services.recall_lifting import lift_recall
from marketplace.services.recalls import open_recall, open_recall_of
from marketplace.services.sprays import declare_spray_wrong, write_spray
from models.database import new_public_id
from models.notices import Notice
from models.papers import GrowingArea
from models.sprays import Spray
from tests import plot_rows
from tests.factories import NOW, TODAY, Make
from tests.lots_rows import Lots

LATE = NOW + timedelta(days=1)


class Diary(Lots):
    """Lots, and a diary that is written afterwards."""

    def sprayed(
        self, who, days_before=3, interval=7, plot_id=None, after_picking=None
    ) -> Spray:
        area = self.session.get_one(GrowingArea, self.garden(who))
        day = day_of(self.at) - timedelta(days=days_before)
        over = {"plot_id": plot_id, "after_picking": after_picking}
        told = WriteSpray(new_public_id(), day, "Abamectin", interval, **over)
        return write_spray(self.session, who, area.public_id, told, now=LATE)

    def told(self, who) -> list[Notice]:
        wanted = select(Notice).where(Notice.kind == "lot_held")
        mine = wanted.where(Notice.organisation_id == who.organisation_id)
        return list(self.session.scalars(mine))


@pytest.fixture
def diary(session: Session, make: Make) -> Diary:
    return Diary(session, make)


def test_what_was_picked_too_early_is_held_with_all_made_of_it(diary: Diary) -> None:
    who, buyer = diary.seller(), diary.of(diary.make.buyer())
    lot = diary.harvested(who, 1000)
    (boxes,) = diary.turned(who, {lot: 600}, [600])
    diary.arrived(buyer, diary.shipped(who, boxes, 200, buyer.organisation_id))

    spray = diary.sprayed(who)

    assert lot.held
    assert boxes.held
    assert holding_sprays(diary.session, boxes.id) == [spray]
    hold = open_recall_of(diary.session, boxes)
    assert hold is not None
    assert "Abamectin" in hold.reason
    assert {one.organisation_id for one in hold.answers} == {
        who.organisation_id,
        buyer.organisation_id,
    }
    with pytest.raises(Refused):
        diary.ended(buyer, boxes, 1)


def test_officers_hear_of_it_whether_it_has_left_or_not(diary: Diary) -> None:
    officer = diary.make.officer()
    who, other = diary.seller(), diary.seller()
    buyer = diary.of(diary.make.buyer())
    diary.harvested(who, 1000)
    gone = diary.harvested(other, 500)
    diary.arrived(buyer, diary.shipped(other, gone, 200, buyer.organisation_id))

    diary.sprayed(who)
    line = diary.sprayed(other)
    declare_spray_wrong(diary.session, other, line.public_id, "Nhầm ngày", now=LATE)
    still_held = gone.held
    hold = open_recall_of(diary.session, gone)
    assert hold is not None
    lift_recall(diary.session, other, hold.public_id, "Ghi nhầm ngày", now=LATE)

    wanted = select(Notice.kind).where(Notice.user_id == officer.user_id)
    assert set(diary.session.scalars(wanted)) >= {
        "lot_held",
        "recall_opened",
        "recall_closed",
    }
    assert still_held
    assert not gone.held


def test_an_interval_that_had_passed_holds_nothing(diary: Diary) -> None:
    who = diary.seller()
    lot = diary.harvested(who)

    diary.sprayed(who, days_before=7, interval=7)
    diary.sprayed(who, days_before=-1, interval=7)  # after the picking

    assert not lot.held
    assert diary.told(who) == []


def test_on_the_day_of_picking_the_diary_asks_which_came_first(diary: Diary) -> None:
    who = diary.seller()
    lot = diary.harvested(who)

    with pytest.raises(Refused) as asked:
        diary.sprayed(who, days_before=0)
    diary.sprayed(who, days_before=0, interval=0)
    diary.sprayed(who, days_before=0, after_picking=True)
    free = not lot.held
    diary.sprayed(who, days_before=0, after_picking=False)

    assert asked.value.field == "after_picking"
    assert free
    assert lot.held


def test_what_was_picked_before_a_later_spray_of_that_day_is_told_late(
    diary: Diary,
) -> None:
    who = diary.seller()
    at = diary.tick()
    spray = diary.sprayed(who, days_before=0, after_picking=True)

    lot = diary.harvested(who, at=at)
    with pytest.raises(Refused):
        diary.harvested(who, at=spray.recorded_at + timedelta(minutes=1))

    assert not lot.held


@given(st.integers(-3, 10), st.integers(0, 9), st.booleans())
def test_only_a_day_said_to_end_with_spraying_may_be_picked_too(
    passed: int, interval: int, after: bool
) -> None:
    day = TODAY + timedelta(days=passed)

    caught = too_early(day, TODAY, interval, after_picking=after)

    assert caught == (0 <= passed < interval and not (after and passed == 0))


def test_another_plot_s_fruit_is_free(diary: Diary) -> None:
    who = diary.seller()
    area = diary.session.get_one(GrowingArea, diary.garden(who))
    here, there = (
        plot_rows.plot(diary.session, area, who, name=name) for name in ("A", "B")
    )
    mine = diary.harvested(who, 100, origins=(Origin(100, plot_id=here.id),))
    other = diary.harvested(who, 100, origins=(Origin(100, plot_id=there.id),))
    unknown = diary.harvested(who, 100)

    diary.sprayed(who, plot_id=here.id)

    assert (mine.held, other.held, unknown.held) == (True, False, True)


def test_a_line_declared_wrong_frees_what_it_alone_held(diary: Diary) -> None:
    who = diary.seller()
    lot = diary.harvested(who)
    first, second = diary.sprayed(who), diary.sprayed(who, days_before=2)

    declare_spray_wrong(diary.session, who, first.public_id, "Nhầm vườn", now=LATE)
    assert lot.held
    declare_spray_wrong(diary.session, who, second.public_id, "Nhầm vườn", now=LATE)

    assert not lot.held
    assert holding_sprays(diary.session, lot.id) == []


def test_the_same_line_twice_holds_and_tells_once(diary: Diary) -> None:
    who = diary.seller()
    diary.harvested(who)
    spray = diary.sprayed(who)

    command = WriteSpray(spray.public_id, spray.sprayed_on, spray.product, 7)
    again = write_spray(diary.session, who, spray.area.public_id, command, now=LATE)

    assert again is spray
    assert len(diary.told(who)) == 1


def test_a_wrong_line_does_not_free_what_a_hold_holds(diary: Diary) -> None:
    who = diary.seller()
    lot = diary.harvested(who)
    spray = diary.sprayed(who)
    told = OpenRecall((lot.public_id,), RecallKind.HOLD, "Có người báo hỏng")
    hold = open_recall(diary.session, who, told, now=LATE)

    declare_spray_wrong(diary.session, who, spray.public_id, "Nhầm vườn", now=LATE)
    assert lot.held
    lift_recall(diary.session, who, hold.public_id, "Không sao", now=LATE)

    assert not lot.held


def test_nobody_sprayed_in_another_century(diary: Diary) -> None:
    with pytest.raises(Refused) as refused:
        diary.sprayed(diary.seller(), days_before=365 * 100)

    assert refused.value.field == "sprayed_on"
