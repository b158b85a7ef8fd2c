"""The top-level resources of EPCIS 2.0: what one may ask by, and the events of each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from marketplace.api.epcis import agree_on_version, answer, base_url, tell_versions
from marketplace.api.epcis_jobs import lead_on, read_number
from marketplace.api.keys import keyed, the_key
from marketplace.api.problems import init_problems
from marketplace.domain.epcis_queries import read_query
from marketplace.domain.epcis_words import (
    BIZ_STEPS,
    CONTEXT,
    DISPOSITIONS,
    EVENT_TYPES,
    bare_word,
)
from marketplace.domain.errors import NotFound
from marketplace.domain.gs1_uris import canonical_uri
from marketplace.services.epcis_known import classes_of, homes_of, places_of
from models.database import transaction

bp = Blueprint("epcis_resources", __name__, url_prefix="/epcis")
init_problems(bp)
bp.before_request(agree_on_version)
bp.after_request(tell_versions)

WORDS = {
    "eventTypes": EVENT_TYPES,
    "bizSteps": tuple(sorted(BIZ_STEPS)),
    "dispositions": tuple(sorted(DISPOSITIONS)),
}
EVENTS = "/events"
ONE_THING = re.compile(r"https://id\.gs1\.org/(00/|01/\d{14}/21/)|urn:epc:id:")
"""A pallet or a single box; all else is a class of goods, such as a lot."""
SIMPLE = "SimpleEventQuery"
FILTERS = {
    "eventTypes": "eventType",
    "bizSteps": "EQ_bizStep",
    "dispositions": "EQ_disposition",
    "readPoints": "EQ_readPoint",
    "bizLocations": "EQ_bizLocation",
}


def init_app(app: Flask) -> None:
    """Keys come in a header that no other site's page can send: no form token."""
    app.extensions["csrf"].exempt(bp)


@bp.get("/<any(eventTypes, bizSteps, dispositions, readPoints, bizLocations):resource>")
@keyed()
def names(resource: str) -> ResponseReturnValue:
    """The words that events may have here, or where the organisation's happen."""
    if resource in WORDS:
        return _collection(WORDS[resource])
    told = places_of if resource == "readPoints" else homes_of
    with transaction() as session:
        return _collection(told(session, the_key().organisation_id, base_url()))


@bp.get("/epcs")
@keyed()
def epcs() -> ResponseReturnValue:
    """The classes of goods that the organisation has or had, newest first."""
    query = read_query(request.args.items(multi=True))
    after = read_number(request.args.get("nextPageToken", "0"))
    mine, limit = the_key().organisation_id, query.per_page
    with transaction() as session:
        found, last = classes_of(session, mine, base_url(), after=after, limit=limit)
    response = _collection(found)
    if last:
        lead_on(response, limit, last)
    return response


@bp.get("/queries")
@keyed()
def queries() -> ResponseReturnValue:
    """The query that everybody has; others are not kept here."""
    return _collection([SIMPLE])


@bp.get(f"/queries/{SIMPLE}/events")
@keyed()
def events_of_query() -> ResponseReturnValue:
    """The same as `/events`: its parameters are those of the simple event query."""
    return answer([])


@bp.get(
    "/<any(eventTypes, bizSteps, dispositions, readPoints, bizLocations, epcs)"
    ":resource>/<path:word>",
    merge_slashes=False,  # addresses have two of them
)
@keyed()
def below(resource: str, word: str) -> ResponseReturnValue:
    """What there is of a word, a place or goods, which is events; and those events."""
    name = word.removesuffix(EVENTS)
    _check(resource, name)
    if name == word:
        return _collection([EVENTS.strip("/")])
    if resource == "epcs":
        one = ONE_THING.match(canonical_uri(name))
        return answer([("MATCH_anyEPC" if one else "MATCH_anyEPCClass", name)])
    return answer([(FILTERS[resource], name)])


def _collection(members: Iterable[str]) -> Response:
    told = {"@context": CONTEXT, "type": "Collection", "member": list(members)}
    return jsonify(told)


def _check(resource: str, word: str) -> None:
    """NotFound for a word that no event may have."""
    field = FILTERS.get(resource, "").removeprefix("EQ_")
    if resource in WORDS:
        known = word if resource == "eventTypes" else bare_word(field, word)
        if known not in WORDS[resource]:
            raise NotFound
