"""A button that is pressed twice at the same moment does its work once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import redirect
from sqlalchemy import select

from marketplace.web.access import public
from marketplace.web.idempotent import idempotent
from models.chains import Recognition
from models.database import db, transaction
from models.organisations import Organisation
from tests.chain_rows import Chains
from tests.doors import enter
from tests.factories import NOW, Make


@pytest.fixture
def pressed(fresh_app):
    """A chain that waits, and a function that presses its button twice at once."""
    with fresh_app.app_context(), transaction() as session:
        chains = Chains(session, Make(session))
        chain = chains.safe(chains.contract()).public_id
        first, second = chains.officers
    gate = threading.Barrier(2, timeout=20)

    def press(who, url, *keys, **data):
        def once(key):
            client = fresh_app.test_client()
            with fresh_app.app_context(), transaction() as session:
                enter(client, session, who)
            gate.wait()
            sent = data | {"idempotency_key": key}
            answer = client.post(f"/chuoi/{chain}/{url}", data=sent)
            return answer.status_code, answer.location

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(once, keys))

    with time_machine.travel(NOW):
        yield press, f"/chuoi/{chain}", first, second


@pytest.mark.parametrize("keys", [("one", "one"), ("one", "two")])
def test_two_presses_of_a_decision_lead_to_the_same_page(fresh_app, pressed, keys):
    press, page, first, second = pressed

    proposed = press(first, "de-nghi-xac-nhan", *keys, valid_to="31/12/2026")
    confirmed = press(second, "xac-nhan", *keys)

    with fresh_app.app_context(), transaction() as session:
        given = session.scalars(select(Recognition)).all()
        assert [bool(one.decided_at) for one in given] == [True]
    assert {status for status, _ in proposed} <= {302, 422}
    assert (302, page) in proposed
    assert confirmed == [(302, page)] * 2


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("keys", [("one", "one"), ("one", "two")])
def test_who_presses_twice_does_not_hear_that_the_system_is_busy(fresh_app, keys):
    with fresh_app.app_context(), transaction() as session:
        id_ = Make(session).organisation().id
    done, began = [], threading.Event()

    @public
    @idempotent
    def slow():
        wanted = select(Organisation).where(Organisation.id == id_)
        if began.is_set():
            db.session.scalars(wanted.with_for_update()).one()
            return redirect("/already")
        db.session.scalars(wanted.with_for_update()).one()
        began.set()
        time.sleep(3.5)  # longer than a lock is waited for
        done.append(True)
        return redirect("/done")

    fresh_app.add_url_rule("/slow", "slow", slow, methods=["POST"])

    def press(client, key):
        return client.post("/slow", data={"idempotency_key": key})

    client = fresh_app.test_client()
    other = fresh_app.test_client()
    with client.session_transaction() as mine:
        mine["browser"] = "one"
    with other.session_transaction() as same:
        same["browser"] = "one"
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(press, client, keys[0])
        assert began.wait(10)
        answers = [first.result, pool.submit(press, other, keys[1]).result]
        found = [answer(20) for answer in answers]

    assert done == [True]
    assert [one.status_code for one in found] == [302, 302]
    last = "/done" if keys[0] == keys[1] else "/already"
    assert [one.location for one in found] == ["/done", last]
