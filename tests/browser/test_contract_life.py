"""A contract to its last đồng, by hand: a director and a buyer on their phones.

Four deliveries at a floor price with a share of what the market pays above it.
One load is written where there is no network, one has three per cent turned away
and disputed, one is paid late with its interest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.words import ContractState, PriceMode, Side
from marketplace.services.closings import closing_of, confirm_closing
from marketplace.services.contract_events import lock_contract
from marketplace.services.contracts import draw_contract
from marketplace.services.days import day_of
from marketplace.services.delivery_notes import confirm_note
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.inspections import inspect_delivery
from marketplace.services.invariants import find_violations
from marketplace.services.note_writing import write_note
from marketplace.services.signing import Sign, current_version, sign_contract
from marketplace.services.statements import statement_of
from marketplace.web import clock
from models.contracts import Contract
from models.database import new_public_id, transaction
from models.organisations import User
from models.proposals import Proposal, TermsLine
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.photo_rows import jpeg
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
FLOOR_VND, MARKET_VND, SHARE_PCT, TRANCHE_KG = 14_000, 19_000, 60, 1_000
PAID_VND = FLOOR_VND + (MARKET_VND - FLOOR_VND) * SHARE_PCT // 100


class Deal(NamedTuple):
    """Where the contract is, and who signs in for each side."""

    public_id: str
    seller: str
    buyer: str
    directors: tuple[Actor, Actor]

    @property
    def address(self) -> str:
        return f"/hop-dong/{self.public_id}"


@pytest.fixture
def deal(live_market: Stack) -> Deal:
    """Signed forty days ago; the first load was taken thirty days ago, unpaid."""
    with live_market.context(), transaction() as session:
        make = Make(session)
        today = clock.today()
        contract, seller, buyer = _sign(session, make, today - timedelta(days=40))
        _take(session, contract, seller, buyer, today - timedelta(days=30))
        emails = [
            str(session.get_one(User, who.user_id).email) for who in (seller, buyer)
        ]
        return Deal(contract.public_id, *emails, (seller, buyer))


def _sign(session: Session, make: Make, day: date) -> tuple[Contract, Actor, Actor]:
    proposal = _agreed(session, make, day)
    at = clock.now() - timedelta(days=40)
    terms = proposal.terms[0]
    contract = draw_contract(session, proposal, terms, today=day, now=at)
    parties = [contract.seller, contract.buyer]
    seller, buyer = (make.member(party) for party in parties)
    for who in (seller, buyer):
        digest = current_version(session, contract).digest
        command = Sign(digest, PASSWORD, agreed=True)
        sign_contract(session, who, contract.public_id, command, today=day, now=at)
    return contract, seller, buyer


def _agreed(session: Session, make: Make, day: date) -> Proposal:
    days = [day + timedelta(days=10), *[clock.today()] * 3]
    last = clock.today() + timedelta(days=5)
    offer = make.offer(tranches=[(one, TRANCHE_KG) for one in days])
    market = make.price_market("long_bien")
    offer.reference_market, offer.share_pct = market, SHARE_PCT
    offer.price_mode = PriceMode.FLOOR
    make.quote(MARKET_VND, MARKET_VND, day=day + timedelta(days=10))
    make.quote(MARKET_VND, MARKET_VND, day=clock.today())
    offer.payment_term_days = 10
    harvest = make.harvest(window_start=day, window_end=last)
    proposal = make.proposal(harvest, offer, price_vnd=FLOOR_VND, kg=TRANCHE_KG)
    proposal.terms[0].lines += [
        TermsLine(tranche_id=one.id, kg=one.kg, deliver_from=at, deliver_to=last)
        for one, at in zip(offer.tranches[1:], days[1:], strict=True)
    ]
    Deals.promise(session, proposal, clock.now() - timedelta(days=41))
    return proposal


def _take(
    session: Session, contract: Contract, seller: Actor, buyer: Actor, day: date
) -> None:
    at = clock.now() - timedelta(days=30)
    lots = (LotWeight("L1", TRANCHE_KG + 50, 50),)
    command = WriteNote(new_public_id(), 1, at, "Kho", lots)
    note = write_note(session, seller, contract.public_id, command, now=at)
    confirm_note(session, buyer, note.public_id, note.digest, now=at)
    inspect_delivery(session, buyer, note.public_id, [Part(TRANCHE_KG)], now=at)
    assert day < clock.today()


@pytest.fixture
def phones(browser: Browser, live_market: Stack, deal: Deal) -> Iterator[list[Page]]:
    """The director's and the buyer's, both signed in."""
    contexts = [
        browser.new_context(
            viewport=PHONE, locale="vi-VN", base_url=live_market.address
        )
        for _ in Side
    ]
    pages = [context.new_page() for context in contexts]
    for page, email in zip(pages, (deal.seller, deal.buyer), strict=True):
        page.goto("/dang-nhap")
        page.locator("[name=identifier]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=remember]").check(force=True)
        page.locator("main button[type=submit]").first.click()
        expect(page).not_to_have_url(re.compile("dang-nhap"))
    yield pages
    for context in contexts:
        context.close()


def test_four_deliveries_to_the_last_dong(
    live_market: Stack, deal: Deal, phones: list[Page]
) -> None:
    seller, buyer = phones
    _say_ready(seller, deal)
    _write(seller, deal, line=2)
    _confirm_and_inspect(buyer, deal, rejected=0)
    _write_offline(seller, deal, line=3)
    _confirm_and_inspect(buyer, deal, rejected=30)
    _claim_and_settle(seller, buyer, deal)
    _write(seller, deal, line=4)
    _confirm_and_inspect(buyer, deal, rejected=0)

    _pay_all(buyer, deal)
    _receive_all(seller, deal)
    _close_when_nobody_may_dispute_it(live_market, deal)
    for page in phones:
        _see_it_closed(page, deal)

    with live_market.context(), transaction(read_only=True) as session:
        contract = session.scalars(
            select(Contract).where(Contract.public_id == deal.public_id)
        ).one()
        account = statement_of(session, contract, today=clock.today())
        assert contract.accepted_kg == 4 * TRANCHE_KG - 10
        assert account.totals.priced_vnd == contract.accepted_kg * PAID_VND
        assert account.totals.interest_vnd > 0
        assert account.balance_vnd == 0
        assert contract.state is ContractState.CLOSED
        mine = {contract.public_id}
        assert not {one for one in find_violations(session) if one.subject in mine}


def _close_when_nobody_may_dispute_it(live_market: Stack, deal: Deal) -> None:
    """Two days later: the nightly job finds it fulfilled, and both sides close it."""
    later = clock.now() + timedelta(days=2)
    on = day_of(later)
    with live_market.context(), transaction() as session:
        wanted = select(Contract.id).where(Contract.public_id == deal.public_id)
        contract = lock_contract(session, session.scalars(wanted).one())
        assert fulfil_if_done(session, contract, today=on, now=later)
        for who in deal.directors:
            digest = closing_of(session, contract, today=on).digest
            confirm_closing(session, who, deal.public_id, digest, today=on, now=later)


def _see_it_closed(page: Page, deal: Deal) -> None:
    page.goto(f"{deal.address}/thanh-ly")
    expect(page.get_by_text("Hai bên đã thanh lý hợp đồng này.")).to_be_visible()


def _say_ready(seller: Page, deal: Deal) -> None:
    seller.goto(deal.address)
    seller.get_by_role("button", name="Hàng sẵn sàng").first.click()
    expect(seller.get_by_text("Đã báo bên mua: hàng sẵn sàng.")).to_be_visible()


def _fill(seller: Page, line: int) -> None:
    seller.locator("[name='lots-0-code']").fill(f"LO-{line}")
    seller.locator("[name='lots-0-gross']").fill("1.060")
    seller.locator("[name='lots-0-tare']").fill("60")
    seller.get_by_role("button", name="Ghi phiếu").click()


def _write(seller: Page, deal: Deal, line: int) -> None:
    seller.goto(f"{deal.address}/giao/{line}/phieu")
    _fill(seller, line)
    expect(seller.get_by_text("Đã ghi phiếu")).to_be_visible()


def _write_offline(seller: Page, deal: Deal, line: int) -> None:
    seller.goto(f"{deal.address}/giao/{line}/phieu")
    seller.wait_for_function(
        """async (path) => {
            for (const name of await caches.keys())
                for (const one of await (await caches.open(name)).keys())
                    if (new URL(one.url).pathname === path) return true;
            return false;
        }""",
        arg=f"{deal.address}/giao/{line}/phieu",
    )
    seller.context.set_offline(True)
    _fill(seller, line)
    expect(seller.locator("[data-outbox] li")).to_contain_text("Đã giữ trên máy này")
    seller.context.set_offline(False)
    sent = seller.locator("[data-outbox] li")
    expect(sent).to_contain_text("Đã gửi.", timeout=30_000)


def _open_task(page: Page, button: str) -> None:
    page.goto("/hom-nay")
    page.get_by_role("link", name=button).first.click()


def _confirm_and_inspect(buyer: Page, deal: Deal, rejected: int) -> None:
    _open_task(buyer, "Xem và xác nhận")
    buyer.get_by_role("button", name="Đúng, xác nhận").click()
    expect(buyer.get_by_text("Đã xác nhận số cân.")).to_be_visible()
    buyer.get_by_role("link", name="Ghi kết quả").click()
    if rejected:
        buyer.locator("[name='parts-0-kg']").fill(f"{TRANCHE_KG - rejected}")
        buyer.get_by_role("button", name="Thêm phần").click()
        buyer.locator("[name='parts-1-kg']").fill(f"{rejected}")
        buyer.locator("[name='parts-1-outcome']").select_option("rejected")
        buyer.locator("[name='parts-1-reason']").fill("Quả nứt")
        buyer.get_by_role("button", name="Ghi kết quả").click()
        expect(buyer.get_by_text("Hàng bị loại phải có ảnh").first).to_be_visible()
        photo = {"name": "nut.jpg", "mimeType": "image/jpeg", "buffer": jpeg(1)}
        buyer.locator("[name='parts-1-photos']").set_input_files(photo)
    buyer.get_by_role("button", name="Ghi kết quả").click()
    expect(buyer.get_by_text("Đã ghi kết quả nghiệm thu")).to_be_visible()
    assert deal.public_id


def _claim_and_settle(seller: Page, buyer: Page, deal: Deal) -> None:
    seller.goto(f"{deal.address}/giao")
    seller.get_by_role("link", name=re.compile("Phiếu 3")).click()
    seller.get_by_role("link", name="Không đồng ý kết quả này").click()
    seller.locator("[name=text]").fill("Chỉ mười cân bị nứt, có ảnh")
    seller.locator("[name=accepted_kg]").fill("990")
    seller.get_by_role("button", name="Gửi").click()
    expect(seller.get_by_text("Đã gửi, bên kia được báo.")).to_be_visible()
    _open_task(buyer, "Trả lời")
    buyer.get_by_role("button", name="Đồng ý đề nghị này").click()
    expect(buyer.get_by_text("Hai bên đã thống nhất")).to_be_visible()


def _pay_all(buyer: Page, deal: Deal) -> None:
    buyer.goto(f"{deal.address}/tien")
    buyer.get_by_role("link", name="Trả bên bán").first.click()
    buyer.locator("[name=method]").select_option("transfer")
    buyer.locator("[name=reference]").fill("FT1")
    buyer.get_by_role("button", name=re.compile("^Ghi")).click()
    expect(buyer.get_by_text("Chờ xác nhận").first).to_be_visible()


def _receive_all(seller: Page, deal: Deal) -> None:
    _open_task(seller, "Xem và xác nhận")
    seller.get_by_role(
        "button", name=re.compile("xác nhận|nhận đủ", re.IGNORECASE)
    ).first.click()
    expect(seller.get_by_text("Đã xác nhận").first).to_be_visible()
    assert deal.public_id
