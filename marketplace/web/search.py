"""One box that finds organisations, harvests, offers and one's own contracts."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.services.search import LONGEST, search_all
from marketplace.web.access import current_identity, public
from marketplace.web.clock import today
from marketplace.web.limits import limiter
from models.database import transaction

bp = Blueprint("search", __name__)


@bp.get("/tim")
@public
@limiter.limit("120/minute")
def results() -> ResponseReturnValue:
    """What holds every word; marks and case do not matter."""
    text = request.args.get("q", "").strip()[:LONGEST]
    identity = current_identity()
    with transaction(read_only=True) as session:
        found = search_all(
            session, identity.actor if identity else None, text, today=today()
        )
        return render_template("search/results.html", text=text, found=found)
