"""Telling of lots that exist: turned into others, stored, sent, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from forms.lots import (
    EndForm,
    SeenForm,
    ShipForm,
    TurnForm,
    UsingForm,
    offer,
)
from marketplace.domain.commands_lots import EndLots, ObserveLots, ShipLots
from marketplace.domain.words_trace import LotStep
from marketplace.services.catalogue import grades_of
from marketplace.services.lot_choices import (
    Turned,
    partners,
    turned_into,
)
from marketplace.services.lot_doubts import doubt_loss
from marketplace.services.lot_stock import (
    InStock,
    free_kg,
    in_hand,
    moment_in_stock,
    usable_stock,
)
from marketplace.services.lots import access_lot
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import today
from marketplace.web.fields import rows_changed
from marketplace.web.idempotent import idempotent
from marketplace.web.lot_forms import facilities_of, first_values, moment_of, takes
from marketplace.web.naming import name_of
from marketplace.web.offline import answers_outbox
from models.database import transaction

if TYPE_CHECKING:
    from models.lots import Lot

bp = Blueprint("lot_turning", __name__, url_prefix="/lo")

MAKING = {
    "phan-loai": LotStep.SORT,
    "dong-thung": LotStep.PACK,
    "che-bien": LotStep.DRY,
}
SEEING = {"tru": LotStep.STORE, "xu-ly": LotStep.TREAT}
LEAVING = {"ban-le": LotStep.SELL, "huy": LotStep.DESTROY}


@bp.route(
    '/<public_id>/<any("phan-loai","dong-thung","che-bien"):making>',
    methods=["GET", "POST"],
)
@requires(Right.DELIVER)
@answers_outbox
@idempotent
def turn(public_id: str, making: str) -> ResponseReturnValue:
    """Lots into lots: sorted, packed, dried; other lots can join."""
    step = MAKING[making]
    with transaction() as session:
        lot = access_lot(session, current_actor(), public_id)
        others = _others(session, lot)
        turned = _turned(session, lot, step)
        form = _turn_form(session, lot, step, others, turned)
        changed = form.is_submitted() and rows_changed(form.made)
        form.offer_made(
            _grades(session, lot, step),
            [(str(one.product.id), name_of(one.product)) for one in turned],
        )
        return takes(
            session,
            form,
            "lots/turn.html",
            lambda: form.command(step, _moment(session, form)),
            changed=changed,
            keep=True,
            doubt=lambda told: doubt_loss(session, told),
            step=step,
            turned=turned,
            **_around(session, lot, others),
        )


def _turned(session: Session, lot: Lot, step: LotStep) -> list[Turned]:
    dried = step is LotStep.DRY
    return turned_into(session, lot.product, today()) if dried else []


def _grades(session: Session, lot: Lot, step: LotStep) -> list[tuple[str, str]]:
    """Another product has grades of its own, which nobody has asked for yet."""
    found = () if step is LotStep.DRY else grades_of(session, lot.product)
    return [(str(one.id), name_of(one)) for one in found]


def _turn_form(
    session: Session,
    lot: Lot,
    step: LotStep,
    others: Sequence[InStock],
    turned: Sequence[Turned],
) -> TurnForm:
    kg = free_kg(session, current_actor(), lot)
    made: list[dict[str, Any]] = [{"kg": kg, "grade": str(lot.grade_id or "")}]
    if step is LotStep.SORT:
        grades = grades_of(session, lot.product)
        made = [{"grade": str(one.id)} for one in grades] or made
    if step is LotStep.DRY and turned:
        made = [{"kg": turned[0].expected_kg(kg)}]
    values = first_values(used=_used(lot, kg, others), made=made)
    return TurnForm(data=values, facilities=facilities_of(session))


def _others(session: Session, lot: Lot) -> list[InStock]:
    stock = usable_stock(session, current_actor(), lot.product_id)
    return [one for one in stock if one.lot.id != lot.id][:30]


def _used(lot: Lot, kg: int, others: Sequence[InStock] = ()) -> list[dict[str, Any]]:
    """All of the lot itself; the others are there to be filled in."""
    rest = [{"lot": one.lot.public_id, "kg": None} for one in others]
    return [{"lot": lot.public_id, "kg": kg or None}, *rest]


def _around(
    session: Session, lot: Lot, others: Sequence[InStock] = ()
) -> dict[str, Any]:
    """What the pages say beside the kilograms: each lot by its id, and what is left."""
    left = {one.lot.public_id: one.kg for one in others}
    left[lot.public_id] = free_kg(session, current_actor(), lot)
    lots = {one.lot.public_id: one.lot for one in others} | {lot.public_id: lot}
    return {"lot": lot, "lots": lots, "left": left}


def _moment(session: Session, form: UsingForm) -> Any:
    lots = [one.lot for one in form.taken()]
    owner = current_actor().organisation_id
    return moment_in_stock(session, owner, lots, moment_of(form))


@bp.route('/<public_id>/<any("tru","xu-ly"):seeing>', methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def see(public_id: str, seeing: str) -> ResponseReturnValue:
    """A lot was stored somewhere, or treated."""
    step = SEEING[seeing]
    with transaction() as session:
        lot = access_lot(session, current_actor(), public_id)
        owner = current_actor().organisation_id
        form = SeenForm(data=first_values(), facilities=facilities_of(session))
        return takes(
            session,
            form,
            "lots/see.html",
            lambda: ObserveLots(
                form.event_id.data or "",
                step,
                moment_in_stock(session, owner, [lot.public_id], moment_of(form)),
                (lot.public_id,),
                form.where(),
            ),
            step=step,
            **_around(session, lot),
        )


@bp.route("/<public_id>/gui", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def ship(public_id: str) -> ResponseReturnValue:
    """Kilograms of lots go to somebody."""
    with transaction() as session:
        lot = access_lot(session, current_actor(), public_id)
        others = _others(session, lot)
        kg = free_kg(session, current_actor(), lot)
        values = first_values(used=_used(lot, kg, others))
        form = ShipForm(data=values, facilities=facilities_of(session))
        return takes(
            session,
            form,
            "lots/ship.html",
            lambda: shipment(session, form),
            **offer_partners(session, form),
            **_around(session, lot, others),
        )


def offer_partners(session: Session, form: ShipForm) -> Mapping[str, Any]:
    """Whom the actor deals with; the only one is chosen."""
    found = partners(session, current_actor())
    known = request.args.get("cho", "") if not form.is_submitted() else ""
    names = [(str(one.id), one.short_name) for one in found]
    offer(form.to, names, "–")
    chosen = [one for one in found if one.public_id == known] or found
    if not form.is_submitted() and len(chosen) == 1:
        form.to.data = str(chosen[0].id)
    return {"partners": found}


def shipment(session: Session, form: ShipForm) -> ShipLots:
    """What the form of a shipment tells."""
    return ShipLots(
        form.event_id.data or "",
        _moment(session, form),
        form.taken(),
        where=form.where(temperature_c=form.temperature.data),
        **form.receiver(),
    )


@bp.route('/<public_id>/<any("ban-le","huy"):leaving>', methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def end(public_id: str, leaving: str) -> ResponseReturnValue:
    """Kilograms were sold to consumers, or destroyed."""
    step = LEAVING[leaving]
    with transaction() as session:
        lot = access_lot(session, current_actor(), public_id)
        kg_of = in_hand if step is LotStep.DESTROY else free_kg
        kg = kg_of(session, current_actor(), lot)
        form = EndForm(
            data=first_values(used=_used(lot, kg)), facilities=facilities_of(session)
        )
        form.ask(step)
        return takes(
            session,
            form,
            "lots/end.html",
            lambda: EndLots(
                form.event_id.data or "",
                step,
                _moment(session, form),
                form.taken(),
                where=form.where(),
                **form.said(),
            ),
            step=step,
            **_around(session, lot),
        )
