"""Shipments that come: taken over whole in one tap, or lot by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.lots import ArriveForm
from marketplace.domain.commands_lots import ArriveLots, Used
from marketplace.domain.errors import NotFound
from marketplace.domain.words_trace import LotStep
from marketplace.services.lot_capture import capture
from marketplace.services.lot_moves import answer_to
from marketplace.services.lot_story import access_event
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.lot_forms import facilities_of, first_values, moment_of, takes
from marketplace.web.refusals import refused
from models.database import new_public_id, transaction

if TYPE_CHECKING:
    from models.lot_events import LotEvent

bp = Blueprint("lot_arrivals", __name__, url_prefix="/lo/chuyen")


def shipment_to_us(session: Session, public_id: str) -> LotEvent:
    """A shipment to the actor's organisation; NotFound for any other event."""
    who = current_actor()
    ship = access_event(session, who, public_id)
    to_us = ship.to_organisation_id == who.organisation_id
    if not to_us or ship.step is not LotStep.SHIP or ship.wrong_at is not None:
        raise NotFound
    return ship


@bp.route("/<public_id>/nhan", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def arrive(public_id: str) -> ResponseReturnValue:
    """Write down what came of a shipment, lot by lot."""
    with transaction() as session:
        ship = shipment_to_us(session, public_id)
        known = answer_to(session, ship)
        if known is not None:
            return redirect(url_for("lots.event", public_id=known.public_id))
        rows = [{"lot": one.lot.public_id, "kg": one.kg} for one in ship.parts]
        form = ArriveForm(
            data=first_values(used=rows), facilities=facilities_of(session)
        )
        return takes(
            session,
            form,
            "lots/arrive.html",
            lambda: _arrival(form, ship),
            ship=ship,
            lots={one.lot.public_id: one.lot for one in ship.parts},
            left={one.lot.public_id: one.kg for one in ship.parts},
        )


def _arrival(form: ArriveForm, ship: LotEvent) -> ArriveLots:
    """What came; a time typed to the minute is not before the shipment's second."""
    return ArriveLots(
        form.event_id.data or "",
        ship.public_id,
        max(moment_of(form), ship.at)
        if (ship.at - moment_of(form)).total_seconds() < 60
        else moment_of(form),
        form.taken(),
        form.where(),
    )


@bp.post("/<public_id>/nhan-du")
@requires(Right.DELIVER)
@idempotent
def whole(public_id: str) -> ResponseReturnValue:
    """All of it came."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        ship = shipment_to_us(session, public_id)
        came = tuple(Used(one.lot.public_id, one.kg) for one in ship.parts)
        moment = max(now(), ship.at)
        told = ArriveLots(new_public_id(), ship.public_id, moment, came)
        capture(session, current_actor(), told, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(_("Đã nhận đủ chuyến hàng."), "ok")
    return redirect(url_for("lots.index"))
