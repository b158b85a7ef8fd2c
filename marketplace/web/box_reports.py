"""Reports about boxes, for those who answer for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.box_reports import BoxAnswerForm
from marketplace.services.box_reports import (
    access_box_report,
    close_box_report,
    list_box_reports,
    may_close,
)
from marketplace.web.access import current_actor, signed_in
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.paging import page_of
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("box_reports", __name__, url_prefix="/bao-hang")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Reports about lots that we made or hold, or of the officer's scope."""
    with transaction(read_only=True) as session:
        page = page_of(list_box_reports(session, current_actor()))
        return render_template("box_reports/index.html", page=page)


@bp.route("/<public_id>", methods=["GET", "POST"])
@signed_in
@idempotent
def show(public_id: str) -> ResponseReturnValue:
    """What the person said, and what came of it."""
    form = BoxAnswerForm()
    with transaction() as session:
        who = current_actor()
        report = access_box_report(session, who, public_id)
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                answer = form.answer.data or ""
                close_box_report(session, who, public_id, answer, now=now())
            if outcome.done:
                flash(_("Đã ghi cách xử lý."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        page = render_template(
            "box_reports/show.html",
            form=form,
            report=report,
            mine=may_close(who, report),
        )
        return page, 422 if form.is_submitted() else 200
