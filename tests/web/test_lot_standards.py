"""Files of the standards: EPCIS for those who handle a lot, UNTP for everybody."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine

from marketplace.services.epcis_schema import faults_of_document
from models.papers import GrowingArea
from tests.doors import enter
from tests.estate import Estate
from tests.factories import NOW
from tests.lots_rows import Lots
from tests.untp_shapes import faults_of

LATER = NOW + timedelta(days=3)
TOPICS = {"social.safety", "governance.compliance"}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER, tick=False):
        yield


def check(credential, kind):
    assert faults_of(credential, kind) == []
    assert {"validFrom", "credentialSubject"} <= set(credential)
    assert credential["issuer"]["id"].startswith("did:web:")


@pytest.fixture
def market(session, make):
    """A lot of a cooperative with a certificate, part of it at a buyer."""
    lots = Lots(session, make)
    lots.at = NOW + timedelta(hours=1)  # the certificate is verified by then
    lots.maker = lots.seller()
    area = session.get_one(GrowingArea, lots.garden(lots.maker))
    lots.paper = make.certificate(
        area.organisation, area_id=area.id, product_id=area.product_id
    )
    lots.buyer_row = make.buyer()
    lots.buyer = lots.of(lots.buyer_row)
    lots.lot = lots.harvested(lots.maker, 500)
    ship = lots.shipped(lots.maker, lots.lot, 200, lots.buyer.organisation_id)
    lots.arrived(lots.buyer, ship)
    session.commit()
    return lots


def test_who_handles_a_lot_downloads_its_story(client, session, market):
    for who, count in ((market.maker, 2), (market.buyer, 3)):
        enter(client, session, who)
        answer = client.get(f"/lo/{market.lot.public_id}/epcis.json")

        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        document = json.loads(answer.text)
        assert faults_of_document(document, LATER) == []
        assert len(document["epcisBody"]["eventList"]) == count
        page = client.get(f"/lo/{market.lot.public_id}").text
        assert f"/lo/{market.lot.public_id}/epcis.json" in page


def test_a_stranger_does_not(client, session, make, market):
    enter(client, session, make.member(make.organisation(name="HTX Khác")))

    assert client.get(f"/lo/{market.lot.public_id}/epcis.json").status_code == 404


def test_anybody_reads_the_publics_part(client, market):
    answer = client.get(f"/q/{market.lot.public_id}/epcis.json")

    document = json.loads(answer.text)
    assert faults_of_document(document, LATER) == []
    (event,) = document["epcisBody"]["eventList"]
    assert event["lk:step"] == "harvest"
    assert "readPoint" not in event
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/q/xxx/epcis.json").status_code == 404


def test_anybody_reads_the_passport_of_a_lot(client, market):
    answer = client.get(f"/q/{market.lot.public_id}/dpp.json")

    told = json.loads(answer.text)
    check(told, "DigitalProductPassport")
    subject = told["credentialSubject"]
    assert subject["granularityLevel"] == "batch"
    assert subject["product"]["batchNumber"] == market.lot.code
    assert subject["product"]["countryOfProduction"] == "VN"
    assert market.buyer_row.public_id not in answer.text
    (claim,) = subject["conformityClaim"]
    assert claim["conformityTopic"] in TOPICS
    (traced,) = subject["traceabilityInformation"]
    link = traced["traceabilityEvent"][0]["linkURL"]
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200


def test_a_verified_certificate_is_a_conformity_credential(client, session, market):
    enter(client, session, market.maker)
    address = f"/giay-to/chung-nhan/{market.paper.public_id}"

    told = json.loads(client.get(f"{address}/dcc.json").text)

    check(told, "DigitalConformityCredential")
    subject = told["credentialSubject"]
    assert subject["assessorLevel"] in ("Self", "3rdParty")
    (assessed,) = subject["assessment"]
    assert assessed["conformance"] is True
    assert assessed["conformityTopic"] in TOPICS
    assert f"{address}/dcc.json" in client.get(address).text


def test_one_that_nobody_verified_attests_nothing(client, session, market):
    market.paper.verified_at = market.paper.verified_by_id = None
    market.paper.state = "pending"
    session.commit()
    enter(client, session, market.maker)
    address = f"/giay-to/chung-nhan/{market.paper.public_id}"

    assert client.get(f"{address}/dcc.json").status_code == 404
    assert "dcc.json" not in client.get(address).text


def test_the_link_set_of_a_lot_names_both_files(client, session, make):
    own = Estate(session, make)
    lot, gtin = own.lot, own.item.gtin
    session.commit()

    answer = client.get(f"/01/{gtin}/10/{lot.code}?linkType=all")

    (links,) = answer.get_json()["linkset"]
    for kind, ending in (("epcis", "epcis.json"), ("dpp", "dpp.json")):
        (target,) = links[f"https://ref.gs1.org/voc/{kind}"]
        assert target["type"] == "application/ld+json"
        assert target["href"].endswith(f"/q/{lot.public_id}/{ending}")


def test_a_lot_with_a_gtin_is_told_by_it(client, session, make):
    own = Estate(session, make)
    lot, gtin = own.lot, own.item.gtin
    session.commit()

    document = client.get(f"/q/{lot.public_id}/epcis.json").text

    assert f"/01/{gtin}/10/{lot.code}" in document
