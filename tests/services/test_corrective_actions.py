"""Corrective actions: who does what until when, done with evidence, accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.monitoring import FindingState, PlanAction
from marketplace.domain.words import NoticeKind
from marketplace.services.corrective_actions import (
    accept_action,
    actions_of,
    actions_open,
    actions_waiting,
    count_overdue,
    finish_action,
    plan_action,
    return_action,
)
from marketplace.services.evidence import files_of, prepare_file
from marketplace.services.monitoring import list_events
from marketplace.services.monitoring_findings import accept_correction, answer_finding
from marketplace.services.monitoring_night import warn_overdue
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, told

DAYS = {"today": TODAY, "now": NOW}
DAY = timedelta(days=1)


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def planned(session, watched, days=5):
    """Something to do about a serious finding, by a person, within days."""
    finding = watched.found()
    command = PlanAction("ghi bù sổ", "Chị Hoa", TODAY + days * DAY)
    args = session, watched.lead, watched.id, finding.number, command
    return plan_action(*args, **DAYS)


def test_an_action_is_planned_done_with_evidence_and_accepted(session, watched):
    action = planned(session, watched)
    args = watched.id, action.number
    assert (action.what, action.person) == ("ghi bù sổ", "Chị Hoa")
    assert actions_waiting(session, watched.lead) == [action]
    assert actions_waiting(session, watched.officer) == []

    files = [prepare_file("so.pdf", b"%PDF-1.7")]
    finish_action(session, watched.lead, *args, "đã ghi bù", files, **DAYS)
    assert actions_waiting(session, watched.lead) == []
    assert actions_waiting(session, watched.officer) == [action]
    assert told(session, NoticeKind.FINDING_ANSWERED, watched.officer) == 1

    accept_action(session, watched.officer, *args, **DAYS)
    assert (action.accepted_on, action.accepted_by_id) == (
        TODAY,
        watched.officer.user_id,
    )
    assert actions_open(session, watched.officer) == []
    events = list_events(session, watched.lead, watched.chain, "action", 1)
    assert [one.event for one in events] == [
        "action_planned",
        "action_done",
        "action_accepted",
    ]
    assert len(files_of(session, [one.id for one in events])[events[1].id]) == 1


def test_what_is_not_done_is_asked_for_again(session, watched):
    action = planned(session, watched)
    args = watched.id, action.number
    with pytest.raises(Refused):
        accept_action(session, watched.officer, *args, **DAYS)
    finish_action(session, watched.lead, *args, "xong", **DAYS)
    with pytest.raises(Refused):
        finish_action(session, watched.lead, *args, "xong", **DAYS)

    return_action(session, watched.officer, *args, "còn thiếu tuần cuối", now=NOW)

    assert action.done_on is None
    assert actions_waiting(session, watched.lead) == [action]


def test_a_finding_is_closed_only_once_its_actions_are_accepted(session, watched):
    action = planned(session, watched)
    finding = action.finding
    assert actions_of(session, finding) == [action]
    answer_finding(session, watched.lead, watched.id, finding.number, "sửa", now=NOW)
    args = session, watched.second, watched.id
    with pytest.raises(Refused):
        accept_correction(*args, finding.number, **DAYS)

    finish_action(session, watched.lead, watched.id, action.number, "xong", **DAYS)
    accept_action(*args, action.number, **DAYS)
    accept_correction(*args, finding.number, **DAYS)

    assert finding.state is FindingState.CLOSED
    command = PlanAction("thêm", "Anh Nam", TODAY)
    with pytest.raises(Refused):
        plan_action(session, watched.lead, watched.id, finding.number, command, **DAYS)


def test_what_is_late_is_counted_and_told_to_both_sides_once_a_week(session, watched):
    planned(session, watched)
    late = TODAY + 6 * DAY
    assert count_overdue(session, watched.officer, today=late - DAY) == 0
    assert count_overdue(session, watched.officer, today=late) == 1

    for days in (0, 1, 7):
        warn_overdue(session, today=late + days * DAY, now=NOW + (6 + days) * DAY)

    assert told(session, NoticeKind.FINDING_OVERDUE, watched.lead) == 2
    assert told(session, NoticeKind.FINDING_OVERDUE, watched.officer) == 2


def test_only_the_lead_plans_and_only_officers_accept(session, make, watched):
    action = planned(session, watched)
    number = action.finding.number
    command = PlanAction("thay", "Anh Nam", TODAY)
    for who in (make.member(), watched.officer):
        with pytest.raises(NotFound):
            plan_action(session, who, watched.id, number, command, **DAYS)
    with pytest.raises(NotFound):
        accept_action(session, watched.lead, watched.id, action.number, **DAYS)
    for wrong in (
        PlanAction("làm", "Chị Hoa", TODAY - DAY),
        PlanAction(" ", "Chị Hoa", TODAY),
        PlanAction("làm", "", TODAY),
    ):
        with pytest.raises(Refused):
            plan_action(session, watched.lead, watched.id, number, wrong, **DAYS)


def test_the_database_itself_keeps_four_eyes(session, watched):
    action = planned(session, watched)
    finish_action(session, watched.lead, watched.id, action.number, "xong", **DAYS)
    session.flush()

    action.accepted_on, action.accepted_by_id = TODAY, watched.lead.user_id
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_the_database_keeps_what_was_planned(session, watched):
    action = planned(session, watched)
    session.flush()

    action.what = "khác"
    with pytest.raises(DatabaseError, match="frozen"), session.begin_nested():
        session.flush()
