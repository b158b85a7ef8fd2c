"""A form that is sent twice does its work once and leads to the same page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from flask import (
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    request,
    session,
)
from sqlalchemy.orm import Session

from marketplace.services.idempotency import keep_answer, take_key
from marketplace.web.access import current_identity
from marketplace.web.clock import now
from marketplace.web.retrying import until_it_passes
from models.database import transaction

View = TypeVar("View", bound=Callable[..., Any])

FIELD = "idempotency_key"
LONGEST_KEY = 64
_NOT_CONTENT = frozenset({FIELD, "csrf_token"})


class _Undone(Exception):
    """Carries a refusal out of the savepoint, which takes its traces along."""

    def __init__(self, response: Response) -> None:
        self.response = response


def idempotent(view: View) -> View:
    """Under the route of every POST that writes.

    Same key and same body: the same redirect, nothing done again. Same key and
    another body: 422. A view that does not lead on leaves nothing behind. When two
    stand in each other's way, the one sent back is tried again.
    """

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        return until_it_passes(lambda: _once(lambda: view(*args, **kwargs)))

    return once  # type: ignore[return-value]


def _once(view: Callable[[], Any]) -> Any:
    with transaction() as db_session:
        try:
            with db_session.begin_nested():
                return _answer(db_session, view)
        except _Undone as undone:
            return undone.response


def _answer(db_session: Session, view: Callable[[], Any]) -> Response:
    key = request.form.get(FIELD, "")
    if len(key) > LONGEST_KEY:
        abort(400)
    place = (_scope(), str(request.endpoint)[:LONGEST_KEY], key)
    known = take_key(db_session, *place, _fingerprint(), now=now()) if key else None
    if known is not None:
        return make_response(redirect(known.location, known.status))
    response = make_response(view())
    if not 300 <= response.status_code < 400:
        raise _Undone(response)
    if key:
        keep_answer(db_session, *place, response.status_code, str(response.location))
    return response


def _scope() -> str:
    """Keys of one person mean nothing in the hands of another."""
    identity = current_identity()
    if identity is not None:
        return f"user:{identity.user_id}"
    if "browser" not in session:
        session["browser"] = secrets.token_urlsafe(16)
    return f"browser:{session['browser']}"


def _fingerprint() -> str:
    """Keyed, because a form may hold a password."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(secret, request.path.encode(), hashlib.sha256)
    for part in _content():
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _content() -> Iterator[bytes]:
    for name in sorted(request.form):
        if name not in _NOT_CONTENT:
            yield name.encode()
            yield from (value.encode() for value in request.form.getlist(name))
    for name, file in request.files.items(multi=True):
        yield name.encode()
        yield (file.filename or "").encode()
        yield hashlib.sha256(file.read()).digest()
        file.seek(0)
