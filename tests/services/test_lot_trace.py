"""The trace of a lot, and how much of it each organisation may learn (TR-01)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor, Role
from marketplace.domain.epcis_queries import read_query
from marketplace.domain.errors import NotFound
from marketplace.domain.lot_layers import layers
from marketplace.domain.recalls import OpenRecall, RecallKind
from marketplace.domain.trace import Trace, Whereabout
from marketplace.domain.words_trace import LotStep
from marketplace.services.epcis_query import EventsOf
from marketplace.services.lot_trace import trace_area, trace_lot
from marketplace.services.recall_lifting import lift_recall
from marketplace.services.recalls import open_recall
from models.lots import Lot
from models.papers import GrowingArea
from models.recalls import Recall
from tests.factories import NOW, Make
from tests.lots_rows import Lots

LATER = NOW + timedelta(days=40)  # all that the road tells of lies before
HOLD = RecallKind.HOLD


class Road:
    """From a garden over a packing house and a trader to a shop, and on to bags."""

    def __init__(self, session: Session, make: Make) -> None:
        self.lots = lots = Lots(session, make)
        self.session = session
        self.grower = lots.seller(short_name="Người trồng")
        self.trader = lots.of(make.buyer(short_name="Thương lái"))
        self.shop = lots.of(make.buyer(short_name="Cửa hàng"), Role.BUYER)
        self.picked = lots.harvested(self.grower, 1000)
        (self.boxes,) = lots.turned(self.grower, {self.picked: 900}, [890])
        self.move(self.grower, self.trader, self.boxes, 600)
        self.move(self.trader, self.shop, self.boxes, 200)
        (self.bags,) = lots.turned(self.shop, {self.boxes: 150}, [150])
        lots.ended(self.shop, self.bags, 40)

    def move(self, sender: Actor, to: Actor, lot: Lot, kg: int) -> None:
        """Ship and receive."""
        ship = self.lots.shipped(sender, lot, kg, to.organisation_id)
        self.lots.arrived(to, ship)

    def trace(self, who: Actor, lot: Lot) -> Trace:
        """What this actor learns of this lot."""
        return trace_lot(self.session, who, lot.public_id)


@pytest.fixture
def road(session: Session, make: Make) -> Road:
    return Road(session, make)


def recalled(road: Road, lot: Lot, kind: RecallKind = HOLD, **over: bool) -> Recall:
    """A hold, a recall or a drill of a lot by who made it."""
    who = road.shop if lot is road.bags else road.grower
    told = OpenRecall((lot.public_id,), kind, "Dư lượng thuốc", **over)
    return open_recall(road.session, who, told, now=LATER)


def names(trace: Trace) -> set[str]:
    """Every organisation that the trace names."""
    told = {one.maker.name for one in trace.lots}
    told |= {one.sender.name for one in trace.shipped}
    told |= {one.receiver.name for one in trace.shipped}
    return (told | {one.holder.name for one in trace.placed}) - {""}


def test_an_officer_sees_everything_both_ways(road: Road, make: Make) -> None:
    trace = road.trace(make.officer(), road.boxes)

    assert {one.code for one in trace.lots} == {
        road.picked.code,
        road.boxes.code,
        road.bags.code,
    }
    assert [one.layer for one in trace.lots] == [-1, 0, 1]
    assert [(one.kg, one.arrived_kg) for one in trace.shipped] == [
        (600, 600),
        (200, 200),
    ]
    assert names(trace) == {"Người trồng", "Thương lái", "Cửa hàng"}
    assert [one.garden for one in trace.sources] == [True]


def test_the_kilograms_of_a_trace_are_all_accounted_for(road: Road, make: Make) -> None:
    trace = road.trace(make.officer(), road.boxes)

    of_boxes = [one.kg for one in trace.placed if one.lot == road.boxes.id]
    into_bags = [one.kg for one in trace.links if one.parent == road.boxes.id]
    assert sum(of_boxes) + sum(into_bags) == road.boxes.made_kg
    sold = [one for one in trace.placed if one.where is Whereabout.SOLD]
    assert [(one.kg, one.holder.name) for one in sold] == [(40, "Cửa hàng")]


def test_the_maker_sees_one_step_forward_and_nothing_of_its_buyer_s_stock(
    road: Road,
) -> None:
    recalled(road, road.boxes, drill=True)

    trace = road.trace(road.grower, road.boxes)

    assert {one.id for one in trace.lots} == {road.picked.id, road.boxes.id}
    assert [(one.receiver.name, one.kg, one.arrived_kg) for one in trace.shipped] == [
        ("Thương lái", 600, 600)
    ]
    assert {one.holder.organisation_id for one in trace.placed} == {
        road.grower.organisation_id
    }
    assert names(trace) == {"Người trồng", "Thương lái"}
    assert not trace.whole


@pytest.mark.parametrize("kind", RecallKind)
def test_while_its_lot_is_recalled_the_maker_sees_every_kilogram_of_it(
    road: Road, kind: RecallKind
) -> None:
    recall = recalled(road, road.boxes, kind)

    during = road.trace(road.grower, road.boxes)
    lift_recall(road.session, road.grower, recall.public_id, "Đạt", now=LATER)
    after = road.trace(road.grower, road.boxes)

    assert during.whole
    assert len(during.lots) == 3
    assert {one.kg for one in during.placed} >= {290, 400, 50, 110, 40}
    assert names(during) == {"Người trồng", "Thương lái"}
    bags = during.by_id()[road.bags.id]
    assert (bags.code, bags.public_id, bags.made_kg) == ("", "", 150)
    assert {one.kg for one in after.placed}.isdisjoint({400, 50, 40})


def test_a_recall_by_its_buyer_opens_nothing_to_the_maker(road: Road) -> None:
    recalled(road, road.bags)

    trace = road.trace(road.grower, road.boxes)

    assert not trace.whole
    assert road.bags.id not in trace.by_id()


def test_a_garden_shows_the_whereabouts_of_its_recalled_lots_alone(road: Road) -> None:
    other = road.lots.harvested(road.grower, 500)
    road.move(road.grower, road.trader, other, 300)
    recalled(road, road.boxes)
    area = road.session.get_one(GrowingArea, road.lots.garden(road.grower))

    trace = trace_area(road.session, road.grower, area.public_id)

    assert (road.trader.organisation_id, other.id) not in {
        (one.holder.organisation_id, one.lot) for one in trace.placed
    }
    assert 400 in {one.kg for one in trace.placed}
    assert not trace.whole


def test_software_of_the_maker_is_told_no_more(road: Road) -> None:
    told = EventsOf(road.session, road.grower.organisation_id, "https://a.vn").page(
        read_query(())
    )

    spelled = json.dumps(told.events)
    assert road.boxes.code in spelled
    assert road.bags.code not in spelled
    steps = [one["bizStep"] for one in told.events]
    assert "retail_selling" not in steps
    assert steps.count("shipping") == 1


def test_who_stands_between_sees_one_step_on_either_side(road: Road) -> None:
    trace = road.trace(road.trader, road.boxes)

    assert names(trace) == {"Người trồng", "Thương lái", "Cửa hàng"}
    assert {one.holder.name for one in trace.placed} == {"Thương lái"}
    assert trace.sources == ()


def test_the_shop_does_not_learn_what_the_trader_has_left(road: Road) -> None:
    trace = road.trace(road.shop, road.boxes)

    assert {one.holder.organisation_id for one in trace.placed} == {
        road.shop.organisation_id
    }
    assert {one.sender.name for one in trace.shipped} == {"Thương lái"}


def test_a_stranger_finds_no_trace(road: Road, make: Make) -> None:
    stranger = make.member(make.buyer())

    with pytest.raises(NotFound):
        road.trace(stranger, road.boxes)


def test_a_garden_leads_to_all_its_boxes(road: Road, make: Make) -> None:
    area = road.session.get_one(GrowingArea, road.lots.garden(road.grower))

    trace = trace_area(road.session, make.officer(), area.public_id)

    assert trace.roots == {road.picked.id}
    assert {one.id for one in trace.lots} == {
        road.picked.id,
        road.boxes.id,
        road.bags.id,
    }


def test_goods_of_an_outsider_and_their_buyer_keep_their_names_at_home(
    road: Road, make: Make
) -> None:
    from marketplace.domain.commands_lots import ShipLots, Used
    from models.database import new_public_id

    told: dict[str, Any] = {"to_name": "Chợ đầu mối", "vehicle": "26C-012.34"}
    used = (Used(road.boxes.public_id, 30),)
    road.lots.tell(
        road.trader, ShipLots(new_public_id(), road.lots.tick(), used, **told)
    )

    assert "Chợ đầu mối" in names(road.trace(road.trader, road.boxes))
    assert "Chợ đầu mối" not in names(road.trace(road.grower, road.boxes))
    outside = [
        one
        for one in road.trace(make.officer(), road.boxes).placed
        if one.where is Whereabout.OUTSIDE
    ]
    assert [(one.kg, one.holder.name) for one in outside] == [(30, "Chợ đầu mối")]


@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda p: p[0] < p[1]),
        max_size=30,
    ),
    st.integers(1, 12),
)
def test_every_link_between_placed_lots_leads_to_a_higher_layer(
    links: list[tuple[int, int]], root: int
) -> None:
    down, up = closure(links, root), closure([(b, a) for a, b in links], root)
    kept = [one for one in links if {*one} <= down or {*one} <= up]

    at = layers([root], kept, down | up)

    assert at.keys() == down | up
    assert all(at[parent] < at[child] for parent, child in kept)


def closure(links: list[tuple[int, int]], root: int) -> set[int]:
    """Everything that links lead to from the root."""
    reached = {root}
    while new := {b for a, b in links if a in reached} - reached:
        reached |= new
    return reached


def test_destroyed_goods_stand_with_who_destroyed_them(road: Road, make: Make) -> None:
    road.lots.ended(road.trader, road.boxes, 25, LotStep.DESTROY)

    trace = road.trace(make.officer(), road.boxes)

    gone = [one for one in trace.placed if one.where is Whereabout.DESTROYED]
    assert [(one.kg, one.holder.name) for one in gone] == [(25, "Thương lái")]
