"""Lots on a phone: picked, packed, sent, received; and told without a network.

A real browser at the size of a phone, with a real market behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from models.database import transaction
from models.lot_events import LotEvent
from models.organisations import User
from tests.browser.test_offline import KEPT, KEPT_FORMS, sign_in, wait, waiting
from tests.factories import Make
from tests.lots_rows import Lots
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
TAP = 44  # px, the least height of what a finger must hit
LEFT = "outbox.list().then((notes) => notes.length)"


class Shed:
    """A cooperative with a garden and a buyer whom it sells to."""

    def __init__(self, market: Stack) -> None:
        self.market = market
        with market.context(), transaction() as session:
            make = Make(session)
            lots = Lots(session, make)
            seller = lots.seller(short_name="Bảo Minh")
            buyer = lots.of(make.buyer())
            self.organisation_id = seller.organisation_id
            self.seller, self.buyer = (
                str(session.get_one(User, who.user_id).email) for who in (seller, buyer)
            )
            self.buyer_id = buyer.organisation_id

    def events(self) -> list[tuple[str, int]]:
        """What is stored: step and kilograms, in order."""
        wanted = (
            select(LotEvent)
            .where(LotEvent.organisation_id == self.organisation_id)
            .order_by(LotEvent.id)
        )
        with self.market.context(), transaction(read_only=True) as session:
            return [
                (one.step.value, one.out_kg or one.in_kg)
                for one in session.scalars(wanted)
            ]


@pytest.fixture
def shed(live_market: Stack) -> Shed:
    return Shed(live_market)


@pytest.fixture
def phones(browser: Browser, live_market: Stack) -> Iterator[Any]:
    """As many phones as are asked for, with nothing in them."""
    contexts = []

    def phone() -> Page:
        contexts.append(
            browser.new_context(
                viewport=PHONE, locale="vi-VN", base_url=live_market.address
            )
        )
        return contexts[-1].new_page()

    yield phone
    for context in contexts:
        context.close()


def press(page: Page, name: str) -> None:
    """Tap a button or a link, which must be large enough for a finger."""
    target = page.locator(
        f"main button:visible:has-text('{name}'), main a.btn:visible:has-text('{name}')"
    ).first
    box = target.bounding_box()
    assert box is not None
    assert box["height"] >= TAP, (name, box)
    target.click()


def picked(page: Page, kg: str) -> None:
    page.goto("/lo/")
    press(page, "Hái")
    page.locator("[name=kg]").fill(kg)
    press(page, "Ghi lô vừa hái")


def test_picked_packed_sent_and_received(phones, shed):
    seller, buyer = phones(), phones()
    sign_in(seller, shed.seller)
    sign_in(buyer, shed.buyer)

    picked(seller, "1.000")
    press(seller, "Việc khác với lô này")
    press(seller, "Đóng thùng")
    seller.locator("[name='made-0-kg']").fill("980")
    press(seller, "Đóng thùng")
    press(seller, "Gửi")
    seller.locator("[name=to_name]").fill("Chợ Long Biên")
    seller.locator("[name='used-0-kg']").fill("80")
    press(seller, "Gửi")
    expect(seller.locator("main")).to_contain_text("Cho Chợ Long Biên")

    assert shed.events() == [("harvest", 1000), ("pack", 980), ("ship", 80)]
    buyer.goto("/lo/")
    expect(buyer.locator("main")).to_contain_text("Chưa có lô nào trong tay")


def test_a_shipment_is_taken_over_with_one_tap(phones, shed):
    with shed.market.context(), transaction() as session:
        lots = Lots(session, Make(session))
        seller = lots.seller(short_name="Toàn Thắng")
        lot = lots.harvested(seller, 500)
        lots.shipped(seller, lot, 300, shed.buyer_id)
        code = lot.code
    phone = phones()
    sign_in(phone, shed.buyer)
    expect(phone.locator("main")).to_contain_text("Toàn Thắng gửi 300 kg tới")

    phone.goto("/lo/")
    press(phone, "Nhận đủ")

    expect(phone.locator("main")).to_contain_text("Đã nhận đủ chuyến hàng.")
    expect(phone.locator("main table")).to_contain_text(code)


def test_picking_without_a_network_is_kept_and_stored_once(phones, shed):
    phone = phones()
    sign_in(phone, shed.seller)
    phone.goto("/lo/hai")
    wait(phone, KEPT_FORMS, lambda forms: "/lo/hai" in forms)

    phone.context.set_offline(True)
    phone.locator("[name=kg]").fill("640")
    press(phone, "Ghi lô vừa hái")
    expect(waiting(phone)).to_contain_text(KEPT)
    phone.goto("/lo/hai")
    expect(waiting(phone)).to_have_count(1)
    assert shed.events() == []
    phone.context.set_offline(False)
    wait(phone, LEFT, lambda left: left == 0)

    assert shed.events() == [("harvest", 640)]
    phone.reload()
    phone.goto("/lo/")
    assert shed.events() == [("harvest", 640)]


def test_packing_without_a_network_is_stored_once_too(phones, shed):
    phone = phones()
    sign_in(phone, shed.seller)
    picked(phone, "500")
    press(phone, "Việc khác với lô này")
    press(phone, "Đóng thùng")
    place = phone.url.removeprefix(shed.market.address)
    wait(phone, KEPT_FORMS, lambda forms: place in forms)

    phone.context.set_offline(True)
    press(phone, "Đóng thùng")
    expect(waiting(phone)).to_contain_text(KEPT)
    phone.context.set_offline(False)
    wait(phone, LEFT, lambda left: left == 0)

    assert shed.events() == [("harvest", 500), ("pack", 500)]


def test_picked_and_packed_without_a_network_are_stored_in_order_and_once(phones, shed):
    phone = phones()
    sign_in(phone, shed.seller)
    phone.goto("/lo/hai")
    both = {"/lo/hai", "/lo/vua-hai/dong-thung"}
    wait(phone, KEPT_FORMS, lambda forms: both <= set(forms))

    phone.context.set_offline(True)
    phone.locator("[name=kg]").fill("640")
    press(phone, "Ghi lô vừa hái")
    expect(waiting(phone)).to_contain_text(KEPT)
    waiting(phone).get_by_role("link", name="Đóng thùng").click()
    expect(phone.locator("[name=kg]")).to_have_value("640")
    phone.locator("[name='made-0-kg']").fill("630")
    phone.locator("form").get_by_role("button", name="Đóng thùng").click()
    expect(waiting(phone)).to_have_count(2)
    assert shed.events() == []
    lose_first_answer(phone, "**/lo/vua-hai/dong-thung")
    phone.context.set_offline(False)
    wait(phone, LEFT, lambda left: left == 0)

    assert shed.events() == [("harvest", 640), ("pack", 630)]


def lose_first_answer(page: Page, place: str) -> None:
    """The server stores it, the phone does not hear of it, and sends again."""
    sent = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or sent:
            route.continue_()
            return
        sent.append(route.fetch().status)
        route.abort("connectionreset")

    page.context.route(place, lose)
