"""A printed label, held before a phone: the page opens in the phone's language."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from marketplace.domain.label_formats import LabelFormat
from marketplace.services.label_pdf import labels_pdf
from marketplace.services.lot_labels import label_of
from marketplace.web import clock
from models.database import transaction
from tests.box_rows import Boxes
from tests.factories import Make
from tests.printed import Printed

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def scanned(live_market):
    """What a camera reads from the print of a box label."""
    with live_market.context(), transaction() as session:
        make = Make(session)
        owner = make.organisation()
        make.area(owner)
        boxes = Boxes(session, make, owner)
        label = label_of(session, boxes.lot(boxes.item()), live_market.address)
        pdf = labels_pdf([label], LabelFormat.BOX, "vi", now=clock.now())
        codes = Printed(pdf).codes()
        return next(c for c in codes if c.startswith("http")), label.lot.code


@pytest.mark.parametrize(
    ("locale", "words", "name"),
    [
        ("vi-VN", "Thùng hàng bạn vừa quét", "Nhãn Sông Mã thùng 10 kg"),
        ("en-US", "The box you just scanned", "Sông Mã longan 10 kg"),
        ("fr-FR", "The box you just scanned", "Sông Mã longan 10 kg"),
    ],
)
def test_the_print_leads_to_the_page_of_the_lot(browser, scanned, locale, words, name):
    address, code = scanned
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, locale=locale, java_script_enabled=False
    )
    page = phone.new_page()

    page.goto(address)

    assert urlsplit(page.url).path.startswith("/q/")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_text(code, exact=True)).to_be_visible()
    phone.close()
