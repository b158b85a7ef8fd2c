"""Delivery notes where there is no network: kept on the phone, sent once, never lost.

A real browser at the size of a phone, with a real market behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from marketplace.domain.words import Side
from marketplace.web import clock
from models.contracts import Contract
from models.database import transaction
from models.deliveries import DeliveryNote
from models.organisations import User
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
KEPT = "Đã giữ trên máy này, có sóng sẽ gửi."
WRITTEN = "Đã ghi phiếu, chờ bên kia xác nhận số cân."
KEPT_FORMS = """async () => {
    const found = [];
    for (const name of await caches.keys())
        if (name.startsWith("pages-"))
            for (const one of await (await caches.open(name)).keys())
                found.push(new URL(one.url).pathname);
    return found;
}"""

LEFT = "outbox.list().then((notes) => notes.length)"


class Stored(NamedTuple):
    net_kg: int
    vehicle: str
    lot: str
    waited: timedelta


class Deal:
    """A contract in force, its seller's e-mail, and the notes that are stored."""

    def __init__(self, market: Stack) -> None:
        self.market = market
        with market.context(), transaction() as session:
            make = Make(session)
            deals = Deals(session, make)
            contract = deals.running(clock.today())
            emails = [
                session.get_one(User, deals.actor(contract, side).user_id).email
                for side in (Side.SELLER, Side.SELLER)
            ]
            self.seller, self.colleague = map(str, emails)
            self.deliveries = f"/hop-dong/{contract.public_id}/giao"
            self.form = f"{self.deliveries}/1/phieu"
            self.public_id = contract.public_id

    def notes(self) -> list[Stored]:
        """What the server has stored, in order, as plain values."""
        wanted = (
            select(DeliveryNote)
            .join(Contract, DeliveryNote.contract_id == Contract.id)
            .where(Contract.public_id == self.public_id)
            .order_by(DeliveryNote.id)
        )
        with self.market.context(), transaction(read_only=True) as session:
            return [
                Stored(
                    note.net_kg,
                    note.vehicle,
                    note.lots[0].lot_code,
                    note.received_at - note.written_at,
                )
                for note in session.scalars(wanted)
            ]

    def weights(self) -> list[int]:
        """Net kilograms of the notes that are stored."""
        return [note.net_kg for note in self.notes()]


@pytest.fixture
def deal(live_market: Stack) -> Deal:
    return Deal(live_market)


@pytest.fixture
def phone(browser: Browser, live_market: Stack) -> Iterator[Page]:
    """A browser with nothing in it."""
    context = browser.new_context(
        viewport=PHONE, locale="vi-VN", base_url=live_market.address
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, email: str, *, own: bool = True) -> None:
    page.goto("/dang-nhap")
    page.locator("[name=identifier]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=remember]").set_checked(own)
    page.locator("main button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("dang-nhap"))


def open_form(page: Page, deal: Deal) -> None:
    """Open the form with a network, and wait until the phone keeps it."""
    page.goto(deal.form)
    wait(page, KEPT_FORMS, lambda forms: deal.form in forms)


def wait(page: Page, script: str, happened: Callable[[Any], bool]) -> None:
    for _ in range(100):
        if happened(page.evaluate(script)):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"waited in vain: {page.evaluate(script)}")


def write(page: Page, kg: str, lot: str = "L1") -> None:
    page.locator("[name='lots-0-code']").fill(lot)
    page.locator("[name='lots-0-gross']").fill(kg)
    page.locator("[name=vehicle]").fill("26C-123.45")
    page.get_by_role("button", name="Ghi phiếu").click()


def waiting(page: Page) -> Any:
    return page.locator("[data-outbox] li")


def test_a_note_without_a_network_is_kept_and_sent_once(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)

    phone.context.set_offline(True)
    write(phone, "1.250")
    expect(waiting(phone)).to_contain_text(KEPT)
    phone.reload()
    expect(waiting(phone)).to_have_count(1)
    expect(waiting(phone)).to_contain_text(KEPT)
    assert deal.notes() == []
    phone.context.set_offline(False)
    expect(waiting(phone)).to_contain_text("Đã gửi.", timeout=30_000)

    [note] = deal.notes()
    assert note[:3] == (1250, "26C-123.45", "L1")
    assert note.waited > timedelta()
    phone.goto(deal.deliveries)
    expect(phone.get_by_text("Phiếu 1, 1.250 kg")).to_be_visible()


def test_a_form_that_was_only_prefetched_takes_two_notes(phone, deal):
    sign_in(phone, deal.seller)
    phone.goto(deal.deliveries)
    wait(phone, KEPT_FORMS, lambda forms: deal.form in forms)
    phone.context.set_offline(True)

    phone.goto("/hom-nay")
    expect(phone.get_by_role("heading", name="Không có mạng")).to_be_visible()
    for number, kg in enumerate(("1.000", "2.000"), 1):
        phone.goto(deal.form)
        write(phone, kg, lot=f"L{number}")
        expect(waiting(phone)).to_have_count(number)
    phone.goto("/hom-nay")
    expect(waiting(phone)).to_have_count(2)
    phone.context.set_offline(False)
    expect(waiting(phone).get_by_text("Đã gửi.")).to_have_count(2, timeout=30_000)

    assert deal.weights() == [1000, 2000]


def test_a_note_whose_answer_is_lost_is_stored_once(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)
    sent = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or sent:
            route.continue_()
            return
        sent.append(route.fetch().status)
        route.abort("connectionreset")

    phone.context.route(f"**{deal.form}", lose)
    write(phone, "900")
    expect(waiting(phone)).to_contain_text("Đã gửi.", timeout=30_000)

    assert sent == [201]  # the first time it was stored, too
    assert deal.weights() == [900]
    phone.get_by_role("link", name="Xem phiếu").click()
    expect(phone).to_have_url(re.compile("/phieu/"))


def test_with_a_network_a_note_goes_at_once_and_mistakes_are_shown(phone, deal):
    sign_in(phone, deal.seller)
    phone.goto(deal.form)

    write(phone, "chín tạ")
    expect(phone.locator("#loi")).to_be_visible()
    expect(phone.locator("[name='lots-0-gross']")).to_have_value("chín tạ")
    write(phone, "900")
    expect(phone.get_by_text(WRITTEN)).to_be_visible()
    phone.goto(deal.form)
    expect(phone.locator("[name='lots-0-gross']")).to_have_value("")

    assert deal.weights() == [900]
    expect(waiting(phone)).to_have_count(0)


def test_a_note_that_is_refused_later_can_be_put_right(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)
    phone.context.set_offline(True)
    write(phone, "900.000")
    expect(waiting(phone)).to_contain_text(KEPT)
    phone.context.set_offline(False)

    expect(waiting(phone)).to_contain_text(
        "Chưa được nhận: Vượt hợp đồng", timeout=30_000
    )
    phone.get_by_role("button", name="Sửa").click()
    expect(phone.locator("[name='lots-0-gross']")).to_have_value("900.000")
    write(phone, "900")
    expect(phone.get_by_text(WRITTEN)).to_be_visible()

    assert deal.weights() == [900]
    phone.goto(deal.deliveries)
    expect(waiting(phone)).to_have_count(0)


def test_after_the_session_ends_the_note_waits_for_its_writer(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)
    phone.context.set_offline(True)
    write(phone, "700")
    expect(waiting(phone)).to_contain_text(KEPT)
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    expect(waiting(phone)).to_contain_text("Đăng nhập lại", timeout=30_000)

    sign_in(phone, deal.colleague)
    phone.goto(deal.deliveries)
    expect(phone.get_by_text("1 phiếu của người khác")).to_be_visible()
    expect(waiting(phone)).to_have_count(0)
    assert deal.notes() == []
    phone.context.clear_cookies()
    sign_in(phone, deal.seller)
    wait(phone, LEFT, lambda left: left == 0)

    assert deal.weights() == [700]


def test_signing_out_leaves_no_page_on_the_phone(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)

    phone.goto("/them")
    phone.get_by_role("button", name="Đăng xuất").first.click()
    expect(phone).to_have_url(re.compile("/dang-nhap"))

    assert phone.evaluate(KEPT_FORMS) == []
    phone.context.set_offline(True)
    phone.goto(deal.form)
    expect(phone.get_by_role("heading", name="Không có mạng")).to_be_visible()


def test_a_shared_phone_keeps_no_page(phone, deal):
    sign_in(phone, deal.seller, own=False)
    phone.goto(deal.form)
    phone.goto(deal.deliveries)
    phone.wait_for_load_state("networkidle")

    assert phone.evaluate(KEPT_FORMS) == []
    assert (
        phone.evaluate("navigator.serviceWorker.getRegistrations().then(a => a.length)")
        == 0
    )


def test_the_page_without_a_network_speaks_the_readers_language(phone, deal):
    sign_in(phone, deal.seller)
    open_form(phone, deal)

    for lang, said in (("en", "No network"), ("vi", "Không có mạng")):
        phone.goto(f"/hom-nay?lang={lang}")
        phone.context.set_offline(True)
        phone.goto("/hop-dong")
        expect(phone.locator("h1")).to_have_text(said)
        expect(phone.locator("html")).to_have_attribute("lang", lang)
        phone.context.set_offline(False)
