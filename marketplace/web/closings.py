"""The closing of a contract: read by all who may see it, confirmed by both sides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from marketplace.domain.canonical import short_digest
from marketplace.domain.formats import format_kg, format_vnd
from marketplace.domain.words import ContractState
from marketplace.services.closing_pdf import closing_pdf
from marketplace.services.closing_rest import left_of
from marketplace.services.closings import (
    NOT_ENDED,
    closing_of,
    closing_paper,
    confirm_closing,
    ended_on,
    obstacles_to_closing,
)
from marketplace.services.contracts import access_contract
from marketplace.services.final_prices import awaited_quotes, lacks_price_alone
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("closings", __name__, url_prefix="/hop-dong/<public_id>/thanh-ly")


@bp.get("")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """How the contract ended, in kilograms and đồng, and who stands by it."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        closing = closing_of(session, contract, today=today())
        return render_template(
            "accounts/closing.html",
            contract=contract,
            closing=closing,
            content=closing.content,
            ended_on=ended_on(session, contract, closing.content),
            as_day=_day,
            obstacles=_obstacles(session, contract),
            check=short_digest(closing.digest),
            **_prices(session, contract),
            printed_by=len(closing_paper(session, contract)),
            **sides(contract),
        )


@bp.get("/pdf")
@signed_in
def paper(public_id: str) -> ResponseReturnValue:
    """The closing that was confirmed last, on paper; not found before the first."""
    lang = page_lang()
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        rows = closing_paper(session, contract)
        if not rows:
            abort(404)
        address = authenticity_address(rows[0].digest, lang)
        body = closing_pdf(rows, lang, address)
        return pdf_response(body, f"BBTL-{contract.number}")


def _obstacles(session: Session, contract: Contract) -> list[str]:
    """What is left to do, in words; nothing once it is closed."""
    if contract.state is ContractState.CLOSED:
        return []
    found = obstacles_to_closing(session, contract, today=today(), now=now())
    left = _left(session, contract) if NOT_ENDED in found else []
    # Which of the two is left, and how much, says more than that one is.
    return left + [_(one) for one in found if not left or one != NOT_ENDED]


def _left(session: Session, contract: Contract) -> list[str]:
    if contract.signed_on is None:
        return []
    left, said = left_of(session, contract, today=today()), []
    if left.kg:
        said.append(_("Còn %(kg)s chưa giao", kg=format_kg(left.kg, page_lang())))
    if left.most_vnd is not None:
        said.append(
            _(
                "Còn %(vnd)s lãi chậm trả. Hai bên được bỏ phần lẻ không quá %(most)s "
                "khi thanh lý, sau khi giao đủ hàng",
                vnd=format_vnd(left.vnd, page_lang()),
                most=format_vnd(left.most_vnd, page_lang()),
            )
        )
    elif left.vnd:
        said.append(_("Còn %(vnd)s chưa trả", vnd=format_vnd(left.vnd, page_lang())))
    return said


def _prices(session: Session, contract: Contract) -> dict[str, object]:
    """Which quotes the final price waits for, and whether nothing else is lacking."""
    alone = lacks_price_alone(session, contract, today=today())
    in_force = contract.state is ContractState.IN_FORCE
    return {
        "awaited": awaited_quotes(session, contract),
        "price_alone": alone,
        "early": in_force and not alone,
    }


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


@bp.post("/xac-nhan")
@requires(Right.SIGN)
@idempotent
def confirm(public_id: str) -> ResponseReturnValue:
    """Stand by the closing that was on the page."""
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        digest = request.form.get("digest", "")
        contract = confirm_closing(
            session, current_actor(), public_id, digest, today=today(), now=now()
        )
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        closed = contract.state is ContractState.CLOSED
        done = _("Hợp đồng đã thanh lý.") if closed else _("Đã xác nhận thanh lý.")
        flash(done, "ok")
    return redirect(url_for("closings.show", public_id=public_id))
