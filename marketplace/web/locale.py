"""The language of a page: asked for, remembered, the person's own, Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from babel.support import Translations
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

COOKIE = "lang"
YEAR = 365 * 24 * 3600
View = TypeVar("View", bound=Callable[..., Any])


def init_locale(app: Flask) -> None:
    """Choose the language of each request and keep an explicit choice."""
    Babel(app, locale_selector=choose_locale)
    app.after_request(_remember)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _words().ugettext(text),
        ngettext=lambda one, many, n: _words().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["current_language"] = lambda: str(get_locale())


def choose_locale() -> str | None:
    """`?lang=`, the cookie, the person's setting, a stranger's browser, Vietnamese."""
    if not has_request_context():
        return None
    known = current_app.config["LANGUAGES"]
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in known:
            return wish
    own = _own_setting()
    if own in known:
        return own
    return _of_the_browser(known) if _speaks_to_strangers() else None


def _words() -> Translations:
    """Those of the page, looked up once and not for each of its some hundred texts."""
    known: Translations | None = g.get("translations")
    if known is None:
        known = g.translations = get_translations()
    return known


def asks_browser(view: View) -> View:
    """A page for strangers: it speaks as their browser asks, English if it can not."""
    view.asks_browser = True  # type: ignore[attr-defined]
    return view


def _speaks_to_strangers() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "asks_browser", False)


def _of_the_browser(known: Collection[str]) -> str | None:
    if not request.accept_languages:
        return None
    return request.accept_languages.best_match(known, default="en")


def _own_setting() -> str | None:
    try:
        return getattr(current_user, "locale", None)
    except SQLAlchemyError:  # the page that says the database is away needs words
        return None


def _remember(response: Response) -> Response:
    wish = request.args.get("lang")
    if wish and wish in current_app.config["LANGUAGES"]:
        secure = current_app.config["SETTINGS"].secure
        response.set_cookie(
            COOKIE, wish, max_age=YEAR, samesite="Lax", httponly=True, secure=secure
        )
    if response.mimetype == "text/html":
        # The service worker learns in which language to speak without a network.
        response.headers.setdefault("Content-Language", str(get_locale()))
    return response
