"""Pallets in EPCIS: what stands on one, which shipment it went with, taken apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.domain.epcis_queries import read_query
from marketplace.domain.errors import NotFound, Refused
from marketplace.services.epcis_pallets import (
    empty_pallet,
    ship_pallet,
    shipments_of,
    stack_pallet,
    standing_pallets,
)
from marketplace.services.epcis_query import EventsOf
from marketplace.services.epcis_schema import faults_of_document
from marketplace.services.epcis_stories import EVERYTHING, PUBLIC, Reader, story_of
from models.epcis import EpcisEvent
from models.gs1_numbers import Gs1Prefix
from tests.factories import NOW
from tests.lots_rows import Lots

BASE = "https://lienket.example"
LATER = NOW + timedelta(days=31)


@pytest.fixture
def market(session, make):
    """A lot at a maker with a GS1 prefix, part of it on its way to a buyer."""
    lots = Lots(session, make)
    lots.maker = lots.seller(name="HTX Bảo Minh", short_name="Bảo Minh")
    lots.buyer = lots.of(make.buyer(name="Siêu thị Sao Xanh", short_name="Sao Xanh"))
    lots.rival = lots.of(make.buyer(name="Siêu thị Bình An", short_name="Bình An"))
    session.add(Gs1Prefix(organisation_id=lots.maker.organisation_id, prefix="8938501"))
    lots.lot = lots.harvested(lots.maker, 900)
    lots.pallet = stack_pallet(session, lots.maker, lots.lot, BASE, now=LATER)
    lots.ship = lots.shipped(lots.maker, lots.lot, 400, lots.buyer.organisation_id)
    other = lots.shipped(lots.maker, lots.lot, 100, lots.rival.organisation_id)
    lots.arrived(lots.rival, other)
    return lots


def asked(market, who, *pairs):
    found = EventsOf(market.session, who.organisation_id, BASE)
    return found.page(read_query([*pairs, ("orderDirection", "ASC")])).events


def of_pallet(market, who):
    uri = f"{BASE}/00/{market.pallet.sscc}"
    return [
        (one["type"], one["action"], one["bizStep"])
        for one in asked(market, who, ("MATCH_anyEPC", uri))
    ]


def sent(market):
    ship_pallet(
        market.session,
        market.maker,
        market.pallet.sscc,
        market.ship.public_id,
        BASE,
        now=LATER,
    )


STACKED = ("AggregationEvent", "ADD", "packing")
SHIPPED = ("ObjectEvent", "OBSERVE", "shipping")
EMPTIED = ("AggregationEvent", "DELETE", "unpacking")


def test_a_numbered_pallet_is_told_to_its_owner_only(market):
    assert of_pallet(market, market.maker) == [STACKED]
    assert of_pallet(market, market.buyer) == []

    (told,) = asked(
        market, market.maker, ("MATCH_parentID", f"{BASE}/00/{market.pallet.sscc}")
    )
    (child,) = told["childQuantityList"]
    assert child["epcClass"].endswith(market.lot.public_id)


def test_who_gets_a_pallet_learns_what_stands_on_it(market):
    sent(market)
    sent(market)  # twice is as once

    for who in (market.maker, market.buyer):
        assert sorted(of_pallet(market, who)) == sorted([STACKED, SHIPPED])
    assert of_pallet(market, market.rival) == []
    (told,) = asked(
        market,
        market.buyer,
        ("MATCH_epc", f"https://id.gs1.org/00/{market.pallet.sscc}"),
    )
    assert told["destinationList"][0]["destination"].startswith(BASE)


def test_taking_a_pallet_apart_is_told_to_who_does_it(market):
    sent(market)

    empty_pallet(market.session, market.buyer, market.pallet.sscc, BASE, now=LATER)
    empty_pallet(market.session, market.buyer, market.pallet.sscc, BASE, now=LATER)

    assert EMPTIED in of_pallet(market, market.buyer)
    assert EMPTIED not in of_pallet(market, market.maker)
    assert len(market.session.scalars(select(EpcisEvent)).all()) == 5


def test_a_pallet_goes_once_and_only_with_a_shipment_of_its_lot(market):
    session, maker, sscc = market.session, market.maker, market.pallet.sscc
    other = market.harvested(maker, 50)
    wrong = market.shipped(maker, other, 50, market.rival.organisation_id)
    with pytest.raises(NotFound):
        ship_pallet(session, maker, sscc, wrong.public_id, BASE, now=LATER)
    with pytest.raises(NotFound):
        empty_pallet(session, market.rival, sscc, BASE, now=LATER)

    sent(market)

    with pytest.raises(Refused):
        empty_pallet(session, maker, sscc, BASE, now=LATER)
    again = shipments_of(session, maker, market.lot)[0]
    with pytest.raises(Refused):
        ship_pallet(session, maker, sscc, again.public_id, BASE, now=LATER)
    assert standing_pallets(session, maker, market.lot) == []


def test_the_story_of_a_lot_tells_its_pallets_to_who_may_know(market):
    sent(market)

    def parents(reader):
        told = story_of(market.session, market.lot, reader, base=BASE, now=LATER)
        assert faults_of_document(told, LATER) == []
        events = told["epcisBody"]["eventList"]
        return [one["parentID"] for one in events if "parentID" in one]

    uri = f"{BASE}/00/{market.pallet.sscc}"
    assert parents(EVERYTHING) == [uri]
    assert parents(Reader(market.buyer.organisation_id)) == [uri]
    assert parents(Reader(market.rival.organisation_id)) == []
    assert parents(PUBLIC) == []
