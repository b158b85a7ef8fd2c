"""Reports that a worker writes: the same rows, told and logged once."""

from __future__ import annotations

import io
import zipfile

import pytest
import sqlalchemy as sa
import time_machine
from python_calamine import CalamineWorkbook

from marketplace.domain.jobs import JobState
from marketplace.domain.reports import FileKind, ReportForm
from marketplace.services import jobs, report_orders
from marketplace.services.days import day_of
from marketplace.services.report_orders import KEPT, finish_order, forget_orders
from marketplace.services.report_scopes import scope_report
from marketplace.services.reports import FORMS, build_report, digest_of_report
from models.jobs import Job
from models.notices import Letter, Notice
from models.organisations import User
from models.report_exports import ReportExport
from models.report_orders import ReportOrder
from tasks.runner import run_next_job
from tests.board_rows import order
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.printed import Printed


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(jobs, "_announcers", [])


@pytest.fixture
def officer(session, make):
    who = make.officer()
    user = session.get_one(User, who.user_id)
    user.email, user.email_verified_at = "canbo@example.vn", NOW
    session.flush()
    return who


def run_all(session):
    session.execute(sa.update(Job).values(due_at=NOW))
    session.commit()
    while run_next_job():
        pass
    session.expire_all()


def test_the_worker_writes_what_the_page_would_and_tells_who_asked(
    session, make, officer
):
    row = order(session, make, officer)

    run_all(session)

    job = session.scalars(sa.select(Job).where(Job.kind == "reports.write")).one()
    assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, 2, 2)
    assert row.done_at is not None
    book = CalamineWorkbook.from_filelike(io.BytesIO(row.data))
    assert len(book.sheet_names) == 2
    today = day_of(row.done_at)
    scope = scope_report(session, officer, "2026-N", "", today=today)
    stored = build_report(session, ReportForm.CHAINS, scope)
    taken = session.scalars(sa.select(ReportExport)).one()
    assert (taken.user_id, taken.digest) == (
        officer.user_id,
        digest_of_report(stored),
    )
    notice = session.scalars(sa.select(Notice)).one()
    letter = session.scalars(sa.select(Letter)).one()
    assert notice.subject == letter.subject == f"report:{row.public_id}"
    assert letter.recipient == "canbo@example.vn"


def test_all_forms_come_as_one_archive_each_in_the_language_asked_for(
    session, make, officer
):
    row = order(session, make, officer, form=None, file=FileKind.PDF, lang="en")

    run_all(session)

    with zipfile.ZipFile(io.BytesIO(row.data)) as archive:
        assert [name[:5] for name in archive.namelist()] == [
            f"mau-{form.value}" for form in FORMS
        ]
        for name in archive.namelist():
            assert "Page 1/" in Printed(archive.read(name)).text
    assert len(session.scalars(sa.select(ReportExport)).all()) == len(FORMS)


def test_a_second_run_changes_and_tells_nothing(session, make, officer):
    row = order(session, make, officer)
    run_all(session)
    kept = bytes(row.data)
    reports = [
        build_report(
            session,
            ReportForm.CHAINS,
            scope_report(session, officer, "2026-N", "", today=TODAY),
        )
    ]

    finish_order(session, row.id, reports, "other.xlsx", b"other", now=NOW)

    assert (row.name, row.data) == ("mau-a-2026-N.xlsx", kept)
    assert len(session.scalars(sa.select(ReportExport)).all()) == 1
    assert len(session.scalars(sa.select(Notice)).all()) == 1


def test_the_file_is_behind_the_door_of_who_asked(client, session, make, officer):
    row = order(session, make, officer)
    run_all(session)
    address = f"/bao-cao/tep/{row.public_id}"

    assert client.get(f"{address}/tai").status_code == 302
    enter(client, session, make.officer())
    assert client.get(f"{address}/tai").status_code == 404
    enter(client, session, officer)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/tai").data == row.data
    assert client.get(f"/mo/report/{row.public_id}").location.endswith(address)


def test_a_large_area_is_left_to_a_worker(client, session, officer, monkeypatch):
    monkeypatch.setattr(report_orders, "LONG", -1)
    with time_machine.travel(NOW):
        enter(client, session, officer)
        answer = client.post("/bao-cao/mau-c/pdf?ky=2026-N&so-voi=nam-truoc")

    row = session.scalars(sa.select(ReportOrder)).one()
    assert answer.location.endswith(row.public_id)
    assert (row.form, row.file, row.period, row.against) == (
        ReportForm.CODES,
        FileKind.PDF,
        "2026-N",
        "nam-truoc",
    )


def test_the_bytes_are_forgotten_after_a_month_and_the_page_says_so(
    client, session, make, officer
):
    row = order(session, make, officer)
    run_all(session)

    forget_orders(session, now=row.done_at + KEPT)
    assert row.data is not None
    forget_orders(session, now=row.done_at + KEPT * 2)
    session.expire_all()

    assert row.data is None
    enter(client, session, officer)
    page = client.get(f"/bao-cao/tep/{row.public_id}")
    assert "Tệp đã xóa sau 30 ngày" in page.text
    assert client.get(f"/bao-cao/tep/{row.public_id}/tai").status_code == 404
