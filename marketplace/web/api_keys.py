"""Keys of an organisation's software: draw one, see them, revoke one."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.api_keys import ApiKeyForm
from marketplace.services.api_keys import draw_key, list_keys, revoke_key
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("api_keys", __name__, url_prefix="/khoa-phan-mem")

FRESH = "api_key"  # shown on the next page, and never again


@bp.get("/")
@requires(Right.MANAGE_MEMBERS)
def index() -> ResponseReturnValue:
    """The keys; the secret of one that was just drawn is shown this once."""
    with transaction(read_only=True) as db_session:
        return render_template(
            "api_keys/index.html",
            keys=list_keys(db_session, current_actor()),
            secret=session.pop(FRESH, ""),
            address=f"{current_app.config['BASE_URL']}/epcis",
        )


@bp.route("/moi", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
@requires(Right.MANAGE_MEMBERS)
@idempotent
def new() -> ResponseReturnValue:
    """Draw a key."""
    form = ApiKeyForm()
    with transaction() as db_session:
        list_keys(db_session, current_actor())  # an authority has none
        if form.validate_on_submit():
            with refused(db_session, form) as outcome:
                _key, secret = draw_key(
                    db_session,
                    current_actor(),
                    form.name.data or "",
                    may_write=bool(form.may_write.data),
                    now=now(),
                )
            if outcome.done:
                session[FRESH] = secret
                return redirect(url_for("api_keys.index"))
        status = 422 if form.is_submitted() else 200
        return render_template("api_keys/new.html", form=form), status


@bp.post("/<public_id>/thu-hoi")
@requires(Right.MANAGE_MEMBERS)
@idempotent
def revoke(public_id: str) -> ResponseReturnValue:
    """The key opens nothing any more."""
    with transaction() as db_session:
        revoke_key(db_session, current_actor(), public_id, now=now())
    flash(_("Đã thu hồi khóa. Phần mềm dùng khóa này không vào được nữa."), "ok")
    return redirect(url_for("api_keys.index"))
