"""The other side confirms a note on this side's phone, at the truck."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.domain.words import Side
from marketplace.web import clock
from models.database import transaction
from models.deliveries import DeliveryNote
from models.organisations import User
from tests.browser.test_offline import sign_in
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.stack import Stack

PHONE = {"width": 390, "height": 844}


class Truck:
    """A note that the seller stands by, and the two people beside it."""

    def __init__(self, market: Stack) -> None:
        self.market = market
        with market.context(), transaction() as session:
            deals = Deals(session, Make(session))
            contract = deals.running(clock.today())
            note = deals.note(contract)
            deals.confirmation(note, Side.SELLER)
            people = [
                session.get_one(User, deals.actor(contract, side).user_id)
                for side in Side
            ]
            self.giver, self.taker = (str(one.email) for one in people)
            self.taker_name = people[1].name
            parties = (contract.seller, contract.buyer)
            self.giving, self.taking = (one.short_name for one in parties)
            self.note_id, self.page = note.id, f"/phieu/{note.public_id}"

    def confirmed_by(self) -> list[tuple[str, bool]]:
        """Who stands by it, and whether on the phone of the other side."""
        with self.market.context(), transaction(read_only=True) as session:
            note = session.get_one(DeliveryNote, self.note_id)
            return [
                (one.user.name, one.host_user_id is not None)
                for one in note.confirmations
                if one.side is Side.BUYER
            ]


@pytest.fixture
def truck(live_market: Stack) -> Truck:
    return Truck(live_market)


@pytest.fixture
def phone(browser: Browser, live_market: Stack) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE, locale="vi-VN", base_url=live_market.address
    )
    yield context.new_page()
    context.close()


def confirm(phone: Page, who: str, password: str) -> None:
    phone.locator("[name=identifier]").fill(who)
    phone.locator("[name=password]").fill(password)
    phone.locator("main form button[type=submit]").last.click()


def test_the_other_side_confirms_on_the_givers_phone(phone, truck):
    sign_in(phone, truck.giver)
    phone.goto(truck.page)
    phone.get_by_role("link", name="xác nhận trên máy này").click()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]

    confirm(phone, truck.taker, "sai mat khau roi")

    expect(
        phone.get_by_text("Chưa đúng, hoặc không phải người của bên kia")
    ).to_be_visible()
    expect(phone.locator("[name=password]")).to_have_value("")
    assert truck.confirmed_by() == []

    confirm(phone, truck.taker, PASSWORD)

    expect(phone.get_by_text("Đã xác nhận số cân.")).to_be_visible()
    assert phone.url.endswith(truck.page)
    assert truck.confirmed_by() == [(truck.taker_name, True)]
    stands = phone.locator(
        "section", has=phone.get_by_role("heading", name="Hai bên xác nhận")
    )
    expect(stands).to_contain_text(truck.taker_name)
    expect(stands).to_contain_text("Xác nhận trên máy của bên kia")

    # The giver is still who is signed in: the taker would be asked to inspect.
    phone.goto("/them")
    expect(phone.locator("body")).to_contain_text(truck.giving)
    expect(phone.locator("body")).not_to_contain_text(truck.taking)
    phone.goto(truck.page)
    expect(phone.get_by_text("Bên mua kiểm chất lượng trước")).to_be_visible()
