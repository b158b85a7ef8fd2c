"""Documents that are wrong are refused, each for its own reason."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.epcis_words import CONTEXT
from marketplace.services.epcis_schema import _schema_faults, faults_of_document

NOW = datetime(2026, 8, 2, 3, 0, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:6c1b9e1e-0000-4000-8000-000000000001",
    "eventTime": "2026-08-01T15:00:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "recordTime": "2026-08-01T09:00:00Z",
    "action": "ADD",
    "bizStep": "creating_class_instance",
    "disposition": "active",
    "readPoint": {"id": "https://partner.example/414/8930000000002"},
    "quantityList": [
        {
            "epcClass": "https://partner.example/01/08930000000019/10/A-1",
            "quantity": 500,
            "uom": "KGM",
        }
    ],
    "ilmd": {"cbvmda:lotNumber": "A-1", "p:field": "North"},
    "sourceList": [{"type": "owning_party", "source": "https://partner.example/1"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"startTime": "2026-08-01T14:00:00+07:00"},
            "sensorReport": [{"type": "Temperature", "value": 4.5, "uom": "CEL"}],
        }
    ],
}
DOCUMENT: dict[str, Any] = {
    "@context": [CONTEXT, {"p": "https://partner.example/ns/"}],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-08-02T00:00:00Z",
    "epcisBody": {"eventList": [EVENT]},
}
GONE = object()
E = "epcisBody eventList 0 "

# The name of what is wrong: the place, what stands there, and what is said of it.
BY_SCHEMA = {
    "no context": ("@context", GONE, "'@context' is a required property"),
    "no creation date": ("creationDate", GONE, "'creationDate' is a required"),
    "an action that is none": (f"{E}action", "CREATE", "'CREATE' is not one of"),
    "a time without offset": (f"{E}eventTime", "2026-08-01T15:00:00", "date-time"),
    "a time that is none": (f"{E}eventTime", "yesterday", "date-time"),
    "an offset that is none": (f"{E}eventTimeZoneOffset", "+25:00", "match"),
    "no event time": (f"{E}eventTime", GONE, "'eventTime' is a required"),
    "a quantity as text": (f"{E}quantityList 0 quantity", "500", "'number'"),
    "an unknown field of goods": (f"{E}quantityList 0 lot", "A", "'lot' was unexpect"),
    "a field without namespace": (f"{E}colour", "red", "'colour'"),
    "master data without namespace": (f"{E}ilmd colour", "red", "'colour'"),
    "a place that is no URI": (f"{E}readPoint id", "Kho 1", "'uri'"),
    "a unit that is none": (f"{E}quantityList 0 uom", "kilogram", "match"),
    "an unknown step": (f"{E}bizStep", "selling_well", "'selling_well'"),
    "out of nothing": (
        "epcisBody eventList 0",
        {
            "type": "TransformationEvent",
            "eventTime": "2026-08-01T15:00:00+07:00",
            "eventTimeZoneOffset": "+07:00",
            "outputQuantityList": [{"epcClass": "https://partner.example/lo/1"}],
        },
        "under any of the given",
    ),
    "events that are no list": ("epcisBody eventList", {}, "'array'"),
}
BEYOND = {
    "the address of an unknown step": (
        f"{E}bizStep",
        "https://ref.gs1.org/cbv/BizStep-selling_well",
        "no word of CBV",
    ),
    "an unknown state by its address": (
        f"{E}disposition",
        "https://ref.gs1.org/cbv/Disp-tasty",
        "no word of CBV",
    ),
    "a state in the place of a step": (
        f"{E}bizStep",
        "https://ref.gs1.org/cbv/Disp-active",
        "no word of CBV",
    ),
    "a word that GS1 never wrote": (
        f"{E}sourceList 0 type",
        "https://www.gs1.org/voc/grower",
        "pretends to be a word of GS1",
    ),
    "a prefix that nobody declared": (f"{E}x:field", "North", "'x' is not declared"),
    "an inner prefix that nobody declared": (
        f"{E}ilmd p:field",
        {"y:a": 1},
        "'y' is not declared",
    ),
    "a context without EPCIS": ("@context", ["https://a.example/c"], "EPCIS 2.0"),
    "a prefix of GS1 for something else": (
        "@context",
        [CONTEXT, {"cbv": "https://a.example/", "p": "https://a.example/"}],
        "another meaning",
    ),
    "a version to come": ("schemaVersion", "3.0", "only EPCIS 2"),
    "an event of tomorrow": (f"{E}eventTime", "2026-08-03T15:00:00+07:00", "future"),
    "an event recorded before it happened": (
        f"{E}recordTime",
        "2026-08-01T07:59:00Z",
        "earlier than eventTime",
    ),
    "declared wrong before it happened": (
        f"{E}errorDeclaration",
        {"declarationTime": "2026-07-01T00:00:00Z"},
        "earlier than eventTime",
    ),
    "measured backwards": (
        f"{E}sensorElementList 0 sensorMetadata endTime",
        "2026-08-01T13:00:00+07:00",
        "earlier than startTime",
    ),
    "goods below zero": (f"{E}quantityList 0 quantity", -5, "above zero"),
    "a unit of nothing": (f"{E}quantityList 0 quantity", GONE, "without a quantity"),
    "a wrong check digit": (
        f"{E}quantityList 0 epcClass",
        "https://partner.example/01/08930000000012/10/A-1",
        "check digit of the GTIN",
    ),
    "a wrong check digit of a place": (
        f"{E}readPoint id",
        "https://partner.example/414/8930000000001",
        "check digit of the GLN",
    ),
    "one object as a class": (
        f"{E}quantityList 0 epcClass",
        "urn:epc:id:sgtin:4012345.011111.9876",
        "not a class",
    ),
    "one id twice": ("epcisBody eventList", [EVENT, EVENT], "stands twice"),
    "a creation to come": ("creationDate", "2026-09-01T00:00:00Z", "in the future"),
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The good document with one thing in it that is wrong."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = [int(one) if one.isdecimal() else one for one in path.split()]
    place: Any = document
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return document


def test_a_good_document_has_no_fault():
    assert faults_of_document(DOCUMENT, NOW) == []


@pytest.mark.parametrize("name", BY_SCHEMA)
def test_what_the_schema_forbids_is_refused_for_its_reason(name):
    path, value, said = BY_SCHEMA[name]

    faults = faults_of_document(changed(path, value), NOW)

    assert any(said in str(fault) for fault in faults), faults


@pytest.mark.parametrize("name", BEYOND)
def test_what_the_schema_lets_pass_is_refused_all_the_same(name):
    path, value, said = BEYOND[name]
    document = changed(path, value)

    faults = faults_of_document(document, NOW)

    assert any(said in str(fault) for fault in faults), faults
    assert not list(_schema_faults(document, ""))


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(list(EVENT)), inner)
    ),
    max_leaves=8,
)
PATHS = sorted({path for path, _, _ in (BY_SCHEMA | BEYOND).values()})


@given(st.sampled_from(PATHS), json)
def test_nothing_breaks_the_checks(path, value):
    assert isinstance(faults_of_document(changed(path, value), NOW), list)


@given(json)
def test_no_body_breaks_the_checks(value):
    assert faults_of_document(value, NOW)
