"""The money of a contract: its statement, entries, answers, and invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from forms.accounts import AnswerForm, EntryForm, InvoiceForm
from forms.said import said
from forms.typed_fields import page_lang
from marketplace.domain.errors import Refused
from marketplace.domain.words import Side
from marketplace.domain.words_delivery import EntryKind, EntryMethod, EntryState
from marketplace.services.accounts import (
    SETTLING,
    answer_entry,
    check_settling,
    record_entry,
)
from marketplace.services.closings import let_go_vnd
from marketplace.services.contracts import access_contract
from marketplace.services.doubts import doubt_payment
from marketplace.services.entries import access_entry, list_entries
from marketplace.services.invoices import list_invoices, record_invoice
from marketplace.services.issued_statements import list_issued
from marketplace.services.payable import (
    deposit_due_on,
    deposit_left_vnd,
    deposit_waiting_vnd,
    next_due,
    overpaid_vnd,
    planned_vnd,
    to_pay_vnd,
    to_refund_vnd,
)
from marketplace.services.season_views import season_views
from marketplace.services.statements import statement_of
from marketplace.services.vietqr import transfer_for
from marketplace.web.access import Right, current_actor, requires, signed_in
from marketplace.web.clock import now, today
from marketplace.web.contract_pages import sides
from marketplace.web.idempotent import idempotent
from marketplace.web.labels import label
from marketplace.web.refusals import refused
from models.database import transaction

if TYPE_CHECKING:
    from models.contracts import Contract

bp = Blueprint("accounts", __name__, url_prefix="/hop-dong/<public_id>/tien")

KINDS = {
    Side.BUYER: tuple(kind for kind in EntryKind if kind is not EntryKind.REFUND),
    Side.SELLER: (EntryKind.PENALTY, EntryKind.REFUND),
}


@bp.get("")
@signed_in
def index(public_id: str) -> ResponseReturnValue:
    """The statement line by line, what waits for an answer, and the invoices."""
    with transaction(read_only=True) as session:
        contract = access_contract(session, current_actor(), public_id)
        return render_template("accounts/index.html", **_account(session, contract))


def _account(session: Session, contract: Contract) -> dict[str, Any]:
    entries = list_entries(session, contract)
    statement = statement_of(session, contract, today=today(), lang=page_lang())
    return {
        "contract": contract,
        "statement": statement,
        "planned_vnd": planned_vnd(session, contract),
        "views": season_views(session, contract, today=today()),
        "to_pay_vnd": to_pay_vnd(statement, entries),
        "waived_vnd": let_go_vnd(session, contract),
        "next_due": next_due(statement),
        "to_refund_vnd": to_refund_vnd(statement, entries),
        "overpaid_vnd": overpaid_vnd(statement, entries),
        "deposit_left_vnd": deposit_left_vnd(session, contract, entries),
        "deposit_waiting_vnd": deposit_waiting_vnd(entries),
        "deposit_due_on": deposit_due_on(session, contract),
        "entries": entries,
        "entry_of": {entry.public_id: entry for entry in entries},
        "invoices": list_invoices(session, contract),
        "issued": list_issued(session, contract),
        "settling": contract.state in SETTLING and contract.signed_on is not None,
        **sides(contract),
    }


@bp.route("/ghi", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def record(public_id: str) -> ResponseReturnValue:
    """Write down money, inputs or a penalty; the other side answers."""
    with transaction() as session:
        contract = access_contract(session, current_actor(), public_id, "write")
        if request.method == "GET":
            check_settling(contract)
        account = _account(session, contract)
        form = _entry_form(account)
        sent = form.validate_on_submit()
        if sent and _recorded(session, form, public_id, account):
            flash(_("Đã ghi, chờ bên kia xác nhận."), "ok")
            return redirect(url_for("accounts.index", public_id=public_id))
        return render_template(
            "accounts/record.html",
            form=form,
            **_transfer(session, contract, form, account),
            **account,
        ), 422 if form.is_submitted() else 200


def _recorded(
    session: Session, form: EntryForm, public_id: str, account: dict[str, Any]
) -> bool:
    """Whether it is stored; far more than is owed is asked about once."""
    who = current_actor()
    with refused(session, form) as outcome:
        command = form.command()
        if form.doubts(
            doubt_payment(command, account["to_pay_vnd"], account["planned_vnd"])
        ):
            return False
        record_entry(session, who, public_id, command, today=today(), now=now())
    return outcome.done


def _transfer(
    session: Session, contract: Contract, form: EntryForm, account: dict[str, Any]
) -> dict[str, Any]:
    """The code for a banking app, or why there is none; only a buyer pays."""
    amount = form.amount.data
    if account["side"] is not Side.BUYER or not amount:
        return {"transfer": None, "no_transfer": ""}
    try:
        return {"transfer": transfer_for(session, contract, amount), "no_transfer": ""}
    except Refused as refusal:
        return {"transfer": None, "no_transfer": said(refusal.message, refusal.params)}


def _entry_form(account: dict[str, Any]) -> EntryForm:
    """The amount stands there already, where what is to be paid is known."""
    kinds = KINDS[account["side"]]
    asked = request.args.get("loai", kinds[0].value)
    due = {
        EntryKind.PAYMENT.value: account["to_pay_vnd"],
        EntryKind.DEPOSIT.value: max(
            0, account["deposit_left_vnd"] - account["deposit_waiting_vnd"]
        ),
        EntryKind.REFUND.value: account["to_refund_vnd"],
    }.get(asked)
    form = EntryForm(data={"kind": asked, "amount": due or None, "on": today()})
    form.offer(
        [(kind.value, str(label(kind))) for kind in kinds],
        [(method.value, str(label(method))) for method in EntryMethod],
        [
            (str(line.number), str(_("Đợt %(number)s", number=line.number)))
            for line in account["contract"].lines
        ],
    )
    return form


@bp.post("/<entry>/xac-nhan")
@requires(Right.DELIVER)
@idempotent
def confirm(public_id: str, entry: str) -> ResponseReturnValue:
    """It is as the other side wrote it."""
    done = _("Đã xác nhận, khoản này được tính.")
    return _answered(public_id, entry, EntryState.CONFIRMED, done)


@bp.post("/<entry>/rut")
@requires(Right.DELIVER)
@idempotent
def withdraw(public_id: str, entry: str) -> ResponseReturnValue:
    """Take one's own entry back before it is answered."""
    return _answered(public_id, entry, EntryState.WITHDRAWN, _("Đã rút khoản này."))


def _answered(
    public_id: str, entry: str, state: EntryState, done: str
) -> ResponseReturnValue:
    form = FlaskForm()
    with transaction() as session, refused(session, form) as outcome:
        answer_entry(session, current_actor(), public_id, entry, state, now=now())
    for message in form.form_errors:
        flash(str(message), "bad")
    if outcome.done:
        flash(done, "ok")
    return redirect(url_for("accounts.index", public_id=public_id))


@bp.route("/<entry>/tu-choi", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def refuse(public_id: str, entry: str) -> ResponseReturnValue:
    """It is not so, and why."""
    with transaction() as session:
        who = current_actor()
        contract = access_contract(session, who, public_id, "write")
        asked = access_entry(session, contract, entry)
        form = AnswerForm()
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                state, text = EntryState.REFUSED, form.said()
                answer_entry(session, who, public_id, entry, state, text, now=now())
            if outcome.done:
                flash(_("Đã trả lời, bên kia được báo."), "ok")
                return redirect(url_for("accounts.index", public_id=public_id))
        return render_template(
            "accounts/refuse.html",
            form=form,
            contract=contract,
            entry=asked,
            **sides(contract),
        ), 422 if form.is_submitted() else 200


@bp.route("/hoa-don", methods=["GET", "POST"])
@requires(Right.DELIVER)
@idempotent
def invoice(public_id: str) -> ResponseReturnValue:
    """Keep the symbol, number and day of an invoice that was issued elsewhere."""
    with transaction() as session:
        who = current_actor()
        contract = access_contract(session, who, public_id, "write")
        if request.method == "GET":
            check_settling(contract)
        form = InvoiceForm(data={"issued_on": today()})
        if form.validate_on_submit():
            with refused(session, form) as outcome:
                command = form.command()
                record_invoice(
                    session, who, public_id, command, today=today(), now=now()
                )
            if outcome.done:
                flash(_("Đã ghi hóa đơn."), "ok")
                return redirect(url_for("accounts.index", public_id=public_id))
        return render_template(
            "accounts/invoice.html", form=form, contract=contract, **sides(contract)
        ), 422 if form.is_submitted() else 200
