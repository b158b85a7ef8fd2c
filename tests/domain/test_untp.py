"""Credentials of UNTP have the shape that its schemas ask for, whatever they tell."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from marketplace.domain.untp import (
    Named,
    Paper,
    ProductFacts,
    conformity,
    passport,
)
from tests.untp_shapes import faults_of

BASE = "https://lienket.example"
MAKER = Named(f"{BASE}/417/8930000000002", "HTX Bảo Minh", "5500123456")
PAPER = Paper(
    id=f"{BASE}/giay-to/chung-nhan/1",
    title="VietGAP 12",
    standard=Named(f"{BASE}/ns/schemes/vietgap", "VietGAP"),
    issuer=Named("urn:uuid:8f1c8f7e-0000-5000-8000-000000000000", "Quacert"),
    issued_on=date(2026, 1, 2),
    topic="governance.compliance",
)
FACTS = ProductFacts(
    product=Named(f"{BASE}/01/08930000000019/10/A-1", "Nhãn", "A-1"),
    batch="A-1",
    description="Nhãn / Longan",
    maker=MAKER,
    place=Named(f"{BASE}/vung-trong/1", "Xã Chiềng Khương"),
    made_on=date(2026, 8, 9),
    best_before=date(2026, 8, 20),
    kg=500,
    hs_code="0810.90",
    events=f"{BASE}/q/1/epcis.json",
    page=f"{BASE}/q/1",
    papers=(PAPER,),
)
BARE = ProductFacts(
    **(vars(FACTS) | {"place": None, "best_before": None, "kg": None, "papers": ()})
)


def credential(counts: bool = True):
    return conformity(
        PAPER, MAKER, [MAKER], BASE, until=date(2028, 1, 1), counts=counts
    )


@pytest.mark.parametrize("facts", [FACTS, BARE])
def test_a_passport_has_the_shape_of_its_schema(facts):
    assert faults_of(passport(facts, BASE), "DigitalProductPassport") == []


@pytest.mark.parametrize("counts", [True, False])
def test_a_conformity_credential_has_the_shape_of_its_schema(counts):
    told = credential(counts)

    assert faults_of(told, "DigitalConformityCredential") == []
    assert told["credentialSubject"]["assessment"][0]["conformance"] is counts


def test_a_passport_claims_what_its_papers_say():
    (claim,) = passport(FACTS, BASE)["credentialSubject"]["conformityClaim"]

    assert claim["conformance"] is True
    assert claim["referenceStandard"]["name"] == "VietGAP"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("issuer", "name"), None),
        (("issuer", "country"), "VN"),
        (("credentialSubject", "product", "productionDate"), "9/8/2026"),
        (("credentialSubject", "granularityLevel"), "lot"),
        (("credentialSubject", "product", "type"), ["Thing"]),
        (("credentialSubject", "product", "furtherInformation"), "x"),
        (("credentialSubject", "product", "producedByParty"), "x"),
        (("validFrom",), "2026-08-09"),
    ],
)
def test_what_the_schema_forbids_is_found(place, value):
    told = copy.deepcopy(passport(FACTS, BASE))
    *outer, last = place
    part = told
    for name in outer:
        part = part[name]
    part[last] = value
    if value is None:
        del part[last]

    assert faults_of(told, "DigitalProductPassport")
