"""All plots of an organisation to take along: GeoJSON, KML, Excel."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.services.land_files import LandFile, land_file
from marketplace.web.access import current_actor, signed_in
from models.database import transaction

bp = Blueprint("land_files", __name__, url_prefix="/vuon/to-chuc")


@bp.get("/<public_id>/thua.<ending>")
@signed_in
def export(public_id: str, ending: str) -> ResponseReturnValue:
    """The plots of all growing areas of an organisation."""
    if ending not in list(LandFile):
        abort(404)
    with transaction(read_only=True) as session:
        who, kind = current_actor(), LandFile(ending)
        body, media = land_file(session, who, public_id, kind, _)
    response = Response(body, mimetype=media)
    name = f"thua-{public_id}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
