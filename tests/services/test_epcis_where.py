"""What the tables are asked for is what the filters of a query mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.domain.commands_lots import ObserveLots, Where
from marketplace.domain.epcis_events import document_of
from marketplace.domain.epcis_filters import FILTERS
from marketplace.domain.epcis_queries import (
    BadQuery,
    EventQuery,
    Span,
    matches,
    read_query,
)
from marketplace.domain.epcis_terms import term, terms_asked, terms_of
from marketplace.domain.words_trace import LotStep
from marketplace.services import epcis_documents, epcis_query, epcis_scope
from marketplace.services.api_keys import draw_key
from marketplace.services.epcis_capture import run_capture, take_document
from marketplace.services.epcis_query import EventsOf
from marketplace.services.lot_corrections import declare_wrong
from marketplace.services.trade_items import name_lot_item
from models.database import new_public_id
from models.epcis import EpcisEvent, EpcisTerm, ErrorBehaviour
from models.lots import LotHolding
from models.organisations import Organisation
from tests.box_rows import Boxes
from tests.factories import NOW
from tests.lots_rows import Lots

BASE = "http://localhost"
LATER = NOW + timedelta(days=40)
EVERYTHING = EventQuery(per_page=100, newest_first=False)


def lot_uri(n):
    return f"https://id.gs1.org/01/08930000000019/10/A-{n}"


def goods(uris, n=3):
    return [{"epcClass": one, **amount(n + place)} for place, one in enumerate(uris)]


def amount(n):
    """In kilograms, in tonnes, in pieces, or not at all."""
    return (
        {"quantity": n * 10, "uom": "KGM"},
        {"quantity": n / 10, "uom": "TNE"},
        {"quantity": n},
        {},
    )[n % 4]


def fields_told(n):
    """Fields of an extension and master data, as software of partners tells them."""
    days = ["2026-08-01", "2026-08-02T00:00:00+07:00", 20260803, "soon"]
    told = {
        "ex:grade": ["A", "B"][n % 2],
        "ex:brix": 17.5 + n,
        "ex:box": {"ex:lid": "red" if n % 2 else "blue", "ex:weights": [n, n + 0.5]},
    }
    lot = {
        "cbvmda:lotNumber": [f"A-{n % 3 + 1}", "A-4"] if n % 4 == 0 else f"A-{n % 3}",
        "cbvmda:bestBeforeDate": days[n % 4],
        "ex:pack": [{"ex:tray": str(n)}],
    }
    return told | {"ilmd": lot}


def told_of(kind, step, n):
    """A body of an event that the schema lets through; it moves nothing here."""
    told = {
        "type": kind,
        "eventTime": (NOW - timedelta(hours=n)).isoformat(),
        "eventTimeZoneOffset": "+07:00",
        "bizStep": step,
        "readPoint": {"id": PLACES[n % 2]},
    }
    some = goods([lot_uri(n % 3 + 1), *([lot_uri(4)] if n % 4 == 0 else [])], n)
    if n % 4 == 1:
        some += goods(["urn:epc:idpat:sgtin:8930000.000002.*", "urn:x:class"], n)
    if n % 3 == 1:
        if kind != "AggregationEvent":  # the schema has it for the others only
            told["persistentDisposition"] = {"set": ["damaged"], "unset": ["recalled"]}
        told["bizLocation"] = {"id": f"urn:epc:id:sgln:8930000.00000.{n}"}
    if n % 5 == 0:
        element = {"sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL"}]}
        told["sensorElementList"] = [element]
    if kind == "ObjectEvent":
        told |= {"action": "OBSERVE", "quantityList": some}
    elif kind == "AggregationEvent":
        told |= {
            "action": "ADD" if n % 2 else "DELETE",
            "parentID": "urn:epc:id:sscc:8930000.0000000001",
            "childEPCs": [
                f"urn:epc:id:sgtin:8930000.000001.{n % 3}",
                f"urn:epc:id:sgtin:8931111.100001.{n % 3}",
            ],
            "childQuantityList": some,
        }
    else:
        made = goods([lot_uri(5)], n + 1)
        told |= {"inputQuantityList": some, "outputQuantityList": made}
    if kind == "TransformationEvent":
        told |= fields_told(n)
        if n % 2:
            told["outputEPCList"] = [f"urn:epc:id:sgtin:8930000.000009.{n}"]
    elif n % 2:
        told |= {"ex:grade": "C", "ex:brix": "18.50"}
    if n % 3:
        kind = ("owning_party", "possessing_party")[n % 2]
        told["sourceList"] = [{"type": kind, "source": PARTY}]
        told["destinationList"] = [
            {"type": "owning_party", "destination": "https://x.example/p"}
        ]
    if n % 6 == 0:
        told["errorDeclaration"] = {
            "declarationTime": NOW.isoformat(),
            "reason": "did_not_occur",
            "correctiveEventIDs": ["urn:uuid:00000000-0000-4000-8000-000000000001"],
        }
    return told


PLACES = ("urn:epc:id:sgln:8930000.00000.17", "https://x.example/1")
EX = "https://ns.example/farm/"
OURS = {"lk": f"{BASE}/ns/epcis/"}
PARTY = "https://id.gs1.org/417/8930000000002"
KINDS = ("ObjectEvent", "AggregationEvent", "TransformationEvent")
STEPS = ("storing", "inspecting", "shipping")
TOLD = [
    told_of(kind, step, n + 1)
    for n, (kind, step) in enumerate(product(KINDS, STEPS * 2))
]


ASKED = {
    "eventType": ["ObjectEvent", "AggregationEvent", "TransformationEvent"],
    "EQ_action": ["OBSERVE", "ADD"],
    "EQ_bizStep": ["storing", "cbv:BizStep-shipping,inspecting", "packing"],
    "EQ_disposition": ["in_progress", "in_transit"],
    "EQ_readPoint": [
        "https://id.gs1.org/414/8930000000002/254/17",
        "https://x.example/1",
    ],
    "WD_readPoint": ["urn:epc:id:sgln:8930000.00000.0", "https://x.example/1"],
    "WD_bizLocation": [
        "https://id.gs1.org/414/8930000000002",
        "urn:epc:id:sgln:8930000.00000.4",
    ],
    "EQ_persistentDisposition_set": ["damaged", "cbv:Disp-recalled"],
    "EQ_persistentDisposition_unset": ["recalled,active", "damaged"],
    "EXISTS_sensorElementList": ["", "true"],
    "EQ_quantity": ["40,80", "0.5"],
    "EQ_quantity_KGM": ["40.0", "5"],
    "GT_quantity": ["40"],
    "GE_quantity_KGM": ["40"],
    "LT_quantity_TNE": ["1"],
    "LE_quantity": ["0.5"],
    "EQ_ILMD_cbvmda:lotNumber": ["A-1,A-2", "A-4"],
    "EQ_ILMD_urn:epcglobal:cbv:mda#bestBeforeDate": ["2026-08-01", "20260803.0"],
    "GE_ILMD_cbvmda:bestBeforeDate": ["2026-08-01", "2026-08-01T17:00:00Z"],
    "GT_ILMD_cbvmda:bestBeforeDate": ["2026-08-01", "20260802"],
    "LE_ILMD_cbvmda:bestBeforeDate": ["2026-08-01T00:00:00+00:00", "20260803"],
    "EXISTS_ILMD_cbvmda:bestBeforeDate": [""],
    "EXISTS_ILMD_cbvmda:countryOfOrigin": [""],
    "EQ_INNER_ILMD_ex:tray": ["14,15"],
    "EQ_ex:grade": ["A", "B,C"],
    f"EQ_{EX}brix": ["31.5", "18.50"],
    "GE_ex:brix": ["18.5", "30"],
    "LT_ex:brix": ["31"],
    "EXISTS_ex:box": [""],
    "EXISTS_INNER_ex:lid": [""],
    "EQ_INNER_ex:lid": ["red"],
    "GT_INNER_ex:weights": ["15.25"],
    "EQ_source": ["urn:epc:id:pgln:8930000.00000", "https://x.example/p"],
    "EQ_source_owning_party": ["urn:epc:id:pgln:8930000.00000"],
    "EQ_destination_possessing_party": ["https://x.example/p"],
    "MATCH_epc": ["urn:epc:id:sgtin:8930000.000001.2"],
    "MATCH_parentID": ["https://id.gs1.org/00/089300000000000019"],
    "MATCH_anyEPC": [
        "urn:epc:id:sgtin:8930000.000001.1",
        "urn:epc:idpat:sgtin:8931111.*.*",
        "urn:epc:idpat:sscc:8930000.*",
        "https://id.gs1.org/00/*,urn:x:1",
    ],
    "MATCH_epcClass": [lot_uri(1), "urn:epc:idpat:sgtin:8930000.000002.*"],
    "MATCH_inputEPCClass": [lot_uri(2), "urn:epc:idpat:sgtin:*.*.*"],
    "MATCH_anyEPCClass": [
        f"{lot_uri(3)},{lot_uri(2)}",
        f"{lot_uri(5)},https://id.gs1.org/01/08930000000026",
        "urn:epc:class:lgtin:8930000.000001.*",
        "https://id.gs1.org/01/08930000000019/10/*",
    ],
    "MATCH_outputEPC": ["urn:epc:idpat:sgtin:*.*.*"],
    "EXISTS_errorDeclaration": ["true"],
    "EQ_errorReason": ["did_not_occur", "incorrect_data"],
    "EQ_correctiveEventID": ["urn:uuid:00000000-0000-4000-8000-000000000001"],
    "LT_eventTime": [(NOW - timedelta(hours=4)).isoformat().replace("+", "%2B")],
}


def asked(names):
    return st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=2, unique=True)


@st.composite
def queries(draw):
    return [(name, draw(st.sampled_from(ASKED[name]))) for name in draw(asked(ASKED))]


def query_of(pairs):
    return read_query(
        [(name, value.replace("%2B", "+")) for name, value in pairs]
        + [("perPage", "100"), ("orderDirection", "ASC")],
        OURS,
        {"ex": EX},
    )


def asked_of_tables(session, who, query, monkeypatch):
    """The ids that the tables give by themselves: the last check lets all pass."""
    with monkeypatch.context() as patched:
        patched.setattr(epcis_query, "matches", lambda _query, _event: True)
        found = EventsOf(session, who.organisation_id, BASE).page(query)
    return [one["eventID"] for one in found.events]


def held_to_each(session, who, query):
    """The ids of those of all events that the filters let through one by one."""
    told = everything_of(session, who)
    return [one["eventID"] for one in told if matches(query, one)]


def everything_of(session, who):
    """All that an organisation may be told; it stays the same within a test."""
    known = session.info.setdefault("everything", {})
    mine = who.organisation_id
    if mine not in known:
        known[mine] = EventsOf(session, mine, BASE).page(EVERYTHING).events
    return known[mine]


@pytest.fixture
def market(session, make):
    """A maker whose lots went to a buyer, and something that was told wrongly."""
    session.info.pop("everything", None)
    lots = Lots(session, make)
    lots.maker = lots.seller(name="HTX Bảo Minh", short_name="Bảo Minh")
    lots.buyer = lots.of(make.buyer(name="Siêu thị Sao Xanh", short_name="Sao Xanh"))
    picked = [lots.harvested(lots.maker, 600), lots.harvested(lots.maker, 400)]
    lots.packed = lots.turned(lots.maker, {picked[0]: 600, picked[1]: 300}, [600, 250])
    lots.picked = picked
    owner = session.get_one(Organisation, lots.maker.organisation_id)
    boxes = Boxes(session, make, owner)
    item = boxes.item()
    lots.prefix, lots.gtin = boxes.prefix, item.gtin
    for lot in (picked[0], lots.packed[0]):
        name_lot_item(session, lots.maker, lot, item.public_id)
    seen = (lots.packed[0].public_id,)
    cold = Where(temperature_c=Decimal(4), note="Kho lạnh")
    cooled = ObserveLots(new_public_id(), LotStep.STORE, lots.tick(), seen, cold)
    lots.tell(lots.maker, cooled)
    ship = lots.shipped(lots.maker, lots.packed[0], 300, lots.buyer.organisation_id)
    lots.arrived(lots.buyer, ship)
    wrong = lots.ended(lots.buyer, lots.packed[0], 50)
    declare_wrong(session, lots.buyer, wrong.public_id, "Nhầm", now=LATER)
    return lots


@pytest.fixture
def send(session, market):
    """Takes documents of the maker's software in."""
    key, _ = draw_key(session, market.maker, "Kho", may_write=True, now=NOW)

    def take(told):
        document = document_of(told, BASE, NOW)
        document["@context"].append({"ex": EX})
        taken = take_document(session, key, document, ErrorBehaviour.PROCEED, now=LATER)
        run_capture(session, taken.public_id, BASE, now=LATER)
        assert taken.success, taken.errors

    return take


@pytest.fixture
def sent(send):
    """Events of all kinds that software told."""
    send(TOLD)


@settings(max_examples=20)
@given(wanted=queries())
def test_captured_events_are_found_as_the_filters_mean_it(
    session, market, sent, monkeypatch, wanted
):
    query = query_of(wanted)

    found = asked_of_tables(session, market.maker, query, monkeypatch)

    assert found == held_to_each(session, market.maker, query)


@pytest.mark.parametrize("most", [epcis_documents.MOST_FOUND, 0])
def test_each_filter_of_captured_events_finds_some_and_leaves_some(
    session, market, sent, monkeypatch, most
):
    monkeypatch.setattr(epcis_documents, "MOST_FOUND", most)
    everything = len(held_to_each(session, market.maker, EVERYTHING))
    found = {}
    for name, values in ASKED.items():
        for value in values:
            query = query_of([(name, value)])
            told = asked_of_tables(session, market.maker, query, monkeypatch)
            assert told == held_to_each(session, market.maker, query), (name, value)
            found[name] = max(found.get(name, 0), len(told))
            assert len(told) < everything, (name, value)

    nothing = {"EQ_destination_possessing_party", "EXISTS_ILMD_cbvmda:countryOfOrigin"}
    assert {name for name, count in found.items() if not count} <= nothing


def graph_filters(market):
    base = BASE
    lots = [f"{base}/lo/{one.public_id}" for one in (*market.picked, *market.packed)]
    maker, buyer = (
        f"{base}/don-vi/{who.public_id}"
        for who in (market.packed[0].organisation, _buyer(market))
    )
    garden = market.garden_uri
    filters = {
        "eventType": ["ObjectEvent", "TransformationEvent", "AssociationEvent"],
        "EQ_action": ["ADD", "OBSERVE", "DELETE"],
        "EQ_bizStep": ["packing", "shipping,receiving", "creating_class_instance"],
        "EQ_disposition": ["in_progress", "active", "retail_sold"],
        "EQ_errorReason": ["incorrect_data", "did_not_occur"],
        "EQ_readPoint": [f"{maker}/tru-so", garden, f"{buyer}/tru-so"],
        "EQ_bizLocation": [f"{maker}/tru-so", f"{buyer}/tru-so,{maker}"],
        "EQ_source": [maker, buyer],
        "EQ_destination_owning_party": [maker, buyer],
        "EQ_destination_possessing_party": [buyer],
        "MATCH_epc": [lots[0]],
        "MATCH_epcClass": [lots[0], lots[2], ",".join(lots)],
        "MATCH_inputEPCClass": [lots[1], lots[2]],
        "MATCH_outputEPCClass": [lots[2], lots[3]],
        "MATCH_anyEPCClass": [*lots, ",".join(lots[2:])],
        "EXISTS_errorDeclaration": ["true"],
        "orderBy": ["recordTime"],
    }
    more = graph_fields(market), graph_patterns(market)
    for name, values in chain.from_iterable(one.items() for one in more):
        filters[name] = [*filters.get(name, []), *values]
    return filters


def graph_fields(market):
    """Fields that our own events have, told with our own prefix or the address."""
    codes = [one.code for one in (*market.picked, *market.packed)]
    best = market.packed[0].best_before
    handled = (market.packed[0].organisation, _buyer(market))
    homes = [f"{BASE}/don-vi/{one.public_id}/tru-so" for one in handled]
    picked = market.picked[0].harvested_from.isoformat()
    return {
        "WD_readPoint": homes,
        "WD_bizLocation": [*homes, ",".join(homes)],
        "EQ_persistentDisposition_set": ["active"],
        "EXISTS_sensorElementList": [""],
        "EQ_quantity": ["600", "300,50", "600.5"],
        "GE_quantity_KGM": ["600"],
        "LT_quantity": ["300"],
        "GT_quantity_TNE": ["0.1"],
        "EQ_ILMD_cbvmda:lotNumber": [codes[0], codes[2], ",".join(codes)],
        "GE_ILMD_cbvmda:lotNumber": ["2026-01-01"],
        "EXISTS_ILMD_cbvmda:lotNumber": [""],
        "EQ_ILMD_cbvmda:countryOfOrigin": ["VN", "LA"],
        "EQ_ILMD_cbvmda:bestBeforeDate": [f"{best},2020-01-01", "soon"],
        "GE_ILMD_cbvmda:bestBeforeDate": [f"{best}", f"{best}T00:00:01Z"],
        "LT_ILMD_cbvmda:bestBeforeDate": [f"{best}", f"{best}T00:00:01Z", "20270101"],
        "LE_ILMD_cbvmda:harvestEndDate": [f"{picked}", f"{picked}T07:00:00+07:00"],
        "GT_ILMD_cbvmda:harvestStartDate": [f"{picked}"],
        "EXISTS_ILMD_lk:grade": [""],
        "EQ_ILMD_ex:tray": ["14"],
        "EQ_ILMD_lk:product": ["longan", "mango"],
        "EQ_lk:step": ["pack,store", "sell"],
        "EQ_lk:vehicle": ["26C-12345"],
        "EXISTS_lk:note": [""],
        "EQ_lk:growingArea": [market.garden_uri],
        "EXISTS_lk:growingArea": [""],
        "EXISTS_lk:plot": [""],
        "GT_lk:supplierLot": ["5"],
        "EXISTS_INNER_lk:note": [""],
        f"EXISTS_{OURS['lk']}reason": [""],
    }


def graph_patterns(market):
    prefix, gtin = market.prefix, market.gtin
    return {
        "MATCH_epcClass": [f"urn:epc:idpat:sgtin:{prefix}.*.*"],
        "MATCH_inputEPCClass": [f"https://id.gs1.org/01/{gtin}/10/*"],
        "MATCH_outputEPCClass": ["urn:epc:idpat:sgtin:*.*.*"],
        "MATCH_anyEPCClass": [
            f"urn:epc:class:lgtin:{prefix}.*.*",
            "urn:epc:idpat:sgtin:8999999.*.*",
            f"urn:epc:idpat:sgtin:{prefix}.{gtin[0]}{gtin[len(prefix) + 1 : 13]}.*",
        ],
        "MATCH_anyEPC": ["urn:epc:idpat:sgtin:*.*.*"],
    }


def _buyer(market):
    (held,) = market.session.scalars(
        select(LotHolding).where(
            LotHolding.organisation_id == market.buyer.organisation_id
        )
    )
    return held.organisation


SEEN_LATER = ("quantity", "idpat", "lgtin", "/10/*", "E_ILMD_cbvmda:lot", "GT_lk:")
"""Of these the tables give no less; which goods of others are told is seen later."""


@pytest.fixture
def filters(session, market):
    first = query_of([("EQ_action", "ADD"), ("eventCountLimit", "1")])
    (picked,) = EventsOf(session, market.maker.organisation_id, BASE).page(first).events
    market.garden_uri = picked["readPoint"]["id"]
    return graph_filters(market)


def check_graph(session, who, pairs, monkeypatch):
    query = query_of(pairs)
    found = asked_of_tables(session, who, query, monkeypatch)
    meant = held_to_each(session, who, query)
    page = EventsOf(session, who.organisation_id, BASE).page(query).events
    told = [one["eventID"] for one in page]
    assert sorted(told) == sorted(meant), pairs
    assert [one for one in found if one in set(meant)] == told, pairs
    if not any(part in f"{pair}" for pair in pairs for part in SEEN_LATER):
        assert sorted(found) == sorted(meant), pairs
    return len(meant)


@settings(max_examples=10)
@given(wanted=st.data())
def test_events_of_lots_are_found_as_the_filters_mean_it(
    session, market, filters, monkeypatch, wanted
):
    for who in (market.maker, market.buyer):
        pairs = [
            (name, wanted.draw(st.sampled_from(filters[name])))
            for name in wanted.draw(asked(filters))
        ]
        check_graph(session, who, pairs, monkeypatch)


@pytest.mark.parametrize("who", ["maker", "buyer"])
def test_each_filter_of_events_of_lots_means_the_same_to_the_tables(
    session, market, filters, monkeypatch, who
):
    counts = {
        (name, value): check_graph(
            session, getattr(market, who), [(name, value)], monkeypatch
        )
        for name, values in filters.items()
        for value in values
    }

    found = {name for (name, _), count in counts.items() if count}
    nothing = {
        "MATCH_epc", "MATCH_anyEPC", "EQ_persistentDisposition_set", "GT_quantity_TNE",
        "GE_ILMD_cbvmda:lotNumber", "EXISTS_ILMD_lk:grade", "EQ_ILMD_ex:tray", "EQ_lk:vehicle",
        "EXISTS_lk:plot", "GT_lk:supplierLot", "EXISTS_INNER_lk:note",
        f"EXISTS_{OURS['lk']}reason", "GT_ILMD_cbvmda:harvestStartDate",
        "EQ_destination_possessing_party", "EQ_errorReason", "EXISTS_errorDeclaration",
        "EXISTS_lk:note",
    }  # fmt: skip
    assert {*filters} - found <= nothing


def test_each_reads_what_the_graph_lets_it(session, market):
    def steps(who):
        told = EventsOf(session, who.organisation_id, BASE).page(EVERYTHING).events
        return sorted(one["lk:step"] for one in told)

    made = ["harvest", "harvest", "pack", "ship", "store"]
    assert steps(market.maker) == made
    assert steps(market.buyer) == sorted([*made, "arrive", "sell"])


@pytest.mark.parametrize("told", TOLD)
def test_a_term_stands_for_what_a_filter_reads(told):
    found = terms_of(told)
    for name, (_, read) in FILTERS.items():
        for value in read(told):
            assert terms_asked(name, [value]) & found or name == "EQ_eventID"
    assert term("EQ_action", "WRONG") not in found


def test_a_rare_filter_looks_at_what_it_finds_and_no_more(
    session, market, send, monkeypatch
):
    send(
        [
            {
                "type": "ObjectEvent",
                "eventTime": (NOW - timedelta(minutes=n)).isoformat(),
                "eventTimeZoneOffset": "+07:00",
                "action": "OBSERVE",
                "bizStep": "inspecting",
                "quantityList": goods([lot_uri(1 if n else 9)]),
            }
            for n in range(60)
        ]
    )
    loaded = []
    load = EventsOf._load
    monkeypatch.setattr(
        EventsOf, "_load", lambda self, keys: loaded.extend(keys) or load(self, keys)
    )
    page = EventsOf(session, market.maker.organisation_id, BASE).page(
        query_of([("MATCH_anyEPCClass", lot_uri(9))])
    )

    assert len(page.events) == len(loaded) == 1
    terms = select(func.count()).select_from(EpcisTerm)
    assert session.scalar(terms) == 60 * 4
    assert session.scalar(select(func.count()).select_from(EpcisEvent)) == 60


def test_a_token_leads_on_in_its_own_query_only(session, market):
    found = EventsOf(session, market.maker.organisation_id, BASE)
    query = EventQuery(per_page=2)
    token = found.page(query).token or ""
    other = EventQuery(per_page=2, event_time=Span(first=NOW))

    assert found.page(query, token).events
    with pytest.raises(BadQuery):
        found.page(other, token)


@pytest.mark.parametrize(("single", "lots"), [(8_000, 5_000), (0, 5_000), (0, 0)])
def test_pages_tell_all_in_order_by_whichever_way_others_are_found(
    session, market, monkeypatch, single, lots
):
    whole = EventsOf(session, market.buyer.organisation_id, BASE).page(EVERYTHING)
    everything = {one["eventID"] for one in whole.events}
    monkeypatch.setattr(epcis_scope, "MOST_SINGLE", single)
    monkeypatch.setattr(epcis_scope, "MOST_LOTS", lots)

    for order, newest, size in product(("eventTime", "recordTime"), (0, 1), (1, 3)):
        query = EventQuery(per_page=size, newest_first=bool(newest), order_by=order)
        seen, token = [], ""
        while token is not None:
            found = EventsOf(session, market.buyer.organisation_id, BASE)
            page = found.page(query, token)
            seen += page.events
            token = page.token
        assert len(seen) == len(everything) == 7
        assert {one["eventID"] for one in seen} == everything
        times = [datetime.fromisoformat(one[order]) for one in seen]
        assert times == sorted(times, reverse=bool(newest))
