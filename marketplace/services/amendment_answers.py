"""How an amendment ends without the signatures: withdrawn, refused, lapsed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.names import clean_text
from marketplace.domain.words import ContractState, NoticeKind, Side
from marketplace.domain.words_amendments import AmendmentState
from marketplace.services.amendments import (
    NO_LONGER_OPEN,
    ONLY_SIGNATORIES,
    access_amendment,
)
from marketplace.services.contract_events import lock_contract, record_event
from marketplace.services.contract_sides import (
    lock_party_contract,
    tell_both_sides,
    tell_other_side,
)
from models.amendments import Amendment
from models.contracts import Contract


def lock_amendment(
    session: Session, who: Actor, public_id: str, version: int
) -> tuple[Amendment, Contract, Side]:
    """An open amendment of the actor's contract, as it is stored now; else refused."""
    access_amendment(session, who, public_id, version, "write")
    contract, side = lock_party_contract(session, who, public_id)
    amendment = session.get_one(
        Amendment, (contract.id, version), populate_existing=True
    )
    if amendment.state is not AmendmentState.PROPOSED:
        raise Refused(NO_LONGER_OPEN)
    return amendment, contract, side


def withdraw_amendment(
    session: Session, who: Actor, public_id: str, version: int, *, now: datetime
) -> Amendment:
    """Whoever proposed it takes it back; the contract stays as it is."""
    amendment, contract, side = lock_amendment(session, who, public_id, version)
    if not who.may_sign:
        raise Refused(ONLY_SIGNATORIES)
    if side is not amendment.proposed_by:
        raise Refused(N_("Việc này là của bên kia"))
    close_amendment(session, amendment, AmendmentState.WITHDRAWN, now)
    _tell(session, contract, amendment, side, who, now)
    return amendment


def refuse_amendment(
    session: Session,
    who: Actor,
    public_id: str,
    version: int,
    answer: str,
    *,
    now: datetime,
) -> Amendment:
    """The other side says no, and why; the contract stays as it is."""
    amendment, contract, side = lock_amendment(session, who, public_id, version)
    if not who.may_sign:
        raise Refused(ONLY_SIGNATORIES)
    if side is amendment.proposed_by:
        raise Refused(N_("Việc này là của bên kia"))
    amendment.answer = clean_text(answer, long=True, field="answer")
    if not amendment.answer:
        raise Refused(N_("Nói rõ vì sao từ chối"), "answer")
    close_amendment(session, amendment, AmendmentState.REFUSED, now)
    _tell(session, contract, amendment, side, who, now)
    return amendment


def close_amendment(
    session: Session, amendment: Amendment, state: AmendmentState, now: datetime
) -> None:
    """Take the one step from proposed; the caller holds the contract's lock."""
    check_transition(Lifecycle.AMENDMENT, amendment.state, state)
    amendment.state, amendment.closed_at = state, now
    session.flush()  # another may be proposed in the same transaction


def _tell(
    session: Session,
    contract: Contract,
    amendment: Amendment,
    side: Side | None,
    who: Actor | None,
    now: datetime,
) -> None:
    data = {"version": amendment.version, "reason": amendment.answer}
    name = f"amendment_{amendment.state}"
    event = record_event(session, contract, name, who, now=now, data=data)
    kind = NoticeKind.AMENDMENT_CLOSED
    if side is None:
        tell_both_sides(session, contract, kind, event, {})
    else:
        tell_other_side(session, contract, side, kind, event, {})


def lapse_amendments(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Let go of amendments that nobody answered in time, or whose contract is over.

    Returns how many. Safe to repeat and to run twice at once.
    """
    over = Contract.state.not_in((ContractState.IN_FORCE, ContractState.SUSPENDED))
    due = session.execute(
        select(Amendment.contract_id, Amendment.version)
        .join(Contract, Contract.id == Amendment.contract_id)
        .where(
            Amendment.state == AmendmentState.PROPOSED,
            or_(Amendment.answer_by <= now, over),
        )
        .order_by(Amendment.contract_id)
        .limit(limit)
    ).all()
    for contract_id, version in due:
        contract = lock_contract(session, contract_id)
        amendment = session.get_one(
            Amendment, (contract_id, version), populate_existing=True
        )
        if amendment.state is AmendmentState.PROPOSED:
            close_amendment(session, amendment, AmendmentState.LAPSED, now)
            _tell(session, contract, amendment, None, None, now)
    return len(due)
