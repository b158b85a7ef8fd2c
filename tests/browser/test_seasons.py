"""Three seasons bound by hand: one side proposes on a phone, the other agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.services.contracts import draw_contract
from marketplace.web import clock
from models.database import transaction
from models.organisations import User
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}


class Waiting(NamedTuple):
    """A contract that nobody has signed, and who signs in for each side."""

    address: str
    emails: tuple[str, str]


@pytest.fixture
def waiting(live_market: Stack) -> Waiting:
    with live_market.context(), transaction() as session:
        make, today = Make(session), clock.today()
        day = today + timedelta(days=20)
        harvest = make.harvest(window_start=day, window_end=day + timedelta(days=30))
        offer = make.offer(tranches=[(day, 2_000)])
        proposal = make.proposal(harvest, offer, price_vnd=14_000, kg=2_000)
        Deals.promise(session, proposal, clock.now())
        terms = proposal.terms[0]
        contract = draw_contract(session, proposal, terms, today=today, now=clock.now())
        people = [make.member(one) for one in (contract.seller, contract.buyer)]
        seller, buyer = (
            str(session.get_one(User, who.user_id).email) for who in people
        )
        return Waiting(f"/hop-dong/{contract.public_id}", (seller, buyer))


@pytest.fixture
def phones(
    browser: Browser, live_market: Stack, waiting: Waiting
) -> Iterator[list[Page]]:
    """The seller's and the buyer's, both signed in."""
    contexts = [
        browser.new_context(
            viewport=PHONE, locale="vi-VN", base_url=live_market.address
        )
        for _ in waiting.emails
    ]
    pages = [context.new_page() for context in contexts]
    for page, email in zip(pages, waiting.emails, strict=True):
        page.goto("/dang-nhap")
        page.locator("[name=identifier]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        expect(page).not_to_have_url(re.compile("dang-nhap"))
    yield pages
    for context in contexts:
        context.close()


def test_one_proposes_three_seasons_and_the_other_agrees(
    waiting: Waiting, phones: list[Page]
) -> None:
    seller, buyer = phones
    seller.goto(waiting.address)
    seller.get_by_role("link", name="Đề nghị ký nhiều vụ").click()
    seller.locator("[name=market]").select_option(index=1)
    seller.get_by_role("button", name="Gửi đề nghị").click()
    expect(seller.get_by_role("heading", name="Đề nghị ký 3 vụ")).to_be_visible()

    buyer.goto(waiting.address)
    buyer.get_by_role("link", name="Xem lịch giao từng vụ").click()
    buyer.get_by_text("Đồng ý giữ giá chốt cho các vụ sau").click()
    buyer.get_by_role("button", name="Đồng ý ký 3 vụ").click()

    expect(buyer.get_by_role("link", name="Đọc và ký")).to_be_visible()
    for page in phones:
        page.goto(waiting.address)
        years = page.locator("details.season summary")
        expect(years).to_have_count(3)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]
