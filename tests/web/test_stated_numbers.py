"""Targets and published numbers as pages: written, corrected, approved, charted."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from models.baseline_corrections import BaselineCorrection
from models.stated_numbers import StatedNumber
from tests.board_rows import declared, target
from tests.doors import enter
from tests.factories import NOW
from tests.pages import problems_of

NEW = {
    "metric": "safe_supply",
    "group": "",
    "area": "D126",
    "number": "36",
    "source": "Quyết định 45/QĐ-UBND",
}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def officer(client, session, make):
    who = make.officer()
    enter(client, session, who)
    return who


def send(client, address, **fields):
    return client.post(address, data={"idempotency_key": "k" * 20, **fields})


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_valid_also_when_it_is_empty(
    client, session, make, officer, lang
):
    more = f"lang={lang}"
    for full in (False, True):
        for address in ("/chi-tieu/", "/chi-tieu/moi", "/tong-quan/"):
            for kind in ("", "&loai=so-cong-bo"):
                page = client.get(f"{address}?{more}{kind}")
                assert page.status_code == 200
                assert problems_of(page.text) == [], (address, full)
        if not full:
            row = target(session, make)
            target(session, make, metric="members", approved_at=NOW,
                   approved_by_id=officer.user_id)  # fmt: skip
    assert problems_of(client.get(f"/chi-tieu/{row.public_id}/sua?{more}").text) == []


def test_a_target_is_written_by_one_and_approved_by_another(
    client, session, make, officer
):
    answer = send(client, "/chi-tieu/moi", **NEW, period="2026-N")
    row = session.scalars(select(StatedNumber)).one()
    assert answer.status_code == 302
    assert "Chưa có chỉ tiêu nào được duyệt" in client.get("/tong-quan/").text
    approve = f"/chi-tieu/{row.public_id}/duyet"
    assert send(client, approve).status_code == 422
    assert row.approved_at is None

    enter(client, session, make.officer())
    send(client, approve)

    session.refresh(row)
    assert row.approved_at is not None
    assert "/36" in client.get("/tong-quan/").text


def test_a_published_number_is_written_and_corrected(client, session, officer):
    told = {**NEW, "day": "31/12/2022", "number": "240"}
    send(client, "/chi-tieu/moi?loai=so-cong-bo", **told)
    row = session.scalars(select(StatedNumber)).one()
    assert (row.kind, row.number, row.day.year) == ("baseline", 240, 2022)

    address = f"/chi-tieu/{row.public_id}/sua"
    fields = {"number": "242", "source": "sonla.gov.vn", "idempotency_key": "x" * 20}
    no_reason = client.post(address, data=fields)
    client.post(address, data={**fields, "reason": "Đọc nhầm cột"})

    assert no_reason.status_code == 422
    assert sorted(session.scalars(select(StatedNumber.number))) == [240, 242]
    page = client.get("/chi-tieu/?loai=so-cong-bo").text
    assert "sonla.gov.vn" in page


@pytest.mark.parametrize("typed", ["", "một", "-3", "1,234"])
def test_what_is_no_number_is_asked_for_again(client, session, officer, typed):
    answer = send(client, "/chi-tieu/moi", **{**NEW, "number": typed}, period="2026-N")

    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert session.scalars(select(StatedNumber)).all() == []


def test_a_number_of_the_reference_data_is_corrected_by_two(
    client, session, make, officer
):
    number = declared(session).id
    address = f"/so-goc/{number}/sua"
    page = client.get(address).text
    assert problems_of(page) == []
    assert 'value="75"' in page
    fields = {"value": "74", "source": "Sổ của huyện", "note": "", "after": "0"}
    assert send(client, address, **fields).status_code == 422
    sent = client.post(address, data={**fields, "reason": "Đếm trùng một nơi",
                                      "idempotency_key": "y" * 20})  # fmt: skip
    assert sent.status_code == 302
    row = session.scalars(select(BaselineCorrection)).one()
    page = client.get("/chi-tieu/?loai=so-cong-bo").text
    assert problems_of(page) == []
    assert "Đếm trùng một nơi" in page
    assert f"/so-goc/{row.public_id}/duyet" not in page

    enter(client, session, make.officer())
    assert f"/so-goc/{row.public_id}/duyet" in client.get(
        "/chi-tieu/?loai=so-cong-bo"
    ).text  # fmt: skip
    send(client, f"/so-goc/{row.public_id}/duyet")

    session.refresh(row)
    assert row.approved_at is not None
    for lang in ("vi", "en"):
        for page in (address, "/chi-tieu/?loai=so-cong-bo"):
            joiner = "&" if "?" in page else "?"
            text = client.get(f"{page}{joiner}lang={lang}").text
            assert problems_of(text) == []
            assert "Sổ của huyện" in text
