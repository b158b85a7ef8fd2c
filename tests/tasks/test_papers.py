"""Reminders of papers as the worker sends them at night."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from marketplace.domain.jobs import JobState
from marketplace.services import jobs
from marketplace.services.days import day_of
from marketplace.services.jobs import enqueue_job
from models.database import db_now
from models.jobs import Job
from models.notices import Letter
from models.organisations import User
from models.paper_records import PaperReminder
from tasks import papers
from tasks.runner import run_next_job


def run_night(session):
    enqueue_job(session, "papers.remind")
    session.commit()
    while run_next_job():
        pass
    session.expire_all()
    wanted = sa.select(Job).where(Job.kind == "papers.remind")
    return session.scalars(wanted.order_by(Job.id.desc())).first()


def ending(session, make, days):
    organisation = make.organisation()
    who = make.member(organisation)
    user = session.get_one(User, who.user_id)
    now = db_now(session)
    user.email, user.email_verified_at = f"u{user.id}@example.vn", now
    last = day_of(now) + timedelta(days=days)
    return make.certificate(organisation, expires_on=last)


def test_a_night_that_runs_twice_sends_one_letter(session, make, monkeypatch):
    monkeypatch.setattr(jobs, "_announcers", [])
    ending(session, make, 90)

    first, again = run_night(session), run_night(session)

    assert first.state is again.state is JobState.DONE
    assert session.scalar(sa.select(sa.func.count(Letter.id))) == 1
    assert session.scalar(sa.select(sa.func.count(PaperReminder.id))) == 1


def test_a_paper_that_cannot_be_told_of_stops_no_other(session, make, monkeypatch):
    monkeypatch.setattr(jobs, "_announcers", [])
    bad, good = ending(session, make, 30), ending(session, make, 90)
    bad_id, good_id, remind = bad.id, good.id, papers.remind

    def broken(session, key, **kwargs):
        if key[1] == bad_id:
            raise RuntimeError("broken")
        return remind(session, key, **kwargs)

    monkeypatch.setattr(papers, "remind", broken)
    done = run_night(session)

    assert done.result == {"papers": 2, "told": 1, "failed": 1}
    assert session.scalars(sa.select(PaperReminder.certificate_id)).all() == [good_id]
