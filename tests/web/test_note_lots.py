"""Lots on delivery notes: chosen from stock, moved by the note, sent back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.words import Side
from marketplace.services.clockwork import HOME
from models.deliveries import DeliveryNote
from models.lots import LotHolding
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.lots_rows import Lots
from tests.photo_rows import jpeg
from tests.web.test_lots import sent, shown

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


class Shop:
    """A contract in force, both sides, and lots of the seller's."""

    def __init__(self, app, session, make):
        deals = Deals(session, make)
        window = {"window_start": TODAY, "window_end": TODAY + timedelta(days=30)}
        offer = make.offer(tranches=[(TODAY + timedelta(days=2), 12_000)])
        harvest = make.harvest(**window)
        self.contract = deals.in_force(make.proposal(harvest, offer))
        make.area(self.contract.seller)
        self.session, self.lots = session, Lots(session, make)
        self.seller = deals.actor(self.contract, Side.SELLER)
        self.buyer = deals.actor(self.contract, Side.BUYER)
        self.at_seller = enter(app.test_client(), session, self.seller)
        self.at_buyer = enter(app.test_client(), session, self.buyer)
        self.form = f"/hop-dong/{self.contract.public_id}/giao/1/phieu"

    def picked(self, kg):
        return self.lots.harvested(self.seller, kg)

    def kg(self, who, lot):
        wanted = select(LotHolding.kg).where(
            LotHolding.lot_id == lot.id,
            LotHolding.organisation_id == who.organisation_id,
        )
        return self.session.scalar(wanted)

    def delivered(self, lot, **over):
        """The seller writes the note from the lot's page, the buyer confirms it."""
        sent(self.at_seller, f"{self.form}?lo={lot.public_id}", sure="y", **over)
        note = self.session.scalars(select(DeliveryNote)).one()
        url = f"/phieu/{note.public_id}"
        sent(self.at_buyer, url, to=f"{url}/xac-nhan")
        return url


@pytest.fixture
def shop(app, session, make):
    return Shop(app, session, make)


def test_the_only_lot_in_stock_stands_on_the_note(shop):
    lot = shop.picked(4_000)

    page = shown(shop.at_seller, shop.form)

    assert f'value="{lot.code}"' in page
    assert 'value="4.000"' in page
    assert lot.code not in shown(shop.at_buyer, shop.form)


def test_of_several_lots_one_is_chosen(shop):
    first, second = shop.picked(4_000), shop.picked(3_000)

    page = shown(shop.at_seller, f"{shop.form}?lo={second.public_id}")

    assert f'href="?lo={first.public_id}"' in page
    assert f'name="lots-0-code" required type="text" value="{second.code}"' in page
    assert 'value="3.000"' in page


def test_a_lot_s_page_leads_to_the_note_that_moves_it(shop):
    lot = shop.picked(4_000)
    assert f"phieu?lo={lot.public_id}" in shown(shop.at_seller, f"/lo/{lot.public_id}")

    note = shop.delivered(lot)

    assert (shop.kg(shop.seller, lot), shop.kg(shop.buyer, lot)) == (0, 4_000)
    for client in (shop.at_seller, shop.at_buyer):
        assert f'href="/lo/{lot.public_id}"' in shown(client, note)


def test_a_note_of_the_minute_of_packing_moves_the_lot(shop):
    lot = shop.lots.harvested(shop.seller, 4_000, at=NOW)

    shop.delivered(lot, hour=f"{NOW.astimezone(HOME):%H:%M}")

    assert (shop.kg(shop.seller, lot), shop.kg(shop.buyer, lot)) == (0, 4_000)


def test_a_note_from_before_the_lot_was_there_is_refused(shop):
    lot = shop.lots.harvested(shop.seller, 4_000, at=NOW)
    early = f"{NOW.astimezone(HOME) - timedelta(hours=1):%H:%M}"

    page = sent(shop.at_seller, f"{shop.form}?lo={lot.public_id}", sure="y", hour=early)

    assert page.status_code == 422
    assert "chưa có trong kho" in page.text


def test_a_lot_s_page_tells_each_side_its_own_way_in_and_out(shop):
    lot = shop.picked(4_000)
    shop.delivered(lot)

    sellers = shown(shop.at_seller, f"/lo/{lot.public_id}").split("Từ đâu đến")[1]
    buyers = shown(shop.at_buyer, f"/lo/{lot.public_id}").split("Từ đâu đến")[1]

    came, went = sellers.split("Đi đâu")
    assert f"Của {shop.contract.seller.short_name}" not in came
    assert f"Cho {shop.contract.buyer.short_name}" in went
    came, went = buyers.split("Đi đâu")
    assert f"Của {shop.contract.seller.short_name}" in came
    assert "Chưa đi đâu" in went


def test_rejected_goods_go_back_in_one_tap(shop):
    lot = shop.picked(4_000)
    note = shop.delivered(lot)
    inspected = {
        "parts-0-kg": "3.880",
        "parts-1-kg": "120",
        "parts-1-outcome": "rejected",
        "parts-1-reason": "Nứt vỏ",
        "parts-1-grade": "",
        "parts-1-deduction": "",
        "photos": (io.BytesIO(jpeg(1)), "1.jpg"),
    }
    told = sent(shop.at_buyer, f"{note}/nghiem-thu", **inspected)
    assert told.status_code == 302, told.text

    assert "Trả 120 kg" in shown(shop.at_buyer, note)
    assert "Trả 120 kg" not in shown(shop.at_seller, note)
    back = sent(shop.at_buyer, note, to=f"{note}/tra-hang-loai")

    assert back.location.startswith("/lo/lan-ghi/")
    assert shop.kg(shop.buyer, lot) == 3_880
    assert "Trả 120 kg" not in shown(shop.at_buyer, note)
    assert "120 kg" in shown(shop.at_seller, "/thong-bao")
    home = shown(shop.at_seller, "/lo/")
    assert "Nhận đủ" in home
