"""Delivery notes: written, confirmed or void, inspected, disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.deliveries import InspectionForm, NoteForm, ReasonForm
from forms.photos import most_photos
from marketplace.domain.canonical import short_digest
from marketplace.services.clockwork import HOME
from marketplace.services.contracts import access_contract
from marketplace.services.deliveries import Planned, planned_delivery
from marketplace.services.delivery_notes import (
    access_note,
    confirm_note,
    loaded_in_force,
    may_confirm,
    void_note,
)
from marketplace.services.dispute_records import list_claims
from marketplace.services.inspection_rules import (
    check_may_inspect,
    grades_of,
    inspect_until,
)
from marketplace.services.inspections import (
    claim_until,
    inspect_delivery,
    list_inspections,
)
from marketplace.services.note_writing import write_note
from marketplace.services.photos import add_photos
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now
from marketplace.web.contract_pages import sides
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.naming import name_of
from marketplace.web.note_lots import doubts_of, lots_on, stock_for_note
from marketplace.web.offline import (
    answers_outbox,
    can_ask,
    from_outbox,
    keepable,
    refusal,
)
from marketplace.web.photo_upload import (
    add_photos_of_parts,
    photos_around,
    takes_photos,
)
from marketplace.web.refusals import refused
from models.database import new_public_id, transaction
from models.deliveries import DeliveryNote

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("notes", __name__)


@bp.route("/hop-dong/<public_id>/giao/<int:line>/phieu", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@answers_outbox
@idempotent
def new(public_id: str, line: int) -> ResponseReturnValue:
    """Write a note; the same one sent twice is stored once.

    Its form can lie on a phone without a network; the note comes when it can.
    """
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        planned = planned_delivery(session, contract, line)
        offered = stock_for_note(session, contract, planned)
        form = _note_form(contract, line, offered.rows)
        changed = form.is_submitted() and rows_changed(form.lots)
        if not changed and form.validate_on_submit():
            note = _written(session, form, public_id, planned)
            if note:
                flash(_("Đã ghi phiếu, chờ bên kia xác nhận số cân."), "ok")
                return redirect(url_for("notes.show", public_id=note.public_id))
        if form.is_submitted() and from_outbox():
            return refusal(form)
        page = render_template(
            "deliveries/note_form.html",
            form=form,
            contract=contract,
            planned=planned,
            stock=offered.stock,
            **sides(contract),
        )
    if form.is_submitted():
        return page, 200 if changed else 422
    return keepable(page)


def _note_form(contract: Contract, line: int, lots: list[dict[str, Any]]) -> NoteForm:
    place = contract.offer.place if contract.offer else contract.buyer.address
    moment = now().astimezone(HOME)
    filled = {
        "note_id": new_public_id(),
        "day": moment.date(),
        "hour": moment.time(),
        "place": place,
        "lots": lots or [{"code": f"{moment:%d%m%y}-{line}"}],
    }
    form = NoteForm(data=filled)
    if form.is_submitted() and not form.note_id.data:
        form.note_id.data = new_public_id()
    return form


def _written(
    session: Session, form: NoteForm, public_id: str, planned: Planned
) -> DeliveryNote | None:
    """The note as it is stored; from a phone's outbox nobody can be asked back."""
    who, moment = current_actor(), now()
    note = None
    with refused(session, form) as outcome:
        command = form.command(planned.line.number, HOME)
        if can_ask() and form.doubts(doubts_of(session, command, planned)):
            return None
        note = write_note(
            session,
            who,
            public_id,
            command,
            now=moment,
            written_at=form.phone_time(),
        )
        pictures = form.photos.pictures
        add_photos(session, who, note, pictures, most=most_photos(), now=moment)
    return note if outcome.done else None


@bp.get("/phieu/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A note: weights, who stands by them, what was found, what is disputed."""
    with transaction(read_only=True) as session:
        note = access_note(session, current_actor(), public_id)
        return render_template("deliveries/note.html", **note_data(session, note))


def note_data(session: Session, note: DeliveryNote) -> dict[str, Any]:
    """What the pages of a note show."""
    findings = list_inspections(session, note)
    inspection = findings[-1] if findings else None
    claims = list_claims(session, note)
    who = current_actor()
    party = who.organisation_id in (note.contract.seller_id, note.contract.buyer_id)
    return {
        "note": note,
        "contract": note.contract,
        "inspection": inspection,
        "inspect_until": inspect_until(session, note),
        "claim_until": claim_until(session, inspection) if inspection else None,
        "findings": findings,
        "loaded_in_force": loaded_in_force(note),
        "claims": claims,
        **photos_around(session, note, findings, claims),
        "waits_for_me": party and may_confirm(note, who),
        "check": short_digest(note.digest),
        **lots_on(session, who, note),
        **sides(note.contract),
    }


@bp.post("/phieu/<public_id>/xac-nhan")
@requires(Right.DELIVER)
@idempotent
def confirm(public_id: str) -> ResponseReturnValue:
    """Stand by the weights that were on the page."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        digest = request.form.get("digest", "")
        confirm_note(session, current_actor(), public_id, digest, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã xác nhận số cân."), "ok")
    return redirect(url_for("notes.show", public_id=public_id))


@bp.route("/phieu/<public_id>/huy", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def void(public_id: str) -> ResponseReturnValue:
    """Take a note back, or refuse it, as long as one side stands by it."""
    with transaction() as session:
        note = access_note(session, current_actor(), public_id, "write")
        form = ReasonForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                reason = form.text()
                void_note(session, current_actor(), public_id, reason, now=now())
            if outcome.done:
                flash(_("Đã hủy phiếu, bên kia đã được báo."), "ok")
                return redirect(url_for("notes.show", public_id=public_id))
        return render_template(
            "deliveries/void.html", form=form, **note_data(session, note)
        ), 422 if form.is_submitted() else 200


@bp.route("/phieu/<public_id>/nghiem-thu", methods=["GET", "POST"])
@requires(Right.DELIVER)
@takes_photos
@idempotent
def inspect(public_id: str) -> ResponseReturnValue:
    """The buyer splits the load into parts; others are told why not, at once."""
    with transaction() as session:
        note = access_note(session, current_actor(), public_id, "write")
        if request.method == "GET":
            check_may_inspect(session, current_actor(), note, now=now())
        grades = grades_of(session, note.contract)
        form = InspectionForm(data={"parts": [{"kg": note.net_kg}]})
        changed = form.is_submitted() and rows_changed(form.parts)
        form.offer_grades([(grade.code, name_of(grade)) for grade in grades])
        sent = not changed and form.validate_on_submit()
        if sent and _inspected(session, form, public_id):
            flash(_("Đã ghi kết quả nghiệm thu, bên bán đã được báo."), "ok")
            return redirect(url_for("notes.show", public_id=public_id))
        return render_template(
            "deliveries/inspect.html", form=form, **note_data(session, note)
        ), 422 if form.is_submitted() and not changed else 200


def _inspected(session: Session, form: InspectionForm, public_id: str) -> bool:
    who, moment = current_actor(), now()
    with refused(session, form) as outcome:
        parts = form.command()
        pictures = form.pictures()
        sent = sum(len(some) for some in pictures.values())
        found = inspect_delivery(
            session, who, public_id, parts, now=moment, pictures=sent
        )
        add_photos_of_parts(session, who, found, pictures, now=moment)
    return outcome.done
