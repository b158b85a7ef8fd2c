"""Monitoring of chains: checks, samples, faults that are mended, stops, and nights."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from marketplace.domain.errors import NotFound, Refused
from marketplace.domain.monitoring import (
    CheckState,
    FindingState,
    Measured,
    PointAnswer,
    SampleAnalysed,
    SampleState,
    check_seen,
)
from marketplace.domain.words import ChainState, NoticeKind
from marketplace.services.chains import look_at
from marketplace.services.evidence import (
    access_file,
    files_of,
    prepare_file,
)
from marketplace.services.monitoring import list_events
from marketplace.services.monitoring_checks import cancel_check, checks_waiting
from marketplace.services.monitoring_findings import (
    accept_correction,
    answer_finding,
    findings_waiting,
    refuse_correction,
)
from marketplace.services.monitoring_night import propose_dormant, warn_overdue
from marketplace.services.monitoring_samples import record_analysis, spoil_sample
from marketplace.services.monitoring_stops import (
    confirm_dormancy,
    declare_resumption,
    declare_stop,
    dormant_chains,
)
from models.monitoring import ChainEvent, Nonconformity
from models.notices import Notice
from tests.factories import NOW, TODAY
from tests.monitoring_rows import Watched, answers, chain_of
from tests.photo_rows import jpeg

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def watched(session, make):
    return Watched(session, make)


def told(session, kind, who):
    """Whether somebody was told of this kind of thing."""
    found = sa.select(sa.func.count()).where(
        Notice.kind == kind, Notice.user_id == who.user_id
    )
    return session.scalar(found)


def holds(watched, code, today=TODAY):
    """How a predicate stands."""
    results = look_at(watched.session, watched.chain, today=today)
    return next(one for one in results if one.code == code)


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


def test_a_sample_within_its_limits_passes(watched):
    sample = watched.analysed("0.5")

    assert sample.state is SampleState.ANALYSED
    assert sample.passed
    assert holds(watched, "S5").holds


def test_a_sample_over_its_limit_is_a_serious_fault_at_once(session, watched):
    sample = watched.analysed("0.51")

    (finding,) = sample.findings
    assert not sample.passed
    assert finding.text == "Carbendazim 0,51 > 0,5 mg/kg"
    assert holds(watched, "S5").reason == "failed_sample"
    assert told(session, NoticeKind.FINDING_OPENED, watched.lead) == 1


def test_a_sample_has_its_code_once_and_is_answered_once(watched):
    sample = watched.analysed()

    with pytest.raises(Refused):
        watched.taken()
    with pytest.raises(Refused):
        spoil_sample(
            watched.session, watched.officer, watched.id, sample.number, "vỡ", now=NOW
        )


def test_a_spoilt_sample_says_nothing_about_the_chain(watched):
    sample = watched.taken()

    spoil_sample(
        watched.session, watched.officer, watched.id, sample.number, "vỡ", now=NOW
    )

    assert holds(watched, "S5").reason == "no_recent_sample"


def test_a_laboratory_measures_something_and_nothing_below_nought(watched):
    sample = watched.taken()
    args = watched.session, watched.officer, watched.id, sample.number

    for measured in ((), (Measured("Chì", Decimal(-1), Decimal(1)),)):
        with pytest.raises(Refused):
            record_analysis(*args, SampleAnalysed(measured), today=TODAY, now=NOW)


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
    files = files_of(session, events)[events[1].id]
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


def test_what_is_late_is_told_to_both_sides_once_a_week(session, watched):
    watched.found()
    late = TODAY + timedelta(days=16)

    for day in (0, 1, 7):
        moment = NOW + timedelta(days=16 + day)
        warn_overdue(session, today=late + timedelta(days=day), now=moment)

    assert told(session, NoticeKind.FINDING_OVERDUE, watched.lead) == 2
    assert told(session, NoticeKind.FINDING_OVERDUE, watched.officer) == 2


def test_a_visit_that_was_not_made_is_told_to_both_sides(session, watched):
    watched.planned(day=3)

    assert warn_overdue(session, today=TODAY + timedelta(days=3), now=NOW) == 0
    assert warn_overdue(session, today=TODAY + timedelta(days=4), now=NOW) == 1
    assert told(session, NoticeKind.CHECK_OVERDUE, watched.lead) == 1


def test_a_lead_stops_its_chain_and_takes_it_up_again(session, watched):
    args = session, watched.lead, watched.id

    declare_stop(*args, "bán tự do", today=TODAY, now=NOW)
    with pytest.raises(Refused):
        declare_stop(*args, "lần nữa", today=TODAY, now=NOW)
    assert watched.chain.state is ChainState.STOPPED

    later = TODAY + timedelta(days=1)
    declare_resumption(*args, "có người mua", today=later, now=NOW)
    assert watched.chain.state is ChainState.SUBMITTED
    with pytest.raises(Refused):
        declare_resumption(*args, "lần nữa", today=later, now=NOW)


def test_nobody_but_the_lead_declares_a_stop(session, make, watched):
    for who in (make.member(), watched.officer):
        with pytest.raises(NotFound):
            declare_stop(session, who, watched.id, "dừng", today=TODAY, now=NOW)


def test_a_chain_without_a_delivery_for_two_seasons_is_stopped_by_an_officer(
    session, watched
):
    watched.recognised(days_ago=731)

    assert propose_dormant(session, today=TODAY, now=NOW) == 1
    assert told(session, NoticeKind.CHAIN_DORMANT, watched.officer) == 1
    (sleeping,) = dormant_chains(session, watched.officer, today=TODAY)
    assert sleeping.since == TODAY - timedelta(days=731)
    assert dormant_chains(session, watched.lead, today=TODAY) == []

    confirm_dormancy(
        session, watched.officer, watched.id, "không ai giao", today=TODAY, now=NOW
    )
    assert watched.chain.state is ChainState.STOPPED


def test_a_chain_that_is_young_does_not_sleep(session, watched):
    watched.recognised(days_ago=729)

    with pytest.raises(Refused):
        confirm_dormancy(
            session, watched.officer, watched.id, "ngủ", today=TODAY, now=NOW
        )


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
