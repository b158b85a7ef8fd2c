"""Call-offs beside force majeure: only what is still there is called or confirmed."""

from __future__ import annotations

import pytest

from marketplace.domain.call_offs import CallOffState, FrameTerms
from marketplace.domain.errors import Refused
from marketplace.domain.majeure import Hindered
from marketplace.services.call_off_sums import sums_of_frame
from marketplace.services.invariants import find_violations
from marketplace.services.majeure_answers import acknowledge_notice
from tests.calling import SUM, TERMS, Framed, week
from tests.factories import NOW, TODAY
from tests.majeure_rows import told

WIDE = FrameTerms(1_000, 8_000, 3, 24, TERMS.first_week, TERMS.last_week)


@pytest.fixture
def framed(session, make):
    return Framed(session, make)


def struck(framed, kg, line=1):
    return told(framed.session, framed.seller, framed.contract, Hindered(line, kg))


def stands(framed, notice):
    session, number = framed.session, notice.number
    acknowledge_notice(session, framed.buyer, framed.id, number, now=NOW)


def broken(session):
    found = find_violations(session)
    return [one for one in found if one.rule != "both sides accepted what is agreed"]


def sums(framed, frame):
    found = sums_of_frame(framed.session, frame, TODAY)
    parts = (found.called_kg, found.waiting_kg, found.left_kg, found.other_kg)
    assert sum(parts) == found.total_kg
    return parts


def test_nothing_is_called_while_a_notice_on_the_delivery_waits(session, framed):
    framed.agreed()
    notice = struck(framed, 5_000)

    with pytest.raises(Refused, match="bất khả kháng"):
        framed.call(week(0))

    stands(framed, notice)
    assert framed.call(week(0)).state is CallOffState.POSTED


def test_no_more_is_called_than_the_loss_has_left(session, framed):
    frame = framed.agreed(WIDE)
    stands(framed, struck(framed, 7_000))

    with pytest.raises(Refused):
        framed.call(week(0, 5_001))

    framed.answer(framed.call(week(0, 5_000)))
    assert sums(framed, frame) == (5_000, 0, 0, 7_000)
    assert broken(session) == []


def test_another_call_without_an_answer_takes_nothing_of_a_confirmed_one(
    session, framed
):
    framed.agreed(WIDE)
    first, second = framed.call(week(0, 6_000)), framed.call(week(1, 6_000))
    stands(framed, struck(framed, 4_000))

    framed.answer(second)

    assert second.state is CallOffState.CONFIRMED
    with pytest.raises(Refused):
        framed.answer(first)
    framed.answer(first, 2_000, "Lũ cuốn mất")
    assert broken(session) == []


def test_what_a_waiting_notice_tells_of_is_not_confirmed(session, framed):
    framed.agreed()
    call = framed.call(week(0))
    struck(framed, SUM)

    with pytest.raises(Refused):
        framed.answer(call)

    assert broken(session) == []


def test_what_was_called_counts_as_its_delivery_holds_now(session, framed):
    frame = framed.agreed()
    framed.answer(framed.call(week(0)))
    assert sums(framed, frame) == (3_000, 0, 9_000, 0)

    stands(framed, struck(framed, 1_000, line=2))

    assert sums(framed, frame) == (2_000, 0, 9_000, 1_000)
