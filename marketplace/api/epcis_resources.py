"""The top-level resources of EPCIS 2.0: what one may ask by, and the events of each."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue

from marketplace.api.epcis import agree_on_version, answer, tell_versions
from marketplace.api.keys import keyed
from marketplace.api.problems import init_problems
from marketplace.domain.epcis_words import (
    BIZ_STEPS,
    CONTEXT,
    DISPOSITIONS,
    EVENT_TYPES,
    bare_word,
)
from marketplace.domain.errors import NotFound

bp = Blueprint("epcis_resources", __name__, url_prefix="/epcis")
init_problems(bp)
bp.before_request(agree_on_version)
bp.after_request(tell_versions)

WORDS = {
    "eventTypes": EVENT_TYPES,
    "bizSteps": tuple(sorted(BIZ_STEPS)),
    "dispositions": tuple(sorted(DISPOSITIONS)),
}
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


@bp.get("/<any(eventTypes, bizSteps, dispositions):resource>")
@keyed()
def words(resource: str) -> ResponseReturnValue:
    """The words that events may have here."""
    return jsonify(
        {"@context": CONTEXT, "type": "Collection", "member": WORDS[resource]}
    )


@bp.get(
    "/<any(eventTypes, bizSteps, dispositions, readPoints, bizLocations):resource>"
    "/<path:word>/events",
    merge_slashes=False,  # addresses have two of them
)
@keyed()
def events_of(resource: str, word: str) -> ResponseReturnValue:
    """The events with this word, or at this place."""
    field = FILTERS[resource].removeprefix("EQ_")
    if resource in WORDS:
        known = word if resource == "eventTypes" else bare_word(field, word)
        if known not in WORDS[resource]:
            raise NotFound
    return answer([(FILTERS[resource], word)])


@bp.get("/epcs/<path:epc>/events", merge_slashes=False)
@keyed()
def events_of_epc(epc: str) -> ResponseReturnValue:
    """The events of a class of goods, such as a lot."""
    return answer([("MATCH_anyEPCClass", epc)])
