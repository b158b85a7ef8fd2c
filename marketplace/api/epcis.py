"""EPCIS 2.0 over HTTP: capture documents, ask for events (ISO/IEC 19987:2024, 12)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from marketplace.api.keys import keyed, now, the_key
from marketplace.api.problems import in_words, init_problems, problem
from marketplace.domain.epcis_contexts import prefixes_told
from marketplace.domain.epcis_events import (
    OUR_PREFIX,
    document_around,
    namespace,
    query_document_of,
)
from marketplace.domain.epcis_queries import EventQuery, read_query
from marketplace.domain.errors import NotFound
from marketplace.services.epcis_capture import (
    MOST_EVENTS,
    name_of_event,
    run_capture,
    take_document,
)
from marketplace.services.epcis_query import EventsOf, Page
from models.database import transaction
from models.epcis import ErrorBehaviour

bp = Blueprint("epcis", __name__, url_prefix="/epcis")
init_problems(bp)

VERSION = "2.0.0"
MOST_BYTES = 1_000_000
TYPES = ("application/json", "application/ld+json")


def init_app(app: Flask) -> None:
    """Keys come in a header that no other site's page can send: no form token."""
    app.extensions["csrf"].exempt(bp)


@bp.after_request
def tell_versions(response: Response) -> Response:
    """What is spoken here, and how much of it at once."""
    response.headers["GS1-EPCIS-Version"] = VERSION
    response.headers["GS1-EPCIS-Min"] = response.headers["GS1-EPCIS-Max"] = VERSION
    response.headers["GS1-CBV-Version"] = VERSION
    response.headers["GS1-Extensions"] = f"{OUR_PREFIX}={namespace(base_url())}"
    response.headers["GS1-EPCIS-Capture-Limit"] = str(MOST_EVENTS)
    response.headers["GS1-EPCIS-Capture-File-Size-Limit"] = str(MOST_BYTES)
    return response


@bp.before_request
def agree_on_version() -> ResponseReturnValue | None:
    """406 if the caller understands neither our version nor our media type."""
    least = request.headers.get("GS1-EPCIS-Min", "2.0")
    most = request.headers.get("GS1-EPCIS-Max", "2.0")
    told = request.headers.get("GS1-EPCIS-Version", "2.0")
    if _major(least) > 2 or _major(most) < 2 or _major(told) != 2:
        return problem(406, "Only EPCIS 2.0 is spoken here.")
    if request.headers.get("Accept") and not request.accept_mimetypes.best_match(TYPES):
        return problem(406, "Answers are application/ld+json or application/json.")
    return None


def _major(version: str) -> int:
    number = version.strip().partition(".")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def base_url() -> str:
    """Under which address this installation is known."""
    return str(current_app.config["BASE_URL"])


@bp.post("/capture")
@keyed(write=True)
def capture() -> ResponseReturnValue:
    """Take a document in: 202, and where to see what became of it."""
    document = _document()
    told = request.headers.get("GS1-Capture-Error-Behaviour", "rollback").lower()
    if told not in {one.value for one in ErrorBehaviour}:
        abort(400, "GS1-Capture-Error-Behaviour is rollback or proceed.")
    with transaction() as session:
        how = ErrorBehaviour(told)
        taken = take_document(session, the_key(), document, how, now=now())
        place = address_of("epcis_jobs.show", public_id=taken.public_id)
    response = Response(status=202)
    response.headers["Location"] = f"{base_url()}{place}"
    response.headers["GS1-Capture-Error-Behaviour"] = told
    return response


def _document() -> dict[str, Any]:
    """The body as a document; whether it is a valid one is found out by the job."""
    document = _body()
    if document.get("type") != "EPCISDocument":
        abort(400, "The body is not an EPCISDocument.")
    events = document.get("epcisBody")
    events = events.get("eventList") if isinstance(events, dict) else None
    if isinstance(events, list) and len(events) > MOST_EVENTS:
        abort(413, f"At most {MOST_EVENTS} events at once.")
    return document


def _body() -> dict[str, Any]:
    if request.mimetype not in TYPES:
        abort(415, "Send application/ld+json or application/json.")
    if (request.content_length or 0) > MOST_BYTES:
        abort(413, f"At most {MOST_BYTES} bytes at once.")
    body = request.get_data()  # kept: checks before this have read it already
    if len(body) > MOST_BYTES:
        abort(413, f"At most {MOST_BYTES} bytes at once.")
    try:
        document = json.loads(body)
        # Text that no database keeps: halves of characters, zeros, no numbers.
        spelled = json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        abort(400, "The body is not JSON.")
    if not isinstance(document, dict):
        abort(400, "The body is not a JSON object.")
    if b"\\u0000" in spelled:
        abort(400, "The body has text with the character U+0000.")
    return document


@bp.post("/events")
@keyed(write=True)
def capture_event() -> ResponseReturnValue:
    """Take one event in, at once: 201 and its address, or what is wrong with it."""
    event = _body()
    with transaction() as session:
        document = document_around(event)
        told = take_document(
            session, the_key(), document, ErrorBehaviour.ROLLBACK, now=now()
        )
        run_capture(session, told.public_id, base_url(), now=now())
        if told.errors:
            errors = in_words(told.errors)
            return problem(400, str(errors[0]["title"]), captureErrors=errors)
        name = name_of_event(told)
    response = Response(status=201)
    response.headers["Location"] = (
        f"{base_url()}{bp.url_prefix}/events/{quote(name, '')}"
    )
    return response


@bp.get("/events")
@keyed()
def events() -> ResponseReturnValue:
    """The events of what the organisation handles that the parameters ask for."""
    return answer([])


def answer(more: list[tuple[str, str]]) -> ResponseReturnValue:
    """A page of events: the parameters of the request, and these."""
    asked = [*request.args.items(multi=True), *more]
    theirs = prefixes_told(request.headers.get("GS1-Extensions", ""))
    query = read_query(asked, {OUR_PREFIX: namespace(base_url())}, theirs)
    with transaction() as session:
        found = EventsOf(session, the_key().organisation_id, base_url())
        page = found.page(query, request.args.get("nextPageToken", "")[:500])
    return _page(page, query)


def _page(page: Page, query: EventQuery) -> Response:
    response = _told(query_document_of(page.events, base_url(), now()))
    if page.token:
        left = [
            one for one in request.args.items(multi=True) if one[0] != "nextPageToken"
        ]
        link = urlencode([*left, ("nextPageToken", page.token)])
        response.headers["Link"] = f'<{base_url()}{request.path}?{link}>; rel="next"'
        response.headers["GS1-Next-Page-Token"] = page.token
    response.headers["GS1-EPCIS-Per-Page"] = str(query.per_page)
    return response


@bp.get("/events/<path:event_id>", merge_slashes=False)
@keyed()
def event(event_id: str) -> ResponseReturnValue:
    """The event of this id, whole document; a hash's `?ver=` may stand in the query."""
    version = request.args.get("ver")
    name = f"{event_id}?ver={version}" if version else event_id
    with transaction() as session:
        found = EventsOf(session, the_key().organisation_id, base_url()).named(
            name[:500]
        )
    if not found:
        raise NotFound
    return _told(query_document_of(found, base_url(), now()))


def _told(document: dict[str, Any]) -> Response:
    best = request.accept_mimetypes.best_match(TYPES, "application/ld+json")
    body = json.dumps(document, ensure_ascii=False)
    return Response(body, content_type=f"{best}; charset=utf-8")
