"""A contract in force that is delivered, beyond dispute and paid is fulfilled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.domain.words import ContractState, NoticeKind
from marketplace.services.contract_events import lock_contract, move_contract
from marketplace.services.contracts import notify_both
from marketplace.services.fulfilment import (
    all_delivered,
    may_still_be_disputed,
    notes_wait,
    open_matters,
)
from marketplace.services.statements import statement_of
from models.contracts import Contract


def fulfil_if_done(
    session: Session, contract: Contract, *, today: date, now: datetime
) -> bool:
    """Take the step to fulfilled where nothing is left to do; the caller locks.

    What was found of the goods must be beyond dispute: a claim that could still
    be raised would change what is owed. The term of the contract stays as it is.
    """
    if contract.state is not ContractState.IN_FORCE or not contract.delivered_kg:
        return False
    if not _done(session, contract, today, now):
        return False
    move_contract(
        session,
        contract,
        ContractState.FULFILLED,
        "fulfilled",
        None,
        now=now,
        data={"accepted_kg": contract.accepted_kg},
    )
    notify_both(session, contract, NoticeKind.CONTRACT_FULFILLED, now, page="closing")
    return True


def _done(session: Session, contract: Contract, today: date, now: datetime) -> bool:
    if not all_delivered(session, contract, today=today):
        return False
    if notes_wait(session, contract) or open_matters(session, contract):
        return False
    if may_still_be_disputed(session, contract, now=now):
        return False
    statement = statement_of(session, contract, today=today)
    priced = not statement.provisional and not statement.totals.unpriced_kg
    return priced and statement.balance_vnd == 0


def in_progress(session: Session, *, after: int = 0, limit: int = 50) -> Sequence[int]:
    """Contracts in force under which something was delivered, by id after another."""
    wanted = select(Contract.id).where(
        Contract.state == ContractState.IN_FORCE,
        Contract.delivered_kg > 0,
        Contract.id > after,
    )
    return session.scalars(wanted.order_by(Contract.id).limit(limit)).all()


def fulfil_all(
    session: Session, ids: Sequence[int], *, today: date, now: datetime
) -> int:
    """Those of these contracts that are done; returns how many. Safe to repeat."""
    locked = (lock_contract(session, one) for one in sorted(ids))
    return sum(fulfil_if_done(session, one, today=today, now=now) for one in locked)
