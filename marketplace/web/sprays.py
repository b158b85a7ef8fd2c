"""The spray diary of a garden: read, written, and lines declared wrong."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from forms.lots import WrongForm
from forms.sprays import SprayForm
from marketplace.services.areas import access_area
from marketplace.services.late_sprays import lots_held_by
from marketplace.services.lot_choices import first_days, plots_in_use
from marketplace.services.sprays import (
    access_spray,
    declare_spray_wrong,
    list_sprays,
    write_spray,
)
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import new_public_id, transaction

bp = Blueprint("sprays", __name__, url_prefix="/vuon")


@bp.get("/<public_id>/nhat-ky-phun")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """What was sprayed in a garden, the latest first, and when it may be picked."""
    with transaction(read_only=True) as session:
        who = current_actor()
        area = access_area(session, who, public_id)
        lines = list_sprays(session, who, public_id)
        return render_template(
            "sprays/index.html",
            area=area,
            sprays=lines,
            held=lots_held_by(session, [one.id for one in lines]),
            free=first_days(session, [area], today()).get(area.id),
            mine=area.organisation_id == who.organisation_id,
        )


@bp.route("/<public_id>/nhat-ky-phun/ghi", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def write(public_id: str) -> ResponseReturnValue:
    """Write down a treatment; one told late may hold lots that were picked since."""
    with transaction() as session:
        area = access_area(session, current_actor(), public_id, "write")
        plots = [(str(one.id), one.name) for one in plots_in_use(session, [area])]
        form = SprayForm(data=_filled(session, public_id), plots=plots)
        if form.is_submitted() and not form.spray_id.data:
            form.spray_id.data = new_public_id()
        if form.validate_on_submit() and _written(session, form, public_id):
            return redirect(url_for("sprays.index", public_id=public_id))
        page = render_template("sprays/write.html", form=form, area=area)
        return page, 422 if form.is_submitted() else 200


def _filled(session: Session, public_id: str) -> dict[str, Any]:
    """Today; and with `nhu` the words of an earlier line, to be sprayed again."""
    known: dict[str, Any] = {"spray_id": new_public_id(), "sprayed_on": today()}
    asked = request.args.get("nhu", "")
    for line in list_sprays(session, current_actor(), public_id):
        if line.public_id == asked:
            names = ("product", "interval_days", "substance", "dose", "against")
            known |= {name: getattr(line, name) for name in names}
    return known


def _written(session: Session, form: SprayForm, public_id: str) -> bool:
    held = 0
    with refused(session, form) as outcome:
        command = form.command()
        spray = write_spray(session, current_actor(), public_id, command, now=now())
        held = lots_held_by(session, [spray.id]).get(spray.id, 0)
    if outcome.done:
        flash(_("Đã ghi vào nhật ký phun."), "ok")
    if held:
        told = ngettext(
            "Có %(num)d lô hái trước khi hết cách ly, đã giữ lại và báo cho bên giữ.",
            "Có %(num)d lô hái trước khi hết cách ly, đã giữ lại và báo cho bên giữ.",
            held,
        )
        flash(told, "bad")
    return outcome.done


@bp.route("/nhat-ky-phun/<public_id>/sai", methods=["GET", "POST"])
@requires(Right.SELL)
@idempotent
def wrong(public_id: str) -> ResponseReturnValue:
    """Say that a line is wrong and why; what it alone held is free again."""
    with transaction() as session:
        spray = access_spray(session, current_actor(), public_id)
        form = WrongForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                reason, who = form.text(), current_actor()
                declare_spray_wrong(session, who, public_id, reason, now=now())
            if outcome.done:
                flash(_("Đã báo dòng nhật ký này sai."), "ok")
                area = spray.area.public_id
                return redirect(url_for("sprays.index", public_id=area))
        page = render_template("sprays/wrong.html", form=form, spray=spray)
        return page, 422 if form.is_submitted() else 200
