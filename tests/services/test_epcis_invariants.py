"""The rules of EPCIS hold, and each is heard when it is broken."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

import models
from marketplace.domain.epcis_queries import read_query
from marketplace.domain.epcis_words import CONTEXT
from marketplace.services.epcis_capture import run_capture
from marketplace.services.epcis_pallets import ship_pallet, stack_pallet
from marketplace.services.epcis_query import EventsOf
from marketplace.services.invariants_epcis import CHECKS_OF_EPCIS
from models.epcis import EpcisCapture, EpcisClass, EpcisEvent, EpcisNumber, EpcisTerm
from models.gs1_numbers import Gs1Prefix, Sscc
from models.lot_events import LotCorrection
from tests.api_rows import BASE, capture
from tests.factories import NOW
from tests.lots_rows import Lots

LATER = NOW + timedelta(days=31)
VERSIONS = Path(models.__file__).parent / "migrations" / "versions"


@pytest.fixture
def market(session, make):
    """A captured event, a pallet on its way, a name that software gave a lot."""
    lots = Lots(session, make)
    lots.maker = lots.seller()
    lots.buyer = make.buyer()
    lots.lot = lots.harvested(lots.maker, 500)
    lots.ship = lots.shipped(lots.maker, lots.lot, 100, lots.buyer.id)
    mine = lots.maker.organisation_id
    session.add(Gs1Prefix(organisation_id=mine, prefix="8938501"))
    session.add(EpcisClass(organisation_id=mine, uri="urn:x:1", lot_id=lots.lot.id))
    lots.pallet = stack_pallet(session, lots.maker, lots.lot, BASE, now=LATER)
    ship = lots.ship.public_id
    ship_pallet(session, lots.maker, lots.pallet.sscc, ship, BASE, now=LATER)
    told = {
        "type": "ObjectEvent",
        "eventTime": NOW.isoformat(),
        "eventTimeZoneOffset": "+07:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "quantityList": [{"epcClass": "urn:x:1", "quantity": 5}],
    }
    taken = capture(session, lots.maker, told)
    run_capture(session, taken.public_id, BASE, now=LATER)
    assert taken.success, taken.errors
    return lots


def broken(session):
    session.flush()
    return {one.rule for check in CHECKS_OF_EPCIS for one in check(session)}


def _document(session):
    return session.scalars(
        select(EpcisEvent).where(EpcisEvent.capture_id.is_not(None))
    ).one()


def no_terms(session, market):
    session.execute(delete(EpcisTerm))


def no_numbers(session, market):
    session.execute(delete(EpcisNumber))


def of_another(session, market):
    _document(session).organisation_id = market.buyer.id


def failed(session, market):
    session.get_one(EpcisCapture, _document(session).capture_id).success = False


def moved_by_another(session, market):
    row = _document(session)
    row.lot_event_id, row.declares_error = market.ship.id, True


def named_by_a_stranger(session, market):
    row = EpcisClass(organisation_id=market.buyer.id, uri="urn:x", lot_id=market.lot.id)
    session.add(row)


def corrected_though_right(session, market):
    session.add(LotCorrection(wrong_id=market.ship.id, event_id="urn:x:2"))


def with_another_lot(session, market):
    other = market.harvested(market.maker, 10)
    session.scalars(select(Sscc)).one().lot_id = other.id


def test_all_holds_as_it_is_written(session, market):
    assert broken(session) == set()


@pytest.mark.parametrize(
    ("breaking", "words"),
    [
        (no_terms, "is found by"),
        (no_numbers, "is found by"),
        (of_another, "of the same organisation"),
        (failed, "rolled back"),
        (moved_by_another, "its organisation did"),
        (named_by_a_stranger, "names to lots"),
        (corrected_though_right, "declared wrong"),
        (with_another_lot, "shipment of its lot"),
    ],
)
def test_what_is_broken_is_heard(session, market, breaking, words):
    breaking(session, market)

    assert any(words in rule for rule in broken(session)), broken(session)


def test_what_was_captured_before_is_found_after_the_migration(session, market):
    ex = {"ex": "https://ns.example/"}
    held = _document(session)
    taken = session.get_one(EpcisCapture, held.capture_id)
    taken.document = {**taken.document, "@context": [CONTEXT, ex]}
    held.event = {**held.event, "ex:size": 7}
    session.execute(delete(EpcisTerm))
    session.execute(delete(EpcisNumber))
    session.flush()
    migration = script_of("20261129_epcis_numbers")

    migration._find_what_is_there(session.connection())

    session.expire_all()
    assert broken(session) == set()
    assert _document(session).event["@context"] == [ex]
    query = read_query([("GE_ex:size", "7")], declared=ex)
    (found,) = EventsOf(session, market.maker.organisation_id, BASE).page(query).events
    assert found["ex:size"] == 7


def script_of(name):
    """A migration, which is no module that can be imported by its name."""
    spec = importlib.util.spec_from_file_location(name, VERSIONS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
