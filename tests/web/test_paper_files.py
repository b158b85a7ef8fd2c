"""Copies of papers through the pages: sent, shown, served so that they do no harm."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from models.paper_files import PaperFile
from tests import photo_rows
from tests.doors import enter
from tests.pages import problems_of
from tests.paper_rows import PDF


@pytest.fixture
def held(client, session, make):
    organisation = make.organisation()
    enter(client, session, make.member(organisation))
    row = make.certificate(organisation, verified=False)
    return f"/giay-to/chung-nhan/{row.public_id}"


def post(client, address, *sent):
    files = [(io.BytesIO(body), name) for name, body in sent]
    return client.post(address, data={"files": files})


def test_copies_are_sent_shown_and_replaced(client, session, make, held):
    assert problems_of(client.get(f"{held}/ban-chup").text) == []

    answer = post(
        client,
        f"{held}/ban-chup",
        ("trang-1.jpg", photo_rows.jpeg()),
        ("<b>giấy.pdf", PDF),
    )

    assert answer.status_code == 302, answer.text
    page = client.get(held).text
    picture, paper = session.scalars(select(PaperFile).order_by(PaperFile.id)).all()
    assert f"/giay-to/tep/{picture.public_id}/anh.jpg" in page
    assert "&lt;b&gt;giấy.pdf" in page
    assert problems_of(page) == []
    again = f"{held}/ban-chup?thay={paper.public_id}"
    assert "giấy.pdf" in client.get(again).text
    post(client, again, ("moi.jpg", photo_rows.jpeg(2)))
    session.refresh(paper)
    assert paper.replaced_at is not None
    shown = client.get(held).text
    assert problems_of(shown) == []
    assert "1 bản đã thay" in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([("a.jpg", b"<svg onload=alert(1)>")], "a.jpg: Chỉ nhận PDF hoặc ảnh"),
        ([("a.pdf", PDF[:-8])], "a.pdf: Tệp PDF hỏng, không mở được"),
        ([], "Chọn ít nhất một tệp"),
        ([(f"{n}.pdf", PDF) for n in range(7)], "Nhiều nhất 6 tệp"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, session, held, sent, said):
    answer = post(client, f"{held}/ban-chup", *sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert problems_of(answer.text) == []
    assert session.scalars(select(PaperFile)).all() == []


def test_a_copy_is_served_so_that_it_does_no_harm(client, session, make, held):
    sent = [("a.jpg", photo_rows.jpeg()), ("a.pdf", PDF)]
    post(client, f"{held}/ban-chup", *sent)
    picture, paper = session.scalars(select(PaperFile).order_by(PaperFile.id)).all()
    at = f"/giay-to/tep/{picture.public_id}", f"/giay-to/tep/{paper.public_id}"

    shown, saved = client.get(f"{at[0]}/anh.jpg"), client.get(f"{at[1]}/giay.pdf")

    assert (shown.mimetype, saved.mimetype) == ("image/jpeg", "application/pdf")
    assert saved.data == PDF
    for answer in (shown, saved):
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"{at[0]}/nho.jpg").status_code == 200
    for wrong in (f"{at[0]}/giay.pdf", f"{at[1]}/anh.jpg", f"{at[0]}/a.html"):
        assert client.get(wrong).status_code == 404
    enter(client, session, make.member())
    assert client.get(f"{at[1]}/giay.pdf").status_code == 404
    enter(client, session, make.officer())
    assert client.get(f"{at[1]}/giay.pdf").status_code == 200
