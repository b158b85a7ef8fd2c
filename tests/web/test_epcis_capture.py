"""EPCIS over HTTP: what software tells counts once, or says why it does not."""

from __future__ import annotations

import copy
import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.jobs import JobState
from marketplace.services.epcis_capture import run_capture
from models.epcis import EpcisEvent
from models.jobs import Job
from models.lot_events import LotEvent
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


def packing(software, number, code, kg=20, hours=1, **over):
    """Kilograms of A-1 that are packed into one lot."""
    event = software.event(number, "packing", kg, hours)
    made = {"epcClass": f"{GTIN}{code}", "quantity": kg, "uom": "KGM"}
    event |= {
        "type": "TransformationEvent",
        "inputQuantityList": event.pop("quantityList"),
        "outputQuantityList": [made],
    }
    del event["action"]
    return event | over


def test_a_lot_that_is_here_already_is_not_made_once_more(software, lots):
    software.told(software.harvest(), packing(software, 2, "B-1"))
    again = software.harvest(number=4, kg=70)
    how = {"GS1-Capture-Error-Behaviour": "proceed"}

    twice = software.told(packing(software, 3, "B-1", hours=2), again, **how)
    told_twice = software.told(packing(software, 2, "B-1"), **how)

    assert twice["success"] is False
    titles = [one["title"] for one in twice["errors"]]
    assert [title.partition(":")[0] for title in titles] == [
        "/epcisBody/eventList/0",
        "/epcisBody/eventList/1",
    ]
    assert "Lô B-1 đã có rồi" in titles[0]
    assert "Lô A-1 đã có rồi" in titles[1]
    assert (told_twice["success"], told_twice["errors"]) == (True, [])
    assert lots.kg(software.who, software.lot("A-1")) == 480
    assert lots.kg(software.who, software.lot("B-1")) == 20
    assert software.count(EpcisEvent) == software.count(LotEvent) == 2


def test_nothing_is_told_of_a_lot_before_it_came(software, lots):
    software.told(software.harvest())
    ends = [{"type": "owning_party", "destination": "https://x.example/p"}]
    early = [
        software.event(2, "storing", 500, -1),
        software.event(3, "retail_selling", 5, -1),
        software.event(4, "destroying", 5, -1, action="DELETE"),
        software.event(
            5,
            "shipping",
            5,
            -1,
            destinationList=ends,
            **{"lk:receiverName": "Chợ đầu mối"},
        ),
        packing(software, 6, "B-1", hours=-1),
        software.event(7, "other", 500, -1, **{"lk:step": "treat"}),
    ]

    done = software.told(*early, **{"GS1-Capture-Error-Behaviour": "proceed"})

    assert [one["title"] for one in done["errors"]] == [
        f"/epcisBody/eventList/{n}: Lúc đó lô A-1 chưa có trong kho"
        for n in range(len(early))
    ]
    assert software.count(LotEvent) == software.count(EpcisEvent) == 1
    assert software.told(software.event(8, "storing", 500))["success"]


def test_an_event_that_was_read_here_and_comes_back_counts_once(software, lots):
    lot = lots.harvested(software.who, 500)
    lots.shipped(software.who, lot, 100, lots.make.buyer().id)
    read = software.events("?orderDirection=ASC")

    done = software.told(*read)
    other = copy.deepcopy(read[1])
    other["quantityList"][0]["quantity"] = 90

    assert (done["success"], done["errors"]) == (True, [])
    assert software.count(LotEvent) == 2
    assert lots.kg(software.who, lot) == 400
    assert len(software.events()) == 2
    assert not software.told(other)["success"]


def test_what_is_wrong_is_said_in_the_language_of_the_caller(software):
    software.told(software.harvest())
    early = software.event(2, "storing", 500, -1)
    job = software.told(early)["captureID"]
    english = {"Accept-Language": "en-GB,en;q=0.9"}

    told = software.get(f"/capture/{job}", **english).get_json()
    listed = software.get("/capture", **english).get_json()

    (error,) = told["errors"]
    place = "/epcisBody/eventList/0"
    assert error["title"] == f"{place}: At that time lot A-1 was not in stock yet"
    assert error["instance"] == f"#{place}"
    assert "said" not in error
    assert listed[0]["errors"] == [error]
    answer = post_event(software, early, **english)
    assert answer.get_json()["detail"] == error["title"]


def test_captures_are_listed_page_by_page(software):
    for number in range(5):
        software.told(software.event(number, "inspecting", 5))
    seen, link = [], "/capture?perPage=2"
    while link:
        answer = software.get(link)
        seen.append([one["captureID"] for one in answer.get_json()])
        link = answer.headers.get("Link", "").partition("/epcis")[2].partition(">")[0]

    assert [len(page) for page in seen] == [2, 2, 1]
    assert len({one for page in seen for one in page}) == 5
    assert software.get("/capture?nextPageToken=x").status_code == 400


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


def wrong_of(event, *right, reason="did_not_occur"):
    """The declaration that an event was told wrongly."""
    declared = {"declarationTime": NOW.isoformat(), "reason": reason}
    if right:
        declared["correctiveEventIDs"] = list(right)
    return copy.deepcopy(event) | {"errorDeclaration": declared}


def test_an_error_declaration_names_the_event_that_corrects_it(
    app, client, session, make, lots, software
):
    buyer = Software(app, client, session, lots.of(make.buyer()))
    to = f"{software.base}/don-vi/{buyer.key.organisation.public_id}"
    ends = [{"type": "owning_party", "destination": to}]
    ship = software.event(3, "shipping", 300, 2, destinationList=ends)
    right = software.event(4, "shipping", 200, 3, destinationList=ends)
    told = software.told(
        software.harvest(), ship, wrong_of(ship, right["eventID"]), right
    )
    assert told["success"], told

    asked = f"?EQ_correctiveEventID={right['eventID']}"
    for one in (software, buyer):
        (wrong,) = one.events(asked)
        assert wrong["eventID"] == ship["eventID"]
        assert wrong["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]
    assert lots.kg(software.who, software.lot("A-1")) == 300


def test_an_event_that_was_declared_wrong_before_it_came_moves_nothing(software, lots):
    sold = software.event(2, "retail_selling", 100, 1)
    software.told(software.harvest(), wrong_of(sold))

    assert software.told(sold)["success"]

    assert lots.kg(software.who, software.lot("A-1")) == 500
    assert len(software.events(f"?EQ_eventID={sold['eventID']}")) == 2


def test_others_declare_nothing_of_ours_wrong(app, client, session, lots, software):
    sold = software.event(2, "retail_selling", 100, 1)
    software.told(software.harvest(), sold)
    other = Software(
        app, client, session, lots.seller(name="HTX Khác", short_name="Khác")
    )

    assert other.told(wrong_of(sold))["success"]

    assert lots.kg(software.who, software.lot("A-1")) == 400
    assert software.events("?EXISTS_errorDeclaration=true") == []


def post_event(software, event, **headers):
    return software.client.post(
        "/epcis/events",
        data=json.dumps(event),
        content_type="application/json",
        headers=software.headers | headers,
    )


def test_one_event_is_taken_in_at_once(software, lots):
    for _ in range(2):
        answer = post_event(software, software.harvest())
        assert answer.status_code == 201, answer.text

    assert lots.kg(software.who, software.lot("A-1")) == 500
    assert software.count(EpcisEvent) == 1
    place = answer.headers["Location"].removeprefix(f"{software.base}/epcis")
    assert software.get(place).status_code == 200


def test_one_bad_event_is_refused_with_all_that_is_wrong(software):
    bad = software.event(1, "selling_well", 5)
    del bad["eventTimeZoneOffset"]

    answer = post_event(software, bad)

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    told = answer.get_json()
    assert told["type"] == "epcisException:ValidationException"
    for one in told["captureErrors"]:
        assert {"type", "title", "status", "instance"} <= set(one)
    assert software.count(EpcisEvent) == 0


def test_work_that_is_done_again_counts_once(session, software, lots):
    sent = software.send(software.harvest(), software.event(2, "retail_selling", 9, 1))
    job = sent.headers["Location"].rpartition("/")[2]
    for _ in range(2):
        run_capture(session, job, software.base, now=LATER)

    again = software.send(
        software.harvest(),
        software.event(2, "retail_selling", 9, 1),
        **{"GS1-Capture-Error-Behaviour": "proceed"},
    )
    other = again.headers["Location"].rpartition("/")[2]
    run_capture(session, other, software.base, now=LATER)

    assert other != job  # the same words asked for otherwise
    assert lots.kg(software.who, software.lot("A-1")) == 491
    assert software.count(LotEvent) == software.count(EpcisEvent) == 2


def test_work_that_was_given_up_is_said_to_be_and_asked_for_again(session, software):
    sent = software.send(software.harvest())
    name = sent.headers["Location"].rpartition("/")[2]
    job = session.scalars(select(Job).where(Job.key == name)).one()
    job.state, job.finished_at = JobState.FAILED, LATER
    session.commit()

    told = software.get(f"/capture/{name}").get_json()
    assert (told["running"], told["success"]) == (False, False)
    assert told["errors"][0]["type"] == "epcisException:ImplementationException"

    assert software.told(software.harvest())["success"]
    assert [one.state for one in session.scalars(select(Job).order_by(Job.id))] == [
        JobState.FAILED,
        JobState.QUEUED,
    ]
