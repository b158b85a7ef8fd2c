"""A plot is drawn on a phone: tapped, walked, taken back, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.database import transaction
from models.organisations import Organisation, User
from models.plots import Plot
from tests.factories import PASSWORD, Make
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)

PHONE = {"width": 390, "height": 844}
PLACE = {"latitude": 21.0571, "longitude": 103.7453, "accuracy": 6}
SMALL = "(all) => all.filter((one) => one.getBoundingClientRect().height < 44).length"


class Garden:
    """A growing area without plots, and its director's e-mail."""

    def __init__(self, market: Stack) -> None:
        self.market = market
        with market.context(), transaction() as session:
            make = Make(session)
            who = make.member()
            area = make.area(session.get_one(Organisation, who.organisation_id))
            self.email = str(session.get_one(User, who.user_id).email)
            self.id, self.page = area.id, f"/vuon/{area.public_id}/thua"

    def plots(self) -> list[tuple[str, str, int]]:
        """Name, source and number of corners of each plot."""
        wanted = select(Plot).where(Plot.area_id == self.id).order_by(Plot.id)
        with self.market.context(), transaction(read_only=True) as session:
            return [
                (one.name, str(one.source), one.shape.count("],["))
                for one in session.scalars(wanted)
            ]


@pytest.fixture
def garden(live_market: Stack) -> Garden:
    return Garden(live_market)


@pytest.fixture
def phone(browser: Browser, live_market: Stack, garden: Garden) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE,
        locale="vi-VN",
        base_url=live_market.address,
        geolocation=PLACE,
        permissions=["geolocation"],
        has_touch=True,
    )
    page = context.new_page()
    page.goto("/dang-nhap")
    page.fill("#identifier", garden.email)
    page.fill("#password", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/hom-nay")
    page.goto(f"{garden.page}/moi")
    yield page
    context.close()


def tap(page: Page, across: float, down: float) -> None:
    box = page.locator("[data-draw]").bounding_box()
    assert box
    x, y = box["x"] + across * box["width"], box["y"] + down * box["height"]
    page.touchscreen.tap(x, y)


def lines(page: Page) -> int:
    return len(page.input_value("#corners").split("\n"))


def test_corners_are_tapped_and_the_last_is_taken_back(phone: Page, garden: Garden):
    for across, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6), (0.9, 0.9)):
        tap(phone, across, down)
    assert lines(phone) == 5

    phone.locator("[data-do=undo]").click()
    expect(phone.locator("[data-told]")).to_contain_text("4 góc")
    phone.fill("#name", "Thửa chạm")
    phone.locator("form.form .actions button").click()

    phone.wait_for_url(f"**{garden.page}")
    assert garden.plots() == [("Thửa chạm", "drawn", 4)]


def test_corners_are_walked(phone: Page, garden: Garden):
    for north, east in ((0, 0), (0.001, 0), (0.001, 0.001)):
        phone.context.set_geolocation(
            {
                "latitude": PLACE["latitude"] + north,
                "longitude": PLACE["longitude"] + east,
                "accuracy": 6,
            }
        )
        before = phone.input_value("#corners")
        phone.locator("[data-do=here]").click()
        expect(phone.locator("#corners")).not_to_have_value(before)
    phone.fill("#name", "Thửa đi bộ")
    phone.locator("form.form .actions button").click()

    phone.wait_for_url(f"**{garden.page}")
    assert garden.plots() == [("Thửa đi bộ", "walked", 3)]


def test_a_weak_signal_adds_no_corner(phone: Page):
    phone.context.set_geolocation({**PLACE, "accuracy": 80})

    phone.locator("[data-do=here]").click()

    expect(phone.locator("[data-told]")).to_contain_text("80 m")
    assert phone.input_value("#corners") == ""


def test_the_keyboard_alone_draws_and_every_button_is_a_thumb_wide(phone: Page):
    for step in ("centre", "right", "centre", "down", "centre", "left", "centre"):
        phone.locator(f"[data-do={step}]").press("Enter")

    assert lines(phone) == 4
    expect(phone.locator("[data-told]")).to_contain_text("4 góc")
    assert phone.locator("[data-do]").evaluate_all(SMALL) == 0


def test_a_finger_that_wanders_moves_the_map_and_adds_nothing(phone: Page):
    scale = phone.locator("[data-scale] text").text_content()
    box = phone.locator("[data-draw]").bounding_box()
    assert box
    places = phone.locator(".pm-u").first.locator("..")
    before = places.get_attribute("transform")
    phone.mouse.move(box["x"] + 100, box["y"] + 100)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 180, box["y"] + 140, steps=4)
    phone.mouse.up()

    assert phone.input_value("#corners") == ""
    assert places.get_attribute("transform") != before
    assert phone.locator("[data-scale] text").text_content() == scale
