"""Registers from files, as an officer meets them: upload, mend, send, approve."""

from __future__ import annotations

import io
import re

import pytest
import time_machine
from flask_babel import force_locale
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from marketplace.domain.register_rows import read_record
from marketplace.domain.register_sheets import Register
from marketplace.services.spreadsheets import write_template
from marketplace.web.register_legends import CHAINS, KINDS, MARKETS, SCHEMES
from models.organisations import Organisation
from models.register_imports import RegisterImport
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of

GOOD = "Tên HTX;MST;Xã;Thành viên\nHợp tác xã Bản Mé;5588000019;Nà Nghịu;12\n"
WORDS = {"kind": KINDS, "scheme": SCHEMES, "market": MARKETS}
KNOWING = {
    "kind": Register.ORGANISATIONS,
    "scheme": Register.CERTIFICATES,
    "market": Register.CODES,
}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officers(make):
    authority = make.authority()
    return make.officer(organisation=authority), make.officer(organisation=authority)


def upload(client, text, register="organisations", name="so-htx.csv"):
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)
    return client.post("/nhap-so/moi", data={"register": register, "file": file})


def test_a_file_goes_from_the_upload_into_the_register(client, session, officers):
    maker, second = officers
    enter(client, session, maker)
    page = upload(client, GOOD).headers["Location"]

    assert "Nà Nghịu" in client.get(page).text
    client.post(f"{page}/gui-duyet")
    enter(client, session, second)
    assert client.post(f"{page}/duyet").status_code == 302

    found = select(Organisation).where(Organisation.tax_code == "5588000019")
    assert session.scalars(found).one().name == "Hợp tác xã Bản Mé"
    assert "Hoàn tác" in client.get(page).text
    wish = {"reason": "Nhầm sổ năm trước"}
    assert client.post(f"{page}/xin-hoan-tac", data=wish).status_code == 302
    assert client.post(f"{page}/hoan-tac").status_code == 422
    enter(client, session, maker)
    assert client.post(f"{page}/hoan-tac").status_code == 302
    assert session.scalars(found).first() is None


def test_every_mistake_is_shown_by_row_and_column(client, session, officers):
    enter(client, session, officers[0])
    wrong = GOOD.replace("Nà Nghịu;12", "Mường Lạ;2,5")

    page = upload(client, wrong).headers["Location"]
    text = client.get(page).text

    assert "Mường Lạ" not in session.scalars(select(Organisation.address)).all()
    assert "Nhập một số nguyên" in text
    assert client.post(f"{page}/gui-duyet").status_code == 422
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(f"{page}/loi.xlsx").data)
    )
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[-1][0] == 2
    assert "Nhập một số nguyên" in rows[-1][1]
    # Name and tax code are right; the commune and the members are coloured.
    looks = styles_of(client.get(f"{page}/loi.xlsx").data, row=3)
    assert looks["C"] == looks["D"] != looks["E"] == looks["F"]


@pytest.mark.parametrize("act", ["tra-lai", "xin-hoan-tac"])
def test_what_goes_back_needs_its_reason(client, session, officers, act):
    maker, second = officers
    enter(client, session, maker)
    page = upload(client, GOOD).headers["Location"]
    client.post(f"{page}/gui-duyet")
    enter(client, session, second)
    if act == "xin-hoan-tac":
        client.post(f"{page}/duyet")

    answer = client.post(f"{page}/{act}", data={"reason": " "})

    assert answer.status_code == 422
    assert "Nói rõ lý do" in answer.text


def test_no_formula_of_a_hostile_sheet_comes_out_again(client, session, officers):
    enter(client, session, officers[0])
    hostile = GOOD.replace("Nà Nghịu", "=HYPERLINK(A1)").replace("12", "@SUM(1)")

    page = upload(client, hostile).headers["Location"]
    data = client.get(f"{page}/loi.xlsx").data

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    row = book.get_sheet_by_index(0).to_python()[-1]
    assert row[4] == "=HYPERLINK(A1)" or row[4] == "'=HYPERLINK(A1)"
    assert b"<f>" not in unzipped(data)


def test_a_template_holds_no_formula_whatever_it_is_given():
    data = write_template(
        ["=1+1"], [("=cmd|'/c calc'!A0",)], [("=2", ["=3"])], ("A", "B")
    )

    assert b"<f>" not in unzipped(data)


def styles_of(data: bytes, row: int) -> dict[str, str]:
    """Column -> number of the look of its cell in a row."""
    text = unzipped(data).decode(errors="ignore")
    return dict(re.findall(rf'<c r="([A-Z]+){row}" s="([0-9]+)"', text))


def unzipped(data: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return b"".join(package.read(name) for name in package.namelist())


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("register", list(Register))
def test_the_template_is_read_back_in_either_language(
    client, session, officers, register, lang
):
    enter(client, session, officers[0])
    client.set_cookie("lang", lang)

    answer = client.get(f"/nhap-so/mau/{register.value}.xlsx")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        .get_sheet_by_index(0)
        .to_python()
    )

    page = upload(client, answer.data, register.value, "mau.xlsx").headers["Location"]
    row = session.scalars(
        select(RegisterImport).where(RegisterImport.public_id == page.split("/")[-1])
    ).one()
    assert set(row.mapping.values()) == set(range(len(rows[0])))
    # Whatever is wrong with the invented example, every cell of it can be read.
    assert {one["field"] for one in row.findings} <= {"holder", "lead", "commune"}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_word_of_the_legend_is_known(app, lang):
    with app.test_request_context(), force_locale(lang):
        typed = [(field, str(word)) for field, all_ in WORDS.items() for word in all_]
        chains = [str(word) for word in CHAINS]

    for field, word in typed:
        assert field not in read_record(KNOWING[field], 1, {field: word}).errors, word
    for word in chains:
        assert "kind" not in read_record(Register.CHAINS, 1, {"kind": word}).errors


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "so.csv"), (b"PK\x03\x04", "so.xlsx"), (b"\x00\x01", "so.csv")],
)
def test_what_is_no_table_is_told_beside_the_file(
    client, session, officers, data, name
):
    enter(client, session, officers[0])

    answer = upload(client, data, name=name)

    assert answer.status_code == 422
    assert 'id="file-e"' in answer.text
    assert session.scalar(select(func.count(RegisterImport.id))) == 0


def test_the_pages_are_well_made(client, session, officers):
    enter(client, session, officers[0])
    page = upload(client, GOOD.replace("Nà Nghịu", "?")).headers["Location"]

    for address in ("/nhap-so", "/nhap-so/moi", page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert problems_of(answer.text) == []
