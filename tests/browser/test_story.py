"""The whole way, by hand: from two registrations to a chain that counts.

A director on a phone, a buyer at a desk, an officer between them; real web,
worker, beat, PostgreSQL and Redis.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from marketplace.domain.demo_codes import demo_tax_codes
from marketplace.services.figures import count_chains_on, units_of_group
from marketplace.services.invariants import find_violations
from marketplace.services.violations import Violation
from marketplace.web import clock
from models.database import transaction
from models.organisations import User
from tests.factories import PASSWORD, Make
from tests.stack import Stack

OWN_PASSWORD = "qua ngot tren doi xanh 27"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SECONDS_TO_A_PROPOSAL = 10
CODES = itertools.islice(demo_tax_codes(), 700, None)


@pytest.fixture
def officer(live_market: Stack) -> str:
    """An officer of Sông Mã who can sign in; returns the e-mail."""
    with live_market.context(), transaction() as session:
        who = Make(session).officer()
        user = session.get_one(User, who.user_id)
        user.email = "canbo.truyen@example.vn"
    return "canbo.truyen@example.vn"


@pytest.fixture
def open_page(browser: Browser, live_market: Stack) -> Iterator[object]:
    """`open_page(viewport)` is a browser of its own for one person."""
    contexts = []

    def new(viewport: dict[str, int]) -> Page:
        context = browser.new_context(
            viewport=viewport, locale="vi-VN", base_url=live_market.address
        )
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def register(page: Page, kind: str, name: str, commune: str, contact: str) -> None:
    page.goto("/dang-ky")
    page.get_by_label("Họ và tên").fill("Lò Thị Thử")
    page.get_by_label("Số điện thoại").fill(contact)
    page.get_by_label("E-mail").fill(f"{contact.replace(' ', '')}@example.com")
    page.get_by_role("button", name="Tiếp tục").click()
    page.locator("[name=pick][value=moi]").check(force=True)
    page.get_by_role("button", name="Tiếp tục").click()
    page.locator("[name=kind]").select_option(kind)
    page.get_by_label("Tên tổ chức").fill(name)
    page.get_by_label("Mã số thuế").fill(next(CODES))
    page.get_by_label("Xã, phường hoặc tỉnh").fill(commune)
    page.get_by_label("Người đại diện theo pháp luật").fill("Lò Thị Thử")
    if kind == "cooperative":
        page.get_by_label("Số thành viên chính thức").fill("9")
    page.locator("[name=password]").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Gửi hồ sơ").click()
    expect(page).to_have_title(re.compile("Đã gửi hồ sơ"))


def sign_in(page: Page, who: str, password: str) -> None:
    page.goto("/dang-nhap")
    page.locator("[name=identifier]").fill(who)
    page.locator("[name=password]").fill(password)
    page.locator("main button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("dang-nhap"))


def verify(page: Page, name: str) -> None:
    page.goto("/xac-minh")
    page.get_by_role("link", name=re.compile(re.escape(name))).first.click()
    page.locator("[name=decision][value=verified]").check(force=True)
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text(f"Đã trả lời {name}")).to_be_visible()


def post_harvest(page: Page) -> date:
    """Mango in the last two dekads on offer; returns the first day of them."""
    page.goto("/vu-thu-hoach/moi?product=mango")
    page.locator("[name=likely]").fill("60")
    choices = page.locator("[name=dekads]")
    last = choices.count()
    chosen = choices.nth(last - 2).get_attribute("value")
    for number in range(last):
        choices.nth(number).set_checked(number >= last - 2, force=True)
    page.locator("[name=floor_price]").fill("14.000")
    page.get_by_role("button", name="Đăng vụ").last.click()
    expect(page.get_by_text("Đã đăng vụ").first).to_be_visible()
    year, month, third = map(int, str(chosen).split("-"))
    return date(year, month, (third - 1) * 10 + 1)


def post_offer(page: Page, first_day: date) -> None:
    page.goto("/don-mua/moi")
    page.locator("[name=product]").select_option("mango")
    page.locator("[name=place]").fill("Kho Một, Hà Nội")
    page.locator("[name=payment_term_days]").fill("7")
    for number in range(2):
        if number:
            page.get_by_role("button", name="Thêm đợt").click()
        day = first_day + timedelta(days=3 + 7 * number)
        row = f"[name=tranches-{number}-"
        page.locator(f"{row}window_start]").fill(f"{day:%d/%m/%Y}")
        page.locator(f"{row}kg]").fill("12")
        page.locator(f"{row}ceiling]").fill("25.000")
    page.get_by_role("button", name="Gửi đơn mua").click()
    expect(page).not_to_have_url(re.compile("/moi$"))


def counted(live_market: Stack) -> int:
    with live_market.context(), transaction(read_only=True) as session:
        units = units_of_group(session, "D126")
        return int(
            count_chains_on(session, clock.today(), units)["product_development"]
        )


def violations(live_market: Stack) -> set[Violation]:
    with live_market.context(), transaction(read_only=True) as session:
        return set(find_violations(session))


@pytest.mark.timeout(240)
def test_from_two_registrations_to_a_chain_that_counts(
    live_market: Stack, open_page, officer: str
) -> None:
    seller, buyer, authority = open_page(PHONE), open_page(DESK), open_page(DESK)
    before, unsound = counted(live_market), violations(live_market)
    register(seller, "cooperative", "HTX Xoài Thử", "Xã Nà Nghịu", "0987 000 451")
    register(buyer, "retailer", "Siêu thị Thử", "Hà Nội", "0986 000 452")
    sign_in(authority, officer, PASSWORD)
    for name in ("HTX Xoài Thử", "Siêu thị Thử"):
        verify(authority, name)
    sign_in(seller, "0987 000 451", OWN_PASSWORD)
    sign_in(buyer, "0986 000 452", OWN_PASSWORD)

    first_day = post_harvest(seller)
    post_offer(buyer, first_day)
    since = time.monotonic()
    _await_proposal(seller)
    assert time.monotonic() - since < SECONDS_TO_A_PROPOSAL

    _counter_once(seller)
    _accept(buyer)
    for page in (seller, buyer):
        _sign(page)
    _see_the_pdf(seller)
    _recognise(authority)

    assert counted(live_market) == before + 1
    assert violations(live_market) == unsound  # the rows of other tests, if any


def _await_proposal(page: Page) -> None:
    for _ in range(SECONDS_TO_A_PROPOSAL * 2):
        page.goto("/de-xuat")
        link = page.locator("main a[href*='/de-xuat/']").first
        if link.count():
            link.click()
            break
        page.wait_for_timeout(300)
    expect(page.get_by_text("Vì sao hệ thống đề xuất")).to_be_visible()
    expect(page.get_by_text("điều khớp")).to_be_visible()


def _counter_once(page: Page) -> None:
    page.get_by_role("link", name="Đề nghị lại").first.click()
    page.locator("[name='lines-0-amount']").fill("10")
    page.locator("[name=message]").fill("Đầu vụ chín chưa đều")
    page.get_by_role("button", name=re.compile("Gửi đề nghị")).click()
    expect(page.get_by_text(re.compile("vòng 1|Đã gửi")).first).to_be_visible()


def _accept(page: Page) -> None:
    page.goto("/de-xuat")
    page.locator("main a[href*='/de-xuat/']").first.click()
    expect(page.locator(".diff")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Đồng ý")).or_(
        page.get_by_role("button", name=re.compile("^Đồng ý"))
    ).first.click()
    if "/hop-dong/" not in page.url:
        page.get_by_role("button", name=re.compile("^Đồng ý")).first.click()
    expect(page).to_have_url(re.compile("/hop-dong/"))


def _sign(page: Page) -> None:
    page.goto("/hop-dong")
    page.locator("main a.cover[href*='/hop-dong/']").first.click()
    page.get_by_role("link", name="Đọc và ký").click()
    page.locator("[name=agreed]").check(force=True)
    page.locator("[name=password]").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Ký hợp đồng").click()
    expect(page.get_by_text("Đã ký hợp đồng")).to_be_visible()


def _see_the_pdf(page: Page) -> None:
    address = page.locator("a[href*='/pdf']").first.get_attribute("href")
    kind, begins = page.evaluate(
        """async (address) => {
            const answer = await fetch(address);
            const body = await answer.text();
            return [answer.headers.get("content-type"), body.slice(0, 5)];
        }""",
        address,
    )
    assert (kind, begins) == ("application/pdf", "%PDF-")


def _recognise(page: Page) -> None:
    page.goto("/chuoi?cho=1")
    page.get_by_role("link", name=re.compile("Xoài Thử")).first.click()
    page.get_by_role("button", name="Công nhận chuỗi").click()
    expect(page.get_by_text("Đã công nhận chuỗi")).to_be_visible()
