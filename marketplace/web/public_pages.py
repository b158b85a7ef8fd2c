"""Pages for strangers: the same for everybody, light, kept by caches for a while."""

from __future__ import annotations

import gzip
import hashlib

from flask import Response, g, make_response, request

KEPT_SECONDS = 300


def light_page(html: str, status: int = 200, *, may_turn: bool = False) -> Response:
    """A page without anybody's secrets: compressed, with an ETag, kept five minutes.

    One that `may_turn` bad at any moment, as a recall does to a box, is asked for
    again at each look; whoever has it as it stands gets an empty answer.
    Pages of people who signed in stay plain; this one holds no token to guess.
    """
    response = make_response(html, status)
    response.vary.update(("Accept-Language", "Accept-Encoding", "Cookie"))
    if status != 200:
        return response
    kept = "private" if "lang" in request.args else "public"
    until = "no-cache" if may_turn else f"max-age={KEPT_SECONDS}"
    response.headers["Cache-Control"] = f"{kept}, {until}"
    stamp = hashlib.sha256(html.encode()).hexdigest()[:24]
    if request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(html.encode(), 9, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        stamp += "-gz"
    response.set_etag(stamp)
    response.make_conditional(request)
    return response


def miss() -> None:
    """Say that the request asked for what is not there; too many are turned away."""
    g.missed = True


def missed(response: Response) -> bool:
    """Whether the limiter counts this answer: who guesses numbers meets misses."""
    return response.status_code in (400, 404) or bool(g.get("missed"))
