"""The matching job and the clock of proposals, with real commits."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select, update

from marketplace.domain.jobs import JobState
from marketplace.domain.words import ProposalState, Side
from marketplace.matching import Cancelled
from marketplace.services import matching
from marketplace.services.clockwork import HOME
from marketplace.services.jobs import enqueue_job
from marketplace.services.matching_around import surplus_of
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.matching_rows import Rows
from marketplace.services.matching_runs import cancel_run
from marketplace.services.matching_sheet import Sheet
from marketplace.services.proposals import MARKET, rematch
from models.database import db, db_now, transaction
from models.harvests import Harvest
from models.jobs import Job
from models.matching import MatchRun, MatchShard, NeedPrice
from models.proposals import Proposal, Terms, TermsLine
from models.reference import Product, Rule
from tasks import matching as matching_task
from tasks.runner import run_next_job
from tests.factories import Make


@pytest.fixture
def market(fresh_app):
    """An application with one harvest and one offer that fit, days from now."""
    with fresh_app.app_context():
        with transaction() as session:
            today = db_now(session).astimezone(HOME).date()
            make = Make(session)
            make.harvest(
                window_start=today + timedelta(days=20),
                window_end=today + timedelta(days=50),
            )
            make.offer(tranches=[(today + timedelta(days=30), 12_000)])
        yield fresh_app
        db.session.remove()


def ask(**options):
    with transaction() as session:
        enqueue_job(session, options.pop("kind", "matching.run"), **options)


def run_all():
    while run_next_job():
        pass


def run_once():
    """Until a run has ended; on a busy machine the next is due by then."""
    while not count(MatchRun, MatchRun.finished_at.is_not(None)):
        run_next_job()


def scalar(statement):
    with transaction() as session:
        return session.scalar(statement)


def count(table, *where):
    return scalar(select(func.count()).select_from(table).where(*where))


def result():
    return scalar(select(Job.result).where(Job.key == MARKET).order_by(Job.id.desc()))


def state_of_run():
    return scalar(select(MatchRun.state).order_by(MatchRun.id.desc()))


def a_second_product():
    """So many posts of two products that they are not solved together."""
    with transaction() as session:
        today = db_now(session).astimezone(HOME).date()
        make = Make(session)
        make.harvest(
            product="mango",
            window_start=today + timedelta(days=20),
            window_end=today + timedelta(days=50),
        )
        make.offer(product="mango", tranches=[(today + timedelta(days=30), 9_000)])


@pytest.mark.usefixtures("market")
def test_a_run_leaves_its_record_and_ends_with_it():
    ask(key=MARKET)

    run_all()

    assert result()["new"] == 1
    assert state_of_run() is JobState.DONE
    planning = select(Job.id).where(Job.key == MARKET)
    assert scalar(select(MatchRun.job_id)) == scalar(planning)
    steps = select(Job.progress_done).where(Job.kind == "matching.shard")
    assert scalar(steps) == matching_task.STEPS


@pytest.mark.usefixtures("market")
def test_the_nightly_run_stands_in_the_same_line():
    ask()

    run_all()
    with transaction() as session:
        session.execute(update(Job).values(due_at=db_now(session)))
    run_all()

    assert scalar(select(MatchRun.trigger)) == "night"
    assert count(MatchRun) == 1


@pytest.mark.usefixtures("market")
def test_a_shard_that_moves_while_it_is_solved_is_read_again(monkeypatch):
    a_second_product()
    solved = []
    monkeypatch.setattr(matching_task, "_grouped", lambda: 0)
    solve = Rows.solve

    def solve_and_meddle(reading, *options):
        found = solve(reading, *options)
        if not solved:
            with transaction() as session:
                longan = select(Product.id).where(Product.code == "longan")
                moved = update(Harvest).where(Harvest.product_id.in_(longan))
                session.execute(moved.values(promised_kg=50_000))
        solved.append(list(reading.products))
        return found

    monkeypatch.setattr(Rows, "solve", solve_and_meddle)
    ask(key=MARKET)

    run_all()

    readings = dict(shards(MatchShard.products, MatchShard.readings))
    assert max(readings.values()) == 2
    assert sum(readings.values()) == len(readings) + 1
    longan = scalar(select(Product.id).where(Product.code == "longan"))
    assert readings[str([longan])] == 2
    with transaction() as session:
        lines = session.scalars(
            select(TermsLine.kg).where(TermsLine.round == 0).order_by(TermsLine.kg)
        )
        assert list(lines) == [9_000, 10_000]


def shards(*columns):
    with transaction() as session:
        rows = session.execute(select(*columns).order_by(MatchShard.number))
        return [tuple(map(_plain, row)) for row in rows]


def _plain(value):
    return str(value) if isinstance(value, list) else value


@pytest.mark.usefixtures("market")
def test_a_market_that_never_rests_is_left_for_later(monkeypatch):
    def always_stale(*_args, **_options):
        raise matching.StaleSnapshotError

    monkeypatch.setattr(matching_task, "store_shard", always_stale)
    ask(key=MARKET)

    run_all()

    assert count(Job, Job.state == JobState.QUEUED, Job.key == MARKET) == 1
    assert state_of_run() is JobState.FAILED


@pytest.fixture(params=["rows", "columns"])
def restless(market, monkeypatch, request):
    """Somebody saves one harvest each time the market has been solved."""
    reading, saves = (Rows if request.param == "rows" else Sheet), []
    if request.param == "columns":
        monkeypatch.setattr(matching, "FEW", 0)
    solve = reading.solve

    def solve_and_save(self, *options):
        found = solve(self, *options)
        with transaction() as session:
            edited = session.scalars(select(Harvest).order_by(Harvest.id)).first()
            edited.floor_price_vnd += 10
        saves.append(edited.id)
        return found

    monkeypatch.setattr(reading, "solve", solve_and_save)
    return saves


def test_who_edits_all_the_time_keeps_no_other_from_being_matched(restless):
    with transaction() as session:
        make = Make(session)
        today = db_now(session).astimezone(HOME).date()
        days = {"window_start": today, "window_end": today + timedelta(days=60)}
        steady = make.harvest(**days, likely_kg=8_000, floor_price_vnd=11_000).id
        make.offer(tranches=[(today + timedelta(days=31), 20_000)])
    ask(key=MARKET)

    run_once()

    assert len(restless) == matching_task.MOST_READINGS
    assert state_of_run() is JobState.DONE
    assert scalar(select(MatchRun.left_out)) == 1
    assert scalar(select(Job.result).where(Job.kind == "matching.shard"))["new"] > 0
    assert set(values_of(Proposal.harvest_id)) == {steady}
    with transaction() as session:
        proposed = session.scalar(select(func.sum(TermsLine.kg)))
        run = session.scalars(select(MatchRun)).one()
        assert run.matched_kg == proposed == 8_000
        assert run.matched_kg + run.unmatched_demand_kg == 32_000
        left = session.scalar(select(func.sum(NeedPrice.left_kg)))
        assert left == run.unmatched_demand_kg
        worth = surplus_of(session, list(session.scalars(select(Proposal.id))))
        assert worth == run.surplus_vnd
    assert count(Job, Job.state == JobState.QUEUED, Job.key == MARKET) == 1


def values_of(column):
    with transaction() as session:
        return list(session.scalars(select(column).order_by(column)))


@pytest.mark.usefixtures("restless")
def test_what_a_slow_run_leaves_out_is_matched_by_itself(monkeypatch):
    ask(key=MARKET)
    run_all()
    monkeypatch.setattr("marketplace.services.matching_asking.QUICK_MS", -1)
    with transaction() as session:
        rematch(session, trigger="officer", due_in_seconds=0)

    run_all()

    assert count(Proposal, Proposal.state == ProposalState.PROPOSED) == 1
    assert set(values_of(MatchRun.left_out)) == {1}
    assert scalar(select(MatchRun.changed).order_by(MatchRun.id.desc())) == 1


@pytest.mark.usefixtures("restless")
def test_who_is_declined_before_is_not_proposed_again():
    with transaction() as session:
        make = Make(session)
        today = db_now(session).astimezone(HOME).date()
        days = {"window_start": today, "window_end": today + timedelta(days=60)}
        harvest = make.harvest(**days, likely_kg=8_000, floor_price_vnd=11_000)
        make.offer(tranches=[(today + timedelta(days=31), 20_000)])
        steady = harvest.id
    ask(key=MARKET)
    run_once()
    before = count(Proposal)
    with transaction() as session:
        session.execute(
            update(Proposal).values(
                state=ProposalState.DECLINED, declined_by=Side.BUYER
            )
        )
        session.execute(update(Job).values(due_at=db_now(session)))

    run_all()

    assert before == 1
    told = [(steady, ProposalState.DECLINED)]
    with transaction() as session:
        rows = session.execute(
            select(Proposal.harvest_id, Proposal.state).where(
                Proposal.offer_id == session.scalar(select(Proposal.offer_id))
            )
        )
        assert [tuple(row) for row in rows] == told


@pytest.mark.usefixtures("market")
def test_products_are_shards_that_any_worker_takes(monkeypatch):
    a_second_product()
    monkeypatch.setattr(matching_task, "_grouped", lambda: 0)
    ask(key=MARKET)

    run_next_job()
    begun = state_of_run()
    for _ in range(count(MatchShard) - 1):
        run_next_job()
    before_the_last = state_of_run()
    run_next_job()

    assert begun is before_the_last is JobState.RUNNING
    assert count(MatchShard) > 1
    assert state_of_run() is JobState.DONE
    assert result()["new"] == 2
    assert set(shards(MatchShard.state)) == {(JobState.DONE,)}


@pytest.mark.usefixtures("market")
def test_a_run_waits_for_the_one_before():
    ask(key=MARKET)
    run_next_job()
    ask(key=MARKET)

    run_next_job()
    waiting = count(MatchRun), count(Job, Job.state == JobState.QUEUED)
    run_all()
    with transaction() as session:
        session.execute(update(Job).values(due_at=db_now(session)))
    run_all()

    assert waiting[0] == 1
    assert count(MatchRun, MatchRun.state == JobState.DONE) == 2


@pytest.mark.usefixtures("market")
def test_a_cancelled_run_proposes_nothing_more():
    ask(key=MARKET)
    run_next_job()
    with transaction() as session:
        cancel_run(
            session, session.scalars(select(MatchRun)).one(), now=db_now(session)
        )

    run_all()

    assert state_of_run() is JobState.CANCELLED
    assert set(shards(MatchShard.state)) == {(JobState.CANCELLED,)}
    assert count(Proposal) == 0


@pytest.mark.usefixtures("market")
def test_who_solves_a_cancelled_run_stops(monkeypatch):
    heard = []

    def solve(reading, progress, cancelled):
        with transaction() as session:
            run = session.scalars(select(MatchRun)).one()
            cancel_run(session, run, now=db_now(session))
        while not cancelled():
            time.sleep(0.02)
        heard.append(True)
        raise Cancelled

    monkeypatch.setattr(Rows, "solve", solve)
    ask(key=MARKET)

    run_all()

    assert heard == [True]
    assert scalar(select(Job.result).where(Job.kind == "matching.shard")) == {
        "cancelled": True
    }
    assert count(Proposal) == 0


@pytest.mark.usefixtures("market")
def test_a_run_that_nobody_works_on_is_ended():
    ask(key=MARKET)
    run_next_job()
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.kind == "matching.shard")
            .values(state=JobState.FAILED, finished_at=db_now(session))
        )
    ask(kind="matching.tend")

    run_all()

    assert state_of_run() is JobState.FAILED


@pytest.mark.usefixtures("market")
def test_what_has_lapsed_is_let_go_before_the_market_is_read(monkeypatch):
    ask(key=MARKET)
    run_all()
    end = scalar(select(Terms.expires_at))
    monkeypatch.setattr("tasks.matching.db_now", lambda _session: end)
    ask(key=MARKET)

    run_all()

    assert scalar(select(Proposal.state)) is ProposalState.EXPIRED
    assert result()["new"] == 0


@pytest.mark.usefixtures("market")
def test_the_clock_of_proposals_lets_go_of_what_nobody_answered(monkeypatch):
    ask(key=MARKET)
    run_all()
    end = scalar(select(Terms.expires_at))
    monkeypatch.setattr("tasks.proposals.db_now", lambda _session: end)
    ask(kind="proposals.expire")

    run_all()

    assert scalar(select(Proposal.state)) is ProposalState.EXPIRED


def slow_down(milliseconds=10_000):
    with transaction() as session:
        session.execute(update(MatchRun).values(duration_ms=milliseconds))


@pytest.mark.usefixtures("market")
def test_in_a_slow_market_a_new_post_is_matched_at_once_and_the_rest_waits():
    ask(key=MARKET)
    run_all()
    slow_down()
    with transaction() as session:
        make = Make(session)
        first = db_now(session).astimezone(HOME).date() + timedelta(days=30)
        offer = make.offer(tranches=[(first, 6_000)])
        ask_for_matching(session, offer_id=offer.id)
        session.execute(update(Job).values(due_at=db_now(session)))

    run_all()

    assert count(Proposal, Proposal.state == ProposalState.PROPOSED) == 2
    assert count(MatchRun) == 1
    assert scalar(select(MatchRun.changed)) == 1
    assert count(Job, Job.state == JobState.QUEUED, Job.key == MARKET) == 1


@pytest.mark.usefixtures("market")
def test_an_officer_does_not_wait_for_the_turn_of_a_slow_market():
    ask(key=MARKET)
    run_all()
    slow_down()
    ask(key=MARKET)
    run_all()
    waited = count(MatchRun)
    with transaction() as session:
        rematch(session, trigger="officer", due_in_seconds=0)

    run_all()

    assert (waited, count(MatchRun)) == (1, 2)
    assert scalar(select(MatchRun.trigger).order_by(MatchRun.id.desc())) == "officer"


def test_the_command_line_waits_for_a_run_and_prints_it(market):
    done = market.test_cli_runner().invoke(args=["market", "match", "--wait"])

    record = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (record["state"], record["proposals_new"], record["gap"]) == ("done", 1, 0)
    assert record["shards"][0]["matched_kg"] == record["matched_kg"] == 12_000
    assert "proposals_new: 1" in done.stderr


def fails(*_, **__):
    raise RuntimeError("no such luck")


def at_once(monkeypatch):
    """Nobody waits before a job is tried again."""
    monkeypatch.setattr("marketplace.services.jobs.pause_after", lambda _: timedelta(0))


@pytest.mark.usefixtures("market")
def test_a_shard_that_fails_for_good_ends_its_run(monkeypatch):
    at_once(monkeypatch)
    monkeypatch.setattr(Rows, "solve", fails)
    ask(key=MARKET)

    run_all()

    assert state_of_run() is JobState.FAILED
    assert scalar(select(MatchRun.finished_at)) is not None
    assert set(values_of(MatchShard.state)) == {JobState.FAILED}


@pytest.mark.usefixtures("market")
def test_the_other_shards_of_a_failed_one_are_solved(monkeypatch):
    at_once(monkeypatch)
    a_second_product()
    monkeypatch.setattr(matching_task, "_grouped", lambda: 0)
    solve = Rows.solve
    longan = scalar(select(Product.id).where(Product.code == "longan"))

    def not_longan(self, *options):
        return (fails if longan in self.products else solve)(self, *options)

    monkeypatch.setattr(Rows, "solve", not_longan)
    ask(key=MARKET)

    run_all()

    assert state_of_run() is JobState.FAILED
    assert count(Proposal) == 1


def test_the_command_line_says_why_a_run_failed(market, monkeypatch):
    at_once(monkeypatch)
    monkeypatch.setattr(Rows, "solve", fails)

    done = market.test_cli_runner().invoke(args=["market", "match", "--wait"])

    assert done.exit_code == 1
    assert json.loads(done.stdout)["errors"] == ["RuntimeError: no such luck"]
    assert "no such luck" in done.stderr


@pytest.mark.parametrize("options", [[], ["--wait"]])
def test_the_command_line_asks_for_reference_data(market, options):
    with transaction() as session:
        carrying = update(Rule).where(Rule.code == "matching.transport")
        session.execute(carrying.values(valid_from=date(2999, 1, 1)))

    done = market.test_cli_runner().invoke(args=["market", "match", *options])

    assert done.exit_code == 1
    assert "no rule matching.transport" in done.stderr
    assert "flask --app app reference load" in done.stderr
    assert count(Job) == 0


def test_the_command_line_asks_for_tables(market):
    with market.app_context(), transaction() as session:
        session.execute(sa.text("ALTER TABLE rules RENAME TO no_rules"))

    done = market.test_cli_runner().invoke(args=["market", "match", "--wait"])

    assert done.exit_code == 1
    assert "flask --app app db upgrade" in done.stderr


def test_the_command_line_only_asks(market):
    done = market.test_cli_runner().invoke(args=["market", "match"])

    assert done.exit_code == 0
    assert count(Job, Job.state == JobState.QUEUED) == 1
