"""Post-checks: planned, done with a list, given up; who may, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.chain_time import known_on
from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.monitoring import (
    CheckState,
    PointAnswer,
    check_seen,
)
from marketplace.domain.words import NoticeKind
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_facts import facts_of
from marketplace.services.monitoring_checks import cancel_check, checks_waiting
from models.chains import ChainEvaluation
from models.monitoring import Nonconformity
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, answers, holds, told

DAY = timedelta(days=1)


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def test_a_check_that_finds_nothing_is_what_the_chain_waited_for(session, watched):
    check = watched.checked()

    assert check.state is CheckState.DONE
    assert check.passed
    assert check.findings == []
    assert holds(watched, "S7").holds
    assert told(session, NoticeKind.CHECK_DONE, watched.lead) == 1


def test_the_next_check_is_planned_with_the_last_one(watched):
    check = watched.checked()

    waiting = checks_waiting(watched.session, watched.officer, until=check.next_due_on)

    assert [one.planned_on for one in waiting] == [check.next_due_on]


def test_every_fault_of_a_check_is_a_finding_with_its_day(session, watched):
    check = watched.checked(inputs=PointAnswer.SERIOUS, records=PointAnswer.MINOR)

    due = {str(one.severity): (one.due_on - TODAY).days for one in check.findings}
    assert due == {"serious": 15, "minor": 30}
    assert not check.passed
    assert holds(watched, "S7").reason == "open_finding"
    assert told(session, NoticeKind.FINDING_OPENED, watched.lead) == 2


def test_a_minor_fault_alone_does_not_fail_a_check(watched):
    check = watched.checked(records=PointAnswer.MINOR)

    assert check.passed
    assert holds(watched, "S7").holds


def test_a_check_answers_every_point_and_says_what_is_wrong():
    with pytest.raises(Refused):
        check_seen(answers()[:-1])
    with pytest.raises(Refused):
        check_seen([])
    wordless = [one.__class__(one.point, PointAnswer.MINOR) for one in answers()]
    with pytest.raises(Refused):
        check_seen(wordless)
    unseen = [one.__class__(one.point, PointAnswer.NOT_SEEN) for one in answers()]
    with pytest.raises(Refused):
        check_seen(unseen)


def test_a_planned_check_may_be_given_up_with_a_reason_and_then_not_be_done(watched):
    check = watched.planned()
    args = watched.session, watched.officer, watched.id, check.number

    with pytest.raises(Refused):
        cancel_check(*args, " ", now=NOW)
    cancel_check(*args, "mưa lũ", now=NOW)

    assert check.state is CheckState.CANCELLED
    with pytest.raises(Refused):
        cancel_check(*args, "lại", now=NOW)


def test_a_check_is_not_planned_for_a_day_that_has_passed(watched):
    with pytest.raises(Refused):
        watched.planned(day=-1)


def test_only_officers_of_the_area_who_belong_to_no_party_monitor(
    session, make, watched
):
    watched.officer = watched.lead
    with pytest.raises(NotFound):
        watched.planned()

    watched.officer = make.officer("D116")
    with pytest.raises(NotFound):
        watched.planned()

    watched.officer = watched.second
    user = session.get_one(Nonconformity.found_by.mapper.class_, watched.second.user_id)
    make.membership(watched.chain.lead, user=user)
    with pytest.raises(Refused):
        watched.planned()


def test_a_visit_of_days_ago_changes_no_day_before_it_was_written_down(
    session, watched
):
    """S7 of a past day is judged by what was known by its end."""
    watched.chain.submitted_at = NOW - timedelta(days=30)
    evaluate_chain(session, watched.chain.id, today=TODAY - DAY, now=NOW - DAY)

    check = watched.checked(done_on=TODAY - 10 * DAY, inputs=PointAnswer.SERIOUS)

    (fact,) = watched.chain.facts
    assert (fact.on, fact.recorded_on) == (TODAY - 10 * DAY, TODAY)
    (finding,) = check.findings
    assert finding.found_on == TODAY - 10 * DAY
    assert finding.due_on == TODAY + 15 * DAY
    known = known_on(facts_of(session, watched.chain), TODAY - DAY)
    assert known.post_checks == ()
    stored = sa.select(ChainEvaluation.on, ChainEvaluation.reason).where(
        ChainEvaluation.chain_id == watched.chain.id, ChainEvaluation.predicate == "S7"
    )
    assert session.execute(stored.order_by(ChainEvaluation.on)).all() == [
        (TODAY - 30 * DAY, "post_check_due"),
        (TODAY, "open_finding"),
    ]


def test_a_visit_of_today_is_known_on_its_day(watched):
    watched.checked()

    assert [fact.recorded_on for fact in watched.chain.facts] == [None]


@pytest.mark.parametrize("days", [-31, 1])
def test_nobody_visited_a_chain_before_it_was_sent_or_in_days_to_come(watched, days):
    watched.chain.submitted_at = NOW - timedelta(days=30)

    with pytest.raises(Refused) as refusal:
        watched.checked(done_on=TODAY + days * DAY)
    assert refusal.value.field == "done_on"
