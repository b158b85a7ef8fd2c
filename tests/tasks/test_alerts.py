"""Early warning as the worker does it: after events, and all contracts at night."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.jobs import JobState
from marketplace.domain.words import Side
from marketplace.services import jobs
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.early_warning import watch_contract
from models.alerts import ContractAlert
from models.jobs import Job
from tasks.runner import run_next_job
from tests.deals import Deals
from tests.factories import NOW, TODAY


@pytest.fixture
def deals(session, make, monkeypatch):
    monkeypatch.setattr(jobs, "_announcers", [])
    return Deals(session, make)


def block(session, deals, contract):
    seller = deals.actor(contract, Side.SELLER)
    word = DeliveryWord.BLOCKED
    say_of_delivery(
        session, seller, contract.public_id, 1, word, now=NOW, today=TODAY, text="Mưa"
    )


def run_all(session):
    session.execute(sa.update(Job).values(due_at=NOW))
    session.commit()
    while run_next_job():
        pass
    session.expire_all()
    return session.scalars(sa.select(Job).order_by(Job.id)).all()


def alerts(session):
    return session.scalars(sa.select(ContractAlert.contract_id)).all()


def test_many_events_of_a_contract_make_one_look(session, deals):
    contract = deals.in_force()
    block(session, deals, contract)

    done = [job for job in run_all(session) if job.kind == "alerts.watch"]

    assert [job.state for job in done] == [JobState.DONE]
    assert alerts(session) == [contract.id]


def test_at_night_every_contract_is_looked_at_and_a_bad_one_stops_none(
    session, deals, monkeypatch
):
    bad, good = deals.in_force(), deals.in_force()
    for contract in (bad, good):
        block(session, deals, contract)
    session.execute(sa.delete(Job))
    jobs.enqueue_job(session, "alerts.night")
    bad_id, good_id = bad.id, good.id

    def watch(session, contract_id, **when):
        found = watch_contract(session, contract_id, **when)
        if contract_id == bad_id:
            raise RuntimeError("broke in the middle")
        return found

    monkeypatch.setattr("tasks.alerts.watch_contract", watch)

    [job] = run_all(session)

    assert job.result == {"contracts": 2, "failed": 1}
    assert alerts(session) == [good_id]
