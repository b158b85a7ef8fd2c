"""Invoices of a contract: kept as they were issued, never computed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_accounts import RecordInvoice
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import Side
from marketplace.services.accounts import lock_settling
from marketplace.services.contract_events import record_event
from models.contracts import Contract
from models.settlements import Invoice

KNOWN = N_("Số hóa đơn này đã ghi rồi")


def list_invoices(session: Session, contract: Contract) -> list[Invoice]:
    """Every invoice of a contract, the oldest first."""
    wanted = select(Invoice).where(Invoice.contract_id == contract.id)
    return list(session.scalars(wanted.order_by(Invoice.issued_on, Invoice.id)))


def record_invoice(
    session: Session,
    who: Actor,
    contract_id: str,
    command: RecordInvoice,
    *,
    today: date,
    now: datetime,
) -> Invoice:
    """Keep the number, symbol and day of an invoice that the seller issued (CT-16).

    Refused: the buyer, nothing to pay, a day to come or before the signature,
    a number that is known.
    """
    contract, side = lock_settling(session, who, contract_id)
    if side is not Side.SELLER:
        raise Refused(N_("Hóa đơn do bên bán ghi"))
    _check(session, contract, command, today)
    invoice = Invoice(
        contract_id=contract.id,
        issuer_id=contract.seller_id,
        symbol=command.symbol,
        number=command.number,
        issued_on=command.issued_on,
        amount_vnd=command.amount_vnd,
        recorded_by_id=who.user_id,
        recorded_at=now,
    )
    try:
        with session.begin_nested():  # the number may be taken a moment before
            session.add(invoice)
    except IntegrityError:
        raise Refused(KNOWN, "number") from None
    data = {"invoice": f"{invoice.symbol} {invoice.number}", "vnd": invoice.amount_vnd}
    record_event(session, contract, "invoice_recorded", who, now=now, data=data)
    return invoice


def _check(
    session: Session, contract: Contract, command: RecordInvoice, today: date
) -> None:
    if command.amount_vnd <= 0:
        raise Refused(N_("Nhập số tiền bằng đồng, ví dụ 12.500.000"), "amount")
    if command.issued_on > today:
        raise Refused(N_("Ngày này chưa tới"), "issued_on")
    if contract.signed_on and command.issued_on < contract.signed_on:
        raise Refused(N_("Ngày này trước ngày ký hợp đồng"), "issued_on")
    if _is_known(session, contract, command):
        raise Refused(KNOWN, "number")


def _is_known(session: Session, contract: Contract, command: RecordInvoice) -> bool:
    taken = select(Invoice.id).where(
        Invoice.issuer_id == contract.seller_id,
        Invoice.symbol == command.symbol,
        Invoice.number == command.number,
    )
    return session.scalar(taken) is not None
