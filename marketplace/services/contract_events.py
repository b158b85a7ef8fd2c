"""The audit chain of a contract: every step, linked to the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.audit import AuditLink, first_broken, link_digest
from marketplace.domain.errors import N_, Conflict
from marketplace.domain.lifecycles import Lifecycle, check_transition
from marketplace.domain.words import ContractState
from marketplace.services.jobs import enqueue_job
from models.contract_events import ContractEvent
from models.contracts import Contract

WATCH_AFTER = 2  # seconds in which further events of the contract join the first


def lock_contract(session: Session, contract_id: int) -> Contract:
    """The contract as it is stored now; nobody else changes it meanwhile.

    Row locks are FOR NO KEY UPDATE in the whole house: a stronger one would also
    wait for rows that merely name this one, and such waits close into rings.
    """
    return session.scalars(
        select(Contract)
        .where(Contract.id == contract_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def record_event(
    session: Session,
    contract: Contract,
    event: str,
    who: Actor | None,
    *,
    now: datetime,
    states: tuple[str, str] = ("", ""),
    data: Mapping[str, Any] | None = None,
) -> ContractEvent:
    """Append a link; the caller holds the lock of the contract's row."""
    last = session.scalars(
        select(ContractEvent)
        .where(ContractEvent.contract_id == contract.id)
        .order_by(ContractEvent.position.desc())
        .limit(1)
    ).first()
    link = ContractEvent(
        contract_id=contract.id,
        position=last.position + 1 if last else 0,
        previous=last.position if last else None,
        event=event,
        old_state=states[0],
        new_state=states[1],
        data=dict(data or {}),
        by_user_id=who.user_id if who else None,
        by_organisation_id=who.organisation_id if who else None,
        at=now,
        previous_digest=last.digest if last else None,
    )
    link.digest = _digest(contract.public_id, link)
    session.add(link)
    session.flush()  # the next link of this transaction names this one
    ask_to_watch(session, contract)
    return link


def ask_to_watch(session: Session, contract: Contract) -> None:
    """Look for early warnings soon, once for all that happens until then."""
    if contract.signed_on is not None:
        enqueue_job(
            session,
            "alerts.watch",
            key=contract.public_id,
            payload={"contract": contract.id},
            due_in_seconds=WATCH_AFTER,
        )


def move_contract(
    session: Session,
    contract: Contract,
    new: ContractState,
    event: str,
    who: Actor | None,
    *,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Take one legal step and write it down.

    Refused if the step is not legal, Conflict if somebody took one meanwhile.
    """
    old = contract.state
    check_transition(Lifecycle.CONTRACT, old, new)
    session.flush()  # what was set on the row so far belongs before the step
    result = cast(
        "CursorResult[Any]",
        session.execute(
            update(Contract)
            .where(Contract.id == contract.id, Contract.state == old)
            .values(state=new, **columns)
            .execution_options(synchronize_session=False)
        ),
    )
    if result.rowcount != 1:
        raise Conflict(N_("Hợp đồng vừa được người khác thay đổi, hãy xem lại"))
    session.refresh(contract)
    record_event(session, contract, event, who, now=now, states=(old, new), data=data)


def first_broken_link(contract: Contract) -> int | None:
    """Position of the first link that does not follow, or None if all hold."""
    return first_broken(
        AuditLink(
            subject=contract.public_id,
            position=link.position,
            event=link.event,
            actor=_actor(link),
            at=link.at,
            payload=_payload(link),
            previous_digest=link.previous_digest,
            digest=link.digest,
        )
        for link in contract.events
    )


def _digest(subject: str, link: ContractEvent) -> str:
    return link_digest(
        subject=subject,
        position=link.position,
        event=link.event,
        actor=_actor(link),
        at=link.at,
        payload=_payload(link),
        previous_digest=link.previous_digest,
    )


def _actor(link: ContractEvent) -> str:
    return f"{link.by_user_id or 0}@{link.by_organisation_id or 0}"


def _payload(link: ContractEvent) -> dict[str, Any]:
    return {"from": link.old_state, "to": link.new_state, "data": link.data}
