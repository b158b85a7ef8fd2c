"""Every component is valid HTML, linked for readers, strict, and escapes words."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date

import html5lib
import pytest
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, StringField

from config import ROOT
from marketplace.web import fields, pictures, shell
from marketplace.web.field_errors import in_our_words, mistakes
from tests.pages import frame_app, problems_of
from tools import icons

PAGES = ("/thanh-phan", "/thanh-phan/trang-dau", "/them", "/khong-co")
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    return frame_app(tmp_path_factory.mktemp("frame"))


@pytest.fixture
def browser(frame):
    return frame.test_client()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_frame_is_valid_linked_and_strict(browser, path, language):
    page = browser.get(f"{path}?lang={language}")

    assert problems_of(page.text) == []
    assert f'<html lang="{language}"' in page.text


def test_the_check_sees_what_is_wrong():
    page = (
        "<!doctype html><title>x</title><h1>x</h1><p id=a></p><p id=a style='x'></p>"
        "<input name=n aria-describedby=gone><script>1</script><b onclick=x>None</b>"
    )

    found = " ".join(problems_of(page))

    for wrong in (
        "id twice",
        "names nothing",
        "no label",
        "style on",
        "onclick on",
        "inline script",
        "says None",
    ):
        assert wrong in found


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(browser):
    page = browser.post("/thanh-phan", data={"phone": "0912", "tonnes": "sáu mươi"})

    assert page.status_code == 422
    assert problems_of(page.text) == []
    assert "<title>Có lỗi: " in page.text
    assert 'value="sáu mươi"' in page.text
    assert 'value="0912"' in page.text
    assert re.search(r'id="tonnes"[^>]*aria-describedby="tonnes-e"', page.text) or (
        re.search(r'aria-describedby="tonnes-e"[^>]*id="tonnes"', page.text)
    )
    assert '<a href="#tonnes">' in page.text
    assert 'aria-invalid="true"' in page.text


def test_every_form_carries_a_token_and_a_key_of_its_own(browser):
    first, second = (browser.get("/thanh-phan").text for _ in range(2))

    keys = [
        re.search(r'name="idempotency_key" value="([^"]{16,})"', page)[1]
        for page in (first, second)
    ]
    assert keys[0] != keys[1]
    assert 'name="csrf_token"' in first


def test_a_number_is_typed_as_text_with_the_right_keyboard(browser):
    page = browser.get("/thanh-phan").text

    assert 'type="number"' not in page
    assert re.search(r'<input[^>]*inputmode="decimal"[^>]*name="tonnes"', page)


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_has_a_page_that_asks_the_database_for_nothing(frame, status):
    def must_not_be_asked():
        raise AssertionError("an error page asked for the organisation")

    with frame.test_request_context("/"):
        shell.register_current(must_not_be_asked)
        try:
            template = frame.jinja_env.get_template(f"errors/{status}.html")
            context = {"message": "", "current_user": None}
            frame.update_template_context(context)
            page = template.render(context)
        finally:
            shell._finders.remove(must_not_be_asked)

    assert problems_of(page) == []
    assert str(status) in page


def test_words_from_outside_are_escaped_in_every_drawing(frame):
    bad = '"><script>alert(1)</script>'

    with frame.test_request_context("/"):
        drawn = [
            pictures.meter([(1, bad)], 2, 1, bad),
            pictures.cal(
                [(bad, 30)], [(1, 9, bad, bad)], [(3, (bad, bad), True)], aria=bad
            ),
            pictures.rng(1, 9, (2, 3), 4, bad, 5, bad, bad, bad),
            pictures.cols([(bad, bad, 1, 2)], 5, 1, bad, aria=bad),
            pictures.line([1, 2], [bad, bad], 5, 3, bad, aria=bad),
            pictures.bullet([(bad, 1, 2)], 3, aria=bad),
            pictures.icon(bad, bad),
            pictures.fruit(bad, bad),
            pictures.qr("https://lienket.example/t/1", bad),
        ]

    for drawing in drawn:
        elements = html5lib.parseFragment(str(drawing), namespaceHTMLElements=False)
        names = {str(one.tag).rpartition("}")[2] for one in elements.iter()}
        assert "svg" in names
        assert "script" not in names


def test_drawings_stay_inside_their_frame_for_odd_numbers(frame):
    with frame.test_request_context("/"):
        assert "nan" not in pictures.spark([5, 5, 5])
        assert pictures.spark([5]) == ""
        assert 'width="100%"' in pictures.meter([(9, "s")], 4)
        assert pictures.meter([(1, "s")], 0)
        assert 'cx="100%"' in pictures.rng(1, 2, None, 9, "9")
        assert pictures.cal([], [])
        assert pictures.heat(-1) == "h0"
        assert pictures.heat(9) == "h4"


def test_a_limit_near_the_lower_end_is_named_to_its_right(frame):
    with frame.test_request_context("/"):
        drawn = pictures.rng(
            12000, 17000, None, 12500, "Đề xuất 12.500", 12500, "Ít nhất 12.500"
        )

    (limit, proposed) = re.findall(r"<text ([^>]*)>", str(drawn))
    assert 'x="10%"' in limit
    assert "text-anchor" not in limit + proposed
    assert float(re.search(r'x="([\d.]+)%"', proposed)[1]) > 40


def test_only_one_module_makes_markup():
    makers = {
        path.name
        for folder in ("marketplace", "forms")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text(encoding="utf-8"))
    }

    assert makers == {"pictures.py"}
    for template in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe\b", template.read_text(encoding="utf-8"))


def test_every_icon_that_is_used_is_drawn():
    assert icons.names_used() - icons.names_drawn() == set()


def test_what_comes_from_others_is_what_it_says_it_is():
    for part in json.loads((ROOT / "static/vendor/vendor.json").read_text()):
        file = ROOT / "static" / part["file"]
        assert (ROOT / "static" / part["licence_file"]).is_file()
        if "sha256" in part:
            assert hashlib.sha256(file.read_bytes()).hexdigest() == part["sha256"]


class Row(Form):
    kg = StringField("Số cân")


class Rows(Form):
    tranches = FieldList(FormField(Row), min_entries=2)


def test_rows_are_added_and_removed_without_a_script(frame):
    typed = {"tranches-0-kg": "1", "tranches-1-kg": "2"}

    def kept(**button):
        data = {**typed, **button}
        with frame.test_request_context("/", method="POST", data=data):
            form = Rows(MultiDict(data))
            changed = fields.rows_changed(form.tranches)
            return changed, [entry.form.kg.data for entry in form.tranches]

    assert kept() == (False, ["1", "2"])
    assert kept(remove_row="tranches-0") == (True, ["2"])
    assert kept(add_row="tranches") == (True, ["1", "2", None])
    assert kept(add_row="others") == (False, ["1", "2"])


def test_a_mistake_in_a_row_says_which_row_and_field(frame):
    with frame.test_request_context("/"):
        form = Rows()
        form.tranches[1].form.kg.errors = ["This field is required."]

        found = mistakes(form)

    assert [(one.anchor, one.message) for one in found] == [
        ("tranches-1-kg", "Dòng 2, Số cân: Điền ô này")
    ]


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("Not a valid integer value.", "Nhập số, ví dụ 12,5"),
        ("Number must be at least 5.", "Nhập số từ 5 trở lên"),
        ("Number must be between 1 and 9.", "Nhập số từ 1 đến 9"),
        ("Field cannot be longer than 20 characters.", "Nhập không quá 20 ký tự"),
        ("Nhập số tấn dự kiến, ví dụ 60", "Nhập số tấn dự kiến, ví dụ 60"),
    ],
)
def test_what_the_form_library_says_is_said_in_our_words(frame, said, ours):
    with frame.test_request_context("/"):
        assert in_our_words(said) == ours


def test_the_thirds_of_a_month_are_grouped_by_month(frame):
    class Option:
        def __init__(self, data):
            self.data = data

    options = [Option(v) for v in ("2025-07-3", "2025-08-1", "2025-08-2", "khac")]

    months = fields.dekads(options)

    assert [month.first for month in months] == [date(2025, 7, 1), date(2025, 8, 1)]
    assert [third for third, _ in months[1].options] == [1, 2]
    assert fields.month_days(date(2024, 2, 1)) == 29
