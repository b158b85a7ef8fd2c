"""A failure becomes a page with the right status, in the right language."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests

from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.web.access import public

pytestmark = pytest.mark.databases("sqlite")

FAILURES = {
    "refused": Refused("Chỉ còn %(left)s kg", left=12),
    "missing": NotFound(),
    "conflict": Conflict("Đã có người nhận"),
    "database": OperationalError("select", {}, Exception("gone")),
    "often": TooManyRequests(retry_after=30),
}


@pytest.fixture
def failing(fresh_app):
    """`/fails/<how>` and its twin under /api/ fail as they are told."""

    @public
    def fail(how):
        raise FAILURES[how]

    both = ["GET", "POST"]
    fresh_app.add_url_rule("/fails/<how>", "fails", fail, methods=both)
    fresh_app.add_url_rule("/api/fails/<how>", "api_fails", fail)
    return fresh_app.test_client()


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("refused", 422),
        ("missing", 404),
        ("conflict", 409),
        ("database", 503),
        ("often", 429),
    ],
)
def test_each_failure_has_its_status_and_a_page(failing, how, status):
    response = failing.get(f"/fails/{how}")

    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert "<h1" in response.text
    assert "Content-Security-Policy" in response.headers


def test_the_words_of_a_rule_reach_the_person(failing):
    assert "Chỉ còn 12 kg" in failing.get("/fails/refused").text


def test_when_to_come_back_is_said(failing):
    assert failing.get("/fails/database").headers["Retry-After"] == "5"
    assert failing.get("/fails/often").headers["Retry-After"] == "30"


def test_which_methods_are_allowed_is_said(failing):
    response = failing.post("/healthz")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_program_gets_its_failure_as_data(failing):
    response = failing.get("/api/fails/refused")

    assert response.status_code == 422
    assert response.json["detail"] == "Chỉ còn 12 kg"


def test_an_unexpected_failure_tells_nothing_of_the_inside(failing, monkeypatch):
    monkeypatch.setitem(FAILURES, "bug", RuntimeError("secret detail"))
    failing.application.config["PROPAGATE_EXCEPTIONS"] = False

    response = failing.get("/fails/bug")

    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "Content-Security-Policy" in response.headers


def test_a_form_without_its_token_is_refused(failing):
    failing.application.config["WTF_CSRF_ENABLED"] = True

    response = failing.post("/fails/refused")

    assert response.status_code == 400
    assert "Tải lại trang" in response.text


def test_the_language_is_the_one_asked_for(failing):
    asked = failing.get("/nowhere?lang=en").text
    kept = failing.get("/nowhere").text
    back = failing.get("/nowhere?lang=vi").text

    assert 'lang="en"' in asked
    assert 'lang="en"' in kept
    assert 'lang="vi"' in back
