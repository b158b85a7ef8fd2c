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

from marketplace.domain.canonical import short_digest
from marketplace.domain.reports import FileKind, ReportForm
from marketplace.domain.words_board import Communes
from marketplace.services.figures import count_chains_on
from marketplace.services.report_scopes import scope_report
from marketplace.services.reports import FORMS, build_report, digest_of_report
from marketplace.web import words
from models.report_exports import ReportExport
from tests.doors import enter
from tests.estate import Estate
from tests.factories import NOW
from tests.pages import XHTML, problems_of
from tests.printed import Printed

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


def sheets(client, letter: str, more: str = "") -> CalamineWorkbook:
    answer = client.post(f"/bao-cao/mau-{letter}/excel?{YEAR}{more}")
    assert answer.status_code == 200
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data))


@pytest.mark.parametrize("view", ["", "&dia-gioi=as_then", "&dia-gioi=former"])
@pytest.mark.parametrize("form", FORMS)
def test_the_file_says_what_the_page_says(app, client, officer, form, view):
    page = cells_of(client.get(f"/bao-cao/mau-{form.value}?{YEAR}{view}").text)

    book = sheets(client, form.value, view)

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


def joined(words: object) -> str:
    """Words without the places where a line may break."""
    return "".join(str(words).split())


@pytest.mark.parametrize("more", ["", "&lang=en", "&dia-gioi=former"])
@pytest.mark.parametrize("form", FORMS)
def test_the_paper_says_what_the_page_says_and_what_is_stored(
    app, client, session, officer, form, more
):
    page = cells_of(client.get(f"/bao-cao/mau-{form.value}?{YEAR}{more}").text)

    answer = client.post(f"/bao-cao/mau-{form.value}/pdf?{YEAR}{more}")

    printed = Printed(answer.data)
    text = joined(printed.text)
    rows = [[cell for cell in row if cell != "–"] for row in page if len(row) > 2]
    assert rows
    for row in rows:
        assert joined("".join(row)) in text, row
    view = Communes.FORMER if "former" in more else Communes.TODAY
    asked = officer, "2026-N", ""
    scope = scope_report(session, *asked, today=NOW.date(), communes=view)
    stored = build_report(session, form, scope)
    taken = session.scalars(select(ReportExport)).one()
    assert (taken.file, taken.digest) == (FileKind.PDF, digest_of_report(stored))
    assert taken.communes is view
    assert joined(short_digest(taken.digest)) in text
    # Each row that is stored is on page and paper, none is left out.
    shown_rows = sum(len(table.rows) + bool(table.total) for table in stored.tables)
    heads = sum(bool(table.rows or table.total) for table in stored.tables)
    assert len(rows) == shown_rows + heads


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("with_", ["ky-truoc", "nam-truoc", "2025-N"])
def test_two_periods_stand_beside_each_other_on_page_sheet_and_paper(
    client, officer, form, with_
):
    asked = f"{form.value}?ky=2026-Q1&so-voi={with_}"
    page = client.get(f"/bao-cao/mau-{asked}")
    assert problems_of(page.text) == []
    start = page.text.index('id="so-sanh"')
    end = page.text.index("</section>", start)
    compared = cells_of(page.text[start:end])[1:]

    kinds = {
        kind: client.post(f"/bao-cao/mau-{form.value}/{kind}{asked[1:]}").data
        for kind in ("excel", "pdf")
    }

    book = CalamineWorkbook.from_filelike(io.BytesIO(kinds["excel"]))
    assert book.sheet_names[1] == "So sánh hai kỳ"
    text = joined(Printed(kinds["pdf"]).text)
    assert joined("So với kỳ") in text
    # Of these the estate has something in the period.
    assert compared or form not in (ReportForm.CODES, ReportForm.COOPERATIVES)
    for row in compared:
        assert joined("".join(cell for cell in row if cell != "–")) in text


def test_what_is_no_period_to_compare_with_gives_the_form_alone(client, officer):
    for other in ("x", "2019-N", "2026-N", "2031-N"):
        page = client.get(f"/bao-cao/mau-a?{YEAR}&so-voi={other}").text

        assert 'id="so-sanh"' not in page


def test_a_paper_is_a4_across_and_numbers_its_sheets(client, officer):
    printed = Printed(client.post(f"/bao-cao/mau-a/pdf?{YEAR}").data)

    count = len(printed.pages)
    assert count > 1
    for number, page in enumerate(printed.reader.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
        assert f"Trang {number}/{count}" in printed.pages[number - 1]
    for said in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Mẫu A", "NGƯỜI LẬP BIỂU"):
        assert said in printed.pages[0]


def test_the_same_report_taken_at_the_same_moment_is_the_same_paper(client, officer):
    with time_machine.travel(NOW, tick=False):
        once, again = (client.post(f"/bao-cao/mau-c/pdf?{YEAR}").data for _ in range(2))

    assert once == again


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


def test_the_log_says_with_which_period_a_file_compares(client, session, officer):
    client.post("/bao-cao/mau-c/excel?ky=2026-Q1&so-voi=nam-truoc&dia-gioi=former")

    taken = session.scalars(select(ReportExport)).one()
    assert (taken.period, taken.against) == ("2026-Q1", "2025-Q1")
    index = client.get(f"/bao-cao?{YEAR}").text
    assert problems_of(index) == []
    assert "so với 2025-Q1" in index
    assert "Xã trước khi sắp xếp)" in index


def test_looking_at_a_report_takes_no_file(client, session, officer):
    client.get(f"/bao-cao/mau-a?{YEAR}")

    assert client.get(f"/bao-cao/mau-a/excel?{YEAR}").status_code == 405
    assert client.get(f"/bao-cao/mau-a/pdf?{YEAR}").status_code == 405
    assert session.scalars(select(ReportExport)).all() == []


def test_another_authority_does_not_see_who_took_a_file(client, session, make, officer):
    sheets(client, "a")
    enter(client, session, make.officer("D116"))

    assert "2026-N" not in client.get("/bao-cao").text


def test_a_form_that_there_is_not_is_not_found(client, officer):
    assert client.get("/bao-cao/mau-z").status_code == 404
    assert client.post("/bao-cao/mau-z/excel").status_code == 404
    assert client.post("/bao-cao/mau-z/pdf").status_code == 404


def test_the_head_of_every_sheet_stays_in_sight(client, officer):
    import zipfile

    answer = client.post(f"/bao-cao/mau-a/excel?{YEAR}")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        views = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2)]
    assert all('state="frozen"' in view for view in views)
