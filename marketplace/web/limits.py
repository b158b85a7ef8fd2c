"""How often one may ask; routes add their own with `@limiter.limit("10/hour")`."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["600/minute"])


def init_limits(app: Flask) -> None:
    """Count requests by address; our own files and health checks are free."""
    app.after_request(_come_back_only_if_sent_away)  # runs after the limiter's own
    limiter.init_app(app)


def _come_back_only_if_sent_away(response: Response) -> Response:
    """When to come back is said to those alone who were not served."""
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)
    return response


@limiter.request_filter
def _is_free() -> bool:
    return request.endpoint in ("static", "health.alive", "health.ready")
