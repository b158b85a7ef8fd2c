"""A week's call-off on two phones: the buyer calls, the cooperative confirms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from marketplace.domain.call_offs import FrameState, FrameTerms, week_of
from marketplace.domain.words import Side
from marketplace.services.call_off_frames import answer_frame, propose_frame
from marketplace.services.contracts import draw_contract
from marketplace.services.invariants import find_violations
from marketplace.services.signing import Sign, current_version, sign_contract
from marketplace.web import clock
from models.contracts import Contract
from models.database import transaction
from models.organisations import User
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)

PHONE = {"width": 390, "height": 844}
TOTAL_KG, CALLED_KG = 4_000, 1_000


class Deal:
    """A contract under a standing agreement, and who signs in for each side."""

    def __init__(self, make: Make, today: date) -> None:
        self.session, self.make = make.session, make
        self.monday = week_of(today) + timedelta(days=14)
        contract, now = self._drawn(today), clock.now()
        self.actors = {
            Side.SELLER: make.member(contract.seller),
            Side.BUYER: make.member(contract.buyer),
        }
        self.public_id = contract.public_id
        for who in self.actors.values():
            command = Sign(
                current_version(make.session, contract).digest, PASSWORD, agreed=True
            )
            sign_contract(
                make.session, who, self.public_id, command, today=today, now=now
            )
        self._agree(today)
        self.emails = [
            str(make.session.get_one(User, who.user_id).email)
            for who in self.actors.values()
        ]

    def _drawn(self, today: date) -> Contract:
        now = clock.now()
        offer = self.make.offer(tranches=((self.monday, TOTAL_KG),))
        offer.tranches[0].window_end = self.monday + timedelta(days=27)
        harvest = self.make.harvest(
            window_start=today, window_end=self.monday + timedelta(days=27)
        )
        proposal = self.make.proposal(harvest, offer, kg=TOTAL_KG)
        line = proposal.terms[0].lines[0]
        line.deliver_from = self.monday
        line.deliver_to = self.monday + timedelta(days=27)
        Deals.promise(self.session, proposal, now)
        terms = proposal.terms[0]
        return draw_contract(self.session, proposal, terms, today=today, now=now)

    def _agree(self, today: date) -> None:
        last = self.monday + timedelta(days=21)
        terms = FrameTerms(500, 1_500, 3, 24, self.monday, last)
        when = {"now": clock.now(), "today": today}
        buyer, seller = self.actors[Side.BUYER], self.actors[Side.SELLER]
        propose_frame(self.session, buyer, self.public_id, 1, terms, **when)
        agreed = FrameState.AGREED
        answer_frame(self.session, seller, self.public_id, agreed, **when)


@pytest.fixture
def deal(live_market: Stack) -> Deal:
    with live_market.context(), transaction() as session:
        return Deal(Make(session), clock.today())


@pytest.fixture
def phones(browser: Browser, live_market: Stack, deal: Deal) -> Iterator[list[Page]]:
    """The cooperative's and the buyer's, both signed in."""
    contexts = [
        browser.new_context(
            viewport=PHONE, locale="vi-VN", base_url=live_market.address
        )
        for _ in Side
    ]
    pages = [context.new_page() for context in contexts]
    for page, email in zip(pages, deal.emails, strict=True):
        page.goto("/dang-nhap")
        page.locator("[name=identifier]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        expect(page).not_to_have_url(re.compile("dang-nhap"))
    yield pages
    for context in contexts:
        context.close()


def test_the_buyer_calls_a_week_and_the_cooperative_confirms(
    live_market: Stack, deal: Deal, phones: list[Page]
) -> None:
    seller, buyer = phones
    day = deal.monday + timedelta(days=1)
    buyer.goto(f"/hop-dong/{deal.public_id}/giao")
    buyer.get_by_role("link", name="Gọi hàng theo tuần").click()
    buyer.get_by_role("link", name="Gọi hàng").last.click()
    buyer.locator("[name=kg]").fill("1.000")
    buyer.locator("[name=first_day]").fill(day.strftime("%d/%m/%Y"))
    buyer.get_by_role("button", name="Gọi hàng").click()
    expect(buyer.get_by_text("Đã gọi hàng, chờ bên bán trả lời.")).to_be_visible()

    seller.goto("/hom-nay")
    seller.get_by_role("link", name="Xem và trả lời").first.click()
    seller.get_by_role("button", name=re.compile("^Chốt 1.000")).click()
    expect(seller.get_by_text("Đã chốt, có thêm một đợt giao.")).to_be_visible()

    buyer.reload()
    buyer.get_by_role("link", name="Xem đợt giao 2").click()
    expect(buyer.locator("#dot-2")).to_be_visible()
    for page in phones:
        wide = "document.documentElement.scrollWidth"
        assert page.evaluate(wide) <= PHONE["width"]
    with live_market.context(), transaction(read_only=True) as session:
        contract = session.scalars(
            select(Contract).where(Contract.public_id == deal.public_id)
        ).one()
        lines = [line.kg for line in contract.lines]
        assert lines == [TOTAL_KG - CALLED_KG, CALLED_KG]
        mine = {contract.public_id}
        assert not {one for one in find_violations(session) if one.subject in mine}
