"""What a person sees when a request cannot be served."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from forms.said import said
from marketplace.domain.errors import Conflict, NotFound, Refused

log = logging.getLogger(__name__)

PLAIN = (
    "<!doctype html><html lang=vi><meta charset=utf-8>"
    "<title>{status}</title><h1>{status}</h1><p>{words}</p>"
)


def init_errors(app: Flask) -> None:
    """Every failure becomes a page (or JSON under /api/) with the right status."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)


def error_page(status: int, message: str = "") -> ResponseReturnValue:
    """`errors/<status>.html`, or a plain page where there is none."""
    if request.path.startswith(("/api/", "/epcis/")):
        title = HTTPStatus(status).phrase
        return {"status": status, "title": title, "detail": message}, status
    try:
        return render_template(f"errors/{status}.html", message=message), status
    except TemplateNotFound:
        return plain_page(status, message)


def plain_page(status: int, message: str = "") -> ResponseReturnValue:
    """A page that needs no template and no address."""
    words = escape(message or HTTPStatus(status).phrase)
    return PLAIN.format(status=status, words=words), status


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # redirects are exceptions too
        return error
    if isinstance(error, SecurityError):  # a forged host has no addresses to link to
        return plain_page(status)
    response = error_page(status)
    if error.response is None and (headers := _kept_headers(error)):
        assert isinstance(response, tuple)
        return response[0], status, headers
    return response


def _kept_headers(error: HTTPException) -> dict[str, str]:
    return {
        name: value
        for name, value in error.get_headers()
        if name in ("Allow", "Retry-After")
    }


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400, _("Trang đã mở quá lâu. Tải lại trang rồi gửi lại."))


def _refused(error: Refused) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return error_page(404)
    status = 409 if isinstance(error, Conflict) else 422
    return error_page(status, said(error.message, error.params))


def _database_away(error: Exception) -> ResponseReturnValue:
    log.error("The database did not answer", exc_info=error)
    page = error_page(503, _("Hệ thống đang bận. Thử lại sau ít phút."))
    assert isinstance(page, tuple)
    return page[0], 503, {"Retry-After": "5"}
