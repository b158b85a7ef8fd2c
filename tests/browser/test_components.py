"""The little script in a real browser, and every component before axe."""

from __future__ import annotations

from threading import Thread

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from config import ROOT
from marketplace.web import shell
from tests.pages import frame_app

PAGES = ("/thanh-phan", "/thanh-phan/trang-dau", "/them", "/khong-co")
# Rules of WCAG 2.2 AA and what axe holds for good practice.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text", text);
    const event = new ClipboardEvent(
        "paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.querySelector("#tranches-0-starts_on").dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    """The frame of a signed-in cooperative, served to a browser."""
    app = frame_app(tmp_path_factory.mktemp("frame"))
    endpoints = {
        "home.today": "/hom-nay",
        "harvests.index": "/vu-thu-hoach",
        "harvests.new": "/vu-thu-hoach/moi",
        "contracts.index": "/hop-dong",
        "auth.sign_out": "/dang-xuat",
        "notices.index": "/thong-bao",
    }
    for endpoint, path in endpoints.items():
        app.add_url_rule(path, endpoint, lambda: "ok", methods=["GET", "POST"])
    here = shell.Organisation("HTX Bảo Minh", "Chiềng Khoong", "htx")
    found, counted = [lambda: here], [lambda: {"home.today": 4, "notices.index": 3}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "_finders", found)
        patch.setattr(shell, "_counters", counted)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def components(page, frame):
    """The page of components, with all that the browser complained of."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            page.complaints.append(said.text) if said.type == "error" else None
        ),
    )
    page.goto(f"{frame}/thanh-phan")
    return page


def tonnes(page):
    return [one.input_value() for one in page.locator("[id$='-tonnes']").all()]


def test_the_browser_has_nothing_to_complain_of(components):
    assert components.complaints == []


def test_a_stepper_reads_and_writes_numbers_as_people_do(components):
    components.fill("#tonnes", "12,5")

    components.click("[data-step] button[data-by='5']")

    expect(components.locator("#tonnes")).to_have_value("17,5")


def test_rows_come_from_a_spreadsheet(components):
    components.evaluate(PASTE, "28/07/2025\t12\n04/08/2025\t12,5\n11/08/2025\t14\n")

    assert tonnes(components) == ["12", "12,5", "14"]
    expect(components.locator("#tranches-2-starts_on")).to_have_value("2025-08-11")


def test_rows_are_counted_anew_when_one_goes(components):
    components.evaluate(PASTE, "28/07/2025\t1\n04/08/2025\t2\n11/08/2025\t3\n")

    components.locator("button[name=remove_row]").nth(1).click()

    assert tonnes(components) == ["1", "3"]
    last = components.locator("#tranches-1-tonnes")
    expect(last).to_have_attribute("name", "tranches-1-tonnes")
    expect(last).to_have_attribute("aria-label", "Tấn, Đợt 2")


def test_enter_in_a_row_sends_the_form_and_removes_nothing(components):
    components.evaluate(PASTE, "28/07/2025\t1\n04/08/2025\t2\n")

    components.locator("#tranches-0-tonnes").press("Enter")

    expect(components.locator("#loi")).to_be_focused()
    assert tonnes(components) == ["1", "2"]


def test_a_draft_comes_back_and_can_be_dropped(components):
    components.fill("#phone", "0912 000 000")
    expect(components.locator("form[data-saved-at]")).to_be_attached()

    components.reload()
    expect(components.locator("#phone")).to_have_value("0912 000 000")
    components.click("form .notice button")

    expect(components.locator("#phone")).to_have_value("0987 654 214")


def test_signing_out_leaves_no_draft_on_the_phone(components, frame):
    components.fill("#phone", "0912 000 000")
    expect(components.locator("form[data-saved-at]")).to_be_attached()

    components.click("details.menu summary")
    components.click("form[action='/dang-xuat'] button")
    components.goto(f"{frame}/thanh-phan")

    expect(components.locator("#phone")).to_have_value("0987 654 214")


def test_a_theme_changes_at_once_and_stays(components):
    components.click("a[data-theme-flip]")
    expect(components.locator("html")).to_have_attribute("data-theme", "nang")

    components.reload()

    expect(components.locator("html")).to_have_attribute("data-theme", "nang")


def test_a_menu_opens_and_closes_by_keyboard(components):
    summary = components.locator("details.menu summary")
    summary.press("Enter")
    expect(components.locator("details.menu")).to_have_attribute("open", "")

    components.keyboard.press("Escape")

    expect(components.locator("details.menu")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_a_lost_network_is_said(components):
    components.context.set_offline(True)

    expect(components.locator("#mang")).to_be_visible()
    components.context.set_offline(False)
    expect(components.locator("#mang")).to_be_hidden()


def test_a_form_is_sent_once(components):
    sent = []
    components.on("request", lambda one: one.method == "POST" and sent.append(one.url))

    twice = "(button) => { button.click(); button.click(); return button.ariaBusy; }"
    busy = components.locator("form.form .actions button").evaluate(twice)
    expect(components.locator("#loi")).to_be_focused()

    assert busy == "true"
    assert len(sent) == 1


def test_the_form_works_without_a_script(browser, frame):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{frame}/thanh-phan")
    page.fill("#tonnes", "sáu mươi")

    page.click("form.form .actions button")

    expect(page.locator("#loi")).to_be_visible()
    expect(page.locator("#tonnes")).to_have_value("sáu mươi")
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_over_its_edge(browser, frame, path, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{frame}{path}")

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert over <= 0
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_larger_text_stays_on_a_phone(browser, frame, path):
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{frame}{path}")

    page.add_style_tag(content="html { font-size: 150% }")

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
    context.close()


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("light", 390),
        ("light", 1280),
        ("dark", 390),
        ("nang", 390),
        ("device-dark", 390),
    ],
)
def test_axe_finds_nothing_in_any_theme(browser, frame, theme, width):
    scheme = "dark" if theme == "device-dark" else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    if theme != "device-dark":
        context.add_cookies([{"name": "theme", "value": theme, "url": frame}])
    page = context.new_page()

    found = []
    for path in PAGES:
        page.goto(f"{frame}{path}")
        report = Axe().run(page, options=RULES if theme == "light" else COLOURS)
        assert report["passes"]
        found += [
            (path, one["id"], one["nodes"][0]["html"][:90])
            for one in report["violations"]
        ]

    assert found == []
    context.close()


def test_the_foot_of_a_card_table_draws_one_line_on_a_phone(page: Page):
    styles = "".join(
        (ROOT / "static" / "css" / name).read_text()
        for name in ("tokens.css", "components.css")
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_content(
        f"<style>{styles}</style><table class='tbl tbl--cards'><tbody><tr><td>A</td>"
        "<td>1</td></tr></tbody><tfoot><tr><th>Cộng</th><td>1</td></tr></tfoot></table>"
    )
    width = "(one) => parseFloat(getComputedStyle(one).borderTopWidth)"

    lines = [
        page.locator(f"tfoot{below}").evaluate(width) for below in ("", " th", " td")
    ]

    assert lines == [2, 0, 0]
    below = "(one) => parseFloat(getComputedStyle(one).borderBottomWidth)"
    assert page.locator("tfoot tr").evaluate(below) == 0


def test_all_tabs_are_in_sight_on_a_phone_without_a_script(browser):
    styles = "".join(
        (ROOT / "static" / "css" / name).read_text()
        for name in ("tokens.css", "components.css")
    )
    names = ("Tổng quan", "Điều khoản", "Giao và kiểm", "Tiền", "Bất khả kháng")
    tabs = "".join(f"<a href='#'>{name}</a>" for name in (*names, "Thanh lý"))
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()

    page.set_content(f"<style>{styles}</style><nav class='tabs'>{tabs}</nav>")

    boxes = [one.bounding_box() for one in page.locator(".tabs a").all()]
    assert len(boxes) == 6
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert all(box["height"] >= 44 for box in boxes)
    context.close()
