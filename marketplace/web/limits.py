"""How often one may ask; routes add their own with `@limiter.limit("10/hour")`."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["600/minute"])


def init_limits(app: Flask) -> None:
    """Count requests by address; our own files and health checks are free."""
    limiter.init_app(app)


@limiter.request_filter
def _is_free() -> bool:
    return request.endpoint in ("static", "health.alive", "health.ready")
