"""The side that was struck says that the event is over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.majeure import EndedForm
from marketplace.services.majeure import access_majeure
from marketplace.services.majeure_endings import end_majeure, has_outlasted, may_end
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint(
    "majeure_ends", __name__, url_prefix="/hop-dong/<public_id>/bat-kha-khang"
)


@bp.route("/<int:number>/da-het", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def end(public_id: str, number: int) -> ResponseReturnValue:
    """Since which day it is over; the other side is told at once."""
    with transaction() as session:
        who = current_actor()
        notice = access_majeure(session, who, public_id, number, "write")
        form = EndedForm(data={"ended": today()})
        if form.validate_on_submit() and form.ended.data:
            with refused(session, form) as outcome:
                day, moment = form.ended.data, now()
                end_majeure(
                    session, who, public_id, number, day, today=today(), now=moment
                )
            if outcome.done:
                flash(_("Đã báo bên kia là việc đã hết."), "ok")
                return redirect(url_for("majeure.index", public_id=public_id))
        return render_template(
            "majeure/ended.html",
            form=form,
            notice=notice,
            contract=notice.contract,
            **sides(notice.contract),
        ), 422 if form.is_submitted() else 200


def init_app(app: Any) -> None:
    """Templates ask whether the end is still to be told, and whether it is overdue."""
    app.jinja_env.globals["may_end_majeure"] = may_end
    app.jinja_env.globals["has_outlasted"] = has_outlasted
