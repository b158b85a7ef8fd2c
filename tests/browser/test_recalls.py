"""A recall on three screens: the maker opens it, its buyer answers, an officer looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from models.database import transaction
from models.organisations import User
from tests.browser.test_offline import sign_in
from tests.factories import Make
from tests.lots_rows import Lots
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def parties(live_market: Stack) -> dict[str, Any]:
    """Who takes part by e-mail, and the lot: 300 of 500 kg are the buyer's."""
    with live_market.context(), transaction() as session:
        make = Make(session)
        lots = Lots(session, make)
        maker = lots.seller(short_name="Bảo Minh")
        buyer = lots.of(make.buyer(short_name="Sao Xanh"))
        lot = lots.harvested(maker, 500)
        lots.arrived(buyer, lots.shipped(maker, lot, 300, buyer.organisation_id))
        people = {"maker": maker, "buyer": buyer, "officer": make.officer()}
        emails = {
            name: str(session.get_one(User, who.user_id).email)
            for name, who in people.items()
        }
        return emails | {"lot": lot.public_id}


@pytest.fixture
def screens(browser: Browser, live_market: Stack, parties: Any) -> Iterator[Any]:
    """A signed-in page for everybody."""
    contexts = {
        name: browser.new_context(
            viewport={"width": 390, "height": 844},
            locale="vi-VN",
            base_url=live_market.address,
        )
        for name in ("maker", "buyer", "officer")
    }
    pages = {name: context.new_page() for name, context in contexts.items()}
    for name, page in pages.items():
        sign_in(page, parties[name])
    yield pages
    for context in contexts.values():
        context.close()


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).or_(
        page.locator("main").get_by_role("link", name=name)
    ).first.click()


def test_a_recall_is_opened_answered_watched_and_lifted(screens, parties) -> None:
    maker, buyer, officer = screens["maker"], screens["buyer"], screens["officer"]

    maker.goto(f"/lo/{parties['lot']}/truy-vet")
    expect(maker.locator("main")).not_to_contain_text("Sao Xanh 300")
    press(maker, "Giữ lại, thu hồi")
    maker.locator("[name=reason]").fill("Dư lượng thuốc")
    press(maker, "Báo mọi nơi có hàng")
    expect(maker).to_have_url(re.compile("/thu-hoi/"))
    expect(maker.locator("main")).to_contain_text("Sao Xanh")

    buyer.goto("/thong-bao")
    expect(buyer.locator("main")).to_contain_text("Dư lượng thuốc")
    buyer.goto(maker.url)
    press(buyer, "Trả lời")
    buyer.locator("[name=isolated]").fill("280")
    buyer.locator("[name=destroyed]").fill("20")
    press(buyer, "Gửi trả lời")
    expect(buyer.locator("main")).to_contain_text("Đã gửi trả lời.")

    officer.goto("/thu-hoi")
    expect(officer.locator("main")).to_contain_text("Thu hồi hàng lô")
    officer.goto(maker.url)
    row = officer.locator("main tr", has_text="Sao Xanh")
    expect(row).to_contain_text("280")

    maker.reload()
    press(maker, "Gỡ lệnh")
    maker.locator("[name=text]").fill("Đã thu đủ")
    maker.locator("form button[type=submit]").last.click()
    expect(maker.locator("main")).to_contain_text("Đã thu đủ")
    buyer.goto("/thong-bao")
    expect(buyer.locator("main")).to_contain_text("Đã thu đủ")
