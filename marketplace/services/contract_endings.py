"""A contract that falls away before it is signed, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.domain.actor import Actor
from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import ContractState, NoticeKind
from marketplace.services.contract_events import lock_contract, move_contract
from marketplace.services.contracts import (
    NO_LONGER,
    WAITING,
    access_contract,
    flag_at_risk,
    notify_both,
)
from marketplace.services.days import day_of
from marketplace.services.fulfilling import fulfil_if_done
from marketplace.services.jobs import enqueue_job
from marketplace.services.quantities import release_harvest, release_tranche
from models.contracts import Contract, ContractLine
from models.harvests import Harvest
from models.offers import Tranche


def withdraw_contract(
    session: Session, who: Actor, public_id: str, reason: str, *, now: datetime
) -> Contract:
    """Step back before the second signature; the kilograms are free again."""
    found = access_contract(session, who, public_id, "write")
    contract = lock_deals(session, {found.id: found.harvest_id})[0]
    if contract.state not in WAITING:
        raise Refused(NO_LONGER)
    if not reason.strip():
        raise Refused(N_("Nói rõ vì sao rút lại"), "reason")
    _fall_away(
        session, contract, ContractState.TERMINATED, "withdrawn", who, reason, now
    )
    notify_both(session, contract, NoticeKind.CONTRACT_EXPIRED, now)
    enqueue_job(session, "matching.run", key="market", due_in_seconds=2)
    return contract


def expire_unsigned(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Let go of contracts that nobody signed in time; oldest first.

    Returns how many fell away. Safe to repeat and to run twice at once.
    """
    due = select(Contract.id, Contract.harvest_id).where(
        Contract.state.in_(WAITING), Contract.sign_by <= now
    )
    found = session.execute(due.order_by(Contract.sign_by, Contract.id).limit(limit))
    harvests = {row.id: row.harvest_id for row in found}
    expired = 0
    for contract in lock_deals(session, harvests):
        if contract.state not in WAITING:
            continue  # signed or withdrawn while this one waited in line
        _fall_away(
            session, contract, ContractState.EXPIRED, "not_signed", None, "", now
        )
        notify_both(session, contract, NoticeKind.CONTRACT_EXPIRED, now)
        expired += 1
    return expired


def end_over(session: Session, *, today: date, now: datetime, limit: int = 50) -> int:
    """Contracts in force whose last day is past expire, or are fulfilled; how many.

    Chains go by the dates, so no count changes with the night that finds them.
    """
    due = session.scalars(
        select(Contract.id)
        .where(Contract.state == ContractState.IN_FORCE, Contract.effective_to <= today)
        .order_by(Contract.id)
        .limit(limit)
    ).all()
    for contract_id in due:
        contract = lock_contract(session, contract_id)
        if contract.state is not ContractState.IN_FORCE:
            continue
        if not fulfil_if_done(session, contract, today=today, now=now):
            move_contract(
                session,
                contract,
                ContractState.EXPIRED,
                "ended",
                None,
                now=now,
                ended_on=contract.effective_to,
            )
    return len(due)


def lock_deals(
    session: Session, harvests: Mapping[int, int | None]
) -> Sequence[Contract]:
    """Contracts as they are stored now, given the harvest of each by their ids.

    Harvests first, then contracts, then tranches, each by ascending id: the one
    order of the whole house, also across several contracts, or two of them that
    share a tranche wait for each other for ever.
    """
    known = {one for one in harvests.values() if one is not None}
    _lock(session, select(Harvest.id).where(Harvest.id.in_(known)), Harvest)
    contracts = [lock_contract(session, one) for one in sorted(harvests)]
    lines = select(ContractLine.tranche_id).where(
        ContractLine.contract_id.in_(harvests)
    )
    _lock(session, select(Tranche.id).where(Tranche.id.in_(lines)), Tranche)
    return contracts


def _lock(
    session: Session, wanted: Select[int], table: type[Harvest | Tranche]
) -> None:
    session.execute(wanted.order_by(table.id).with_for_update(key_share=True))


def _fall_away(
    session: Session,
    contract: Contract,
    state: ContractState,
    event: str,
    who: Actor | None,
    reason: str,
    now: datetime,
) -> None:
    move_contract(
        session,
        contract,
        state,
        event,
        who,
        now=now,
        data={"reason": reason},
        ended_reason=reason,
        ended_on=day_of(now),
    )
    release_contract(session, contract)


def release_contract(session: Session, contract: Contract) -> int:
    """Give back what is not delivered, once; returns the kilograms released."""
    left = [
        (line.tranche_id, line.kg - line.released_kg)
        for line in contract.lines
        if line.released_kg < line.kg and not line.season
    ]
    freed = sum(kg for _, kg in left)
    if contract.harvest_id is not None and freed:
        release_harvest(session, contract.harvest_id, freed)
    for tranche_id, kg in sorted(left, key=lambda pair: pair[0] or 0):
        if tranche_id is not None:
            release_tranche(session, tranche_id, kg)
    for line in contract.lines:
        line.released_kg = line.kg
    if contract.harvest is not None and not contract.harvest.over_promised:
        flag_at_risk(session, contract.harvest, "")  # the others are covered again
    return freed
