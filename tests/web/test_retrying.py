"""Two who stand in each other's way both arrive, and neither notices."""

from __future__ import annotations

import io
import threading

import pytest
from flask import flash, get_flashed_messages, redirect, request
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from marketplace.web.access import public
from marketplace.web.idempotent import idempotent
from marketplace.web.retrying import TRIES
from models.database import db, transaction
from models.organisations import Organisation
from tests.factories import Make


class Ended(Exception):
    """What PostgreSQL says when it ends a transaction."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


@pytest.fixture
def refusing(fresh_app):
    """`/refuses/<sqlstate>/<times>` fails so often before it works."""
    calls = []

    @public
    @idempotent
    def refuse(sqlstate, times):
        calls.append(request.files["paper"].read())
        flash("Đã lưu")
        if len(calls) <= times:
            raise OperationalError("update", {}, Ended(sqlstate))
        return redirect("/said")

    @public
    def said():
        return "|".join(get_flashed_messages())

    rule = "/refuses/<sqlstate>/<int:times>"
    fresh_app.add_url_rule(rule, "refuses", refuse, methods=["POST"])
    fresh_app.add_url_rule("/said", "said", said)
    return fresh_app.test_client(), calls


def send(client, url):
    paper = (io.BytesIO(b"whole"), "paper.pdf")
    return client.post(url, data={"paper": paper, "idempotency_key": "k"})


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_it_is_tried_again_as_it_came_and_told_once(refusing, sqlstate):
    client, calls = refusing

    assert send(client, f"/refuses/{sqlstate}/{TRIES - 1}").status_code == 302
    assert calls == [b"whole"] * TRIES
    assert client.get("/said").text == "Đã lưu"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("sqlstate", "tries"), [("40P01", TRIES), ("55P03", 2), ("57P01", 1)]
)
def test_what_does_not_pass_is_told(refusing, sqlstate, tries):
    client, calls = refusing

    assert send(client, f"/refuses/{sqlstate}/99").status_code == 503
    assert len(calls) == tries


@pytest.mark.databases("postgres")
def test_two_that_wait_for_each_other_both_arrive(fresh_app):
    with fresh_app.app_context(), transaction() as session:
        rows = [Make(session).organisation().id for _ in range(2)]
    meet, tries = threading.Barrier(2, timeout=20), []

    @public
    @idempotent
    def cross(way):
        first = not tries.count(way)
        tries.append(way)
        for number, id_ in enumerate(rows[::way]):
            wanted = select(Organisation).where(Organisation.id == id_)
            db.session.scalars(wanted.with_for_update()).one()
            if first and number == 0:
                meet.wait()
        return redirect("/")

    fresh_app.add_url_rule(
        "/cross/<int(signed=True):way>", "cross", cross, methods=["POST"]
    )
    found = []

    def walk(way):
        answer = fresh_app.test_client().post(f"/cross/{way}", data={})
        found.append(answer.status_code)

    walkers = [threading.Thread(target=walk, args=(way,)) for way in (1, -1)]
    for walker in walkers:
        walker.start()
    for walker in walkers:
        walker.join(30)

    assert found == [302, 302]
    assert len(tries) == 3  # one of them was sent back by PostgreSQL itself
