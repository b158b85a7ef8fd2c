"""The account of a contract: one side records, the other confirms or refuses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.errors import N_, Conflict, Refused
from marketplace.domain.formats import format_vnd
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_delivery import EntryKind, EntryState
from marketplace.services.contract_events import record_event
from marketplace.services.contract_sides import (
    NOT_IN_FORCE,
    NOT_SIGNED,
    lock_party_contract,
    side_of,
    tell_other_side,
)
from marketplace.services.days import day_of
from marketplace.services.entries import access_entry, list_entries
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.payable import to_refund_vnd
from marketplace.services.penalties import check_confirmed, check_penalty
from marketplace.services.statements import statement_of
from models.contracts import Contract
from models.settlements import AccountEntry

# Goods are owed and paid for after the last day, too.
SETTLING = (
    ContractState.IN_FORCE,
    ContractState.SUSPENDED,
    ContractState.FULFILLED,
    ContractState.EXPIRED,
    ContractState.TERMINATED,
)
MONEY = (EntryKind.PAYMENT, EntryKind.DEPOSIT, EntryKind.REFUND)
OF_SELLER = frozenset({EntryKind.PENALTY, EntryKind.REFUND})


def record_entry(
    session: Session,
    who: Actor,
    contract_id: str,
    command: RecordEntry,
    *,
    today: date,
    now: datetime,
) -> AccountEntry:
    """Write an entry that counts once the other side confirms it.

    Refused: money or inputs by the seller but for a refund, a day to come or before
    the signature, a penalty beyond the contract's share of its value (CT-07), a
    refund beyond what was paid too much.
    """
    contract, side = lock_settling(session, who, contract_id)
    _check(session, contract, side, command, today)
    entry = AccountEntry(
        contract_id=contract.id,
        kind=command.kind,
        method=command.method,
        amount_vnd=command.amount_vnd,
        on=command.on,
        reference=command.reference,
        text=command.text,
        line=command.line if command.kind is EntryKind.PENALTY else None,
        owed_by=_owed_by(command.kind, side),
        state=EntryState.RECORDED,
        recorded_by=side,
        recorded_by_id=who.user_id,
        recorded_at=now,
    )
    session.add(entry)
    session.flush()
    _write_down(session, contract, entry, who, side, now, NoticeKind.ENTRY_TO_CONFIRM)
    return entry


def answer_entry(
    session: Session,
    who: Actor,
    contract_id: str,
    entry_id: str,
    state: EntryState,
    text: str = "",
    *,
    now: datetime,
) -> AccountEntry:
    """Confirm or refuse what the other side recorded, or withdraw one's own.

    The same answer twice is the same as once; Conflict if it is answered otherwise.
    Refused: confirming a penalty for what is excused by now.
    """
    contract, side = lock_settling(session, who, contract_id)
    entry = access_entry(session, contract, entry_id)
    mine = entry.recorded_by is side
    if mine is not (state is EntryState.WITHDRAWN):
        raise Refused(N_("Việc này là của bên kia"))
    if entry.state is state:
        return entry
    _check_answer(entry, state, text)
    if state is EntryState.CONFIRMED and entry.kind is EntryKind.PENALTY:
        check_confirmed(session, contract, entry, day_of(now))
    entry.state, entry.answered_at, entry.answer = state, now, text
    entry.answered_by_id = who.user_id
    _write_down(session, contract, entry, who, side, now, NoticeKind.ENTRY_ANSWERED)
    fulfil_if_done(session, contract, today=day_of(now), now=now)
    return entry


def _check_answer(entry: AccountEntry, state: EntryState, text: str) -> None:
    if entry.state is not EntryState.RECORDED:
        raise Conflict(N_("Khoản này đã được trả lời"))
    if state is EntryState.REFUSED and not text.strip():
        raise Refused(N_("Nói rõ vì sao"), "text")
    check_transition(Lifecycle.ENTRY, entry.state, state)


def _owed_by(kind: EntryKind, side: Side) -> Side:
    """Who pays: the other side a penalty, the seller a refund, else the buyer."""
    if kind is EntryKind.REFUND:
        return Side.SELLER
    let_down = kind is EntryKind.PENALTY and side is Side.BUYER
    return Side.SELLER if let_down else Side.BUYER


def may_answer(contract: Contract, entry: AccountEntry, who: Actor) -> bool:
    """Whether this entry waits for the actor's side."""
    return (
        entry.state is EntryState.RECORDED
        and contract.state in SETTLING
        and entry.recorded_by is not side_of(contract, who)
    )


def lock_settling(
    session: Session, who: Actor, contract_id: str
) -> tuple[Contract, Side]:
    """A signed contract of the actor's, locked, on which money may still be owed."""
    contract, side = lock_party_contract(session, who, contract_id, live=False)
    check_settling(contract)
    return contract, side


def check_settling(contract: Contract) -> None:
    """Refused where no money is owed any more, or none yet."""
    if contract.signed_on is None:
        raise Refused(NOT_SIGNED)
    if contract.state not in SETTLING:
        raise Refused(NOT_IN_FORCE)


def _check(
    session: Session,
    contract: Contract,
    side: Side,
    command: RecordEntry,
    today: date,
) -> None:
    _check_side(command.kind, side)
    if command.amount_vnd <= 0:
        raise Refused(N_("Nhập số tiền bằng đồng, ví dụ 12.500.000"), "amount")
    if command.on > today:
        raise Refused(N_("Ngày này chưa tới"), "on")
    if contract.signed_on and command.on < contract.signed_on:
        raise Refused(N_("Ngày này trước ngày ký hợp đồng"), "on")
    if (command.method is None) is (command.kind in MONEY):
        raise Refused(N_("Chọn cách trả tiền"), "method")
    if command.kind not in MONEY and not command.text.strip():
        raise Refused(N_("Nói rõ khoản này là gì"), "text")
    if command.kind is EntryKind.PENALTY:
        check_penalty(session, contract, side, command, today)
    if command.kind is EntryKind.REFUND:
        _check_refund(session, contract, command, today)


def _check_side(kind: EntryKind, side: Side) -> None:
    """Whoever pays records it, so that the payee confirms; a penalty is asked for."""
    if kind is EntryKind.REFUND and side is not Side.SELLER:
        raise Refused(N_("Khoản này do bên bán ghi, bên mua xác nhận"))
    if kind not in OF_SELLER and side is not Side.BUYER:
        raise Refused(N_("Khoản này do bên mua ghi, bên bán xác nhận"))


def _check_refund(
    session: Session, contract: Contract, command: RecordEntry, today: date
) -> None:
    """No more goes back than was paid too much."""
    entries = list_entries(session, contract)
    most = to_refund_vnd(statement_of(session, contract, today=today), entries)
    if command.amount_vnd > most:
        message = N_("Chỉ hoàn lại phần trả thừa: còn tối đa %(most)s")
        raise Refused(message, "amount", most=format_vnd(most))


def _write_down(
    session: Session,
    contract: Contract,
    entry: AccountEntry,
    who: Actor,
    side: Side,
    now: datetime,
    kind: NoticeKind,
) -> None:
    event = record_event(
        session,
        contract,
        f"entry_{entry.state}",
        who,
        now=now,
        data={"entry": entry.public_id, "kind": entry.kind, "vnd": entry.amount_vnd},
    )
    tell_other_side(
        session,
        contract,
        side,
        kind,
        event,
        {"amount_vnd": entry.amount_vnd},
        subject=f"account:{contract.public_id}",
    )
