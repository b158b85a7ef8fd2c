"""Claims about a finding: raised, argued, settled, or decided by an officer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.deliveries import ClaimForm, DecisionForm
from forms.photos import most_photos
from marketplace.domain.disputes import ClaimWord
from marketplace.domain.errors import NotFound
from marketplace.services.delivery_notes import access_note
from marketplace.services.dispute_records import (
    offer_for,
    open_claim,
    possible_words,
)
from marketplace.services.disputes import decide_claim, raise_claim, say_in_claim
from marketplace.services.photos import add_photos
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.notes import note_data
from marketplace.web.photo_upload import takes_photos
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.deliveries import DeliveryNote
    from models.inspections import Claim

bp = Blueprint("disputes", __name__, url_prefix="/phieu/<public_id>")

TAPS = {
    "dong-y": ClaimWord.ACCEPT,
    "rut": ClaimWord.WITHDRAW,
    "moi-can-bo": ClaimWord.CALL_OFFICER,
}


@bp.route("/khieu-nai", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def claim(public_id: str) -> ResponseReturnValue:
    """Dispute the finding, or argue in the claim that is open."""
    with transaction() as session:
        who = current_actor()
        note = access_note(session, who, public_id, "write")
        found = open_claim(session, note)
        form = ClaimForm()
        raised = found is not None
        if form.validate_on_submit() and _spoken(
            session, form, public_id, raised=raised
        ):
            flash(_("Đã gửi, bên kia được báo."), "ok")
            return redirect(url_for("notes.show", public_id=public_id))
        return render_template(
            "deliveries/claim.html", form=form, **_claim_data(session, note, found)
        ), 422 if form.is_submitted() else 200


def _claim_data(
    session: Session, note: DeliveryNote, found: Claim | None
) -> dict[str, Any]:
    """The note's page, and what its reader may say now."""
    data = note_data(session, note)
    side = data["side"]
    return {
        **data,
        "claim": found,
        "words": {str(word) for word in possible_words(found, side)} if found else (),
        "offer": offer_for(found, side) if found else None,
    }


def _spoken(session: Session, form: ClaimForm, public_id: str, *, raised: bool) -> bool:
    who, moment = current_actor(), now()
    with refused(session, form) as outcome:
        text, offered = form.said(), form.offered()
        if raised:
            word = ClaimWord.OFFER if offered else ClaimWord.SAY
            found = say_in_claim(
                session, who, public_id, word, text, offered, now=moment
            )
        else:
            found = raise_claim(session, who, public_id, text, offered, now=moment)
        pictures = form.photos.pictures
        add_photos(session, who, found, pictures, most=most_photos(), now=moment)
    return outcome.done


@bp.post("/khieu-nai/<answer>")
@requires(Right.DELIVER)
@idempotent
def answer(public_id: str, answer: str) -> ResponseReturnValue:
    """Take the other side's offer, withdraw, or call an officer: one tap."""
    word = TAPS.get(answer)
    if word is None:
        raise NotFound
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        say_in_claim(session, current_actor(), public_id, word, "", now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã gửi, bên kia được báo."), "ok")
    return redirect(url_for("notes.show", public_id=public_id))


@bp.route("/phan-xu", methods=["GET", "POST"])
@requires(Right.OFFICIATE)
@idempotent
def decide(public_id: str) -> ResponseReturnValue:
    """An officer who was called ends the claim."""
    with transaction() as session:
        who = current_actor()
        note = access_note(session, who, public_id)
        form = DecisionForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                text, offered = form.said(), form.offered()
                assert offered is not None
                decide_claim(session, who, public_id, offered, text, now=now())
            if outcome.done:
                flash(_("Đã phân xử, hai bên được báo."), "ok")
                return redirect(url_for("notes.show", public_id=public_id))
        return render_template(
            "deliveries/decide.html",
            form=form,
            claim=open_claim(session, note),
            **note_data(session, note),
        ), 422 if form.is_submitted() else 200
