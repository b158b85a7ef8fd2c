"""Kilograms are promised once, whatever the order in which people come."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.errors import Conflict
from marketplace.domain.words import HarvestState
from marketplace.domain.yields import promise_limit_kg
from marketplace.services.quantities import (
    promise_kg,
    promise_tranche,
    release_harvest,
    release_tranche,
)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["promise", "release", "revise"]), st.integers(1, 70_000)
    ),
    max_size=25,
)


def test_no_more_is_promised_than_the_limit(session, make):
    harvest = make.harvest(likely_kg=60_000)

    promise_kg(session, harvest.id, 60_000)

    assert harvest.promised_kg == 60_000
    with pytest.raises(Conflict):
        promise_kg(session, harvest.id, 1)


@pytest.mark.parametrize("state", sorted(set(HarvestState) - {HarvestState.OPEN}))
def test_only_an_open_harvest_is_promised(session, make, state):
    harvest = make.harvest(state=state)

    with pytest.raises(Conflict):
        promise_kg(session, harvest.id, 1)


def test_giving_back_can_end_a_shortage_and_never_falls_below_nought(session, make):
    harvest = make.harvest(
        likely_kg=40_000, limit_kg=40_000, promised_kg=48_000, over_promised=True
    )

    with pytest.raises(Conflict):
        promise_kg(session, harvest.id, 1)
    release_harvest(session, harvest.id, 10_000)

    assert (harvest.promised_kg, harvest.over_promised) == (38_000, False)
    with pytest.raises(Conflict):
        release_harvest(session, harvest.id, 38_001)


def test_a_tranche_is_promised_up_to_its_need_and_not_once_dropped(session, make):
    tranche = make.offer(tranches=[(date(2026, 8, 4), 12_000)]).tranches[0]

    promise_tranche(session, tranche.id, 12_000)
    with pytest.raises(Conflict):
        promise_tranche(session, tranche.id, 1)
    release_tranche(session, tranche.id, 2_000)
    tranche.dropped = True
    session.flush()

    assert tranche.promised_kg == 10_000
    with pytest.raises(Conflict):
        promise_tranche(session, tranche.id, 1)


def test_nothing_and_less_than_nothing_is_a_fault_of_the_caller(session, make):
    harvest = make.harvest()

    for change in (promise_kg, release_harvest, promise_tranche, release_tranche):
        with pytest.raises(ValueError, match="kg can be neither"):
            change(session, harvest.id, 0)


@given(steps=STEPS)
def test_no_sequence_of_steps_promises_more_than_the_forecast(session, make, steps):
    """Against a plain counter; a revision may fall below what is promised."""
    harvest = make.harvest(likely_kg=60_000)
    promised, limit = 0, 60_000
    for step, kg in steps:
        if step == "revise":
            limit = promise_limit_kg(kg, 0)
            harvest.limit_kg, harvest.over_promised = limit, promised > limit
            session.flush()
            continue
        change = promise_kg if step == "promise" else release_harvest
        try:
            change(session, harvest.id, kg)
            promised += kg if step == "promise" else -kg
        except Conflict:
            fits = promised + kg <= limit if step == "promise" else kg <= promised
            assert not fits
        if step == "promise":
            assert promised <= limit or harvest.over_promised

    session.refresh(harvest)
    assert harvest.promised_kg == promised
    assert harvest.over_promised == (promised > limit)
