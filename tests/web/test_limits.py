"""When to come back is said to those who were sent away, and to nobody else."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from marketplace.web import limits

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def counting(monkeypatch):
    """A small app whose page may be asked for once an hour."""
    own = Limiter(get_remote_address)
    monkeypatch.setattr(limits, "limiter", own)
    app = Flask(__name__)
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_STORAGE_URI"] = "memory://"
    limits.init_limits(app)

    @app.get("/mot-lan")
    @own.limit("1/hour")
    def once() -> str:
        return "Có"

    return app.test_client()


def test_an_answer_says_nothing_of_coming_back(counting):
    served, refused = counting.get("/mot-lan"), counting.get("/mot-lan")

    assert served.status_code == 200
    assert served.headers["X-RateLimit-Limit"] == "1"
    assert "Retry-After" not in served.headers
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3000
