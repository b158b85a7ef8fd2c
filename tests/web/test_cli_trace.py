"""`flask trace`: what it prints, and what it says when it can not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.services.epcis_schema import faults_of_document
from tests.lots_rows import Lots


@pytest.fixture
def lot(session, make):
    lots = Lots(session, make)
    picked = lots.harvested(lots.seller())
    session.commit()
    return picked


def test_a_lot_is_printed_as_a_valid_document(app, lot):
    for name in (lot.code, lot.public_id):
        told = app.test_cli_runner().invoke(args=["trace", "epcis", name])

        assert told.exit_code == 0, told.output
        document = json.loads(told.output)
        assert faults_of_document(document, datetime.now(UTC) + timedelta(1)) == []
        assert len(document["epcisBody"]["eventList"]) == 1


def test_a_lot_that_is_none_is_said_to_be_none(app, lot):
    told = app.test_cli_runner().invoke(args=["trace", "epcis", f"{lot.code}x"])

    assert told.exit_code == 1
    assert "No such lot" in told.output


def test_a_number_that_two_lots_bear_asks_which(app, session, make, lot):
    lots = Lots(session, make)
    who = lots.seller(name="HTX Khác", short_name="Khác")
    other = lots.harvested(who, code=lot.code)
    session.commit()

    told = app.test_cli_runner().invoke(args=["trace", "epcis", lot.code])

    assert told.exit_code == 1
    assert lot.public_id in told.output
    assert other.public_id in told.output
