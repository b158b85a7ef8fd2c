"""EPCIS over HTTP: software is told what it asks for, and may know."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine

from tests.epcis_rows import GTIN, LATER, Software
from tests.factories import NOW
from tests.lots_rows import Lots


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lots(session, make):
    return Lots(session, make)


@pytest.fixture
def software(app, client, session, lots):
    return Software(app, client, session, lots.seller())


def test_filters_narrow_what_is_told(software):
    software.told(
        software.harvest(),
        software.event(2, "storing", 500, 1),
        software.event(3, "retail_selling", 100, 2),
    )

    def steps(query):
        return [one["bizStep"] for one in software.events(query)]

    assert steps("") == ["retail_selling", "storing", "creating_class_instance"]
    assert steps("?orderDirection=ASC&perPage=1") == ["creating_class_instance"]
    assert steps("?EQ_bizStep=storing") == ["storing"]
    whole = quote("https://ref.gs1.org/cbv/BizStep-storing", safe="")
    assert steps(f"?EQ_bizStep={whole}") == ["storing"]
    assert steps("?EQ_action=ADD") == ["creating_class_instance"]
    urn = "urn:epc:class:lgtin:8930000.000001.A-1"
    assert len(steps(f"?MATCH_epcClass={urn}")) == 3
    assert steps("?MATCH_anyEPCClass=urn:x:1") == []
    moment = quote((NOW - timedelta(hours=23)).isoformat())
    assert steps(f"?LT_eventTime={moment}") == ["creating_class_instance"]
    assert len(steps(f"?GE_eventTime={moment}")) == 2
    assert steps("?eventCountLimit=2") == ["retail_selling", "storing"]
    assert steps("?eventType=TransformationEvent") == []
    assert len(software.events("?GE_recordTime=2030-01-01T00:00:00Z")) == 0


def test_pages_lead_on_until_all_is_told(software, lots):
    for _ in range(4):
        lots.harvested(software.who)
    software.told(*[software.event(n, "inspecting", 5, n) for n in range(3)])
    for order in ("ASC", "DESC"):
        seen, link = [], f"/events?perPage=2&orderDirection={order}"
        while link:
            answer = software.get(link)
            document = answer.get_json()["epcisBody"]["queryResults"]
            seen += document["resultsBody"]["eventList"]
            told = answer.headers.get("Link", "")
            link = told.partition("/epcis")[2].partition(">")[0]
        assert len({one["eventID"] for one in seen}) == len(seen) == 7
        times = [datetime.fromisoformat(one["eventTime"]) for one in seen]
        assert times == sorted(times, reverse=order == "DESC")


def test_an_event_is_found_by_its_id(software, lots):
    lots.harvested(software.who)
    (event,) = software.events()

    found = software.get(f"/events/{quote(event['eventID'], safe='')}")

    assert found.status_code == 200
    body = found.get_json()["epcisBody"]["queryResults"]["resultsBody"]
    assert body["eventList"] == [event]
    assert software.get("/events/urn:uuid:9").status_code == 404


def test_the_id_of_an_event_stays_when_a_place_gets_a_gln(software, lots, session):
    lots.harvested(software.who)
    (event,) = software.events()
    software.get(f"/events/{quote(event['eventID'], safe='')}")

    software.key.organisation.gln = "8930000000002"
    session.commit()

    (after,) = software.events()
    assert after["eventID"] == event["eventID"]
    assert after["bizLocation"]["id"].endswith("/414/8930000000002")


def test_others_are_told_nothing(app, client, session, make, lots, software):
    done = software.told(software.harvest())
    lots.harvested(software.who)
    other = Software(
        app, client, session, lots.seller(name="HTX Khác", short_name="Khác")
    )

    assert other.events() == []
    assert other.get(f"/capture/{done['captureID']}").status_code == 404
    assert other.get("/capture").get_json() == []
    name = quote(software.events()[0]["eventID"], safe="")
    assert other.get(f"/events/{name}").status_code == 404


def test_fields_of_extensions_are_told_with_their_namespace(software):
    ex = "https://ns.example/farm/"
    field = {"@context": {"ex": ex}, "ex:brix": 18.5}
    software.told(software.harvest(), software.event(2, "storing", 500, 1, **field))

    def steps(query, **headers):
        answer = software.get(f"/events{query}", **headers)
        assert answer.status_code == 200, answer.text
        body = answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]
        return [one["bizStep"] for one in body["eventList"]]

    assert steps("?GE_ex:brix=18", **{"GS1-Extensions": f"ex={ex}"}) == ["storing"]
    assert steps(f"?EQ_{quote(ex, safe='')}brix=18.50") == ["storing"]
    assert steps("?EQ_ILMD_cbvmda:lotNumber=A-1") == []  # none was told with it
    assert software.get("/events?GE_ex:brix=18").status_code == 400
    (told,) = software.events("?EQ_bizStep=storing")
    assert told["@context"] == {"ex": ex}


def test_lots_are_found_by_what_is_told_of_them(software, lots):
    lot = lots.harvested(software.who, 500)
    lots.shipped(software.who, lot, 120, lots.make.buyer().id)
    best = lot.best_before.isoformat()

    def steps(query):
        return [one["lk:step"] for one in software.events(f"?{query}")]

    assert steps(f"EQ_ILMD_cbvmda:lotNumber={lot.code}") == ["harvest"]
    assert steps(f"GE_ILMD_cbvmda:bestBeforeDate={best}") == ["harvest"]
    assert steps(f"GT_ILMD_cbvmda:bestBeforeDate={best}") == []
    assert steps("EXISTS_ILMD_cbvmda:harvestStartDate") == ["harvest"]
    assert steps("LE_quantity_KGM=120") == ["ship"]
    assert steps("EQ_quantity=500&EQ_lk:step=harvest") == ["harvest"]


def test_top_level_resources_lead_to_events(software):
    software.told(software.harvest())

    assert "shipping" in software.get("/bizSteps").get_json()["member"]
    assert len(software.get("/eventTypes").get_json()["member"]) == 5
    for path, count in (
        ("/bizSteps/creating_class_instance/events", 1),
        ("/bizSteps/shipping/events", 0),
        (f"/epcs/{quote(GTIN + 'A-1', safe='')}/events", 1),
        ("/epcs/urn:epc:id:sscc:8930000.0000000001/events", 0),
    ):
        body = software.get(path).get_json()["epcisBody"]["queryResults"]
        assert len(body["resultsBody"]["eventList"]) == count, path
    assert software.get("/bizSteps/selling_well/events").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?nonsense=1",
        "?eventType=PartyEvent",
        "?GE_eventTime=yesterday",
        "?perPage=many",
        "?eventCountLimit=1&maxEventCount=1",
        "?nextPageToken=%00",
        "?nextPageToken=W10",
        "?EQ_bizStep=",
    ],
)
def test_a_bad_query_is_said_to_be_one(software, query):
    answer = software.get(f"/events{query}")

    assert answer.status_code == 400
    kinds = ("QueryParameterException", "ValidationException")
    assert answer.get_json()["type"].removeprefix("epcisException:") in kinds


def test_more_than_allowed_is_said_to_be_too_much(software, lots):
    lots.harvested(software.who)
    lots.harvested(software.who)

    answer = software.get("/events?maxEventCount=1")

    assert answer.status_code == 413
    assert answer.get_json()["type"] == "epcisException:QueryTooLargeException"


def members(software, path):
    answer = software.get(path)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert told["type"] == "Collection"
    return told["member"]


def test_what_is_known_can_be_listed(software, lots):
    for _ in range(3):
        lots.harvested(software.who)
    home = f"{software.base}/don-vi/{software.key.organisation.public_id}/tru-so"

    assert members(software, "/bizLocations") == [home]
    first, garden = members(software, "/readPoints")
    assert (first, garden.startswith(f"{software.base}/vung-trong/")) == (home, True)
    assert members(software, "/bizSteps/shipping") == ["events"]
    assert members(software, f"/bizLocations/{quote(home, safe='')}") == ["events"]
    assert members(software, "/queries") == ["SimpleEventQuery"]
    asked = software.get("/queries/SimpleEventQuery/events?EQ_action=ADD&perPage=2")
    body = asked.get_json()["epcisBody"]["queryResults"]["resultsBody"]
    assert len(body["eventList"]) == 2
    assert software.get("/bizSteps/selling_well").status_code == 404


def test_goods_are_listed_page_by_page(software, lots):
    for _ in range(3):
        lots.harvested(software.who)

    first = members(software, "/epcs?perPage=2")
    token = software.get("/epcs?perPage=2").headers["GS1-Next-Page-Token"]
    rest = members(software, f"/epcs?perPage=2&nextPageToken={token}")

    assert len({*first, *rest}) == 3
    (told,) = software.events(f"?MATCH_anyEPCClass={quote(rest[0], safe='')}")
    assert told["bizStep"] == "creating_class_instance"
    assert software.get("/epcs?nextPageToken=x").status_code == 400


def test_places_narrow_what_is_told(software, lots):
    lots.harvested(software.who)
    home, garden = members(software, "/readPoints")

    def count(path):
        answer = software.get(path).get_json()["epcisBody"]["queryResults"]
        return len(answer["resultsBody"]["eventList"])

    assert count(f"/readPoints/{quote(garden, safe='')}/events") == 1
    assert count(f"/readPoints/{quote(home, safe='')}/events") == 0
    assert count(f"/bizLocations/{quote(home, safe='')}/events") == 1
