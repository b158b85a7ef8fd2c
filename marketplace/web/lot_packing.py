"""Packing what was just picked, with or without a network.

A lot that was picked without a network has no number yet; the event of picking has one
that the phone drew. The form names the lot by it, and is sent after it.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.lot_packing import PickedForm
from marketplace.domain.commands_lots import TransformLots
from marketplace.services.clockwork import HOME
from marketplace.services.lot_doubts import doubt_loss
from marketplace.services.lot_picked import Picked, just_picked, lot_picked
from marketplace.services.lot_stock import moment_in_stock
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.lot_forms import facilities_of, first_values, takes
from marketplace.web.naming import name_of
from marketplace.web.offline import answers_outbox
from marketplace.web.words import kg
from models.database import transaction

bp = Blueprint("lot_packing", __name__, url_prefix="/lo")


@bp.route("/vua-hai/dong-thung", methods=["GET", "POST"])
@requires(Right.DELIVER)
@answers_outbox
@idempotent
def picked() -> ResponseReturnValue:
    """What was just picked is packed; the page can lie on a phone."""
    with transaction() as session:
        form = _form(session)
        changed = form.is_submitted() and rows_changed(form.made)
        form.offer_made()
        return takes(
            session,
            form,
            "lots/pack_picked.html",
            lambda: _command(session, form),
            changed=changed,
            keep=True,
            doubt=lambda told: doubt_loss(session, told),
        )


def _form(session: Session) -> PickedForm:
    found = just_picked(session, current_actor())
    asked = request.args.get("hai", "")
    chosen = next((one for one in found if one.event_id == asked), None)
    known = first_values(picked=asked or (found[0].event_id if found else ""))
    if chosen is None and found:
        chosen = found[0]
    if chosen:
        known |= {"kg": chosen.kg, "made": [{"kg": chosen.kg}]}
    names = [(one.event_id, _words(one)) for one in found]
    return PickedForm(data=known, picked=names, facilities=facilities_of(session))


def _words(one: Picked) -> str:
    return str(
        _(
            "Lô %(code)s, %(product)s, còn %(kg)s",
            code=one.lot.code,
            product=name_of(one.lot.product).lower(),
            kg=kg(one.kg),
        )
    )


def _command(session: Session, form: PickedForm) -> TransformLots:
    lot = lot_picked(session, current_actor(), form.picked.data or "")
    owner, typed = current_actor().organisation_id, form.moment(HOME)
    at: datetime = moment_in_stock(session, owner, [lot.public_id], typed)
    return form.command(lot.public_id, at)
