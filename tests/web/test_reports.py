"""Reports as pages and files: the same rows, for officers, and every file logged."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import html5lib
import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.services.figures import count_chains_on
from marketplace.services.reports import FORMS
from marketplace.web import words
from models.report_exports import ReportExport
from tests.doors import enter
from tests.estate import Estate
from tests.factories import NOW
from tests.pages import XHTML, problems_of

YEAR = "ky=2026-N"


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officer(client, session, make):
    """An officer who is signed in, over an area where something grows."""
    estate = Estate(session, make)
    assert all((estate.chain, estate.code, estate.certificate, estate.deal))
    who = make.officer()
    enter(client, session, who)
    return who


def cells_of(page: str) -> list[list[str]]:
    """The rows of all tables of a page, as they are read."""
    tree = html5lib.parse(page)
    rows = (
        [
            "".join(cell.itertext()).strip()
            for cell in row
            if cell.tag in (f"{XHTML}td", f"{XHTML}th")
        ]
        for row in tree.iter(f"{XHTML}tr")
    )
    return [row for row in rows if row]


def as_shown(cell: object) -> str:
    """A cell of a spreadsheet as the page writes it."""
    if isinstance(cell, float):
        return words.number(Decimal(str(cell)))
    if isinstance(cell, datetime):
        return words.day(cell.date())
    return words.day(cell) if isinstance(cell, date) else str(cell)


def sheets(client, letter: str) -> CalamineWorkbook:
    answer = client.post(f"/bao-cao/mau-{letter}/excel?{YEAR}")
    assert answer.status_code == 200
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data))


@pytest.mark.parametrize("form", FORMS)
def test_the_file_says_what_the_page_says(app, client, officer, form):
    page = cells_of(client.get(f"/bao-cao/mau-{form.value}?{YEAR}").text)

    book = sheets(client, form.value)

    with app.test_request_context():
        exported = [
            [as_shown(cell) or "–" for cell in row]
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
        ]
    assert [row for row in page if len(row) > 2]
    for row in page:
        padded = [cell or "–" for cell in row]
        assert any(line[: len(row)] == padded for line in exported), row


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("more", ["", "&lang=en"])
def test_every_form_is_a_valid_page(client, officer, form, more):
    for query in (YEAR, "ky=Q1&nam=2026", "ky=x&khu-vuc=y&trang=9"):
        page = client.get(f"/bao-cao/mau-{form.value}?{query}{more}")

        assert page.status_code == 200
        assert problems_of(page.text) == []


def test_form_a_and_the_board_say_the_same_number(client, session, officer):
    form = cells_of(client.get(f"/bao-cao/mau-a?{YEAR}").text)

    total = next(row for row in form if row[1] == "Tổng số")
    board = count_chains_on(session, NOW.date(), officer.scope_unit_ids)
    assert total[2] == str(board["safe_supply_detail"]["cumulative"])
    assert total[5] == str(board["safe_supply_detail"]["operating"])


def test_who_takes_a_file_is_written_down_and_shown(client, session, officer):
    sheets(client, "a")

    taken = session.scalars(select(ReportExport)).one()
    assert (taken.form, taken.period, taken.user_id) == ("a", "2026-N", officer.user_id)
    assert (taken.as_of, taken.definitions) == (NOW.date(), "2026-1")
    index = client.get(f"/bao-cao?{YEAR}").text
    assert problems_of(index) == []
    assert "2026-N" in index


def test_looking_at_a_report_takes_no_file(client, session, officer):
    client.get(f"/bao-cao/mau-a?{YEAR}")

    assert client.get(f"/bao-cao/mau-a/excel?{YEAR}").status_code == 405
    assert session.scalars(select(ReportExport)).all() == []


def test_another_authority_does_not_see_who_took_a_file(client, session, make, officer):
    sheets(client, "a")
    enter(client, session, make.officer("D116"))

    assert "2026-N" not in client.get("/bao-cao").text


def test_a_form_that_there_is_not_is_not_found(client, officer):
    assert client.get("/bao-cao/mau-z").status_code == 404
    assert client.post("/bao-cao/mau-z/excel").status_code == 404


def test_the_head_of_every_sheet_stays_in_sight(client, officer):
    import zipfile

    answer = client.post(f"/bao-cao/mau-a/excel?{YEAR}")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        views = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2)]
    assert all('state="frozen"' in view for view in views)
