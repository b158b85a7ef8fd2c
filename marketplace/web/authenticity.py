"""Is this paper genuine? Told to everybody from its digest, without its content."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from forms.authenticity import DigestForm
from marketplace.domain.authenticity import digest_in
from marketplace.domain.canonical import short_digest
from marketplace.services.authenticity import Genuine, find_genuine, may_open
from marketplace.web.access import current_identity, public
from marketplace.web.limits import limiter
from marketplace.web.notices import PAGES
from models.database import transaction

bp = Blueprint("authenticity", __name__, url_prefix="/xac-thuc")


@bp.route("", methods=["GET", "POST"])
@limiter.limit("30/minute")
@public
def check() -> ResponseReturnValue:
    """Type or paste the digest; the answer has an address of its own."""
    form = DigestForm()
    if form.validate_on_submit():
        return redirect(url_for("authenticity.show", digest=form.value()))
    status = 422 if form.is_submitted() else 200
    return render_template("authenticity/check.html", form=form), status


@bp.get("/<digest>")
@limiter.limit("30/minute")
@public
def show(digest: str) -> ResponseReturnValue:
    """Genuine, and how it stands, or unknown; parties and officers get a link."""
    whole = digest_in(digest)
    if whole is None:  # part of a digest finds nothing, and the form says so
        form = DigestForm(formdata=MultiDict({"digest": digest}), meta={"csrf": False})
        form.validate()
        return render_template("authenticity/check.html", form=form), 404
    if whole != digest:  # one address for one paper
        return redirect(url_for("authenticity.show", digest=whole))
    with transaction(read_only=True) as session:
        record = find_genuine(session, digest)
        return render_template(
            "authenticity/show.html",
            record=record,
            digest=digest,
            check=short_digest(digest),
            page=_page_of(session, record),
        ), 200 if record else 404


def _page_of(session: Session, record: Genuine | None) -> str | None:
    """Where the reader may see the record itself, if at all."""
    identity = current_identity()
    if record is None or identity is None or identity.actor is None:
        return None
    if not may_open(session, identity.actor, record):
        return None
    return url_for(PAGES[record.noun], public_id=record.public_id)
