"""The matching job and the clock of proposals, with real commits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from marketplace.domain.jobs import JobState
from marketplace.domain.words import ProposalState
from marketplace.services import matching
from marketplace.services.clockwork import HOME
from marketplace.services.jobs import enqueue_job
from marketplace.services.proposals import MARKET
from models.database import db, db_now, transaction
from models.harvests import Harvest
from models.jobs import Job
from models.matching import MatchRun
from models.proposals import Proposal, Terms
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


def scalar(statement):
    with transaction() as session:
        return session.scalar(statement)


def count(table, *where):
    return scalar(select(func.count()).select_from(table).where(*where))


def result():
    return scalar(select(Job.result).where(Job.key == MARKET).order_by(Job.id.desc()))


@pytest.mark.usefixtures("market")
def test_a_run_leaves_its_record_and_ends_with_it():
    ask(key=MARKET)

    run_all()

    assert result()["new"] == 1
    assert scalar(select(Job.state)) is JobState.DONE
    assert scalar(select(MatchRun.job_id)) == scalar(select(Job.id))
    assert scalar(select(Job.progress_done)) == matching_task.STEPS


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
def test_a_market_that_moves_while_it_is_solved_is_read_again(monkeypatch):
    solved = []

    def solve_and_meddle(snapshot, progress=None):
        solved.append(snapshot.digest)
        found = matching.solve_market(snapshot, progress)
        if len(solved) == 1:
            with transaction() as session:
                session.execute(update(Harvest).values(promised_kg=50_000))
        return found

    monkeypatch.setattr(matching_task, "solve_market", solve_and_meddle)
    ask(key=MARKET)

    run_all()

    assert len(solved) == 2
    with transaction() as session:
        proposal = session.scalars(select(Proposal)).one()
        assert [line.kg for line in proposal.terms[0].lines] == [10_000]


@pytest.mark.usefixtures("market")
def test_a_market_that_never_rests_is_left_for_later(monkeypatch):
    def always_stale(*_args, **_options):
        raise matching.StaleSnapshotError

    monkeypatch.setattr(matching_task, "store_run", always_stale)
    ask(key=MARKET)

    run_all()

    assert count(Job, Job.state == JobState.QUEUED, Job.key == MARKET) == 1
    assert count(MatchRun) == 0


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


def test_the_command_line_waits_for_a_run(market):
    done = market.test_cli_runner().invoke(args=["market", "match", "--wait"])

    assert done.exit_code == 0
    assert "new: 1" in done.output


def test_the_command_line_only_asks(market):
    done = market.test_cli_runner().invoke(args=["market", "match"])

    assert done.exit_code == 0
    assert count(Job, Job.state == JobState.QUEUED) == 1
