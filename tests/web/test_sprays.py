"""The spray diary through the browser's eyes, and what it says of picking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from models.papers import GrowingArea
from models.sprays import Spray
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.lots_rows import Lots
from tests.web.test_lots import sent, shown

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def lots(session, make):
    return Lots(session, make)


@pytest.fixture
def who(client, session, lots):
    found = lots.seller()
    enter(client, session, found)
    return found


@pytest.fixture
def diary(session, lots, who):
    area = session.get_one(GrowingArea, lots.garden(who))
    return f"/vuon/{area.public_id}/nhat-ky-phun"


def test_a_line_says_when_the_garden_may_be_picked(client, diary):
    assert f'href="{diary}/ghi"' in shown(client, diary)
    answer = sent(client, f"{diary}/ghi", product="Abamectin 1.8EC", interval_days="7")

    free = f"{TODAY + timedelta(days=7):%d/%m/%Y}"
    assert answer.status_code == 302
    assert free in shown(client, diary)
    assert free in shown(client, "/vuon/")
    assert free in shown(client, "/lo/hai")
    refused = sent(client, "/lo/hai", kg="100")
    assert refused.status_code == 422
    assert free in refused.text


def test_a_late_line_says_which_lots_it_holds(client, session, lots, who, diary):
    lot = lots.harvested(who, 100)
    day = f"{TODAY - timedelta(days=4):%d/%m/%Y}"

    answer = sent(
        client,
        f"{diary}/ghi",
        product="Abamectin",
        interval_days="14",
        sprayed_on=day,
    )

    assert answer.status_code == 302
    assert "1 lô" in shown(client, diary)
    assert "cách ly" in shown(client, f"/lo/{lot.public_id}")
    assert lot.code in shown(client, "/hom-nay")
    assert lot.code in shown(client, "/thong-bao")


def test_the_order_of_spraying_and_picking_on_one_day_is_asked(
    client, lots, who, diary
):
    lot = lots.harvested(who, 100, at=NOW)
    told = {"product": "Abamectin", "interval_days": "14"}

    asked = sent(client, f"{diary}/ghi", **told)
    answer = sent(client, f"{diary}/ghi", after_picking="yes", **told)

    assert asked.status_code == 422
    assert 'id="after_picking-e"' in asked.text
    assert answer.status_code == 302
    assert "Phun sau khi hái xong" in shown(client, diary)
    assert "Đang bị giữ lại" not in shown(client, f"/lo/{lot.public_id}")


def test_a_line_is_sprayed_again_without_typing(client, session, diary):
    sent(client, f"{diary}/ghi", product="Abamectin", interval_days="7", dose="10 ml")
    line = session.scalars(select(Spray)).one()

    page = shown(client, f"{diary}/ghi?nhu={line.public_id}")

    assert 'value="Abamectin"' in page
    assert 'value="10 ml"' in page


def test_a_wrong_line_stays_and_frees_the_garden(client, session, diary):
    sent(client, f"{diary}/ghi", product="Abamectin", interval_days="7")
    line = session.scalars(select(Spray)).one()
    url = f"/vuon/nhat-ky-phun/{line.public_id}/sai"

    empty = sent(client, url)
    answer = sent(client, url, reason="Nhầm vườn")

    assert (empty.status_code, answer.status_code) == (422, 302)
    assert "Nhầm vườn" in shown(client, diary)
    assert sent(client, "/lo/hai", kg="100").status_code == 302


def test_what_cannot_be_is_said_beside_its_field(client, diary):
    answer = sent(client, f"{diary}/ghi", product="Abamectin", interval_days="500")

    assert answer.status_code == 422
    assert 'id="interval_days-e"' in answer.text
    assert 'value="500"' in answer.text
