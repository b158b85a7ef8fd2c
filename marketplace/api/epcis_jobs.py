"""What became of the documents that software sent, page by page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.api.epcis import agree_on_version, base_url, tell_versions
from marketplace.api.keys import keyed, the_key
from marketplace.api.problems import in_words, init_problems
from marketplace.domain.epcis_events import utc_time
from marketplace.domain.epcis_parameters import BadQuery
from marketplace.domain.epcis_queries import read_query
from marketplace.services.epcis_jobs import (
    access_capture,
    list_captures,
    work_failed,
)
from models.database import transaction
from models.epcis import EpcisCapture

bp = Blueprint("epcis_jobs", __name__, url_prefix="/epcis")
init_problems(bp)
bp.before_request(agree_on_version)
bp.after_request(tell_versions)

NOT_DONE = {
    "type": "epcisException:ImplementationException",
    "title": "The document was not worked on; nothing of it counts. Send it again.",
    "status": 500,
}


def init_app(app: Flask) -> None:
    """Keys come in a header that no other site's page can send: no form token."""
    app.extensions["csrf"].exempt(bp)


@bp.get("/capture")
@keyed()
def index() -> ResponseReturnValue:
    """The documents that the organisation's software sent, the last one first."""
    query = read_query(request.args.items(multi=True))
    before = read_number(request.args.get("nextPageToken", "0"))
    mine, limit = the_key().organisation_id, query.per_page
    with transaction() as session:
        jobs = list_captures(session, mine, before=before, limit=limit + 1)
        response = jsonify([_job(session, one) for one in jobs[:limit]])
        if len(jobs) > limit:
            lead_on(response, limit, jobs[limit - 1].id)
    return response


def read_number(token: str) -> int:
    """A token that is the number of the last row of a page."""
    if not (token.isascii() and token.isdecimal() and len(token) < 10):
        raise BadQuery("nextPageToken is none of ours")
    return int(token)


def lead_on(response: Response, limit: int, last: int) -> None:
    """Where the page behind this row is."""
    link = urlencode({"perPage": limit, "nextPageToken": last})
    address = f"{base_url()}{request.path}?{link}"
    response.headers["Link"] = f'<{address}>; rel="next"'
    response.headers["GS1-Next-Page-Token"] = str(last)


@bp.get("/capture/<public_id>")
@keyed()
def show(public_id: str) -> ResponseReturnValue:
    """What became of a document."""
    with transaction() as session:
        one = access_capture(session, the_key().organisation_id, public_id)
        return jsonify(_job(session, one))


def _job(session: Session, taken: EpcisCapture) -> dict[str, Any]:
    broken = work_failed(session, taken)
    told = {
        "captureID": taken.public_id,
        "createdAt": utc_time(taken.created_at),
        "running": taken.finished_at is None and not broken,
        "success": taken.success is not False and not broken,
        "captureErrorBehaviour": taken.behaviour.value,
        "errors": [NOT_DONE] if broken else in_words(taken.errors),
    }
    if taken.finished_at:
        told["finishedAt"] = utc_time(taken.finished_at)
    return told
