"""What falls free of a planned delivery: every kilogram is counted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deliveries import Delivery, DeliveryState
from marketplace.domain.releases import Balance, is_over

DAY = date(2026, 6, 20)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["note", "void", "reject", "release", "refuse"]),
        st.integers(1, 500),
    ),
    max_size=30,
)


def step(balance, what, kg):
    """One step as the services take it; a delivery that gave back takes no load."""
    match what:
        case "note":
            taken = 0 if balance.released_kg else min(kg, 1_050 - balance.noted_kg)
            return replace(balance, noted_kg=balance.noted_kg + taken)
        case "void":  # never of what was inspected
            gone = min(kg, balance.noted_kg - balance.rejected_kg)
            return replace(balance, noted_kg=balance.noted_kg - gone)
        case "reject":
            more = min(kg, balance.noted_kg - balance.rejected_kg)
            return replace(balance, rejected_kg=balance.rejected_kg + more)
        case "release":
            released = balance.released_kg + balance.missing_kg
            return replace(balance, released_kg=released)
        case _:
            refused = balance.refused_kg + balance.unmet_kg
            return replace(balance, refused_kg=refused)


@given(STEPS)
def test_kilograms_never_appear_or_vanish(steps):
    balance = Balance(1_000)
    for what, kg in steps:
        balance = step(balance, what, kg)
        held_of_harvest = balance.kg - balance.released_kg
        held_of_tranche = held_of_harvest - balance.refused_kg

        assert 0 <= held_of_tranche <= held_of_harvest <= balance.kg
        if balance.released_kg:
            assert balance.released_kg + balance.noted_kg <= balance.kg
        assert balance.refused_kg <= balance.rejected_kg


@given(STEPS)
def test_what_went_back_does_not_go_back_again(steps):
    balance = Balance(1_000)
    for what, kg in steps:
        balance = step(balance, what, kg)

    once = step(step(balance, "release", 1), "refuse", 1)

    assert (once.missing_kg, once.unmet_kg) == (0, 0)
    assert step(step(once, "release", 1), "refuse", 1) == once


@given(st.integers(0, 1_000), st.data())
def test_all_that_was_promised_is_delivered_or_free_in_the_end(noted, data):
    rejected = data.draw(st.integers(0, noted))
    balance = Balance(1_000, noted, rejected)

    done = step(step(balance, "release", 1), "refuse", 1)

    assert done.released_kg == 1_000 - noted
    assert done.refused_kg == rejected
    kept = done.kg - done.released_kg - done.refused_kg
    assert kept == noted - rejected


def test_goods_brought_on_top_make_up_for_what_was_turned_away():
    balance = Balance(1_000, noted_kg=1_050, rejected_kg=80)

    assert (balance.missing_kg, balance.unmet_kg) == (0, 30)


def test_a_delivery_is_over_once_every_day_of_it_is_past_or_it_is_cancelled():
    planned = Delivery(DAY)
    asked = replace(planned, proposed_day=DAY + timedelta(9))
    moved = Delivery(DAY + timedelta(5))
    cancelled = replace(planned, state=DeliveryState.CANCELLED)

    def over(delivery, days):
        return is_over(delivery, DAY, DAY + timedelta(days), grace_days=3)

    assert [over(planned, days) for days in (3, 4)] == [False, True]
    assert [over(moved, days) for days in (8, 9)] == [False, True]
    assert [over(asked, days) for days in (12, 13)] == [False, True]
    assert over(cancelled, -30)
