"""Monitoring cases: who is asked, who answers, and the two officers who decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.monitoring import FindingSeverity
from marketplace.domain.monitoring_cases import CaseState, Conclude
from marketplace.domain.words import NoticeKind
from marketplace.services.chains import look_at
from marketplace.services.monitoring import list_events
from marketplace.services.monitoring_cases import (
    activate_case,
    answer_case,
    cases_waiting,
    drop_case,
)
from marketplace.services.monitoring_decisions import (
    close_case,
    conclude_case,
    decide_case,
    reject_conclusion,
)
from marketplace.services.monitoring_findings import (
    accept_correction,
    answer_finding,
)
from marketplace.services.monitoring_night import warn_overdue
from marketplace.services.monitoring_records import access_record, list_records
from models.monitoring_cases import MonitoringCase
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, chain_of, told

DAYS = {"today": TODAY, "now": NOW}


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def test_a_draft_is_for_officers_only(session, watched):
    case = watched.opened()

    assert (
        access_record(session, watched.second, watched.id, MonitoringCase, case.number)
        is case
    )
    with pytest.raises(NotFound):
        access_record(session, watched.lead, watched.id, MonitoringCase, case.number)
    assert list_records(session, watched.lead, watched.chain, MonitoringCase) == []
    assert list_events(session, watched.lead, watched.chain) == []
    with pytest.raises(NotFound):
        answer_case(session, watched.lead, watched.id, case.number, "tôi", **DAYS)


def test_an_active_case_asks_the_lead_until_a_day(session, watched):
    case = watched.asked()

    assert case.answer_by == TODAY + timedelta(days=10)
    assert told(session, NoticeKind.CASE_OPENED, watched.lead) == 1
    assert cases_waiting(session, watched.lead) == [case]


def test_a_draft_may_be_dropped_and_an_active_case_may_not(session, watched):
    draft, active = watched.opened(), watched.asked()
    args = session, watched.officer, watched.id

    drop_case(*args, draft.number, "nhầm", now=NOW)

    assert draft.state is CaseState.DROPPED
    with pytest.raises(Refused):
        drop_case(*args, active.number, "nhầm", now=NOW)
    with pytest.raises(Refused):
        activate_case(*args, draft.number, **DAYS)


def test_nobody_concludes_before_the_answer_or_its_day(session, watched):
    case = watched.asked()
    args = session, watched.officer, watched.id, case.number
    nothing = Conclude(None, "đã rõ")

    with pytest.raises(Refused):
        conclude_case(*args, nothing, **DAYS)
    late = TODAY + timedelta(days=11)
    conclude_case(*args, nothing, today=late, now=NOW + timedelta(days=11))

    assert case.concluded
    assert told(session, NoticeKind.CASE_TO_DECIDE, watched.second) == 1


def test_the_lead_adds_to_its_answer_until_officers_conclude(session, watched):
    case = watched.asked()
    args = session, watched.lead, watched.id, case.number
    answer_case(*args, "cho siêu thị", **DAYS)
    answer_case(*args, "và chợ", **DAYS)
    conclude_case(session, watched.officer, *args[2:], Conclude(None, "đã rõ"), **DAYS)

    with pytest.raises(Refused):
        answer_case(*args, "quá muộn", **DAYS)
    events = list_events(session, watched.lead, watched.chain, "case", case.number)
    assert [one.event for one in events].count("case_answered") == 2
    assert "case_concluded" not in {one.event for one in events}


def test_who_concluded_does_not_decide(session, watched):
    case = watched.concluded()

    for deed in (
        lambda: decide_case(session, watched.officer, watched.id, case.number, **DAYS),
        lambda: reject_conclusion(
            session, watched.officer, watched.id, case.number, "không", now=NOW
        ),
    ):
        with pytest.raises(Refused):
            deed()


def test_the_database_itself_keeps_four_eyes_on_a_case(session, watched):
    case = watched.concluded()

    case.state, case.decided_on = CaseState.DECLINED, TODAY
    case.decided_by_id = watched.officer.user_id
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_case_that_finds_nothing_is_declined_and_closed(session, watched):
    case = watched.concluded()
    args = session, watched.second, watched.id, case.number

    decide_case(*args, **DAYS)
    assert case.state is CaseState.DECLINED
    assert told(session, NoticeKind.CASE_DECIDED, watched.lead) == 1

    close_case(*args, **DAYS)
    assert case.state is CaseState.CLOSED


def test_a_serious_case_fails_the_chain_until_it_is_mended(session, watched):
    case = watched.concluded(FindingSeverity.SERIOUS)
    args = session, watched.second, watched.id, case.number

    decide_case(*args, **DAYS)

    results = look_at(session, watched.chain, today=TODAY)
    assert next(r for r in results if r.code == "S7").reason == "open_finding"
    with pytest.raises(Refused):
        close_case(*args, **DAYS)

    finding = watched.id, case.finding.number
    answer_finding(session, watched.lead, *finding, "đã sửa", now=NOW)
    accept_correction(session, watched.officer, *finding, **DAYS)
    close_case(*args, **DAYS)
    assert case.state is CaseState.CLOSED


def test_a_conclusion_that_is_not_shared_is_written_anew(session, watched):
    case = watched.concluded(FindingSeverity.MINOR)
    args = watched.id, case.number

    reject_conclusion(session, watched.second, *args, "nặng hơn", now=NOW)
    assert not case.concluded
    said = Conclude(FindingSeverity.SERIOUS, "nặng", "làm lại")
    conclude_case(session, watched.second, *args, said, **DAYS)
    decide_case(session, watched.officer, *args, **DAYS)

    assert case.state is CaseState.ADDRESSED


def test_a_fault_without_measures_is_no_conclusion(session, watched):
    case = watched.asked()
    args = watched.id, case.number
    answer_case(session, watched.lead, *args, "cho siêu thị", **DAYS)

    said = Conclude(FindingSeverity.MINOR, "có lỗi")
    with pytest.raises(Refused):
        conclude_case(session, watched.officer, *args, said, **DAYS)


def test_a_lead_that_is_silent_is_told_with_the_officers(session, watched):
    watched.asked()
    late = TODAY + timedelta(days=11)

    warn_overdue(session, today=late, now=NOW)

    assert told(session, NoticeKind.CASE_OVERDUE, watched.lead) == 1
    assert told(session, NoticeKind.CASE_OVERDUE, watched.officer) == 1


def test_strangers_find_no_case(session, make, watched):
    case = watched.asked()

    for who in (make.member(), make.officer("D116")):
        with pytest.raises(NotFound):
            access_record(session, who, watched.id, MonitoringCase, case.number)


DEEDS = ("activate", "answer", "conclude", "decide", "reject", "close")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.booleans()),
        max_size=12,
    )
)
@pytest.mark.databases("sqlite")
def test_no_order_of_deeds_decides_a_case_with_two_eyes(session, make, steps):
    """Whatever three people try in whatever order: two officers are behind it."""
    watched = Watched(session, make, chain_of(session, make, make.organisation()))
    case = watched.opened()
    people = [watched.officer, watched.second, watched.lead]

    for deed, person, wrong in steps:
        try:
            with session.begin_nested():
                _try(session, watched, case, deed, people[person], wrong)
        except Refused:
            continue

    session.refresh(case)
    if case.decided_by_id is not None:
        officers = {watched.officer.user_id, watched.second.user_id}
        assert {case.decided_by_id, case.concluded_by_id} == officers
    assert (case.decided_by_id is not None) == (
        case.state in (CaseState.ADDRESSED, CaseState.DECLINED, CaseState.CLOSED)
    )


def _try(session, watched, case, deed, who, wrong):
    args = session, who, watched.id, case.number
    if deed == "activate":
        activate_case(*args, **DAYS)
    elif deed == "answer":
        answer_case(*args, "trả lời", **DAYS)
    elif deed == "conclude":
        severity = FindingSeverity.MINOR if wrong else None
        conclude_case(*args, Conclude(severity, "rõ", "sửa"), **DAYS)
    elif deed == "decide":
        decide_case(*args, **DAYS)
    elif deed == "reject":
        reject_conclusion(*args, "không", now=NOW)
    else:
        close_case(*args, **DAYS)


def test_a_case_that_found_something_serious_is_no_visit(session, watched):
    """S7 asks for a visit within a year, whatever cases found and mended."""
    case = watched.concluded(FindingSeverity.SERIOUS)
    args = watched.id, case.number
    decide_case(session, watched.second, *args, **DAYS)
    finding = watched.id, case.finding.number
    answer_finding(session, watched.lead, *finding, "đã sửa", now=NOW)
    accept_correction(session, watched.officer, *finding, **DAYS)

    results = look_at(session, watched.chain, today=TODAY)
    assert next(r for r in results if r.code == "S7").reason == "post_check_due"
    assert [(one.kind, one.passed) for one in watched.chain.facts] == [("case", False)]
