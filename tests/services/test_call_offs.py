"""Standing agreements: agreed by both, called by the week, never more than promised."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.domain.call_offs import Call, CallOffState, FrameState
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import ContractState, NoticeKind
from marketplace.services.call_off_frames import (
    answer_frame,
    default_terms,
    open_frame,
    source_of,
    sources_of,
)
from marketplace.services.call_off_silence import accept_calls_silently, end_frames
from marketplace.services.call_off_sums import sums_of_frame
from marketplace.services.call_offs import (
    answer_call_off,
    post_call_off,
    withdraw_call_off,
)
from marketplace.services.contract_events import first_broken_link
from marketplace.services.deliveries import planned_delivery, say_of_delivery
from marketplace.services.invariants import find_violations
from models.call_offs import CallOff, CallOffFrame
from models.contracts import Contract
from models.database import db
from models.notices import Letter, Notice
from tests.acting import at_once
from tests.calling import MONDAY, SUM, TERMS, WHEN, Framed, week
from tests.factories import NOW, TODAY, Make
from tests.worlds import undone


@pytest.fixture
def framed(session, make):
    return Framed(session, make)


def told(session, who, kind):
    wanted = select(Notice).where(Notice.user_id == who.user_id, Notice.kind == kind)
    return session.scalars(wanted).all()


def test_a_frame_binds_once_the_other_side_agrees(session, framed):
    frame = framed.proposed()
    with pytest.raises(Refused):
        framed.call(week(0))
    with pytest.raises(Refused):
        answer_frame(session, framed.buyer, framed.id, FrameState.AGREED, **WHEN)

    answer_frame(session, framed.seller, framed.id, FrameState.AGREED, **WHEN)

    assert frame.state is FrameState.AGREED
    assert len(told(session, framed.seller, NoticeKind.CALLOFF_FRAME_PROPOSED)) == 1
    assert len(told(session, framed.buyer, NoticeKind.CALLOFF_FRAME_ANSWERED)) == 1
    assert first_broken_link(framed.contract) is None


def test_a_contract_has_one_open_frame_and_the_database_holds_to_it(session, framed):
    frame = framed.agreed()

    with pytest.raises(Conflict):
        framed.proposed()
    columns = {c.name for c in CallOffFrame.__table__.columns} - {"id"}
    copy = CallOffFrame(**{name: getattr(frame, name) for name in columns})
    session.add(copy)
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_was_declined_or_withdrawn_makes_room_for_another(session, framed):
    framed.proposed()
    answer_frame(session, framed.seller, framed.id, FrameState.DECLINED, **WHEN)
    framed.proposed()
    answer_frame(session, framed.buyer, framed.id, FrameState.WITHDRAWN, **WHEN)

    assert open_frame(session, framed.contract) is None
    framed.agreed()


def test_the_rule_gives_notice_and_hours_to_begin_with(session, framed):
    [(_, source)] = sources_of(session, framed.contract, TODAY)

    terms = default_terms(session, source, TODAY)

    assert (terms.lead_days, terms.answer_hours) == (3, 24)
    assert framed.proposed(terms).most_kg <= SUM


def test_a_confirmed_call_becomes_a_delivery_and_the_sum_stays(session, framed):
    frame = framed.agreed()
    call = framed.call(week(0))

    framed.answer(call)
    framed.answer(call)

    assert framed.lines() == [(1, 9_000), (2, 3_000)]
    line = framed.contract.lines[1]
    assert (line.deliver_from, line.deliver_to) == (call.first_day, call.last_day)
    assert (call.delivery_line, sums_of_frame(session, frame, TODAY).called_kg) == (
        2,
        3_000,
    )
    assert source_of(session, frame, TODAY).left_kg == 9_000
    assert len(told(session, framed.buyer, NoticeKind.CALLOFF_CONFIRMED)) == 1
    assert find_violations(session) == []
    say_of_delivery(
        session, framed.seller, framed.id, 2, DeliveryWord.READY, now=NOW, today=TODAY
    )


def test_the_cooperative_may_say_how_much_it_can(session, framed):
    frame = framed.agreed()
    call, other = framed.call(week(0)), framed.call(week(1))

    framed.answer(call, 1_200)
    framed.answer(other, 0, "Mưa lớn, không hái được")

    assert (call.state, call.confirmed_kg) == (CallOffState.CONFIRMED, 1_200)
    assert other.state is CallOffState.DECLINED
    assert framed.lines() == [(1, 10_800), (2, 1_200)]
    assert source_of(session, frame, TODAY).left_kg == 10_800
    framed.call(week(1))


def test_no_needs_its_reason_and_more_than_called_is_refused(framed):
    framed.agreed()
    call = framed.call(week(0))

    with pytest.raises(Refused) as nothing:
        framed.answer(call, 0)
    with pytest.raises(Refused) as more:
        framed.answer(call, 3_001)

    assert (nothing.value.field, more.value.field) == ("text", "kg")


def test_silence_accepts_after_the_hours_and_not_before(session, framed):
    framed.agreed()
    call = framed.call(week(0))

    soon = NOW + timedelta(hours=23, minutes=59)
    assert accept_calls_silently(session, now=soon) == 0
    for _ in range(2):
        accept_calls_silently(session, now=NOW + timedelta(hours=24))

    assert (call.state, call.answered_by_id) == (CallOffState.CONFIRMED, None)
    assert framed.lines() == [(1, 9_000), (2, 3_000)]
    for who in (framed.seller, framed.buyer):
        assert len(told(session, who, NoticeKind.CALLOFF_CONFIRMED)) == 1
    assert framed.contract.events[-1].event == "call_off_by_silence"


def test_silence_accepts_nothing_of_a_contract_that_left_force(session, framed):
    framed.agreed()
    call = framed.call(week(0))
    framed.contract.state = ContractState.SUSPENDED
    session.flush()

    accept_calls_silently(session, now=NOW + timedelta(hours=24))

    assert call.state is CallOffState.LAPSED
    assert framed.lines() == [(1, SUM)]


@pytest.mark.parametrize(
    ("call", "field", "words"),
    [
        (week(0, 999), "kg", "ít nhất"),
        (week(0, 5_001), "kg", "nhiều nhất"),
        (week(4), "first_day", "ngoài các tuần"),
        (Call(3_000, MONDAY, MONDAY - timedelta(days=1)), "last_day", "cùng tuần"),
    ],
)
def test_out_of_the_band_is_refused_beside_its_field(framed, call, field, words):
    framed.agreed()

    with pytest.raises(Refused, match=words) as refusal:
        framed.call(call)

    assert refusal.value.field == field


def test_too_late_is_refused_with_the_earliest_day(framed):
    framed.agreed()
    today = week(0).first_day - timedelta(days=2)

    with pytest.raises(Refused) as refusal:
        framed.call(week(0), today=today)

    assert refusal.value.params["earliest"] == "05/08/2026"


def test_what_waits_for_an_answer_is_not_called_twice(framed):
    framed.agreed()
    for number in range(2):
        framed.call(week(number, 5_000))

    with pytest.raises(Refused) as refusal:
        framed.call(week(2, 2_001))
    framed.call(week(2, 2_000))

    assert refusal.value.params["left"] == "2.000"


def test_all_that_is_left_sets_the_delivery_itself_on_the_day(session, framed):
    frame = framed.agreed()
    for number, kg in enumerate((5_000, 5_000, 2_000)):
        framed.answer(framed.call(week(number, kg)))

    assert framed.lines() == [(1, 2_000), (2, 5_000), (3, 5_000)]
    delivery = planned_delivery(session, framed.contract, 1).delivery
    assert delivery.day == week(2).first_day
    assert source_of(session, frame, TODAY).left_kg == 0
    assert find_violations(session) == []


def test_the_buyer_takes_back_what_nobody_answered(session, framed):
    framed.agreed()
    call = framed.call(week(0))

    withdraw_call_off(session, framed.buyer, framed.id, call.week, now=NOW)

    assert call.state is CallOffState.WITHDRAWN
    with pytest.raises(Conflict):
        framed.answer(call)
    framed.call(week(0))


def test_each_side_does_its_own_and_strangers_nothing(session, make, framed):
    framed.agreed()
    call = framed.call(week(0))

    with pytest.raises(Refused):
        post_call_off(session, framed.seller, framed.id, week(1), **WHEN)
    with pytest.raises(Refused):
        answer_call_off(session, framed.buyer, framed.id, call.week, now=NOW)
    with pytest.raises(NotFound):
        answer_call_off(session, make.member(), framed.id, call.week, now=NOW)


def test_a_letter_goes_out_with_each_call(session, framed):
    framed.agreed()

    framed.call(week(0))

    kind = NoticeKind.CALLOFF_POSTED
    assert session.scalars(select(Letter).where(Letter.kind == kind)).all()


def test_once_the_weeks_are_over_there_is_room_for_another(session, framed):
    frame = framed.agreed()

    end_frames(session, today=MONDAY + timedelta(days=27), now=NOW)
    assert frame.state is FrameState.AGREED
    end_frames(session, today=MONDAY + timedelta(days=28), now=NOW)

    assert frame.state is FrameState.ENDED


def test_the_database_lets_no_delivery_grow_or_shrink_by_itself(session, framed):
    for change in ("kg + 1", "kg - 1"):
        update = sa.text(f"UPDATE contract_lines SET kg = {change}")
        with pytest.raises(DBAPIError, match="as_signed"), session.begin_nested():
            session.execute(update)


@settings(max_examples=10, deadline=None)
@given(
    moves=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 6_000),
            st.sampled_from(["yes", "less", "no", "back", "silence", "wait"]),
        ),
        max_size=8,
    )
)
@pytest.mark.databases("sqlite")
def test_whatever_is_called_and_answered_the_sum_stays(session, make, moves):
    with undone(session):
        framed = Framed(session, make)
        frame = framed.agreed()
        for number, kg, answer in moves:
            _try(framed, week(number, kg), answer)

        assert sum(kg for _, kg in framed.lines()) == SUM == framed.contract.total_kg
        assert sums_of_frame(session, frame, TODAY).called_kg <= SUM
        for call in frame.calls:
            assert call.kg <= TERMS.most_kg
        assert find_violations(session) == []


def _try(framed, call, answer):
    try:
        row = framed.call(call)
        if answer == "silence":
            accept_calls_silently(framed.session, now=row.answer_by)
        elif answer == "back":
            buyer, now = framed.buyer, NOW
            withdraw_call_off(framed.session, buyer, framed.id, row.week, now=now)
        elif answer != "wait":
            kg = {"yes": None, "less": row.kg // 2, "no": 0}[answer]
            framed.answer(row, kg, "Không đủ xe")
    except Refused:
        pass


def test_two_calls_for_a_week_at_once_leave_one(fresh_app):
    with fresh_app.app_context():
        framed = Framed(db.session(), Make(db.session()))
        framed.agreed()
        contract_id, number, buyer = framed.contract.id, framed.id, framed.buyer
        db.session.commit()

    told = at_once(
        fresh_app,
        [
            lambda session: post_call_off(session, buyer, number, week(0), **WHEN)
            for _ in range(2)
        ],
    )

    with fresh_app.app_context():
        calls = db.session.scalars(select(CallOff)).all()
        contract = db.session.get_one(Contract, contract_id)
        assert (told.count("done"), len(calls)) == (1, 1)
        assert [line.kg for line in contract.lines] == [SUM]
        assert find_violations(db.session()) == []


def test_confirmed_by_hand_and_by_the_clock_at_once_is_one_delivery(fresh_app):
    with fresh_app.app_context():
        framed = Framed(db.session(), Make(db.session()))
        framed.agreed()
        call = framed.call(week(0))
        contract_id, number, seller = framed.contract.id, framed.id, framed.seller
        late, monday = call.answer_by, call.week
        db.session.commit()

    def by_hand(session):
        answer_call_off(session, seller, number, monday, now=NOW)

    def by_the_clock(session):
        accept_calls_silently(session, now=late)

    told = at_once(fresh_app, [by_hand, by_the_clock, by_hand, by_the_clock])

    with fresh_app.app_context():
        contract = db.session.get_one(Contract, contract_id)
        assert told.count("done") == 4
        assert [line.kg for line in contract.lines] == [9_000, 3_000]
        assert db.session.scalars(select(CallOff)).one().delivery_line == 2
        assert find_violations(db.session()) == []
