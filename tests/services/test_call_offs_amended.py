"""Call-offs and amendments of one contract: one at a time, and each keeps the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.call_offs import CallOffState
from marketplace.domain.errors import Conflict, Refused
from marketplace.domain.words import Side
from marketplace.services.call_off_silence import accept_calls_silently
from marketplace.services.contract_content import content_of
from marketplace.services.invariants import find_violations
from marketplace.services.signing import current_version
from models.call_offs import CallOff
from tests.amending import amended, moved, proposed
from tests.calling import SUM, Framed, week
from tests.factories import NOW


@pytest.fixture
def framed(session, make):
    found = Framed(session, make)
    found.agreed()
    return found


def sides(framed):
    return {Side.SELLER: framed.seller, Side.BUYER: framed.buyer}


def plan(session, framed):
    content = content_of(current_version(session, framed.contract))
    return [(row["number"], row["kg"]) for row in content["delivery"]["tranches"]]


def test_an_amendment_waits_until_the_call_is_answered(session, framed):
    call = framed.call(week(0))

    with pytest.raises(Conflict, match="lần gọi hàng chờ trả lời"):
        proposed(session, framed.seller, framed.contract, price_vnd=15_000)
    framed.answer(call)

    proposed(session, framed.seller, framed.contract, price_vnd=15_000)


def test_goods_are_not_called_while_an_amendment_waits(session, framed):
    proposed(session, framed.seller, framed.contract, price_vnd=15_000)

    with pytest.raises(Refused, match="phụ lục chờ trả lời"):
        framed.call(week(0))


def test_no_call_is_confirmed_while_an_amendment_waits(session, framed):
    call = framed.call(week(0))
    call.state, call.answered_at = CallOffState.WITHDRAWN, NOW
    session.flush()
    proposed(session, framed.seller, framed.contract, price_vnd=15_000)
    names = {c.name for c in CallOff.__table__.columns} - {"id", "public_id"}
    late = CallOff(**{name: getattr(call, name) for name in names})
    late.state, late.answered_at = CallOffState.POSTED, None
    session.add(late)
    session.flush()

    with pytest.raises(Refused, match="phụ lục chờ trả lời"):
        framed.answer(late)
    accept_calls_silently(session, now=late.answer_by)

    assert late.state is CallOffState.LAPSED
    assert framed.lines() == [(1, SUM)]


def test_words_signed_later_name_the_deliveries_that_were_called(session, framed):
    framed.answer(framed.call(week(0)))
    assert plan(session, framed) == [(1, SUM)]

    amended(session, sides(framed), framed.contract, payment_days=10)

    assert plan(session, framed) == [(1, 9_000), (2, 3_000)] == framed.lines()
    assert find_violations(session) == []


def test_after_an_amendment_the_calls_go_on(session, framed):
    contract = framed.contract
    amended(
        session,
        sides(framed),
        contract,
        deliveries=(moved(contract, 1),),
        payment_days=9,
    )
    for number in range(2):
        framed.answer(framed.call(week(number)))

    assert framed.lines() == [(1, 6_000), (2, 3_000), (3, 3_000)]
    assert {line.version for line in contract.lines} == {contract.lines[0].version}
    assert find_violations(session) == []


def test_a_called_delivery_may_be_amended_as_any_other(session, framed):
    framed.answer(framed.call(week(0)))
    contract = framed.contract
    later = contract.lines[1].deliver_to + timedelta(days=1)

    change = moved(contract, 2, kg=2_000, last_day=later)
    amended(session, sides(framed), contract, deliveries=(change,))

    assert framed.lines() == [(1, 9_000), (2, 2_000)]
    assert contract.total_kg == 11_000
    framed.answer(framed.call(week(1)))
    assert find_violations(session) == []
