"""For monitoring: is the process alive, and is everything it needs there."""

from __future__ import annotations

from datetime import timedelta

import redis
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from marketplace.services.clockwork import last_heartbeat_age
from marketplace.web.access import public
from models.database import transaction

bp = Blueprint("health", __name__)

OLDEST_HEARTBEAT = timedelta(minutes=1)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Database, broker and worker are there; otherwise 503 and what is missing."""
    wrong = {**_broker(), **_database_and_worker()}
    if wrong:
        return {"status": "not ready", "wrong": wrong}, 503
    return {"status": "ok"}


def _broker() -> dict[str, str]:
    url = current_app.config["REDIS_URL"]
    if not url:
        return {"broker": "not configured"}
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        return {"broker": "does not answer"}
    finally:
        client.close()
    return {}


def _database_and_worker() -> dict[str, str]:
    try:
        with transaction(read_only=True) as session:
            age = last_heartbeat_age(session)
    except SQLAlchemyError:
        return {"database": "does not answer", "worker": "unknown"}
    if age is None:
        return {"worker": "never seen"}
    if age > OLDEST_HEARTBEAT:
        return {"worker": f"last seen {age.total_seconds():.0f} s ago"}
    return {}
