"""Corrections of numbers that the reference data declare: written, then approved."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.baselines import BaselineForm
from marketplace.services.baseline_corrections import (
    access_baseline,
    approve_correction,
    as_they_hold,
    correct_baseline,
    corrections_of,
)
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("baselines", __name__, url_prefix="/so-goc")


@bp.route("/<int:number>/sua", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def correct(number: int) -> ResponseReturnValue:
    """What should have been declared, with its reason; everything earlier stays."""
    with transaction() as session:
        who = current_actor()
        row = access_baseline(session, who, number)
        versions = corrections_of(session, row)
        told = next(iter(as_they_hold(session, [row])), row)
        shown = {"value": told.value, "source": told.source, "note": told.note}
        seen = versions[0].number if versions else 0
        form = BaselineForm(data={**shown, "after": seen})
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                correct_baseline(session, who, number, form.correction(), now=now())
            if outcome.done:
                flash(_("Đã ghi. Lần sửa dùng khi cán bộ thứ hai duyệt."), "ok")
                return redirect(_list())
        page = render_template(
            "stated_numbers/baseline.html", form=form, row=row, versions=versions
        )
        return page, 422 if form.is_submitted() else 200


@bp.post("/<public_id>/duyet")
@requires(Right.OFFICIATE)
@idempotent
def approve(public_id: str) -> ResponseReturnValue:
    """The second pair of eyes on a correction."""
    with transaction() as session:
        approve_correction(session, current_actor(), public_id, now=now())
    flash(_("Đã duyệt lần sửa."), "ok")
    return redirect(_list())


def _list() -> str:
    return url_for("stated_numbers.index", loai="so-cong-bo")
