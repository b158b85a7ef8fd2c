"""Holds, recalls and drills: opened from a lot, answered by holders, lifted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.monitoring import SayForm
from forms.recalls import AnswerRecallForm, OpenRecallForm
from marketplace.domain.errors import NotFound
from marketplace.domain.recalls import RecallKind
from marketplace.services.lots import access_lot
from marketplace.services.recall_answers import (
    answer_recall,
    stock_of,
)
from marketplace.services.recall_lifting import agree_to_lift, lift_recall
from marketplace.services.recall_lists import (
    access_recall,
    coming_kg,
    list_recalls,
    progress_of,
    sent_outside,
)
from marketplace.services.recalls import open_recall, open_recall_of
from marketplace.services.spreadsheets import XLSX
from marketplace.web.access import current_actor, signed_in
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.recall_sheets import recall_book
from marketplace.web.refusals import refused
from models.database import transaction

bp = Blueprint("recalls", __name__)


@bp.get("/thu-hoi")
@signed_in
def index() -> ResponseReturnValue:
    """All that one opened or is asked by, drills too, the newest first."""
    with transaction(read_only=True) as session:
        rows = list_recalls(session, current_actor())
        return render_template("recalls/index.html", rows=rows, me=current_actor())


@bp.route("/lo/<public_id>/thu-hoi", methods=["GET", "POST"])
@signed_in
@idempotent
def new(public_id: str) -> ResponseReturnValue:
    """Hold or recall a lot and all that was made of it, in one action."""
    form = OpenRecallForm()
    form.offer([(kind.value, str(label(kind))) for kind in RecallKind])
    with transaction() as session:
        who = current_actor()
        lot = access_lot(session, who, public_id)
        if not who.is_officer and lot.organisation_id != who.organisation_id:
            raise NotFound
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                told = form.command(public_id)
                recall = open_recall(session, who, told, now=now())
            if outcome.done:
                flash(_("Đã báo %(count)s nơi.", count=len(recall.answers)), "ok")
                return redirect(url_for(".show", public_id=recall.public_id))
        standing = open_recall_of(session, lot)
        return render_template(
            "recalls/new.html", form=form, lot=lot, standing=standing
        ), 422 if form.is_submitted() else 200


@bp.get("/thu-hoi/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """How far it has come; the holder's answer, or the next step of who opened it."""
    with transaction(read_only=True) as session:
        recall = access_recall(session, current_actor(), public_id)
        return render_template("recalls/show.html", **_seen(session, recall))


def _seen(session: Session, recall: Any) -> dict[str, Any]:
    who = current_actor()
    own = next(
        (one for one in recall.answers if one.organisation_id == who.organisation_id),
        None,
    )
    lifts = recall.organisation_id == who.organisation_id or (
        recall.by_officer and who.is_officer
    )
    stock = stock_of(session, who, recall)
    return {
        "recall": recall,
        "progress": progress_of(session, who, recall, now=now()),
        "own": own,
        "stock": [
            (one.lot, stock[one.lot_id]) for one in recall.lots if one.lot_id in stock
        ],
        "stock_kg": sum(stock.values()),
        "outside": sent_outside(who, recall),
        "coming_kg": coming_kg(session, who, recall),
        "me": who,
        "lifts": lifts,
    }


@bp.route("/thu-hoi/<public_id>/tra-loi", methods=["GET", "POST"])
@signed_in
@idempotent
def answer(public_id: str) -> ResponseReturnValue:
    """Kilograms found, destroyed or sent back: one page, one tap."""
    form = AnswerRecallForm()
    with transaction() as session:
        who = current_actor()
        recall = access_recall(session, who, public_id)
        page = _seen(session, recall)
        if page["own"] is None:
            raise NotFound
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                answer_recall(session, who, public_id, form.command(), now=now())
            if outcome.done:
                flash(_("Đã gửi trả lời."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        if not form.is_submitted():
            form.follow(page["own"].told_gone_kg, page["stock_kg"])
        return render_template(
            "recalls/answer.html", form=form, **page
        ), 422 if form.is_submitted() else 200


@bp.route("/thu-hoi/<public_id>/go", methods=["GET", "POST"])
@signed_in
@idempotent
def lift(public_id: str) -> ResponseReturnValue:
    """End it, and say how it came out."""
    form = SayForm()
    with transaction() as session:
        page = _seen(session, access_recall(session, current_actor(), public_id))
        if not page["lifts"]:
            raise NotFound
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                lift_recall(session, current_actor(), public_id, form.said(), now=now())
            if outcome.done:
                flash(_("Đã ghi kết quả."), "ok")
                return redirect(url_for(".show", public_id=public_id))
        return render_template(
            "recalls/lift.html", form=form, **page
        ), 422 if form.is_submitted() else 200


@bp.post("/thu-hoi/<public_id>/dong-y")
@signed_in
@idempotent
def agree(public_id: str) -> ResponseReturnValue:
    """The second officer agrees."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        agree_to_lift(session, current_actor(), public_id, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã gỡ, mọi nơi được báo."), "ok")
    return redirect(url_for(".show", public_id=public_id))


@bp.get("/thu-hoi/<public_id>.xlsx")
@signed_in
def file(public_id: str) -> ResponseReturnValue:
    """The report: what was asked, who answered when, and all kilograms."""
    with transaction(read_only=True) as session:
        who = current_actor()
        recall = access_recall(session, who, public_id)
        body = recall_book(recall, progress_of(session, who, recall, now=now()))
    answer = Response(body, mimetype=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="thu-hoi.xlsx"'
    return answer
