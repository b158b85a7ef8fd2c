"""EPCIS over HTTP: what software tells counts once, and it is told what it may know."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.domain.epcis_events import context
from marketplace.services.api_keys import revoke_key
from marketplace.services.epcis_capture import run_capture
from marketplace.services.epcis_schema import faults_of_document
from models.epcis import EpcisCapture, EpcisEvent
from models.lot_events import LotEvent
from models.lots import Lot
from models.papers import GrowingArea
from tests.api_rows import api_key, bearer
from tests.factories import NOW
from tests.lots_rows import Lots

LATER = NOW + timedelta(days=40)
GTIN = "https://id.gs1.org/01/08930000000019/10/"


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER, tick=False):
        yield


class Software:
    """A program of an organisation with its key; it sends and asks."""

    def __init__(self, app, client, session, who):
        self.app, self.client, self.session, self.who = app, client, session, who
        self.base = app.config["BASE_URL"]
        self.key, secret = api_key(session, who)
        session.commit()
        self.headers = bearer(secret)

    def get(self, path, **over):
        return self.client.get(f"/epcis{path}", headers=self.headers | over)

    def events(self, query=""):
        answer = self.get(f"/events{query}")
        assert answer.status_code == 200, answer.text
        document = json.loads(answer.text)
        assert faults_of_document(document, LATER) == []
        return document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    def send(self, *events, **headers):
        document = {
            "@context": context(self.base),
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-01T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        }
        return self.client.post(
            "/epcis/capture",
            data=json.dumps(document),
            content_type="application/ld+json",
            headers=self.headers | headers,
        )

    def told(self, *events, **headers):
        """Sent, worked on, and what became of it."""
        sent = self.send(*events, **headers)
        assert sent.status_code == 202, sent.text
        job = sent.headers["Location"].rpartition("/")[2]
        run_capture(self.session, job, self.base, now=LATER)
        self.session.commit()
        return self.get(f"/capture/{job}").get_json()

    def event(self, number, step, kg, hours=0, **over):
        at = NOW - timedelta(days=1) + timedelta(hours=hours)
        goods = [{"epcClass": f"{GTIN}A-1", "quantity": kg, "uom": "KGM"}]
        return {
            "type": "ObjectEvent",
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "eventTime": at.isoformat(),
            "eventTimeZoneOffset": "+07:00",
            "action": "OBSERVE",
            "bizStep": step,
            "quantityList": goods,
        } | over

    def harvest(self, number=1, kg=500):
        area = self.session.scalars(
            select(GrowingArea).where(
                GrowingArea.organisation_id == self.who.organisation_id
            )
        ).first()
        place = {"id": f"{self.base}/vung-trong/{area.public_id}"}
        return self.event(
            number, "creating_class_instance", kg, action="ADD", readPoint=place
        )

    def lot(self, code):
        return self.session.scalars(select(Lot).where(Lot.code == code)).one()

    def count(self, table):
        return self.session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def lots(session, make):
    return Lots(session, make)


@pytest.fixture
def software(app, client, session, lots):
    return Software(app, client, session, lots.seller())


def test_without_a_key_nothing_is_told(client, software):
    for header in ({}, bearer("lk_x"), {"Authorization": "Basic eDp5"}):
        answer = client.get("/epcis/events", headers=header)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["type"] == "epcisException:SecurityException"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_and_a_suspended_organisations_key_open_nothing(
    session, software
):
    software.key.organisation.state = "suspended"
    session.commit()
    assert software.get("/events").status_code == 401

    software.key.organisation.state = "verified"
    revoke_key(session, software.who, software.key.public_id, now=LATER)
    session.commit()
    assert software.get("/events").status_code == 401


def test_a_key_that_reads_does_not_write(session, software):
    _, secret = api_key(session, software.who, may_write=False)
    session.commit()
    software.headers = bearer(secret)

    assert software.get("/events").status_code == 200
    assert software.send(software.harvest()).status_code == 403


def test_a_harvest_is_told_once_however_often_it_is_sent(software):
    done = software.told(software.harvest())
    assert (done["success"], done["errors"]) == (True, [])

    again = software.told(software.harvest())
    assert again["captureID"] == done["captureID"]
    another = software.told(software.harvest(), software.event(2, "storing", 500, 1))
    assert another["success"]

    lot = software.lot("A-1")
    assert (lot.made_kg, lot.harvested_from) == (500, (NOW - timedelta(days=1)).date())
    assert software.count(LotEvent) == 2
    assert software.count(EpcisEvent) == 2


def test_a_lot_goes_from_software_to_software(
    app, client, session, make, lots, software
):
    buyer = Software(app, client, session, lots.of(make.buyer()))
    to = f"{software.base}/don-vi/{buyer.key.organisation.public_id}"
    ship = software.event(
        3,
        "shipping",
        300,
        2,
        destinationList=[{"type": "owning_party", "destination": to}],
    )
    assert software.told(software.harvest(), ship)["success"]
    ours = f"{software.base}/lo/{software.lot('A-1').public_id}"
    came = [{"epcClass": ours, "quantity": 0.29, "uom": "TNE"}]

    done = buyer.told(buyer.event(1, "receiving", 0, 5, quantityList=came))

    assert done["success"], done
    assert lots.kg(buyer.who, software.lot("A-1")) == 290
    assert lots.kg(software.who, software.lot("A-1")) == 200


def test_packing_makes_lots_that_later_events_know(software):
    out = [
        {"epcClass": f"{GTIN}B-1", "quantity": 300, "uom": "KGM"},
        {"epcClass": f"{GTIN}B-2", "quantity": 190, "uom": "KGM"},
    ]
    pack = software.event(2, "packing", 500, 1)
    pack |= {
        "type": "TransformationEvent",
        "inputQuantityList": pack["quantityList"],
        "outputQuantityList": out,
    }
    del pack["action"], pack["quantityList"]
    sold = software.event(3, "retail_selling", 0, 2)
    sold["quantityList"] = [{"epcClass": f"{GTIN}B-2", "quantity": 90, "uom": "KGM"}]

    done = software.told(software.harvest(), pack, sold)

    assert done["success"], done
    assert [h.kg for h in software.lot("B-2").holdings] == [100]
    assert [h.kg for h in software.lot("B-1").holdings] == [300]


def test_what_means_nothing_here_is_kept_and_moves_nothing(software):
    other = software.event(1, "inspecting", 5)

    assert software.told(other)["success"]

    assert software.count(LotEvent) == 0
    (told,) = software.events()
    assert told["bizStep"] == "inspecting"
    assert told["recordTime"].startswith(LATER.strftime("%Y-%m-%dT"))


@pytest.mark.parametrize(("how", "kept"), [("rollback", 0), ("proceed", 2)])
def test_a_bad_event_undoes_the_others_or_not_as_asked(software, how, kept):
    bad = software.event(2, "retail_selling", 600, 1)
    good = software.event(3, "retail_selling", 100, 2)
    header = {"GS1-Capture-Error-Behaviour": how}

    done = software.told(software.harvest(), bad, good, **header)

    assert done["success"] is False
    (error,) = done["errors"]
    assert error["title"].startswith("/epcisBody/eventList/1: ")
    assert software.count(LotEvent) == kept


def test_an_event_id_with_other_words_is_refused(software):
    software.told(software.harvest())

    done = software.told(software.harvest(kg=400))

    assert not done["success"]
    assert software.lot("A-1").made_kg == 500


def test_an_invalid_document_is_refused_with_its_reason(software):
    done = software.told(software.event(1, "selling_well", 5))

    assert not done["success"]
    assert "selling_well" in done["errors"][0]["title"]
    assert software.count(EpcisEvent) == 0


def test_an_event_declared_wrong_gives_its_kilograms_back(software, lots):
    sold = software.event(2, "retail_selling", 100, 1)
    software.told(software.harvest(), sold)
    wrong = copy.deepcopy(sold)
    wrong["errorDeclaration"] = {
        "declarationTime": NOW.isoformat(),
        "reason": "did_not_occur",
    }

    assert software.told(wrong)["success"]

    assert lots.kg(software.who, software.lot("A-1")) == 500
    told = software.events("?EXISTS_errorDeclaration=true")
    assert [one["eventID"] for one in told] == [sold["eventID"]]
    assert len(software.events()) == 3


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


def test_top_level_resources_lead_to_events(software):
    software.told(software.harvest())

    assert "shipping" in software.get("/bizSteps").get_json()["member"]
    assert len(software.get("/eventTypes").get_json()["member"]) == 5
    for path, count in (
        ("/bizSteps/creating_class_instance/events", 1),
        ("/bizSteps/shipping/events", 0),
        (f"/epcs/{quote(GTIN + 'A-1', safe='')}/events", 1),
    ):
        body = software.get(path).get_json()["epcisBody"]["queryResults"]
        assert len(body["resultsBody"]["eventList"]) == count, path
    assert software.get("/bizSteps/selling_well/events").status_code == 404


def test_versions_and_media_types_are_agreed_on(software):
    answer = software.get("/events")
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert answer.headers["GS1-EPCIS-Capture-Limit"] == "500"
    assert software.get("/events", **{"GS1-EPCIS-Min": "3.0"}).status_code == 406
    assert software.get("/events", Accept="text/html").status_code == 406
    options = software.client.options("/epcis/events", headers=software.headers)
    assert "GET" in options.headers["Allow"]


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


@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"{}", "text/xml", 415),
        (b"<epcis/>", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"type": "EPCISDocument", "a": NaN}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": 1e999}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": "\\ud800"}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": "\\u0000"}', "application/json", 400),
        (b'"' + b"x" * 1_000_001 + b'"', "application/json", 413),
        (
            b'{"type": "EPCISDocument", "epcisBody": {"eventList": ['
            + b"1," * 500
            + b"1]}}",
            "application/json",
            413,
        ),
    ],
)
def test_a_body_that_is_none_is_refused_at_once(software, body, mimetype, status):
    answer = software.client.post(
        "/epcis/capture", data=body, content_type=mimetype, headers=software.headers
    )

    assert answer.status_code == status, answer.text
    assert software.count(EpcisCapture) == 0


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner)
    ),
    max_leaves=6,
)
fields = st.sampled_from(
    [
        *("eventID", "eventTime", "bizStep", "quantityList", "ilmd", "readPoint"),
        *("action", "type", "destinationList", "errorDeclaration", "@context"),
        *("lk:step", "lk:product", "lk:growingArea", "sensorElementList"),
    ]
)


@settings(max_examples=60)
@given(st.dictionaries(fields, values, min_size=1, max_size=3))
def test_no_body_breaks_the_door(software, changes):
    event = software.harvest() | changes
    document = {
        "@context": context(software.base),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {"eventList": [event]},
    }
    sent = software.client.post(
        "/epcis/capture",
        data=json.dumps(document),
        content_type="application/json",
        headers=software.headers,
    )
    assert sent.status_code in (202, 400)
    if sent.status_code == 202:
        job = sent.headers["Location"].rpartition("/")[2]
        run_capture(software.session, job, software.base, now=datetime.now(UTC))
        assert software.get(f"/capture/{job}").status_code == 200
    assert software.get("/events").status_code == 200
