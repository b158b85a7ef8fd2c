"""A standing agreement ends early where both want it; invariants watch over all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.call_offs import EndWord, FrameState
from marketplace.domain.deliveries import DeliveryState
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.domain.words import NoticeKind
from marketplace.services.call_off_endings import say_of_ending
from marketplace.services.call_off_silence import end_frames
from marketplace.services.deliveries import planned_delivery
from marketplace.services.invariants import find_violations
from marketplace.services.releases import release_free
from models.call_offs import CallOff, CallOffFrame
from models.contracts import ContractLine
from models.jobs import Job
from models.notices import Notice
from tests.amending import proposed
from tests.calling import MONDAY, SUM, Framed, week
from tests.factories import NOW


@pytest.fixture
def framed(session, make):
    found = Framed(session, make)
    found.agreed()
    return found


def say(session, framed, who, word):
    return say_of_ending(session, who, framed.id, word, now=NOW)


def ended(session, framed):
    say(session, framed, framed.buyer, EndWord.ASK)
    return say(session, framed, framed.seller, EndWord.AGREE)


def test_it_ends_where_the_other_side_agrees_and_not_before(session, framed):
    frame = say(session, framed, framed.buyer, EndWord.ASK)
    assert frame.state is FrameState.AGREED
    with pytest.raises(Refused):
        say(session, framed, framed.buyer, EndWord.AGREE)

    say(session, framed, framed.seller, EndWord.AGREE)

    assert (frame.state, frame.end_asked_by) == (FrameState.ENDED, None)
    assert framed.contract.events[-1].event == "frame_ended_early"
    for who, kind in (
        (framed.seller, NoticeKind.CALLOFF_END_ASKED),
        (framed.buyer, NoticeKind.CALLOFF_FRAME_ENDED),
    ):
        wanted = sa.select(Notice).where(
            Notice.user_id == who.user_id, Notice.kind == kind
        )
        assert len(session.scalars(wanted).all()) == 1


def test_what_nobody_called_goes_back_to_both_and_is_matched_again(session, framed):
    framed.answer(framed.call(week(0)))
    tranche, harvest = framed.contract.lines[0].tranche, framed.contract.harvest
    session.execute(sa.delete(Job))

    ended(session, framed)

    for row in (tranche, harvest):
        session.refresh(row)
        assert row.promised_kg == 3_000
    assert framed.contract.lines[0].released_kg == 9_000
    delivery = planned_delivery(session, framed.contract, 1).delivery
    assert delivery.state is DeliveryState.CANCELLED
    assert framed.contract.lines[1].released_kg == 0
    assert session.scalars(sa.select(Job.kind)).all()
    assert find_violations(session) == []


def test_where_all_is_called_nothing_goes_back(session, framed):
    for number, kg in enumerate((5_000, 5_000, 2_000)):
        framed.answer(framed.call(week(number, kg)))

    ended(session, framed)

    assert [line.released_kg for line in framed.contract.lines] == [0, 0, 0]
    delivery = planned_delivery(session, framed.contract, 1).delivery
    assert delivery.state is not DeliveryState.CANCELLED


def test_whoever_asked_takes_it_back_and_the_other_may_decline(session, framed):
    for who, word in (
        (framed.buyer, EndWord.WITHDRAW),
        (framed.seller, EndWord.DECLINE),
    ):
        frame = say(session, framed, framed.buyer, EndWord.ASK)
        say(session, framed, who, word)
        assert (frame.state, frame.end_asked_by) == (FrameState.AGREED, None)

    with pytest.raises(Conflict):
        say(session, framed, framed.seller, EndWord.AGREE)
    framed.call(week(0))


def test_it_does_not_end_while_a_call_or_an_amendment_waits(session, framed):
    say(session, framed, framed.seller, EndWord.ASK)
    call = framed.call(week(0))
    with pytest.raises(Refused, match="lần gọi hàng chờ trả lời"):
        say(session, framed, framed.buyer, EndWord.AGREE)
    framed.answer(call)
    proposed(session, framed.seller, framed.contract, price_vnd=15_000)

    with pytest.raises(Refused, match="phụ lục"):
        say(session, framed, framed.buyer, EndWord.AGREE)


def test_strangers_end_nothing(session, make, framed):
    with pytest.raises(NotFound):
        say(session, framed, make.member(), EndWord.ASK)


def test_what_is_uncalled_when_the_weeks_are_over_goes_back_as_anything_late(
    session, framed
):
    framed.answer(framed.call(week(0)))
    say(session, framed, framed.buyer, EndWord.ASK)
    say(session, framed, framed.seller, EndWord.DECLINE)
    # Something is written down of this contract, so what is missing is known.
    framed.ready(2)
    later = MONDAY + timedelta(days=60)

    end_frames(session, today=later, now=NOW)
    freed = release_free(session, framed.contract.id, today=later, now=NOW)

    assert freed == SUM
    assert [line.released_kg for line in framed.contract.lines] == [9_000, 3_000]
    assert find_violations(session) == []


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        (CallOff, {"confirmed_kg": 2_999}, "a confirmed call-off is a delivery"),
        (CallOff, {"delivery_line": 1}, "a confirmed call-off is a delivery"),
        (CallOff, {"delivery_line": 1}, "exactly one call-off"),
        (CallOff, {"last_day": MONDAY + timedelta(days=9)}, "a week of its agreement"),
        (CallOffFrame, {"first_week": MONDAY + timedelta(7)}, "week of its agreement"),
        (CallOffFrame, {"most_kg": 2_000}, "within the band"),
        (ContractLine, {"kg": 2_900}, "a contract's lines sum to its total"),
        (ContractLine, {"called_from": None}, "whose plan has changed"),
    ],
)
def test_the_invariants_find_what_contradicts_an_agreement(
    session, framed, table, change, rule
):
    framed.answer(framed.call(week(0)))
    if "called_from" in change:
        framed.answer(framed.call(week(1)))
    guards_off(session, table.__tablename__)

    row = sa.update(table).values(**change)
    if table is ContractLine:
        row = row.where(ContractLine.number == 2)
    session.execute(row.execution_options(synchronize_session=False))

    assert any(rule in one.rule for one in find_violations(session))


def test_less_than_the_least_is_found_where_more_was_called_after_it(session, framed):
    framed.answer(framed.call(week(0)))
    framed.call(week(1))
    guards_off(session, "call_offs")
    first, second = session.scalars(sa.select(CallOff).order_by(CallOff.id))
    framed.answer(second)
    for row, values in (
        (first, {"kg": 900, "confirmed_kg": 900}),
        (second, {"posted_at": NOW + timedelta(hours=1)}),
    ):
        found = sa.update(CallOff).where(CallOff.id == row.id).values(**values)
        session.execute(found.execution_options(synchronize_session=False))

    rules = {one.rule for one in find_violations(session)}

    assert "less than the band's least is called only as the rest" in rules


def guards_off(session, table):
    """Rows that no service writes; the whole is undone after the test."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    for (name,) in connection.exec_driver_sql(wanted, (table,)).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
