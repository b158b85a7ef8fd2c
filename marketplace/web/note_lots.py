"""Lots and delivery notes: chosen from stock for a note, sent back after one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from marketplace.services.doubts import doubt_weights
from marketplace.services.lot_notes import doubt_lots, told_of_lots
from marketplace.services.lot_returns import (
    goods_to_return,
    lots_named,
    rejected_elsewhere_kg,
    return_goods,
)
from marketplace.services.lot_stock import InStock, usable_stock
from marketplace.web.access import Right, current_actor, requires
from marketplace.web.clock import now
from marketplace.web.idempotent import idempotent
from marketplace.web.refusals import refused
from models.database import new_public_id, transaction

if TYPE_CHECKING:
    from marketplace.domain.actor import Actor
    from marketplace.domain.commands_deliveries import WriteNote
    from marketplace.domain.findings import Finding
    from marketplace.services.deliveries import Planned
    from models.contracts import Contract
    from models.deliveries import DeliveryNote

bp = Blueprint("note_lots", __name__, url_prefix="/phieu")


@dataclass(frozen=True)
class OnNote:
    """The seller's stock that may go on a note, and the rows that are chosen."""

    stock: list[InStock]
    rows: list[dict[str, Any]]


def stock_for_note(session: Session, contract: Contract, planned: Planned) -> OnNote:
    """The seller's own lots of the product; `lo` in the address names the chosen.

    The only lot there is needs no choosing. Kilograms are those still planned, as
    far as the lots reach.
    """
    who = current_actor()
    if who.organisation_id != contract.seller_id:
        return OnNote([], [])
    stock = [
        one
        for one in usable_stock(session, who, contract.product_id)
        if one.lot.organisation_id == contract.seller_id
    ]
    asked = request.args.getlist("lo")
    chosen = [one for one in stock if one.lot.public_id in asked]
    if not chosen and len(stock) == 1:
        chosen = stock
    left, rows = planned.open_kg, []
    for one in chosen:
        kg = min(one.kg, left) or one.kg
        rows.append({"code": one.lot.code, "gross": kg})
        left -= min(kg, left)
    return OnNote(stock, rows)


def doubts_of(session: Session, command: WriteNote, planned: Planned) -> list[Finding]:
    """What is odd about a note: numbers that are no lots, twice what was planned."""
    odd = doubt_lots(session, planned.line.contract, command.lots)
    return odd + doubt_weights(command, planned.open_kg)


def lots_on(session: Session, who: Actor, note: DeliveryNote) -> dict[str, Any]:
    """What the page of a note says of its lots."""
    return {
        "lots": lots_named(session, who, note),
        "lot_words": told_of_lots(session, note),
        "to_return": goods_to_return(session, who, note),
        "elsewhere_kg": rejected_elsewhere_kg(session, who, note),
    }


@bp.post("/<public_id>/tra-hang-loai")
@requires(Right.DELIVER)
@idempotent
def give_back(public_id: str) -> ResponseReturnValue:
    """Send back what the inspection rejected."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        who = current_actor()
        sent = return_goods(session, who, public_id, new_public_id(), now=now())
        shown = sent.public_id
    for message in form.form_errors:
        flash(str(message), "bad")
    if not outcome.done:
        return redirect(url_for("notes.show", public_id=public_id))
    flash(_("Đã gửi trả hàng loại, bên bán đã được báo."), "ok")
    return redirect(url_for("lots.event", public_id=shown))
