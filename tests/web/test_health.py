"""What monitoring sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.services import clockwork
from models.jobs import WorkerHeartbeat
from tests import servers


@pytest.fixture
def broker(app):
    before = app.config["REDIS_URL"]
    app.config["REDIS_URL"] = servers.redis_url(9)
    yield
    app.config["REDIS_URL"] = before


def test_the_process_is_alive_without_anything_else(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready_when_database_broker_and_worker_are_there(session, client, broker):
    clockwork.record_heartbeat(session, "worker")

    response = client.get("/readyz")

    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_a_worker_that_was_never_seen_is_named(client, broker):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"] == {"worker": "never seen"}


def test_a_worker_that_is_silent_for_a_minute_is_named(session, client, broker):
    clockwork.record_heartbeat(session, "worker")
    session.get(WorkerHeartbeat, "worker").seen_at -= timedelta(seconds=70)
    session.flush()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "last seen 7" in response.json["wrong"]["worker"]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("url", "words"),
    [("redis://127.0.0.1:1/0", "does not answer"), ("", "not configured")],
)
def test_a_broker_that_is_away_is_named(app, client, url, words):
    app.config["REDIS_URL"], before = url, app.config["REDIS_URL"]

    response = client.get("/readyz")
    app.config["REDIS_URL"] = before

    assert response.status_code == 503
    assert response.json["wrong"]["broker"] == words


@pytest.mark.databases("sqlite")
def test_a_database_that_is_away_is_named(fresh_app, tmp_path):
    for file in tmp_path.glob("fresh_*"):
        file.unlink()
        file.mkdir()

    response = fresh_app.test_client().get("/readyz")

    assert response.status_code == 503
    assert response.json["wrong"]["database"] == "does not answer"
