"""Lots and certificates as files of the standards: EPCIS 2.0 and UNTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from marketplace.services.box_pages import find_box
from marketplace.services.epcis_stories import PUBLIC, reader_of, story_of
from marketplace.services.lots import access_lot
from marketplace.services.paper_rows import access_certificate
from marketplace.services.untp import credential_of, passport_of
from marketplace.web.access import current_actor, public, signed_in
from marketplace.web.clock import now, today
from marketplace.web.limits import limiter
from marketplace.web.public_pages import missed
from models.database import transaction

bp = Blueprint("lot_standards", __name__)


@bp.get("/lo/<public_id>/epcis.json")
@signed_in
def epcis(public_id: str) -> ResponseReturnValue:
    """The story of a lot, as much of it as the actor may know."""
    with transaction(read_only=True) as session:
        who = current_actor()
        lot = access_lot(session, who, public_id)
        told = story_of(session, lot, reader_of(who), base=_base(), now=now())
        return _file(told, f"epcis-{lot.public_id}.json")


@bp.get("/giay-to/chung-nhan/<public_id>/dcc.json")
@signed_in
def credential(public_id: str) -> ResponseReturnValue:
    """A verified certificate as a Digital Conformity Credential."""
    with transaction(read_only=True) as session:
        paper = access_certificate(session, current_actor(), public_id)
        told = credential_of(paper, _base(), today=today())
        return _file(told, f"dcc-{paper.public_id}.json")


@bp.get("/q/<public_id>/epcis.json")
@limiter.limit("30/minute", deduct_when=missed)
@public
def box_epcis(public_id: str) -> ResponseReturnValue:
    """The public's part of a lot's story: how it came to be, without places."""
    with transaction(read_only=True) as session:
        lot = find_box(session, public_id)
        told = story_of(session, lot, PUBLIC, base=_base(), now=now())
        return _open(_file(told, f"epcis-{lot.public_id}.json"))


@bp.get("/q/<public_id>/dpp.json")
@limiter.limit("30/minute", deduct_when=missed)
@public
def box_passport(public_id: str) -> ResponseReturnValue:
    """The Digital Product Passport of a lot."""
    with transaction(read_only=True) as session:
        lot = find_box(session, public_id)
        told = passport_of(session, lot, _base())
        return _open(_file(told, f"dpp-{lot.public_id}.json"))


def _file(told: Mapping[str, Any], name: str) -> Response:
    body = json.dumps(told, ensure_ascii=False, indent=2)
    response = Response(body, content_type="application/ld+json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _open(response: Response) -> Response:
    """For everybody, and kept for a while: nothing in it is anybody's own."""
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _base() -> str:
    return str(current_app.config["BASE_URL"])
