"""The night of the chains as workers do it: what is due, in shards, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.jobs import JobState
from marketplace.services import chain_runs, jobs
from marketplace.services.chain_evaluation import evaluate_chain
from marketplace.services.chain_kept_days import day_of_sums, is_kept
from marketplace.services.chain_runs import SHARD, due_chains, plan_run
from marketplace.services.chain_sums import SUM, wrong_sums
from marketplace.services.days import day_of
from marketplace.services.jobs import enqueue_job
from models.chain_days import ChainInput, ChainInterval, ChainRun
from models.chain_sums import ChainSum
from models.chains import Chain, ChainEvaluation
from models.jobs import Job
from models.organisations import Organisation
from tasks import chains as night
from tasks.runner import run_next_job
from tests.chain_rows import Chains

TODAY = day_of(datetime.now(UTC))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def rows(session, make, monkeypatch):
    """Five chains that were confirmed a month ago, looked at never."""
    monkeypatch.setattr(jobs, "_announcers", [])
    monkeypatch.setattr(chain_runs, "SHARD_CHAINS", 2)
    monkeypatch.setattr(chain_runs, "SUNDAY", None)
    chains = Chains(session, make)
    found = [chains.own(on=TODAY - timedelta(days=30)) for _ in range(5)]
    session.execute(sa.update(Chain).values(updated_at=LONG_AGO))
    session.commit()
    return found


def run_all(session):
    while run_next_job():
        session.execute(sa.update(Job).values(due_at=LONG_AGO))
        session.commit()
    session.expire_all()
    return session.scalars(sa.select(ChainRun).order_by(ChainRun.id)).all()


def a_night(session, **payload):
    enqueue_job(session, "chains.evaluate", payload=payload)
    session.commit()
    return run_all(session)[-1]


def let_everything_be_old(session):
    """As if nothing had been written for a long time."""
    for table in (
        "recognitions",
        "chain_facts",
        "organisations",
        "certificates",
        "facilities",
        "growing_areas",
        "memberships",
        "contracts",
    ):
        session.execute(
            sa.text(f"UPDATE {table} SET updated_at = :at"),
            {"at": LONG_AGO.replace(tzinfo=None)},
        )
    session.commit()


def counted(session):
    return [
        session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (ChainEvaluation, ChainInterval, ChainInput)
    ]


def test_the_first_night_looks_at_all_in_shards(session, rows):
    run = a_night(session)

    assert (run.full, run.chains, run.shards, run.shards_done) == (True, 5, 3, 3)
    assert run.finished_at is not None
    assert {chain.evaluated_on for chain in rows} == {TODAY}
    assert counted(session) == [5 * 8, 5, 5]


def test_a_night_ends_with_the_sums_of_its_days(session, rows):
    a_night(session)

    assert session.scalars(sa.select(Job.state).where(Job.kind == SUM)).all() == [
        JobState.DONE
    ]
    assert is_kept(session, TODAY)
    total = sa.select(sa.func.sum(ChainSum.active)).where(
        ChainSum.day == day_of_sums(TODAY)
    )
    assert session.scalar(total) == len(rows)
    assert list(wrong_sums(session)) == []


def test_the_next_night_looks_only_at_what_changed(session, rows):
    a_night(session)
    let_everything_be_old(session)

    assert a_night(session).chains == 0

    changed = rows[2]
    session.execute(
        sa.update(Organisation)
        .where(Organisation.id == changed.lead_id)
        .values(short_name="Khác", updated_at=datetime.now(UTC))
    )
    session.commit()
    assert due_chains(session, TODAY, datetime.now(UTC) - timedelta(minutes=5)) == [
        changed.id
    ]
    assert a_night(session).chains == 1


def test_a_chain_is_due_on_the_day_on_which_time_alone_changes_it(session, rows):
    a_night(session)
    let_everything_be_old(session)

    # The first thing to run out is the sample, a year after it was taken.
    (day,) = {chain.next_change_on for chain in rows}

    assert day == TODAY - timedelta(days=30) + timedelta(days=366)
    now = datetime.now(UTC)
    assert due_chains(session, day - timedelta(days=1), now) == []
    assert len(due_chains(session, day, now)) == 5


def test_days_that_were_passed_over_are_as_before_and_not_told_again(session, rows):
    a_night(session)
    let_everything_be_old(session)
    chain = rows[0]
    later = TODAY + timedelta(days=20)
    session.add(
        ChainRun(
            day=later,
            started_at=datetime.now(UTC),
            finished_at=datetime.now(UTC),
        )
    )
    session.execute(sa.update(Organisation).values(kind="coop_union"))
    session.commit()

    evaluate_chain(
        session, chain.id, today=later, now=datetime.now(UTC) + timedelta(days=20)
    )

    kinds = [(row.valid_from, row.lead_kind) for row in chain.intervals]
    assert kinds == [
        (TODAY - timedelta(days=30), "cooperative"),
        (later, "coop_union"),
    ]


def test_new_rules_make_all_chains_due(session, rows):
    a_night(session)
    let_everything_be_old(session)
    from marketplace.services.chain_parameters import change_parameters

    tomorrow = TODAY + timedelta(days=1)
    change_parameters(
        session,
        {"min_kg": 2000},
        version="2026-2",
        valid_from=tomorrow,
        source="Thử",
        today=TODAY,
    )

    run = plan_run(session, today=tomorrow, now=datetime.now(UTC))

    assert (run.full, run.chains) == (True, 5)
    session.rollback()


def test_one_bad_chain_stops_no_other_and_is_due_again(session, rows, monkeypatch):
    bad = rows[1].id

    def break_one(session, chain_id, **how):
        if chain_id == bad:
            raise ArithmeticError
        return evaluate_chain(session, chain_id, **how)

    def break_all(*_, **__):
        raise ArithmeticError

    monkeypatch.setattr(night, "evaluate_chain", break_one)
    monkeypatch.setattr(night, "evaluate_chains", break_all)
    run = a_night(session)

    assert (run.failed, run.shards_done, run.shards) == (1, 3, 3)
    evaluated = {chain.id: chain.evaluated_on for chain in rows}
    assert evaluated.pop(bad) is None
    assert set(evaluated.values()) == {TODAY}
    let_everything_be_old(session)
    monkeypatch.undo()
    monkeypatch.setattr(chain_runs, "SUNDAY", None)
    assert a_night(session).chains == 1
    assert rows[1].evaluated_on == TODAY


def test_a_shard_that_is_done_twice_stores_once(session, rows):
    a_night(session)
    before = counted(session)
    ids = [chain.id for chain in rows]
    run = ChainRun(day=TODAY, started_at=datetime.now(UTC), shards=1)
    session.add(run)
    session.flush()
    enqueue_job(session, SHARD, "again", {"run": run.id, "chains": ids})
    session.commit()

    assert run_all(session)[-1].shards_done == 1

    assert counted(session) == before
    assert set(session.scalars(sa.select(Job.state))) == {JobState.DONE}


def test_a_late_shard_of_yesterday_rewrites_nothing(session, rows):
    a_night(session)
    before = counted(session)
    yesterday = TODAY - timedelta(days=1)

    for chain in rows:
        evaluate_chain(session, chain.id, today=yesterday, now=datetime.now(UTC))

    assert counted(session) == before
    assert {chain.evaluated_on for chain in rows} == {TODAY}
