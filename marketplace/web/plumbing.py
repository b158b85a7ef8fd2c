"""What every response has in common: headers, static addresses, clean input."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, abort, current_app, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

YEAR = 365 * 24 * 3600
MOST_STORED = 2**31 - 1  # what an integer column of PostgreSQL holds
View = TypeVar("View", bound=Callable[..., Any])

ZIPPED_TYPES = ("text/css", "text/javascript", "image/svg+xml", "application/json")

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class StoredNumber(IntegerConverter):
    """A number in an address that a column can hold; others name nothing (404)."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map, **kwargs: Any) -> None:
        super().__init__(map, **{"max": MOST_STORED, **kwargs})


def init_plumbing(app: Flask) -> None:
    """Strict headers on every response, checked input, hashed static addresses.

    Comes before the routes, which take their numbers as it says.
    """
    app.url_map.converters["int"] = StoredNumber
    app.before_request(refuse_damaged_text)
    app.after_request(add_headers)
    app.after_request(zip_static)
    app.jinja_env.globals["static_url"] = static_url


def add_headers(response: Response) -> Response:
    """A view may set a stricter header of its own; none leaves without."""
    secure = current_app.config["SETTINGS"].secure
    policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
    if secure:
        policy += "; upgrade-insecure-requests"
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=63072000; includeSubDomains"
        )
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    _set_caching(response)
    return response


def _set_caching(response: Response) -> None:
    if request.endpoint != "static":
        # Pages carry names, prices and form tokens: no cache keeps them.
        response.headers.setdefault("Cache-Control", "no-store")
    elif "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"


def zip_static(response: Response) -> Response:
    """Compress our own files; pages stay plain, so that secrets do not leak by size."""
    if (
        request.endpoint != "static"
        or response.status_code != 200
        or response.mimetype not in ZIPPED_TYPES
        or not request.accept_encodings["gzip"]
    ):
        return response
    response.direct_passthrough = False
    etag = response.get_etag()[0] or ""
    response.set_data(_zipped(response.get_data()))
    response.set_etag(etag + "-gz")
    response.headers["Content-Encoding"] = "gzip"
    response.headers.add("Vary", "Accept-Encoding")
    return response


@lru_cache(maxsize=128)
def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def static_url(filename: str) -> str:
    """Address of a static file that changes with its content."""
    path = Path(current_app.static_folder or "", filename)
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return url_for("static", filename=filename, v=_fingerprint(str(path), stamp))


@lru_cache(maxsize=512)
def _fingerprint(path: str, _stamp: int) -> str:
    file = Path(path)
    body = file.read_bytes() if file.is_file() else b""
    return hashlib.sha256(body).hexdigest()[:12]


def accepts_bytes(most: int) -> Callable[[View], View]:
    """Let a view take more than the usual megabyte, for an upload."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def refuse_damaged_text() -> None:
    """NUL bytes and broken UTF-8 are nobody's typing, and no column takes them."""
    view = current_app.view_functions.get(request.endpoint or "")
    if most := getattr(view, "most_bytes", None):
        request.max_content_length = most
    try:
        whole = all(map(_is_utf8, _raw())) and all(map(_is_whole, _texts()))
    except RecursionError:  # JSON so deep that nobody means it
        whole = False
    if not whole:
        abort(400)


def _raw() -> Iterator[bytes]:
    yield request.query_string
    if request.mimetype == "application/x-www-form-urlencoded":
        yield request.get_data(cache=True)


def _is_utf8(quoted: bytes) -> bool:
    try:
        unquote_to_bytes(quoted).decode()
    except UnicodeDecodeError:
        return False
    return True


def _texts() -> Iterator[str]:
    yield request.path
    yield from _pairs(request.args)
    if request.method in ("POST", "PUT", "PATCH", "DELETE"):
        yield from _pairs(request.form)
        yield from (file.filename or "" for file in request.files.values())
        if request.is_json:
            yield from _leaves(request.get_json(silent=True))


def _pairs(values: MultiDict[str, str]) -> Iterator[str]:
    for name, value in values.items(multi=True):
        yield name
        yield value


def _leaves(value: Any) -> Iterator[str]:
    """Every text in a parsed JSON document, however deep."""
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, Iterable):
            waiting.extend(item)


def _is_whole(text: str) -> bool:
    # Werkzeug has put U+FFFD wherever the bytes were no UTF-8.
    if "\x00" in text or "\ufffd" in text:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in text)
