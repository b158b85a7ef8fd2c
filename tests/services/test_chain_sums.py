"""The kept sums of days are those of the intervals, whoever wrote these and when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from marketplace.domain.words import ChainKind, ChainState, OrganisationKind
from marketplace.services import chain_sums
from marketplace.services.chain_counts import (
    CELL,
    Scope,
    count_rows,
    headline_on_days,
)
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_kept_days import is_kept, note_change
from marketplace.services.chain_sums import keep_sums, wrong_sums
from models.chain_days import ChainInterval
from models.chain_sums import ChainChange, ChainSum, ChainSumDay
from models.reference import AdminUnit
from tests.chain_rows import Chains, at
from tests.factories import TODAY

SAFE = ChainKind.SAFE_SUPPLY
LATER = TODAY + timedelta(days=40)


def keep_all(session):
    while keep_sums(session):
        session.flush()


def counted(session, on, scope=None):
    return dict(count_rows(session, on, CELL, scope or Scope()))


@pytest.fixture
def chains(session, make):
    return Chains(session, make)


def test_a_day_is_counted_alike_before_and_after_its_sums_are_kept(session, chains):
    chains.confirmed()
    chains.recognised("mango")
    stopped = chains.own()
    evaluate_chain(session, stopped.id, today=TODAY, now=at(TODAY))
    chains.fact(stopped, "stop", today=LATER, now=at(LATER))
    days = [TODAY - timedelta(days=1), TODAY, LATER - timedelta(days=1), LATER]
    before = [counted(session, day) for day in days], headline_on_days(session, days)
    assert not is_kept(session, TODAY)

    keep_all(session)

    assert is_kept(session, LATER)
    assert set(session.scalars(select(ChainSumDay.day))) >= {TODAY, LATER}
    after = [counted(session, day) for day in days], headline_on_days(session, days)
    assert after == before
    assert before[1][2][SAFE] == 2
    assert before[1][3][SAFE] == 1
    assert list(wrong_sums(session)) == []


def test_sums_are_told_of_a_kind_and_an_area_alone(session, chains):
    first = chains.confirmed()
    chains.recognised("mango")
    keep_all(session)

    here = counted(session, TODAY, Scope(SAFE, [first.unit_id]))

    assert [number.headline for number in here.values()] == [1]
    assert counted(session, TODAY, Scope(units=[])) == {}
    assert headline_on_days(session, [TODAY], Scope(units=[]))[0][SAFE] == 0


def test_what_is_written_since_is_counted_at_once(session, chains):
    chain = chains.confirmed()
    keep_all(session)

    chains.fact(chain, "stop", today=LATER, now=at(LATER))

    yesterday = LATER - timedelta(days=1)
    assert is_kept(session, yesterday)
    assert not is_kept(session, LATER)
    assert headline_on_days(session, [yesterday])[0][SAFE] == 1
    assert headline_on_days(session, [LATER])[0][SAFE] == 0
    assert sum(n.stopped for n in counted(session, LATER).values()) == 1


def test_nothing_is_noted_where_an_evaluation_changed_nothing(session, chains):
    chain = chains.confirmed()
    keep_all(session)

    evaluate_chain(session, chain.id, today=TODAY, now=at(TODAY))
    session.flush()

    assert session.scalars(select(ChainChange)).all() == []
    assert not keep_sums(session)


def test_many_days_are_kept_some_at_a_time(session, chains, monkeypatch):
    monkeypatch.setattr(chain_sums, "AT_ONCE", 1)
    chain = chains.confirmed()
    chains.fact(chain, "stop", today=LATER, now=at(LATER))

    assert keep_sums(session)
    session.flush()

    assert is_kept(session, TODAY)
    assert not is_kept(session, LATER)
    assert list(wrong_sums(session)) == []
    keep_all(session)
    assert is_kept(session, LATER)
    assert list(wrong_sums(session)) == []


def test_a_day_whose_turn_has_not_come_keeps_its_sums_meanwhile(
    session, chains, monkeypatch
):
    monkeypatch.setattr(chain_sums, "AT_ONCE", 1)
    chain = chains.confirmed()
    chains.fact(chain, "stop", today=LATER, now=at(LATER))
    keep_all(session)

    note_change(session, TODAY)
    session.flush()
    keep_sums(session)

    last = select(ChainSum.stopped).where(ChainSum.day == LATER)
    assert session.scalars(last).all() == [1]


def test_a_check_tells_of_sums_that_nobody_made_anew(session, chains):
    chains.confirmed()
    keep_all(session)
    session.execute(update(ChainInterval).values(state=ChainState.AT_RISK))

    (wrong,) = wrong_sums(session)

    assert (wrong.rule, wrong.subject) == (chain_sums.RULE, TODAY.isoformat())


def test_a_check_tells_of_a_day_that_was_passed_over(session, chains):
    chain = chains.confirmed()
    chains.fact(chain, "stop", today=LATER, now=at(LATER))
    keep_all(session)
    for table in (ChainSum, ChainSumDay):
        session.query(table).filter_by(day=LATER).delete()

    assert [one.subject for one in wrong_sums(session)] == [LATER.isoformat()]


def test_an_operator_makes_all_sums_anew(fresh_app):
    told = fresh_app.test_cli_runner().invoke(args=["chains", "sum"])

    assert told.output == "0 days with other sums than their intervals\n"
    assert told.exit_code == 0


def test_before_the_first_sums_are_kept_no_day_is(session, chains):
    chains.confirmed()
    session.query(ChainChange).delete()

    assert not is_kept(session, TODAY)
    assert not is_kept(session, date.max)
    assert list(wrong_sums(session)) == []


WRITES = st.lists(
    st.tuples(
        st.integers(0, 2),  # which chain
        st.sampled_from([0, 0, 1, 2, 5]),  # days after its last one
        st.sampled_from(
            [
                ChainState.ACTIVE,
                ChainState.AT_RISK,
                ChainState.STOPPED,
                ChainState.SUBMITTED,
            ]
        ),
        st.integers(0, 1),  # in which commune
        st.sampled_from([0, 0, 1, 2]),  # steps of summing afterwards
    ),
    min_size=3,
    max_size=12,
)


def write(session, chain, day, state, unit):
    """What an evaluation does: the last interval ends, or is told anew; one begins."""
    values = {
        "state": state,
        "counts": state in (ChainState.ACTIVE, ChainState.AT_RISK),
        "confirmed": state is not ChainState.SUBMITTED,
        "built_only": state is ChainState.SUBMITTED,
        "unit_id": unit,
    }
    open_ = session.scalars(
        select(ChainInterval).filter_by(chain_id=chain.id, valid_to=None)
    ).first()
    if open_ is not None and open_.valid_from == day:
        for name, value in values.items():
            setattr(open_, name, value)
    else:
        if open_ is not None:
            open_.valid_to = day
            session.flush()  # one is open at a time
        row = ChainInterval(chain_id=chain.id, valid_from=day, **values)
        row.kind, row.group_id, row.rule_version = chain.kind, chain.group_id, "1"
        row.lead_kind = OrganisationKind.COOPERATIVE
        session.add(row)
    note_change(session, day)
    session.flush()


def added_up(session, on):
    """From the intervals one by one, in Python."""
    found = {}
    for row in session.scalars(select(ChainInterval)):
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            cell = row.unit_id, row.kind, row.group_id
            found[cell] = found.get(cell, 0) + row.counts
    return {cell: number for cell, number in found.items() if number}


def true_days(session):
    """Compare both counts of every other day; whether its sums are kept."""
    days = [TODAY + timedelta(days=n) for n in range(-1, 30, 2)]
    for on, told in zip(days, headline_on_days(session, days), strict=True):
        true = added_up(session, on)
        counts = counted(session, on).items()
        assert {cell: n.headline for cell, n in counts if n.headline} == true, on
        assert told[SAFE] == sum(true.values()), on
        yield is_kept(session, on)


@pytest.mark.timeout(400)
def test_sums_are_true_whoever_writes_late_and_whenever_they_are_made(
    session, chains, monkeypatch
):
    monkeypatch.setattr(chain_sums, "AT_ONCE", 2)
    rows = [chains.own() for _ in range(3)]
    units = session.scalars(select(AdminUnit.id).order_by(AdminUnit.id).limit(2)).all()
    kept = set()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(WRITES)
    def run(writes):
        savepoint, last = session.begin_nested(), {}
        try:
            for chain, days, state, unit, steps in writes:
                day = last.get(chain, TODAY) + timedelta(days=days)
                write(session, rows[chain], day, state, units[unit])
                last[chain] = day
                for _ in range(steps):
                    keep_sums(session)
                session.flush()
                kept.update(true_days(session))
                assert list(wrong_sums(session)) == []
        finally:
            savepoint.rollback()
            session.expire_all()

    run()

    assert kept == {True, False}
