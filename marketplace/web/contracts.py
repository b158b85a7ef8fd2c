"""Contracts as people read, sign, print and step back from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.contracts import SignForm, WithdrawForm
from marketplace.domain.canonical import short_digest
from marketplace.domain.price_examples import worked_example
from marketplace.domain.price_terms import rule_of
from marketplace.domain.words import ContractState
from marketplace.services.alerts import reader_of
from marketplace.services.chains import links_of
from marketplace.services.contract_content import content_of
from marketplace.services.contract_endings import withdraw_contract
from marketplace.services.contract_pdf import contract_pdf
from marketplace.services.contracts import (
    WAITING,
    access_contract,
    list_contracts,
)
from marketplace.services.deliveries import planned_deliveries
from marketplace.services.early_warning import open_alerts
from marketplace.services.final_prices import lacks_price_alone
from marketplace.services.majeure_effects import list_majeure
from marketplace.services.signing import current_version, sign_contract
from marketplace.web.access import (
    Right,
    current_actor,
    current_identity,
    requires,
    signed_in,
)
from marketplace.web.amendment_pages import version_rows, waiting_amendment
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import calls, seasons, sides
from marketplace.web.idempotent import idempotent
from marketplace.web.limits import limiter
from marketplace.web.paging import page_of
from marketplace.web.printing import authenticity_address, page_lang, pdf_response
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract, ContractVersion

bp = Blueprint("contracts", __name__, url_prefix="/hop-dong")

SHELVES = {
    "cho-ky": WAITING,
    "hieu-luc": (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.SUSPENDED),
    "da-xong": (
        ContractState.FULFILLED,
        ContractState.EXPIRED,
        ContractState.TERMINATED,
        ContractState.CLOSED,
    ),
}


def signatory() -> str:
    """Guessing the password to sign with is slowed down for each person."""
    identity = current_identity()
    return f"signs:{identity.user_id if identity else request.remote_addr}"


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The contracts of the organisation; those waiting for a signature first."""
    shelf = request.args.get("loai", "")
    with transaction(read_only=True) as session:
        found = list_contracts(session, current_actor(), SHELVES.get(shelf, ()))
        return render_template(
            "contracts/index.html",
            page=page_of(found),
            shelf=shelf,
            me=current_actor().organisation_id,
            now=now(),
        )


@bp.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    """A contract in plain words beside its legal text, with its log."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        version = current_version(session, contract)
        versions = version_rows(session, contract)
        return render_template(
            "contracts/show.html",
            versions=versions,
            pending=waiting_amendment(versions),
            contract=contract,
            version=version,
            **_words(version),
            links=links_of(session, contract),
            **_state_of(session, contract),
            reader=reader_of(contract, current_actor()),
            me=current_actor().organisation_id,
            **calls(session, contract),
            **seasons(session, contract),
            **sides(contract),
        )


def _state_of(session: Session, contract: Contract) -> dict[str, object]:
    """What is planned, what is wrong, and what alone an ended contract waits for."""
    expired = contract.state is ContractState.EXPIRED
    return {
        "planned": planned_deliveries(session, contract),
        "alerts": open_alerts(session, contract),
        "majeure": list_majeure(session, contract),
        "price_alone": expired and lacks_price_alone(session, contract, today=today()),
    }


@bp.route("/<public_id>/ky", methods=["GET", "POST"])
@limiter.limit("10 per 5 minutes", key_func=signatory, methods=["POST"])
@requires(Right.SIGN)
@idempotent
def sign(public_id: str) -> ResponseReturnValue:
    """Read the summary, tick, give the password again: signed."""
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "sign")
        version = current_version(session, contract)
        form = SignForm(digest=version.digest)
        if form.validate_on_submit() and _signed(session, form, public_id):
            flash(_("Đã ký hợp đồng %(number)s.", number=contract.number), "ok")
            return redirect(url_for("contracts.show", public_id=public_id))
        return render_template(
            "contracts/sign.html",
            form=form,
            contract=contract,
            version=version,
            **_words(version),
            **sides(contract),
        ), 422 if form.is_submitted() else 200


def _signed(session: Session, form: SignForm, public_id: str) -> bool:
    command = form.command(request.remote_addr or "", request.user_agent.string)
    with refused(session, form) as outcome:
        sign_contract(
            session, current_actor(), public_id, command, today=today(), now=now()
        )
    return outcome.done


@bp.route("/<public_id>/rut-lai", methods=["GET", "POST"])
@requires(Right.SIGN)
@idempotent
def withdraw(public_id: str) -> ResponseReturnValue:
    """Step back before both have signed, with a reason."""
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        form = WithdrawForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                withdraw_contract(
                    session,
                    current_actor(),
                    public_id,
                    form.reason.data or "",
                    now=now(),
                )
            if outcome.done:
                flash(_("Đã rút lại, số kg trở về chỗ cũ."), "ok")
                return redirect(url_for("contracts.show", public_id=public_id))
        return render_template(
            "contracts/withdraw.html", form=form, contract=contract
        ), 422 if form.is_submitted() else 200


@bp.get("/<public_id>/pdf")
@signed_in
def pdf(public_id: str) -> ResponseReturnValue:
    """The readable PDF, made anew from the frozen words; `?lang=en` in English."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        version, lang = current_version(session, contract), page_lang()
        body = contract_pdf(version, lang, authenticity_address(version.digest, lang))
        return pdf_response(body, contract.number)


def _words(version: ContractVersion) -> dict[str, object]:
    """What both sign, its check code, and an example of what its price rule pays."""
    content = content_of(version)
    return {
        "content": content,
        "check": short_digest(version.digest),
        "example": worked_example(rule_of(content["price"])),
    }
