"""Lots: made, moved, mixed and corrected, with the kilograms always accounted for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.domain.commands_lots import HarvestLot, ObserveLots, Origin
from marketplace.domain.commands_sprays import WriteSpray
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words_trace import LotStep
from marketplace.services.days import day_of
from marketplace.services.invariants_lots import CHECKS_OF_LOTS
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.lot_graph import (
    ancestors,
    descendants,
    lots_of_area,
    origins_of,
    whereabouts,
)
from marketplace.services.lots import access_lot, arriving, events_of
from marketplace.services.sprays import write_spray
from models.database import new_public_id
from models.papers import GrowingArea
from tests.factories import NOW, Make
from tests.lots_rows import Lots


@pytest.fixture
def lots(session: Session, make: Make) -> Lots:
    return Lots(session, make)


def test_a_picked_lot_is_held_and_comes_from_its_garden(lots: Lots) -> None:
    who = lots.seller()

    lot = lots.harvested(who, 1200)

    assert lots.kg(who, lot) == 1200
    assert [one.area_id for one in origins_of(lots.session, [lot.id])] == [
        lots.garden(who)
    ]
    assert lots_of_area(lots.session, lots.garden(who)) == {lot.id}
    assert lot.best_before is not None
    assert lot.best_before > lot.made_on


def test_nobody_picked_anything_in_another_century(lots: Lots) -> None:
    who = lots.seller()

    with pytest.raises(Refused) as refused:
        lots.harvested(who, at=NOW.replace(year=1900))

    assert refused.value.field == "at"


def test_packing_splits_and_merges_with_links_both_ways(lots: Lots) -> None:
    who = lots.seller()
    first, second = lots.harvested(who, 600), lots.harvested(who, 400)

    boxes, loose = lots.turned(who, {first: 600, second: 300}, [700, 190])

    assert lots.kg(who, second) == 100
    assert ancestors(lots.session, [boxes.id]) == {first.id, second.id, boxes.id}
    assert descendants(lots.session, [second.id]) == {second.id, boxes.id, loose.id}
    assert boxes.harvested_from == first.harvested_from


def test_no_more_comes_out_than_went_in(lots: Lots) -> None:
    who = lots.seller()
    lot = lots.harvested(who, 1000)

    with pytest.raises(Refused) as refused:
        lots.turned(who, {lot: 1000}, [1006])
    (packed,) = lots.turned(who, {lot: 1000}, [1005])

    assert refused.value.field == "made"
    assert packed.made_kg == 1005


def test_what_scales_add_is_added_once_however_often_it_is_packed(lots: Lots) -> None:
    who = lots.seller()
    (first,) = lots.turned(who, {lots.harvested(who, 1000): 1000}, [1005])

    with pytest.raises(Refused):
        lots.turned(who, {first: 1005}, [1006])
    halves = lots.turned(who, {first: 1005}, [500, 505])
    with pytest.raises(Refused):
        lots.turned(who, dict(zip(halves, (500, 505), strict=True)), [1006])
    (again,) = lots.turned(who, dict(zip(halves, (500, 505), strict=True)), [1005])
    (less,) = lots.turned(who, {again: 1005}, [600])
    (more,) = lots.turned(who, {less: 600}, [603])

    assert (first.weighed_kg, again.weighed_kg) == (1000, again.weighed_kg)
    assert 998 <= again.weighed_kg <= 1000
    assert (less.weighed_kg, more.weighed_kg) == (600, 600)
    for check in CHECKS_OF_LOTS:
        assert list(check(lots.session)) == []


def test_packing_makes_no_lot_better_than_what_is_in_it(lots: Lots) -> None:
    who = lots.seller()
    best, worst = (lots.grade(rank) for rank in (1, 3))
    picked = lots.harvested(who, 1000)

    good, bad = lots.turned(
        who, {picked: 900}, [500, 400], LotStep.SORT, grades=[best, worst]
    )
    for used in ({bad: 100}, {good: 100, bad: 100}, {good: 100, picked: 100}):
        with pytest.raises(Refused) as refused:
            lots.turned(who, used, [100], grades=[best])
        assert refused.value.field == "grade"
    with pytest.raises(Refused):
        lots.turned(who, {bad: 100}, [100], LotStep.SORT, grades=[best])
    lots.turned(who, {good: 100, bad: 100}, [200], grades=[worst])
    (boxes,) = lots.turned(who, {good: 100}, [100], grades=[best])
    (direct,) = lots.turned(who, {picked: 100}, [100], grades=[best])

    assert (boxes.grade, direct.grade) == (best, best)


def test_drying_keeps_to_the_ratio_of_the_day(lots: Lots) -> None:
    who = lots.seller()
    mango = lots.make.organisation()
    other = lots.of(mango)
    area = lots.make.area(mango, product_id=lots.make.product("mango").id)
    lot = lots.harvested(other, 1200, area_id=area.id)
    dried = lots.make.product("mango_dried")

    with pytest.raises(Refused):
        lots.turned(other, {lot: 1200}, [200], LotStep.DRY, dried)
    (bags,) = lots.turned(other, {lot: 1200}, [100], LotStep.DRY, dried)

    assert bags.product.code == "mango_dried"
    assert who.organisation_id != other.organisation_id
    assert bags.best_before == bags.made_on + timedelta(days=dried.shelf_life_days)


def test_more_than_there_is_is_refused(lots: Lots) -> None:
    who = lots.seller()
    lot = lots.harvested(who, 100)

    with pytest.raises(Refused):
        lots.turned(who, {lot: 101}, [100])

    assert lots.kg(who, lot) == 100


@pytest.mark.parametrize("step", [LotStep.STORE, LotStep.TREAT])
def test_nothing_is_seen_of_a_lot_before_it_came(lots: Lots, step: LotStep) -> None:
    who = lots.seller()
    first, second = lots.harvested(who, 100), lots.harvested(who, 100)
    names = (first.public_id, second.public_id)
    came = lots.at
    early = ObserveLots(new_public_id(), step, came - timedelta(minutes=1), names)

    with pytest.raises(Refused) as refused:
        lots.tell(who, early)
    seen = lots.tell(who, ObserveLots(new_public_id(), step, came, names))

    assert refused.value.field == "at"
    assert second.code in str(refused.value)
    assert len(seen.parts) == 2


def test_who_gets_a_lot_stores_it_when_it_has_come(lots: Lots) -> None:
    who, buyer = lots.seller(), lots.of(lots.make.buyer())
    lot = lots.harvested(who, 100)
    ship = lots.shipped(who, lot, 60, buyer.organisation_id)
    lots.arrived(buyer, ship)
    step, seen = LotStep.STORE, (lot.public_id,)

    with pytest.raises(Refused):
        lots.tell(buyer, ObserveLots(new_public_id(), step, ship.at, seen))

    assert lots.tell(who, ObserveLots(new_public_id(), step, ship.at, seen)).id


def test_a_lot_on_hold_is_only_destroyed(lots: Lots) -> None:
    who = lots.seller()
    lot = lots.harvested(who, 100)
    lot.held = True

    with pytest.raises(Refused):
        lots.ended(who, lot, 10)
    lots.ended(who, lot, 10, LotStep.DESTROY)

    assert lots.kg(who, lot) == 90


def test_a_shipment_arrives_once_and_its_loss_is_known(lots: Lots) -> None:
    who, buyer = lots.seller(), lots.of(lots.make.buyer())
    lot = lots.harvested(who, 500)
    ship = lots.shipped(who, lot, 300, buyer.organisation_id)
    assert arriving(lots.session, buyer) == [ship]

    came = lots.arrived(buyer, ship, 298)

    assert came.loss_kg == 2
    assert (lots.kg(who, lot), lots.kg(buyer, lot)) == (200, 298)
    assert arriving(lots.session, buyer) == []
    with pytest.raises(Refused):
        lots.arrived(buyer, ship)


def test_whereabouts_name_every_holder(lots: Lots) -> None:
    who, buyer = lots.seller(), lots.of(lots.make.buyer())
    lot = lots.harvested(who, 500)
    lots.arrived(buyer, lots.shipped(who, lot, 200, buyer.organisation_id))
    lots.shipped(who, lot, 50, buyer.organisation_id)
    lots.ended(buyer, lot, 20)

    found = whereabouts(lots.session, [lot.id])

    assert sorted((one.kg, one.on_the_way, one.gone) for one in found) == [
        (20, False, LotStep.SELL),
        (50, True, None),
        (180, False, None),
        (250, False, None),
    ]


def test_the_same_event_twice_is_one_and_other_words_conflict(lots: Lots) -> None:
    who = lots.seller()
    told = HarvestLot(new_public_id(), lots.garden(who), 100, lots.tick())

    first = lots.tell(who, told)
    again = lots.tell(who, told)

    assert again is first
    with pytest.raises(Conflict):
        lots.tell(who, HarvestLot(told.event_id, told.area_id, 101, told.at))
    with pytest.raises(NotFound):
        lots.tell(lots.seller(), told)


def test_a_wrong_event_stays_and_its_kilograms_go_back(lots: Lots) -> None:
    who = lots.seller()
    lot = lots.harvested(who, 100)
    (packed,) = lots.turned(who, {lot: 60}, [60])
    (packing,) = events_of(lots.session, [packed.id])

    declare_wrong(lots.session, who, packing.public_id, "Cân nhầm", now=NOW)

    assert lots.kg(who, lot) == 100
    assert lots.kg(who, packed) == 0
    assert packed.voided_at is not None
    assert descendants(lots.session, [lot.id]) == {lot.id}


def test_what_was_used_since_is_not_taken_back(lots: Lots) -> None:
    who = lots.seller()
    lot = lots.harvested(who, 100)
    (picking,) = events_of(lots.session, [lot.id])
    lots.turned(who, {lot: 1}, [1])

    with pytest.raises(Refused):
        declare_wrong(lots.session, who, picking.public_id, "Nhầm", now=NOW)


def test_nothing_is_picked_before_the_interval_has_passed(lots: Lots) -> None:
    who = lots.seller()
    area = lots.session.get_one(GrowingArea, lots.garden(who))
    day = day_of(lots.at) - timedelta(days=3)
    spray = WriteSpray(new_public_id(), day, "Abamectin 1.8EC", 7)
    write_spray(lots.session, who, area.public_id, spray, now=NOW)

    with pytest.raises(Refused) as refused:
        lots.harvested(who)
    lots.at += timedelta(days=4)
    lot = lots.harvested(who)

    assert refused.value.field == "at"
    assert lots.kg(who, lot) == 1000


def test_origins_add_up_to_the_lot(lots: Lots) -> None:
    who = lots.seller()

    with pytest.raises(Refused):
        lots.harvested(who, 100, origins=(Origin(60), Origin(39)))


def test_only_who_handled_a_lot_reads_it(lots: Lots) -> None:
    who, buyer, other = lots.seller(), lots.of(lots.make.buyer()), lots.seller()
    lot = lots.harvested(who, 500)
    with pytest.raises(NotFound):
        access_lot(lots.session, buyer, lot.public_id)
    lots.shipped(who, lot, 10, buyer.organisation_id)

    assert access_lot(lots.session, buyer, lot.public_id) is lot
    with pytest.raises(NotFound):
        access_lot(lots.session, other, lot.public_id)
