"""The other side confirms a note on this device, and leaves nothing behind."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.note_turns import TurnForm
from marketplace.domain.canonical import short_digest
from marketplace.services.delivery_notes import access_note, confirm_note
from marketplace.services.note_turns import other_side_waits, prove_guest
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.contract_pages import sides
from marketplace.web.limits import limiter
from marketplace.web.refusals import refused
from models.database import transaction
from models.deliveries import DeliveryNote

bp = Blueprint("note_turns", __name__)


# Not kept by its key: a refused try must stay counted, and twice is once anyway.
@bp.route("/phieu/<public_id>/xac-nhan-tai-cho", methods=["GET", "POST"])
@limiter.limit("20 per 5 minutes", methods=["POST"])
@requires(Right.DELIVER)
def confirm(public_id: str) -> ResponseReturnValue:
    """A person of the other side proves who they are, for this note alone."""
    with transaction() as session:
        note = access_note(session, current_actor(), public_id, "write")
        leave = redirect(url_for("notes.show", public_id=public_id))
        if not other_side_waits(note, current_actor()):
            return leave
        form = TurnForm()
        if form.validate_on_submit():
            if _confirmed(session, form, public_id):
                told = _("Đã xác nhận số cân. Máy này trở lại với người đang dùng.")
                flash(told, "ok")
                return leave
            for message in form.form_errors:
                flash(str(message), "bad")
            # Led on, so that going back finds no password to be sent again.
            return redirect(url_for("note_turns.confirm", public_id=public_id))
        form.forget()
        return _sheet(form, note), 422 if form.is_submitted() else 200


def _confirmed(session: Session, form: TurnForm, public_id: str) -> bool:
    host = current_actor()
    command = form.command(request.remote_addr or "")
    guest = prove_guest(session, host, public_id, command, now=now())
    if guest is None:
        told = _("Chưa đúng, hoặc không phải người của bên kia. Xem lại rồi thử lại.")
        form.form_errors.append(told)
        return False
    digest = form.digest.data or ""
    with refused(session, form) as outcome:
        confirm_note(session, guest, public_id, digest, now=now(), host=host)
    return outcome.done


def _sheet(form: TurnForm, note: DeliveryNote) -> str:
    return render_template(
        "deliveries/turn.html",
        form=form,
        note=note,
        contract=note.contract,
        check=short_digest(note.digest),
        **sides(note.contract),
    )
