"""The rules of EPCIS hold, and each is heard when it is broken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from marketplace.services.epcis_capture import run_capture
from marketplace.services.epcis_pallets import ship_pallet, stack_pallet
from marketplace.services.invariants_epcis import CHECKS_OF_EPCIS
from models.epcis import EpcisCapture, EpcisClass, EpcisEvent, EpcisTerm
from models.gs1_numbers import Gs1Prefix, Sscc
from models.lot_events import LotCorrection
from tests.api_rows import BASE, capture
from tests.factories import NOW
from tests.lots_rows import Lots

LATER = NOW + timedelta(days=31)


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
        "quantityList": [{"epcClass": "urn:x:1"}],
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
