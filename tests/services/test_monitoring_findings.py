"""What was found: mended by the lead with evidence, closed by another officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.monitoring import (
    FindingState,
    PointAnswer,
)
from marketplace.services.evidence import (
    access_file,
    files_of,
    prepare_file,
)
from marketplace.services.monitoring import list_events
from marketplace.services.monitoring_findings import (
    accept_correction,
    answer_finding,
    findings_waiting,
    refuse_correction,
)
from models.monitoring import ChainEvent
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, chain_of, holds
from tests.photo_rows import jpeg

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def test_what_was_found_is_mended_by_the_lead_and_closed_by_another_officer(
    session, watched
):
    finding = watched.found()
    later = TODAY + timedelta(days=5)
    evidence = [prepare_file("vuon.jpg", jpeg()), prepare_file("phieu.pdf", PDF)]

    answer_finding(session, watched.lead, watched.id, finding.number, "đã bỏ thuốc",
                   evidence, now=NOW)  # fmt: skip
    accept_correction(
        session, watched.second, watched.id, finding.number, today=later, now=NOW
    )

    assert finding.state is FindingState.CLOSED
    assert finding.fact.settled_on == later
    assert holds(watched, "S7", later).holds
    assert holds(watched, "S7").reason == "open_finding"
    events = list_events(session, watched.lead, watched.chain, "finding", 1)
    assert [one.event for one in events] == [
        "finding_opened",
        "finding_answered",
        "finding_closed",
    ]
    files = files_of(session, [one.id for one in events])[events[1].id]
    assert [str(one.media_type) for one in files] == ["image/jpeg", "application/pdf"]


def test_who_found_a_fault_does_not_close_it(session, watched):
    finding = watched.found()
    args = session, watched.lead, watched.id, finding.number
    answer_finding(*args, "đã bỏ thuốc", now=NOW)

    with pytest.raises(Refused):
        accept_correction(
            session, watched.officer, watched.id, finding.number, today=TODAY, now=NOW
        )


def test_the_database_itself_keeps_four_eyes_on_a_fault(session, watched):
    finding = watched.found()
    answer_finding(session, watched.lead, watched.id, finding.number, "đã bỏ", now=NOW)

    finding.state, finding.closed_on = FindingState.CLOSED, TODAY
    finding.closed_by_id = watched.officer.user_id
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_correction_that_is_not_enough_is_asked_for_again(session, watched):
    finding = watched.found()
    args = session, watched.id, finding.number
    answer_finding(session, watched.lead, *args[1:], "đã bỏ thuốc", now=NOW)

    refuse_correction(session, watched.officer, *args[1:], "vẫn còn", now=NOW)

    assert finding.state is FindingState.OPEN
    assert findings_waiting(session, watched.lead) == [finding]
    with pytest.raises(Refused):
        accept_correction(session, watched.second, *args[1:], today=TODAY, now=NOW)


def test_a_check_is_settled_once_nothing_serious_of_it_is_open(session, watched):
    check = watched.checked(inputs=PointAnswer.SERIOUS, labels=PointAnswer.SERIOUS)
    for finding in check.findings:
        assert finding.fact.settled_on is None
        args = watched.id, finding.number
        answer_finding(session, watched.lead, *args, "đã sửa", now=NOW)
        accept_correction(session, watched.second, *args, today=TODAY, now=NOW)

    assert check.findings[0].fact.settled_on == TODAY


def test_evidence_is_for_the_lead_and_officers_only(session, make, watched):
    finding = watched.found()
    files = [prepare_file("phieu.pdf", PDF)]
    args = watched.id, finding.number
    answer_finding(session, watched.lead, *args, "đã bỏ", files, now=NOW)

    assert access_file(session, watched.officer, watched.id, 1).data == PDF
    assert access_file(session, watched.lead, watched.id, 1).data == PDF
    with pytest.raises(NotFound):
        access_file(session, make.member(), watched.id, 1)


@pytest.mark.parametrize("sent", [b"", b"<html>", b"PK\x03\x04", b" %PDF-1.7"])
def test_nothing_but_photos_and_pdf_is_kept(sent):
    with pytest.raises(Refused):
        prepare_file("x.pdf", sent)


def test_the_history_is_never_rewritten(session, watched):
    watched.checked()

    with pytest.raises(sa.exc.DatabaseError):
        session.execute(sa.update(ChainEvent).values(text="khác"))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["answer", "accept", "refuse"]), st.integers(0, 2)),
        max_size=8,
    )
)
@pytest.mark.databases("sqlite")
def test_no_order_of_words_lets_the_finder_close_a_fault(session, make, steps):
    """Whoever says what and when: a closed fault has two officers behind it."""
    lead = make.organisation()
    watched = Watched(session, make, chain_of(session, make, lead))
    finding = watched.found()
    people = [watched.officer, watched.second, watched.lead]

    for deed, person in steps:
        args = session, people[person], watched.id, finding.number
        try:
            with session.begin_nested():
                if deed == "answer":
                    answer_finding(*args, "đã sửa", now=NOW)
                elif deed == "accept":
                    accept_correction(*args, today=TODAY, now=NOW)
                else:
                    refuse_correction(*args, "chưa", now=NOW)
        except Refused:
            continue

    session.refresh(finding)
    closed = finding.state is FindingState.CLOSED
    assert closed == (finding.closed_by_id == watched.second.user_id)
    assert closed == (finding.fact.settled_on is not None)
