"""A wrong event is shown with the one that says it rightly, here and in EPCIS."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.services.lot_corrections import declare_wrong
from models.gs1_numbers import Gs1Prefix, Sscc
from models.lot_events import LotCorrection
from tests.doors import enter
from tests.factories import NOW
from tests.lots_rows import Lots
from tests.web.test_trade_items import fill

LATER = NOW + timedelta(days=31)


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lots(session, make):
    lots = Lots(session, make)
    lots.maker = lots.seller()
    lots.lot = lots.harvested(lots.maker, 500)
    return lots


def test_a_wrong_event_leads_to_the_right_one(client, session, lots):
    wrong = lots.ended(lots.maker, lots.lot, 100)
    declare_wrong(session, lots.maker, wrong.public_id, "Nhầm", now=LATER)
    right = lots.ended(lots.maker, lots.lot, 10)
    session.commit()
    enter(client, session, lots.maker)
    page, url = f"/lo/lan-ghi/{wrong.public_id}", f"/lo/lan-ghi/{wrong.public_id}/sai"
    assert url in client.get(page).text

    answer = fill(client, url, right=right.public_id)

    assert answer.status_code == 302
    shown = client.get(page).text
    assert f"/lo/lan-ghi/{right.public_id}" in shown
    assert url not in shown
    (kept,) = session.scalars(select(LotCorrection))
    story = client.get(f"/lo/{lots.lot.public_id}/epcis.json").text
    (told,) = [
        one
        for one in json.loads(story)["epcisBody"]["eventList"]
        if "errorDeclaration" in one
    ]
    assert told["errorDeclaration"]["correctiveEventIDs"] == [kept.event_id]


def test_an_event_of_another_step_corrects_nothing(client, session, lots):
    wrong = lots.ended(lots.maker, lots.lot, 100)
    declare_wrong(session, lots.maker, wrong.public_id, "Nhầm", now=LATER)
    session.commit()
    enter(client, session, lots.maker)

    answer = fill(
        client, f"/lo/lan-ghi/{wrong.public_id}/sai", right=lots.lot.public_id
    )

    assert answer.status_code == 422
    assert session.scalars(select(LotCorrection)).all() == []


def test_a_pallet_is_said_to_have_gone(client, session, make, lots):
    session.add(Gs1Prefix(organisation_id=lots.maker.organisation_id, prefix="8938501"))
    buyer = make.buyer()
    ship = lots.shipped(lots.maker, lots.lot, 200, buyer.id)
    session.commit()
    enter(client, session, lots.maker)
    url = f"/tem/{lots.lot.public_id}"
    fill(client, url, f"{url}/kien", count="2")
    first, second = session.scalars(select(Sscc).order_by(Sscc.id))

    fill(client, url, f"{url}/kien/di", sscc=first.sscc, went=ship.public_id)
    fill(client, url, f"{url}/kien/di", sscc=second.sscc, went="do")

    session.expire_all()
    assert first.ship_id == ship.id
    assert second.emptied_at == LATER
    assert f"{url}/kien/di" not in client.get(url).text
