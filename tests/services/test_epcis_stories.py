"""The story of a lot as a document: valid, whole for its own, discreet to others."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.domain.commands_lots import ObserveLots, Origin, Where
from marketplace.domain.epcis_events import namespace
from marketplace.domain.epcis_hash import event_hash
from marketplace.domain.words_trace import LotStep
from marketplace.services.epcis_schema import faults_of_document
from marketplace.services.epcis_stories import EVERYTHING, PUBLIC, Reader, story_of
from marketplace.services.lot_corrections import declare_wrong
from models.database import new_public_id
from models.households import Household
from models.organisations import Organisation
from tests.factories import NOW
from tests.lots_rows import Lots

BASE = "https://lienket.example"
LATER = NOW + timedelta(days=31)


@pytest.fixture
def season(session, make):
    """Two harvests packed into two lots; the first goes to two buyers."""
    lots = Lots(session, make)
    lots.maker = lots.seller(name="HTX Bảo Minh", short_name="Bảo Minh")
    lots.buyer = lots.of(make.buyer(name="Siêu thị Sao Xanh", short_name="Sao Xanh"))
    lots.rival = lots.of(make.buyer(name="Siêu thị Bình An", short_name="Bình An"))
    lots.picked = [lots.harvested(lots.maker, 600), lots.harvested(lots.maker, 400)]
    lots.packed = lots.turned(
        lots.maker, {lots.picked[0]: 600, lots.picked[1]: 400}, [700, 250]
    )
    cooled = ObserveLots(
        new_public_id(),
        LotStep.STORE,
        lots.tick(),
        (lots.packed[0].public_id,),
        Where(temperature_c=Decimal("4.5"), note="Kho lạnh số 2"),
    )
    lots.tell(lots.maker, cooled)
    for who, kg in ((lots.buyer, 300), (lots.rival, 200)):
        ship = lots.shipped(lots.maker, lots.packed[0], kg, who.organisation_id)
        lots.arrived(who, ship)
    lots.ended(lots.buyer, lots.packed[0], 50)
    lots.ended(lots.rival, lots.packed[0], 20)
    return lots


def told(season, reader, lot=None):
    document = story_of(
        season.session, lot or season.packed[0], reader, base=BASE, now=LATER
    )
    assert faults_of_document(document, LATER) == []
    return document["epcisBody"]["eventList"]


def steps(events):
    return [event["lk:step"] for event in events]


def test_the_whole_story_is_a_valid_document_in_order(season):
    events = told(season, EVERYTHING)

    assert steps(events) == [
        *("harvest", "harvest", "pack", "store"),
        *("ship", "arrive", "ship", "arrive", "sell", "sell"),
    ]
    pack = events[2]
    assert pack["type"] == "TransformationEvent"
    assert [one["quantity"] for one in pack["inputQuantityList"]] == [600, 400]
    assert [one["quantity"] for one in pack["outputQuantityList"]] == [700, 250]
    assert events[3]["sensorElementList"][0]["sensorReport"] == [
        {"type": "Temperature", "value": 4.5, "uom": "CEL"}
    ]


def test_each_event_is_named_by_its_hash(season):
    for event in told(season, EVERYTHING):
        assert event["eventID"] == event_hash(event, {"lk": namespace(BASE)})


def test_a_buyer_reads_how_the_lot_was_made_and_its_own_part(season):
    buyer = Reader(season.buyer.organisation_id)

    events = told(season, buyer)

    assert steps(events) == [
        *("harvest", "harvest", "pack", "store", "ship", "arrive", "sell")
    ]
    text = json.dumps(events, ensure_ascii=False)
    rival = season.session.get_one(Organisation, season.rival.organisation_id)
    assert rival.public_id not in text
    assert season.packed[1].public_id not in text  # another lot of the same packing
    assert season.packed[1].code not in text
    assert "Kho lạnh số 2" not in text
    assert "quantity" not in events[3]["quantityList"][0]  # what the maker still has


def test_the_maker_does_not_read_what_buyers_do_with_the_lot(season):
    events = told(season, Reader(season.maker.organisation_id))

    assert steps(events) == ["harvest", "harvest", "pack", "store", "ship", "ship"]


def test_the_public_reads_no_places_partners_or_weights(season):
    events = told(season, PUBLIC)

    assert steps(events) == ["harvest", "harvest", "pack", "store"]
    for event in events:
        assert not {"readPoint", "bizLocation", "sourceList"} & set(event)
        assert "sensorElementList" not in event
        assert 'quantity":' not in json.dumps(event)


def test_what_is_left_out_does_not_change_the_name_of_an_event(season):
    whole = {event["eventID"] for event in told(season, EVERYTHING)}

    for reader in (PUBLIC, Reader(season.buyer.organisation_id)):
        assert {event["eventID"] for event in told(season, reader)} <= whole


def test_strangers_who_hold_a_part_of_the_lot_hide_their_own_store(season):
    stored = ObserveLots(
        new_public_id(), LotStep.STORE, season.tick(), (season.packed[0].public_id,)
    )
    season.tell(season.rival, stored)

    events = told(season, Reader(season.buyer.organisation_id))

    assert steps(events).count("store") == 1


def test_a_wrong_event_stays_with_its_declaration_under_its_old_name(season):
    wrong = season.ended(season.buyer, season.packed[0], 30)
    before = told(season, EVERYTHING)[-1]
    declare_wrong(
        season.session, season.buyer, wrong.public_id, "Ghi nhầm ngày", now=LATER
    )

    after = told(season, EVERYTHING)[-1]

    assert after["eventID"] == before["eventID"]
    assert after["errorDeclaration"]["reason"] == "incorrect_data"
    assert after["errorDeclaration"]["lk:reason"] == "Ghi nhầm ngày"
    assert after["recordTime"] == after["errorDeclaration"]["declarationTime"]
    assert len(told(season, PUBLIC)) == 4


def test_no_household_stands_in_any_story(season):
    home = Household(
        organisation_id=season.maker.organisation_id,
        name="Lò Văn Pâng",
        name_folded="lo van pang",
        unit_id=season.packed[0].organisation.unit_id,
    )
    season.session.add(home)
    season.session.flush()
    origins = (Origin(100, household_id=home.id),)
    lot = season.harvested(season.maker, 100, origins=origins)

    for reader in (EVERYTHING, Reader(season.maker.organisation_id), PUBLIC):
        text = json.dumps(told(season, reader, lot), ensure_ascii=False)
        assert "harvest" in text
        assert home.name not in text
        assert home.public_id not in text
