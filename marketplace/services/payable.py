"""What a side would pay next under a contract, in whole đồng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.settlement import Statement
from marketplace.domain.words_delivery import EntryKind, EntryState
from marketplace.services.contract_content import content_of
from marketplace.services.contract_versions import signed_words
from marketplace.services.days import day_of
from marketplace.services.delivered import without_notes
from marketplace.services.deliveries import planned_deliveries
from marketplace.services.signing import current_version
from models.contracts import Contract
from models.settlements import AccountEntry

_COUNTED = frozenset({EntryState.CONFIRMED})
_WAITING = frozenset({EntryState.RECORDED})


def to_pay_vnd(statement: Statement, entries: Sequence[AccountEntry]) -> int:
    """What is still to be paid, less payments that wait for their confirmation."""
    return max(0, statement.balance_vnd - _sum(entries, EntryKind.PAYMENT, _WAITING))


def to_refund_vnd(statement: Statement, entries: Sequence[AccountEntry]) -> int:
    """What the seller owes, less what waits for its confirmation: `penalty_owed_vnd`
    of it as a penalty, the rest because the buyer paid too much."""
    waiting = _sum(entries, EntryKind.REFUND, _WAITING)
    return max(0, statement.totals.credit_vnd - waiting)


def overpaid_vnd(statement: Statement, entries: Sequence[AccountEntry]) -> int:
    """What of `to_refund_vnd` the buyer paid too much, and is no penalty."""
    owed = statement.totals.penalty_owed_vnd
    return max(0, to_refund_vnd(statement, entries) - owed)


def deposit_left_vnd(
    session: Session, contract: Contract, entries: Sequence[AccountEntry]
) -> int:
    """What of the deposit that was agreed has not been paid, as both confirmed it."""
    return max(
        0,
        _agreed_vnd(content_of(current_version(session, contract)))
        - _sum(entries, EntryKind.DEPOSIT, _COUNTED),
    )


def deposit_waiting_vnd(entries: Sequence[AccountEntry]) -> int:
    """Deposits that the buyer recorded and the seller has not answered."""
    return _sum(entries, EntryKind.DEPOSIT, _WAITING)


def deposit_due_on(session: Session, contract: Contract) -> date | None:
    """The last day of the deposit; None where no days or no deposit were agreed.

    The days run from the signing of the words that agreed on it: of an amendment
    that brought or changed it, else of the contract.
    """
    words = signed_words(session, contract)
    agreed = _agreed_vnd(words[-1].content)
    days = int(words[-1].content.get("numbers", {}).get("deposit_days", 0))
    if not agreed or not days:
        return None
    since = words[-1].since
    for one in reversed(words):
        if _agreed_vnd(one.content) != agreed:
            break
        since = one.since
    return day_of(since) + timedelta(days=days)


def _agreed_vnd(content: Mapping[str, Any]) -> int:
    return int(content.get("advance", {}).get("vnd") or 0)


def next_due(statement: Statement) -> date | None:
    """The day of the oldest debt of which something is open; None if nothing is."""
    days = [one.debt.due_on for one in statement.debts if one.open_principal_vnd]
    return min(days, default=None)


def planned_vnd(session: Session, contract: Contract) -> int:
    """What the kilograms that still come would pay at the agreed price.

    Not what was lost or given back, and nothing of a delivery that was cancelled.
    """
    planned = planned_deliveries(session, contract)
    known = without_notes(contract, planned)
    kg = sum(max(0, one.to_come_kg - known[one.line.number]) for one in planned)
    return kg * contract.price_vnd


def _sum(
    entries: Sequence[AccountEntry], kind: EntryKind, states: frozenset[EntryState]
) -> int:
    found = (e for e in entries if e.kind is kind and e.state in states)
    return sum(one.amount_vnd for one in found)
