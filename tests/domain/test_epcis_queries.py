"""What a query of EPCIS asks, and of which events it holds: told one by one."""

from __future__ import annotations

import pytest

from marketplace.domain.epcis_contexts import prefixes_told, with_context
from marketplace.domain.epcis_fields import full_field
from marketplace.domain.epcis_parameters import BadQuery
from marketplace.domain.epcis_patterns import place_of
from marketplace.domain.epcis_queries import matches, read_query

EX = "https://ns.example/farm/"
LOT = "https://id.gs1.org/01/08930000000019/10/A-1"
OTHER = "https://id.gs1.org/01/18930000000023/10/A-1"  # the indicator is 1
ABROAD = "https://id.gs1.org/01/09520001000027"


def event(**over):
    return {
        "@context": [{"farm": EX}],
        "type": "ObjectEvent",
        "eventTime": "2026-08-01T00:00:00Z",
        **over,
    }


def found(name, value, **over):
    query = read_query([(name, value)], declared={"ex": EX})
    return matches(query, event(**over))


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930000.*.*", {LOT, OTHER}),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:893000.*.*", {LOT, OTHER}),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930001.*.*", set()),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930000.000001.*", {LOT}),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930000.100002.*", {OTHER}),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:9520001.000002.*", {ABROAD}),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:*.*.*", {LOT, OTHER, ABROAD}),
        ("MATCH_epcClass", "urn:epc:class:lgtin:*.*.*", {LOT, OTHER}),
        ("MATCH_epcClass", "urn:epc:class:lgtin:9520001.000002.*", set()),
        ("MATCH_epcClass", "https://id.gs1.org/01/08930000000019/10/*", {LOT}),
        ("MATCH_epcClass", "https://a.example/x/gtin/8930000000019/lot/*", {LOT}),
        ("MATCH_epcClass", "https://id.gs1.org/01/*", {ABROAD}),
        ("MATCH_epcClass", "https://id.gs1.org/01/*/10/*", {LOT, OTHER}),
        ("MATCH_epcClass", "https://id.gs1.org/01/*/21/*", set()),
        ("MATCH_anyEPCClass", f"urn:epc:class:lgtin:893.1.*,{ABROAD}", BadQuery),
        ("MATCH_anyEPCClass", f"urn:epc:class:lgtin:8930000.*.*,{ABROAD}",
         {LOT, OTHER, ABROAD}),
        ("MATCH_inputEPCClass", "urn:epc:class:lgtin:*.*.*", set()),
        ("MATCH_epc", "urn:epc:idpat:sgtin:*.*.*", set()),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:*.000001.*", BadQuery),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930000.*", BadQuery),
        ("MATCH_epcClass", "urn:epc:idpat:giai:8930000.*", BadQuery),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:8930000.0001.*", BadQuery),
        ("MATCH_epcClass", "urn:epc:idpat:grai:8930000.00001.*", set()),
        ("MATCH_epcClass", "https://id.gs1.org/01/*/10/A-1", BadQuery),
        ("MATCH_epcClass", "https://id.gs1.org/01/*/10/*/21/*", BadQuery),
        ("MATCH_epcClass", "https://id.gs1.org/01/12/10/*", set()),
        ("MATCH_epcClass", "https://id.gs1.org/414/12/254/*", BadQuery),
        ("MATCH_epcClass", "https://x.example/*", BadQuery),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:893.*.*", BadQuery),
    ],
)  # fmt: skip
def test_a_pattern_means_what_a_company_or_a_gtin_stands_on(name, value, meant):
    if meant is BadQuery:
        with pytest.raises(BadQuery):
            found(name, value)
        return
    told = {
        one for one in (LOT, OTHER, ABROAD)
        if found(name, value, quantityList=[{"epcClass": one}])
    }  # fmt: skip
    assert told == meant


@pytest.mark.parametrize(
    ("value", "epc"),
    [
        ("urn:epc:idpat:sgtin:8930000.*.*", "urn:epc:id:sgtin:8930000.000001.7"),
        ("urn:epc:idpat:sgtin:8930000.000001.*", "urn:epc:id:sgtin:8930000.000001.7"),
        ("https://id.gs1.org/01/08930000000019/21/*", "urn:epc:id:sgtin:8930000.000001.7"),
        ("urn:epc:idpat:sscc:8930000.*", "urn:epc:id:sscc:8930000.1000000001"),
        ("https://id.gs1.org/00/*", "urn:epc:id:sscc:8930000.1000000001"),
        ("urn:epc:idpat:grai:8930000.00001.*", "urn:epc:id:grai:8930000.00001.A7"),
        ("urn:epc:idpat:grai:8930000.*.*", "urn:epc:id:grai:8930000.00001.A7"),
        ("urn:epc:idpat:gdti:8930000.00001.*", "urn:epc:id:gdti:8930000.00001.9"),
        ("urn:epc:idpat:gsrn:8930000.*", "urn:epc:id:gsrn:8930000.1234567890"),
        ("urn:epc:idpat:sgln:8930000.00001.*", "urn:epc:id:sgln:8930000.00001.0"),
        ("urn:epc:idpat:sgln:8930000.*.*", "urn:epc:id:sgln:8930000.00001.12"),
    ],
)  # fmt: skip
def test_a_pattern_means_things_with_a_number_of_their_own(value, epc):
    other = epc.replace("8930000", "8930009")

    assert found("MATCH_epc", value, epcList=[epc])
    assert found("MATCH_anyEPC", value, epcList=["urn:x:1", epc])
    assert not found("MATCH_parentID", value, epcList=[epc])
    if "8930000" in value:
        assert not found("MATCH_epc", value, epcList=[other])


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("EQ_quantity", "12", True),
        ("EQ_quantity", "12.0,99", True),
        ("EQ_quantity_KGM", "12", True),
        ("EQ_quantity_TNE", "12", False),
        ("GT_quantity", "12", True),  # forty pieces
        ("GE_quantity_KGM", "12", True),
        ("GT_quantity_KGM", "12", False),
        ("LE_quantity_KGM", "12", True),
        ("LT_quantity_KGM", "12", False),
        ("LT_quantity_TNE", "3.5", True),
        ("EQ_ILMD_ex:size", "7", True),
        ("EQ_ILMD_ex:size", "7.00", True),
        ("EQ_ILMD_ex:size", "8", False),
        ("GE_ILMD_ex:size", "6.9", True),
        (f"EQ_ILMD_{EX}size", "7", True),
        ("EQ_ILMD_https://ns.example/farm#size", "7", True),
        ("EQ_ex:size", "7", False),
        ("EQ_ILMD_cbvmda:lotNumber", "A-2", True),
        ("GE_ILMD_cbvmda:bestBeforeDate", "2026-09-01", True),
        ("GT_ILMD_cbvmda:bestBeforeDate", "2026-09-01", False),
        ("GT_ILMD_cbvmda:bestBeforeDate", "2026-09-01T00:00:00 07:00", True),
        ("LT_ILMD_cbvmda:bestBeforeDate", "5", False),
        ("EXISTS_ILMD_cbvmda:lotNumber", "", True),
        ("EXISTS_ILMD_ex:empty", "", False),
        ("EXISTS_ILMD_ex:empty", "false", True),
        ("EQ_ex:sweet", "true", True),
        ("EXISTS_ex:crate", "", True),
        ("EQ_ex:crate", "red", False),
        ("EQ_INNER_ex:lid", "red", True),
        ("LT_INNER_ex:kg", "2", True),
        ("EXISTS_INNER_ILMD_ex:lid", "", False),
        ("GE_INNER_ex:day", "2026-01-01", False),  # there is no such day
        ("EXISTS_INNER_ex:day", "", True),
        ("EQ_persistentDisposition_set", "damaged", True),
        ("EQ_persistentDisposition_unset", "damaged", False),
        ("WD_readPoint", "https://id.gs1.org/414/8930000000002", True),
        ("WD_readPoint", "urn:epc:id:sgln:8930000.00000.17", True),
        ("WD_readPoint", "urn:epc:id:sgln:8930000.00000.1", False),
        ("EQ_readPoint", "https://id.gs1.org/414/8930000000002", False),
        ("WD_bizLocation", "https://id.gs1.org/414/8930000000002", False),
    ],
)
def test_fields_amounts_and_places_are_found_by_what_they_say(name, value, meant):
    told = {
        "quantityList": [
            {"epcClass": LOT, "quantity": 12, "uom": "KGM"},
            {"epcClass": OTHER, "quantity": 3, "uom": "TNE"},
            {"epcClass": ABROAD, "quantity": 40},
        ],
        "ilmd": {
            "farm:size": 7,
            "farm:empty": [],
            "cbvmda:lotNumber": ["A-1", "A-2"],
            "cbvmda:bestBeforeDate": "2026-09-01",
        },
        "farm:sweet": True,
        "farm:crate": [
            {"farm:lid": "red", "farm:side": {"farm:kg": 1.5}},
            {"farm:day": "2026-13-45", "bare": 1, "other:x": 1},
        ],
        "persistentDisposition": {"set": ["damaged"]},
        "readPoint": {"id": "urn:epc:id:sgln:8930000.00000.17"},
    }

    assert found(name, value, **told) is meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EQ_farm:size", "7"),  # nobody said what the prefix stands for
        ("EQ_ILMD_size", "7"),
        ("GT_ex:size", "big"),
        ("GT_quantity", "2026-09-01"),
        ("EQ_quantity", ""),
        ("EQ_quantity_kilos", "7"),
        ("EXISTS_readPoint", ""),
        ("HASATTR_ex:size", "ex:unit"),
        ("EQATTR_ex:size_unit", "cm"),
        ("EQ_type", "Temperature"),
        ("EQ_dataProcessingMethod", "https://x.example/1"),
    ],
)
def test_what_is_no_parameter_is_said_to_be_none(name, value):
    with pytest.raises(BadQuery):
        read_query([(name, value)], declared={"ex": EX})


def test_what_is_no_gs1_key_of_a_length_lies_in_no_order():
    odd = ["https://id.gs1.org/414/12", "https://id.gs1.org/255/8930000000002"]

    assert [place_of("MATCH_epc", one) for one in odd] == [None, None]
    assert full_field("x:", {"x": "y"}) is None


def test_two_sides_of_an_interval_hold_at_once_and_one_side_stands_once():
    asked = [("GE_quantity", "5"), ("LT_quantity", "9")]
    query = read_query(asked)

    assert matches(query, event(quantityList=[{"epcClass": LOT, "quantity": 5}]))
    assert not matches(query, event(quantityList=[{"epcClass": LOT, "quantity": 9}]))
    with pytest.raises(BadQuery):
        read_query([*asked, ("GE_quantity", "6")])
    assert read_query([("GE_quantity", "6")]).sign != read_query(asked[:1]).sign


def test_an_event_by_itself_says_what_its_prefixes_stand_for():
    known = {"farm": EX, "other": "https://other.example/", "cbv": "urn:cbv:"}
    told = {"farm:size": 7, "bizStep": "other:weighing", "cbvmda:x": 1}

    assert with_context(told, known)["@context"] == [
        {"farm": EX, "other": "https://other.example/"}
    ]
    assert with_context({"type": "ObjectEvent"}, known) == {"type": "ObjectEvent"}
    own = {"@context": {"farm": "https://mine.example/"}, "farm:size": 7}
    assert with_context(own, known) == own
    assert prefixes_told(f"ex={EX}, none, x=no address") == {"ex": EX}
