"""Photos taken with a phone: shrunk before they are sent, several, also offline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from config import ROOT
from marketplace.domain.words import Side
from marketplace.web import clock
from models.contracts import Contract
from models.database import transaction
from models.organisations import User
from models.photos import Photo, PhotoFile
from tests import photo_rows
from tests.deals import Deals
from tests.factories import PASSWORD, Make
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
SENT = "[...document.querySelector('#photos').files].map((one) => one.size)"


class Deal:
    """A contract in force, its seller's e-mail, and the photos that are stored."""

    def __init__(self, market: Stack) -> None:
        self.market = market
        with market.context(), transaction() as session:
            deals = Deals(session, Make(session))
            contract = deals.running(clock.today())
            seller = deals.actor(contract, Side.SELLER)
            self.seller = str(session.get_one(User, seller.user_id).email)
            self.form = f"/hop-dong/{contract.public_id}/giao/1/phieu"
            self.public_id = contract.public_id

    def photos(self) -> list[tuple[int, int, int]]:
        """Width, height and bytes of each photo, in order."""
        wanted = (
            select(Photo.width, Photo.height, func.length(PhotoFile.data))
            .join(PhotoFile, PhotoFile.digest == Photo.digest)
            .join(Contract, Contract.id == Photo.contract_id)
            .where(
                Contract.public_id == self.public_id,
                PhotoFile.contract_id == Contract.id,
            )
            .order_by(Photo.id)
        )
        with self.market.context(), transaction(read_only=True) as session:
            return [(row[0], row[1], row[2]) for row in session.execute(wanted)]


@pytest.fixture
def deal(live_market: Stack) -> Deal:
    return Deal(live_market)


@pytest.fixture
def phone(browser: Browser, live_market: Stack, deal: Deal) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE, locale="vi-VN", base_url=live_market.address
    )
    page = context.new_page()
    page.goto("/dang-nhap")
    page.locator("[name=identifier]").fill(deal.seller)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=remember]").set_checked(True)
    page.locator("main button[type=submit]").first.click()
    expect(page).not_to_have_url(re.compile("dang-nhap"))
    yield page
    context.close()


@pytest.fixture
def taken(tmp_path: Path) -> list[Path]:
    """Two photos of twelve megapixels."""
    paths = [tmp_path / f"IMG_{number}.jpg" for number in range(2)]
    for number, path in enumerate(paths):
        path.write_bytes(photo_rows.jpeg(number, (4000, 3000)))
    return paths


def write(page: Page) -> None:
    page.locator("[name='lots-0-gross']").fill("1.250")
    page.get_by_role("button", name="Ghi phiếu").click()


def test_photos_taken_one_after_the_other_are_shrunk_and_sent(phone, deal, taken):
    phone.goto(deal.form)
    field = phone.locator("#photos")
    for number, path in enumerate(taken, 1):
        field.set_input_files(path)
        expect(phone.locator("[data-photos-of] canvas")).to_have_count(number)
    assert max(phone.evaluate(SENT)) < min(path.stat().st_size for path in taken)
    write(phone)

    expect(phone).to_have_url(re.compile("/phieu/"))
    shown = phone.locator(".photos img")
    expect(shown).to_have_count(2)
    assert [photo[:2] for photo in deal.photos()] == [(1600, 1200)] * 2
    shown.first.click()
    expect(phone).to_have_url(re.compile("/anh/"))
    large = phone.locator(".photo img")
    expect(large).to_be_visible()
    assert large.evaluate("(one) => one.complete && one.naturalWidth") == 1600
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_photo_that_was_a_mistake_is_left_out(phone, deal, taken):
    phone.goto(deal.form)
    phone.locator("#photos").set_input_files(taken)
    expect(phone.locator("[data-photos-of] canvas")).to_have_count(2)
    phone.get_by_role("button", name="Bỏ ảnh 1").click()
    expect(phone.locator("[data-photos-of] canvas")).to_have_count(1)
    write(phone)

    expect(phone.locator(".photos img")).to_have_count(1)
    assert len(deal.photos()) == 1


def test_photos_of_a_note_written_without_a_network_come_with_it_once(
    phone, deal, taken
):
    phone.goto(deal.form)
    phone.locator("#photos").set_input_files(taken)
    expect(phone.locator("[data-photos-of] canvas")).to_have_count(2)
    phone.context.set_offline(True)
    write(phone)
    waiting = phone.locator("[data-outbox] li")
    expect(waiting).to_contain_text("Đã giữ trên máy này")
    assert deal.photos() == []
    phone.context.set_offline(False)
    expect(waiting).to_contain_text("Đã gửi.", timeout=30_000)

    assert len(deal.photos()) == 2


def test_without_a_script_the_photos_go_as_they_are(browser, deal, phone, taken):
    state = phone.context.storage_state()
    context = browser.new_context(
        viewport=PHONE,
        locale="vi-VN",
        base_url=deal.market.address,
        java_script_enabled=False,
        storage_state=state,
    )
    page = context.new_page()
    page.goto(deal.form)
    page.locator("#photos").set_input_files(taken)
    write(page)

    expect(page.locator(".photos img")).to_have_count(2)
    assert [photo[:2] for photo in deal.photos()] == [(1600, 1200)] * 2
    context.close()


def test_photos_in_a_row_are_shown_below_their_field(page, taken):
    script = (ROOT / "static" / "js" / "photos.js").read_text()
    page.set_content(
        "<table data-rows='parts'><tbody><tr><td><input type='file' multiple"
        " name='parts-0-photos' data-photos></td></tr></tbody></table>"
        "<button type='button' data-camera-of='photos' hidden>Chụp ảnh</button>"
    )
    # A phone's browser knows `capture`; that of a desk does not.
    page.evaluate("HTMLInputElement.prototype.capture = ''")
    page.add_script_tag(content=script)

    field = page.locator("[data-rows] input")
    field.set_input_files(taken)

    expect(page.locator("td .photos canvas")).to_have_count(2)
    sent = field.evaluate("(one) => [...one.files].map((file) => file.size)")
    assert max(sent) < min(path.stat().st_size for path in taken)
    with page.expect_file_chooser() as chooser:
        page.locator("td button").click()
    chooser.value.set_files(taken[0])
    expect(page.locator("td .photos canvas")).to_have_count(3)
