"""Names and options that are on the wire, and the run of one job."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from celery.app.defaults import NAMESPACES, flatten

from config import Embedded
from marketplace.domain.errors import Refused
from marketplace.domain.jobs import JobState
from marketplace.services import jobs
from models.database import transaction
from models.jobs import Job, WorkerHeartbeat
from tasks import jobs as bell
from tasks.handlers import HANDLERS, handles
from tasks.runner import run_next_job
from tasks.schedule import EVERY, NIGHTLY, Nightly


@pytest.fixture
def celery(app):
    return app.extensions["celery"]


@pytest.fixture
def handled(monkeypatch):
    """Register handlers that are forgotten after the test."""
    monkeypatch.setattr("tasks.handlers.HANDLERS", known := dict(HANDLERS))
    monkeypatch.setattr("tasks.runner.HANDLERS", known)
    return handles


@pytest.fixture
def silent(monkeypatch):
    """Count how often the bell rings instead of sending messages."""
    rung = []
    monkeypatch.setattr(
        bell.work, "apply_async", lambda **options: rung.append(options)
    )
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    jobs.on_enqueue(bell.wake_worker)
    return rung


def only_job(session):
    session.expire_all()
    return session.scalars(sa.select(Job)).one()


# --- what is on the wire -----------------------------------------------------


@pytest.mark.databases("sqlite")
def test_the_names_of_the_tasks_are_pinned(celery):
    ours = {name for name in celery.tasks if not name.startswith("celery.")}

    assert ours == {"jobs.work", "jobs.sweep"}


@pytest.mark.databases("sqlite")
def test_every_option_of_every_task_is_known_to_celery(celery):
    @celery.task(name="test.plain")
    def plain():
        return None

    known = set(dir(type(celery.tasks["test.plain"])))

    for name in ("jobs.work", "jobs.sweep"):
        assert set(vars(type(celery.tasks[name]))) <= known

    celery.tasks.unregister("test.plain")


@pytest.mark.databases("sqlite")
def test_every_setting_is_known_to_celery(tmp_path):
    settings = Embedded.from_environment(
        {"LIENKET_INSTANCE": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"}
    )
    known = {name for name, _option in flatten(NAMESPACES)} | {"accept_content"}

    assert set(settings.flask()["CELERY"]) <= known


@pytest.mark.databases("sqlite")
def test_every_entry_of_beat_names_a_real_task(celery):
    assert celery.conf.beat_schedule
    for entry in celery.conf.beat_schedule.values():
        assert entry["task"] in celery.tasks


@pytest.mark.parametrize("kind", [*EVERY, *(turn.kind for turn in NIGHTLY)])
def test_everything_that_comes_round_has_a_handler(kind):
    assert kind in HANDLERS


# --- one job from claim to end -----------------------------------------------


def test_a_job_is_handed_to_the_handler_of_its_kind(session, handled, silent):
    seen = []

    @handled("test.kind")
    def handler(job):
        job.progress(1, 2, "nửa chừng")
        seen.append((job.payload, job.attempt, job.requested_by))
        return {"made": 3}

    jobs.enqueue_job(session, "test.kind", payload={"a": 1}, requested_by=7)
    session.commit()

    assert run_next_job() is True

    job = only_job(session)
    assert seen == [({"a": 1}, 1, 7)]
    assert (job.state, job.result) == (JobState.DONE, {"made": 3})
    assert (job.progress_done, job.progress_total) == (2, 2)
    assert run_next_job() is False


def test_a_kind_that_nobody_handles_fails_and_says_so(session, silent):
    jobs.enqueue_job(session, "test.unheard-of")
    session.commit()

    run_next_job()

    job = only_job(session)
    assert job.state is JobState.FAILED
    assert job.error == "No handler for the kind 'test.unheard-of'"


def test_a_handler_that_breaks_is_tried_again_and_its_writes_are_undone(
    session, handled, silent
):
    @handled("test.broken")
    def handler(job):
        with transaction() as own:
            own.add(WorkerHeartbeat(name="half", seen_at=job_time(own)))
            raise RuntimeError("broke in the middle")

    jobs.enqueue_job(session, "test.broken")
    session.commit()

    run_next_job()

    job = only_job(session)
    assert job.state is JobState.QUEUED
    assert "broke in the middle" in job.error
    assert session.get(WorkerHeartbeat, "half") is None


def job_time(session):
    return jobs.db_now(session)


def test_what_a_rule_refuses_is_not_tried_again(session, handled, silent):
    @handled("test.refused")
    def handler(job):
        raise Refused("Không được")

    jobs.enqueue_job(session, "test.refused")
    session.commit()

    run_next_job()

    assert (only_job(session).state, only_job(session).error) == (
        JobState.FAILED,
        "Không được",
    )


def test_a_worker_that_is_told_to_stop_gives_the_job_back(session, handled, silent):
    @handled("test.stopped")
    def handler(job):
        raise SystemExit

    jobs.enqueue_job(session, "test.stopped")
    session.commit()

    with pytest.raises(SystemExit):
        run_next_job()

    assert (only_job(session).state, only_job(session).attempts) == (
        JobState.QUEUED,
        0,
    )


def test_who_was_overtaken_leaves_the_job_alone(session, handled, silent):
    @handled("test.overtaken")
    def handler(job):
        with transaction() as own:
            own.get_one(Job, job.id).fence += 1

    jobs.enqueue_job(session, "test.overtaken")
    session.commit()

    assert run_next_job() is True

    assert only_job(session).state is JobState.RUNNING


def test_effect_and_end_can_be_one_transaction(session, handled, silent):
    @handled("test.whole")
    def handler(job):
        with transaction() as own:
            own.add(WorkerHeartbeat(name="effect", seen_at=job_time(own)))
            job.finish(own, {"whole": True})

    jobs.enqueue_job(session, "test.whole")
    session.commit()

    run_next_job()

    assert only_job(session).result == {"whole": True}
    assert session.get(WorkerHeartbeat, "effect") is not None


def test_two_handlers_for_one_kind_are_a_mistake(handled):
    handled("test.twice")(lambda job: None)

    with pytest.raises(ValueError, match="two handlers"):
        handled("test.twice")(lambda job: None)


# --- the bell and the sweeper --------------------------------------------------


def test_the_bell_rings_once_for_new_work_and_waits_as_long_as_asked(session, silent):
    jobs.enqueue_job(session, "matching.run", due_in_seconds=2)
    jobs.enqueue_job(session, "matching.run", due_in_seconds=2)
    session.commit()

    assert silent == [{"countdown": 2, "retry": False}]


def test_what_is_due_much_later_is_left_to_the_sweeper(session, silent):
    jobs.enqueue_job(session, "matching.run", due_in_seconds=3600)
    session.commit()

    assert silent == []


def test_the_worker_goes_on_until_nothing_is_due(session, handled, silent):
    handled("test.many")(lambda job: None)
    for n in range(3):
        jobs.enqueue_job(session, "test.many", str(n))
    session.commit()

    bell.work()

    states = session.scalars(sa.select(Job.state)).all()
    assert states == [JobState.DONE] * 3


def test_a_worker_that_has_gone_on_for_long_rings_for_the_next(
    session, handled, silent, monkeypatch
):
    monkeypatch.setattr(bell, "LONGEST_TURN", -1)
    handled("test.many")(lambda job: None)
    jobs.enqueue_job(session, "test.many", "one")
    jobs.enqueue_job(session, "test.many", "two")
    session.commit()
    silent.clear()

    bell.work()

    assert len(silent) == 1
    assert len(session.scalars(sa.select(Job.id).where(Job.state == "done")).all()) == 1


def test_the_sweeper_rings_once_for_all_that_is_due(session, silent, monkeypatch):
    monkeypatch.setattr("tasks.jobs.EVERY", {})
    monkeypatch.setattr("tasks.jobs.NIGHTLY", ())
    for n in range(5):
        jobs.enqueue_job(session, "matching.run", str(n))
    session.commit()
    silent.clear()

    bell.sweep()

    assert len(silent) == 1


def test_the_sweeper_is_quiet_when_there_is_nothing_to_do(session, silent, monkeypatch):
    monkeypatch.setattr("tasks.jobs.EVERY", {})
    monkeypatch.setattr("tasks.jobs.NIGHTLY", ())

    bell.sweep()

    assert silent == []
    assert session.scalar(sa.select(sa.func.count(WorkerHeartbeat.name))) == 1


def test_two_sweeps_ask_for_the_nightly_work_once(session, silent, monkeypatch):
    monkeypatch.setattr("tasks.jobs.EVERY", {})
    monkeypatch.setattr("tasks.jobs.NIGHTLY", (Nightly("jobs.tidy", 0),))

    bell.sweep()
    bell.work()
    bell.sweep()

    assert only_job(session).state is JobState.DONE
