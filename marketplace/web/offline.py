"""Notes without a network: the service worker, whose phone it is, and the answers.

The scripts are `static/js/outbox.js` (keeps notes and sends them),
`static/js/offline.js` (the pages) and `static/js/worker.js` (keeps pages).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf

from forms.said import said
from marketplace.domain.errors import Conflict, NotFound, Refused
from marketplace.web.access import current_identity, public
from marketplace.web.field_errors import mistakes
from marketplace.web.plumbing import static_url
from marketplace.web.shell import messages_of_now

View = TypeVar("View", bound=Callable[..., Any])

JSON = "application/json"
KEEP_FOR = "X-Keep-For"
WORKER = "js/worker.js"
SHELL = (
    "css/tokens.css",
    "css/components.css",
    "icons/sprite.svg",
    "js/app.js",
    "js/outbox.js",
    "js/offline.js",
    "js/picked.js",
    "js/photos.js",
    "vendor/htmx.min.js",
    "favicon.svg",
)
FONTS = ("sm-400", "sm-600", "sm-num-400", "sm-num-600")  # as tokens.css names them

bp = Blueprint("offline", __name__)


@bp.get("/worker.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker; at the root, because it answers for every page.

    It begins with the addresses of the files it keeps, so that it changes, and
    browsers take the new one, when one of them does.
    """
    code = Path(current_app.static_folder or "", WORKER).read_text(encoding="utf-8")
    languages = current_app.config["LANGUAGES"]
    files = [*map(static_url, SHELL), *map(_font_url, FONTS)]
    known = {
        "version": hashlib.sha256("".join([*files, code]).encode()).hexdigest()[:12],
        "files": files,
        "outbox": static_url("js/outbox.js"),
        "pages": {lang: url_for("offline.page", lang=lang) for lang in languages},
    }
    response = Response(
        f"const KNOWN = {json.dumps(known)};\n{code}", mimetype="text/javascript"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _font_url(name: str) -> str:
    return url_for("static", filename=f"fonts/{name}.woff2", v="1")


@bp.get("/ngoai-tuyen")
@public
def page() -> ResponseReturnValue:
    """What is shown without a network; the script fills in what this phone keeps."""
    return render_template("offline/index.html")


@bp.get("/ngoai-tuyen/phien")
@public
def status() -> ResponseReturnValue:
    """For the outbox: who is signed in here, and a fresh token for the form."""
    return {"who": whose(), "csrf": generate_csrf()}


def whose() -> str:
    """A mark of the person in their organisation, "" for nobody.

    The same in every session, or a note would wait for ever for its writer.
    """
    identity = current_identity()
    if identity is None or identity.seat is None:
        return ""
    told = f"{identity.user_id}:{identity.seat.public_id}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def own_phone() -> bool:
    """Whether the person said at the door that nobody else uses this phone."""
    return session.permanent


def keepable(body: str) -> ResponseReturnValue:
    """A page that the service worker may keep, on an own phone alone.

    Such a page must carry no price. One with a message that is shown once is not
    kept, or it would be shown whenever the network is away.
    """
    response = make_response(body)
    if own_phone() and not _had_messages():
        response.headers[KEEP_FOR] = whose()
    return response


def _had_messages() -> bool:
    # Flask still tells them after a template of this request has read them.
    return bool(messages_of_now())


def from_outbox() -> bool:
    """Whether a script sends a kept note and reads the answer."""
    return request.method == "POST" and request.accept_mimetypes.best == JSON


def can_ask() -> bool:
    """Whether somebody is there to be asked about what is odd: not for a kept note."""
    return not from_outbox() or request.headers.get("X-Here") == "1"


def refusal(form: FlaskForm) -> ResponseReturnValue:
    """What is wrong with the note, for the outbox to show."""
    return {"said": [one.message for one in mistakes(form)]}, 422


def answers_outbox(view: View) -> View:
    """Above @idempotent: tells the outbox what became of a note.

    201 and where the note is; else why it was not taken. Only after this answer
    the phone forgets the note.
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not from_outbox():
            return view(*args, **kwargs)  # type: ignore[no-any-return]
        try:
            response = make_response(view(*args, **kwargs))
        except Refused as error:
            return _refused(error)
        if 300 <= response.status_code < 400:
            return {"url": response.location}, 201
        return response

    return answered  # type: ignore[return-value]


def _refused(error: Refused) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return {"said": [_("Không tìm thấy hợp đồng này, hoặc không còn quyền.")]}, 404
    words = said(error.message, error.params)
    return {"said": [words]}, 409 if isinstance(error, Conflict) else 422


def init_app(app: Flask) -> None:
    """Pages say whose phone they are on."""
    app.jinja_env.globals.update(whose=whose, own_phone=own_phone)
