"""Telling what happens to lots, on a phone in a few taps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.lot_origins import HarvestForm, ReceiveForm
from marketplace.services.areas import list_areas, list_products
from marketplace.services.catalogue import varieties_of
from marketplace.services.clockwork import HOME
from marketplace.services.households import list_households
from marketplace.services.lot_choices import (
    Due,
    deliveries_due,
    first_days,
    plots_in_use,
)
from marketplace.services.lot_doubts import doubt_harvest
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.lot_forms import facilities_of, first_values, takes
from marketplace.web.naming import name_of
from marketplace.web.offline import answers_outbox
from marketplace.web.words import day_short, tonnes
from models.database import transaction

if TYPE_CHECKING:
    from models.papers import GrowingArea

bp = Blueprint("lot_captures", __name__, url_prefix="/lo")


@bp.route("/hai", methods=["GET", "POST"])
@requires(Right.SELL)
@answers_outbox
@idempotent
def harvest() -> ResponseReturnValue:
    """Fruit was picked; the page can lie on a phone without a network."""
    with transaction() as session:
        areas = list_areas(session, current_actor())
        dues = deliveries_due(session, current_actor(), today())
        form = _harvest_form(session, areas, dues)
        changed = form.is_submitted() and rows_changed(form.origins)
        form.offer_origins()
        return takes(
            session,
            form,
            "lots/harvest.html",
            lambda: form.command(HOME),
            changed=changed,
            keep=True,
            doubt=lambda told: doubt_harvest(session, told),
            areas=areas,
            first_days=first_days(session, areas, today()),
        )


def _harvest_form(
    session: Session, areas: list[GrowingArea], dues: list[Due]
) -> HarvestForm:
    return HarvestForm(
        data=first_values(**_guess(areas, dues)),
        areas=[(str(area.id), area.name) for area in areas],
        dues=[(_value(one), _words(one)) for one in dues if one.contract.harvest_id],
        varieties=_varieties(session, areas),
        plots=_plots(session, areas),
        households=[
            (str(one.id), one.name) for one in list_households(session, current_actor())
        ],
        facilities=facilities_of(session),
    )


def _guess(areas: list[GrowingArea], dues: list[Due]) -> dict[str, Any]:
    """The only garden, the garden of a link, and the only delivery of these days."""
    known: dict[str, Any] = {}
    asked = request.args.get("vuon", "")
    here = [area for area in areas if area.public_id == asked] or areas
    if len(here) == 1:
        known["area"] = str(here[0].id)
    if len(dues) == 1 and dues[0].contract.harvest_id:
        known |= {"due": _value(dues[0]), "kg": dues[0].planned.open_kg}
    return known


def _value(due: Due) -> str:
    return f"{due.contract.harvest_id}-{due.contract.id}-{due.planned.line.number}"


def _words(due: Due) -> str:
    words: str = _(
        "%(day)s: %(kg)s %(product)s cho %(buyer)s",
        day=day_short(due.planned.delivery.day),
        kg=tonnes(due.planned.open_kg),
        product=name_of(due.contract.product).lower(),
        buyer=due.contract.buyer.short_name,
    )
    return words


def _varieties(session: Session, areas: list[GrowingArea]) -> list[tuple[str, str]]:
    products = {area.product_id: area.product for area in areas}
    return [
        (str(one.id), name_of(one))
        for product in products.values()
        for one in varieties_of(session, product)
    ]


def _plots(session: Session, areas: list[GrowingArea]) -> list[tuple[str, str]]:
    names = {area.id: area.name for area in areas}
    return [
        (str(plot.id), f"{names[plot.area_id]}, {plot.name}")
        for plot in plots_in_use(session, areas)
    ]


@bp.route("/nhan-ngoai", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def receive() -> ResponseReturnValue:
    """Goods of somebody who keeps no lots here were taken over."""
    with transaction() as session:
        products = list_products(session)
        form = ReceiveForm(
            data=first_values(),
            products=[(str(one.id), name_of(one)) for one in products],
            facilities=facilities_of(session),
        )
        return takes(session, form, "lots/receive.html", lambda: form.command(HOME))
