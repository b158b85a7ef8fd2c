"""Papers as the browser gets them, and the address that their QR code leads to."""

from __future__ import annotations

from flask import Response, current_app, url_for
from flask_babel import get_locale

from marketplace.domain.text import fold


def page_lang() -> str:
    """The language of a paper: that of the page, which `?lang=en` chooses."""
    return "en" if str(get_locale()) == "en" else "vi"


def authenticity_address(digest: str, lang: str) -> str:
    """Where anybody may ask whether the paper with this digest is genuine.

    The market's own address, not the one that the reader happens to use: a print
    outlives the request.
    """
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    asked = lang if lang == "en" else None
    return base + url_for("authenticity.show", digest=digest, lang=asked)


def pdf_response(body: bytes, name: str) -> Response:
    """A PDF to look at; saved under `name`."""
    # gunicorn sends headers as Latin-1, which knows no Vietnamese.
    plain = fold(name).replace("/", "-").replace(" ", "-")
    response = Response(body, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{plain}.pdf")
    return response
