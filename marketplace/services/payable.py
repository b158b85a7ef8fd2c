"""What a side would pay next under a contract, in whole đồng."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.settlement import Statement
from marketplace.domain.words_delivery import EntryKind, EntryState
from marketplace.services.contract_content import content_of
from marketplace.services.signing import current_version
from models.contracts import Contract
from models.settlements import AccountEntry

_COUNTED = frozenset({EntryState.CONFIRMED})
_WAITING = frozenset({EntryState.RECORDED})


def to_pay_vnd(statement: Statement, entries: Sequence[AccountEntry]) -> int:
    """What is still to be paid, less payments that wait for their confirmation."""
    return max(0, statement.balance_vnd - _sum(entries, EntryKind.PAYMENT, _WAITING))


def to_refund_vnd(statement: Statement, entries: Sequence[AccountEntry]) -> int:
    """What the buyer paid too much, less refunds that wait for their confirmation."""
    waiting = _sum(entries, EntryKind.REFUND, _WAITING)
    return max(0, statement.totals.credit_vnd - waiting)


def deposit_left_vnd(
    session: Session, contract: Contract, entries: Sequence[AccountEntry]
) -> int:
    """What of the deposit that was agreed nobody has recorded as paid."""
    content = content_of(current_version(session, contract))
    agreed = int(content.get("advance", {}).get("vnd") or 0)
    return max(0, agreed - _sum(entries, EntryKind.DEPOSIT, _COUNTED | _WAITING))


def next_due(statement: Statement) -> date | None:
    """The day of the oldest debt of which something is open; None if nothing is."""
    days = [one.debt.due_on for one in statement.debts if one.open_principal_vnd]
    return min(days, default=None)


def planned_vnd(contract: Contract) -> int:
    """What the kilograms that are not delivered yet would pay at the agreed price."""
    return max(0, contract.total_kg - contract.delivered_kg) * contract.price_vnd


def _sum(
    entries: Sequence[AccountEntry], kind: EntryKind, states: frozenset[EntryState]
) -> int:
    found = (e for e in entries if e.kind is kind and e.state in states)
    return sum(one.amount_vnd for one in found)
